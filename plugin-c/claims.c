/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Looks for MSN on the ports of other protocols, if the user wants that (a preference, off by default).
 *
 * http and socks keep whatever comes on their ports, although it may be a connection that was announced after it had
 * begun, a proxy of another kind, or a tunnel through it to such a port. With the preference a guard takes the place of
 * each of the two in the table of ports while a capture is open: it looks at the first bytes of a segment, and gives all
 * that cannot be ours to the dissector that it stands for, which shows it as ever. What proves MSN is a client's first
 * line as the first data of a connection, or after a request for a tunnel; and the first data of a connection to an
 * announced address.
 *
 * A guard belongs to one dissector of Wireshark's own for good, so that it does that dissector's work wherever Decode As
 * or a change of profile puts it. Without the preference no table is touched. */

#include "shim.h"

#include <epan/exceptions.h>

/* A connection on which somebody asked for a tunnel, or that was claimed although its conversation shares a dissector. */
typedef struct {
    dissector_handle_t handle; /* NULL before the connection is claimed */
    uint32_t from;             /* frame */
    bool by_http;              /* CONNECT asked for it */
} Tunnel;

/* A guard and the dissector that it stands for. */
typedef struct {
    const char *filter;      /* of the owner's protocol */
    const char *description; /* Wireshark keeps these in lists with commas, so it has none */
    dissector_handle_t owner, handle;
} Guard;

static Guard guards[] = {
    { "http", "HTTP or MSN Messenger", NULL, NULL },
    { "socks", "SOCKS or MSN Messenger", NULL, NULL },
};

/* The guard of other ports, of yet others or of nobody, and whom it stood for on which port, now or before. Ports of
 * nobody need one, too: otherwise the other end's port, or the last heuristic that was right, decides. */
static dissector_handle_t other_guard;
static GHashTable *owners;

/* Wireshark's own dissectors of ports. Those that a Lua script brings may be freed, and get no guard. */
static GHashTable *lasting;

/* Whether a capture is open and the user wants its ports watched. */
static bool looking;

static dissector_table_t ports;
static int http = -1, socks = -1;

static Guard *guard_of(dissector_handle_t owner)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(guards); i++) {
        if (owner != NULL && guards[i].owner == owner) {
            return &guards[i];
        }
    }
    return NULL;
}

static bool is_guard(dissector_handle_t handle)
{
    for (unsigned i = 0; handle != NULL && i < G_N_ELEMENTS(guards); i++) {
        if (guards[i].handle == handle) {
            return true;
        }
    }
    return handle != NULL && handle == other_guard;
}

/* Never on a port for which the user chose a dissector with Decode As. */
static bool may_guard(uint32_t port, dissector_handle_t owner)
{
    return owner == dissector_get_default_uint_handle("tcp.port", port);
}

static void put_guard(uint32_t port)
{
    dissector_handle_t owner = dissector_get_uint_handle(ports, port);
    const Guard *guard = guard_of(owner);

    if (guard != NULL && may_guard(port, owner)) {
        dissector_add_uint("tcp.port", port, guard->handle);
    }
}

void msn_watch_port(uint32_t port)
{
    dissector_handle_t owner;

    if (!looking) {
        return;
    }
    owner = dissector_get_uint_handle(ports, port);
    if (owner != msn_tcp_handle && !is_guard(owner) && guard_of(owner) == NULL && may_guard(port, owner) &&
        (owner == NULL || g_hash_table_contains(lasting, owner))) {
        g_hash_table_insert(owners, GUINT_TO_POINTER(port), (void *)owner);
        dissector_add_uint("tcp.port", port, other_guard);
    }
}

/* The dissector that a guard stands for on this port. */
static dissector_handle_t owner_behind(dissector_handle_t guard, uint32_t port)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(guards); i++) {
        if (guards[i].handle == guard) {
            return guards[i].owner;
        }
    }
    return (dissector_handle_t)g_hash_table_lookup(owners, GUINT_TO_POINTER(port));
}

/* The owner gets its place back, and so does what Decode As may have put there since. */
static void remove_guard(uint32_t port)
{
    dissector_handle_t chosen = dissector_get_uint_handle(ports, port);
    dissector_handle_t guard = dissector_get_default_uint_handle("tcp.port", port);

    if (!is_guard(guard)) {
        return;
    }
    if (owner_behind(guard, port) == NULL) {
        dissector_delete_uint("tcp.port", port, guard);
    } else {
        dissector_add_uint("tcp.port", port, owner_behind(guard, port));
    }
    if (chosen != guard) {
        dissector_change_uint("tcp.port", port, chosen);
    }
}

static void note_port(const char *table _U_, ftenum_t type _U_, gpointer key, gpointer value, gpointer list)
{
    dissector_handle_t now = dtbl_entry_get_handle((dtbl_entry_t *)value);
    dissector_handle_t first = dtbl_entry_get_initial_handle((dtbl_entry_t *)value);

    if (guard_of(now) != NULL || is_guard(first)) {
        g_array_append_val((GArray *)list, *(uint32_t[]){ GPOINTER_TO_UINT(key) });
    }
}

/* The table must not change while it is walked through. */
static void on_each_port(void (*what)(uint32_t port))
{
    GArray *list = g_array_new(FALSE, FALSE, sizeof(uint32_t));

    dissector_table_foreach("tcp.port", note_port, list);
    for (unsigned i = 0; i < list->len; i++) {
        what(g_array_index(list, uint32_t, i));
    }
    g_array_free(list, TRUE);
}

static bool enabled(void)
{
    return proto_is_protocol_enabled(find_protocol_by_id(msn_registry.protocols[0]));
}

/* Whether the owner of the port that a tunnel leads to would keep what comes out of it. */
static bool kept_by_others(uint32_t port)
{
    dissector_handle_t owner = dissector_get_uint_handle(ports, port);

    return owner != NULL && owner != msn_tcp_handle;
}

/* Whether these bytes ask a proxy for a tunnel that the dissector of the proxy's port would not bring to us. */
static bool asks_for_tunnel(tvbuff_t *tvb, int protocol)
{
    unsigned len = tvb_captured_length(tvb);
    const uint8_t *bytes = tvb_get_ptr(tvb, 0, (int)len);
    static const char connect[] = "CONNECT ";
    const uint8_t *at;
    uint32_t port = 0;

    if (len >= 9 && bytes[0] == 4 && bytes[1] == 1 && bytes[len - 1] == 0) {
        return protocol != socks || kept_by_others((uint32_t)bytes[2] << 8 | bytes[3]);
    }
    if (len >= 3 && bytes[0] == 5 && len == 2u + bytes[1]) {
        return protocol != socks;
    }
    if (len >= 10 && bytes[0] == 5 && bytes[1] == 1 && bytes[2] == 0) {
        return protocol != socks || kept_by_others((uint32_t)bytes[len - 2] << 8 | bytes[len - 1]);
    }
    if (len < sizeof(connect) || memcmp(bytes, connect, sizeof(connect) - 1) != 0) {
        return false;
    }
    /* The last colon of the target, which ends with a space. */
    for (at = bytes + sizeof(connect) - 1; at < bytes + len && *at != ' ' && *at != '\r'; at++) {
        if (*at == ':') {
            port = 0;
        } else if (g_ascii_isdigit(*at) && port <= 0xffff) {
            port = port * 10 + (uint32_t)(*at - '0');
        }
    }
    return protocol != http || kept_by_others(port);
}

static Tunnel *tunnel_of(conversation_t *conversation)
{
    return (Tunnel *)conversation_get_proto_data(conversation, msn_registry.protocols[0]);
}

static Tunnel *begin_tunnel(conversation_t *conversation)
{
    Tunnel *tunnel = tunnel_of(conversation);

    if (tunnel == NULL) {
        tunnel = wmem_new0(wmem_file_scope(), Tunnel);
        conversation_add_proto_data(conversation, msn_registry.protocols[0], tunnel);
    }
    return tunnel;
}

/* http takes note of where the contents of a tunnel begin when it meets them on the first pass. Otherwise it would take all
 * frames of the connection for contents on the next. Nothing of what it does with them may show. */
static void let_see(dissector_handle_t handle, tvbuff_t *tvb, packet_info *pinfo, void *data)
{
    packet_info before = *pinfo;
    unsigned layers = wmem_list_count(pinfo->layers);
    bool writable = pinfo->cinfo != NULL && col_get_writable(pinfo->cinfo, -1);

    if (writable) {
        col_set_writable(pinfo->cinfo, -1, FALSE);
    }
    TRY
    {
        msn_call_through(handle, tvb, pinfo, NULL, data);
    }
    CATCH_ALL
    {
    }
    ENDTRY;
    if (writable) {
        col_set_writable(pinfo->cinfo, -1, TRUE);
    }
    while (wmem_list_count(pinfo->layers) > layers) {
        wmem_list_remove_frame(pinfo->layers, wmem_list_tail(pinfo->layers));
    }
    pinfo->curr_layer_num = before.curr_layer_num;
    pinfo->current_proto = before.current_proto;
    pinfo->srcport = before.srcport;
    pinfo->destport = before.destport;
    pinfo->can_desegment = before.can_desegment;
    pinfo->desegment_offset = before.desegment_offset;
    pinfo->desegment_len = before.desegment_len;
}

/* Remembers that the connection is ours from here on. A conversation that a wildcard made shares its dissectors with
 * all others of its kind: its guard must ask each time. */
static void claim(packet_info *pinfo, conversation_t *conversation, dissector_handle_t handle)
{
    Tunnel *tunnel;

    if (conversation_get_dissector(conversation, pinfo->num) == NULL) {
        conversation_set_dissector_from_frame_number(conversation, pinfo->num, handle);
        return;
    }
    tunnel = begin_tunnel(conversation);
    tunnel->handle = handle;
    tunnel->from = pinfo->num;
}

dissector_handle_t msn_claim_proven(tvbuff_t *tvb, packet_info *pinfo, void *data, dissector_handle_t owner)
{
    unsigned len = tvb_captured_length(tvb);
    const uint8_t *bytes = len > 0 ? tvb_get_ptr(tvb, 0, (int)len) : NULL;
    int protocol = dissector_handle_get_protocol_index(owner);
    conversation_t *conversation;
    dissector_handle_t handle;
    const Tunnel *tunnel;
    uint8_t channel;

    if (!looking || PINFO_FD_VISITED(pinfo) || len == 0) {
        return NULL;
    }
    channel = msn_proven_channel(bytes, len);
    if ((channel == MSN_NO_CHANNEL && !asks_for_tunnel(tvb, protocol)) || !enabled()) {
        return NULL;
    }
    if (channel == MSN_NO_CHANNEL) {
        begin_tunnel(find_or_create_conversation(pinfo))->by_http = bytes[0] == 'C';
        return NULL;
    }
    handle = msn_channel_handle(channel);
    conversation = find_or_create_conversation(pinfo);
    tunnel = tunnel_of(conversation);
    if (tunnel == NULL && msn_plain_tcp(pinfo) &&
        (data == NULL || !msn_first_data(pinfo, (const struct tcpinfo *)data))) {
        return NULL;
    }
    if (tunnel != NULL && tunnel->by_http && protocol == http) {
        let_see(owner, tvb, pinfo, data);
    }
    claim(pinfo, conversation, handle);
    return handle;
}

void msn_note_tunnel(tvbuff_t *tvb, packet_info *pinfo)
{
    unsigned len = tvb_captured_length(tvb);
    const uint8_t *bytes = tvb_get_ptr(tvb, 0, (int)len);
    dissector_handle_t carrier = msn_carrier_handle();

    if (!looking || len == 0 || len < tvb_reported_length(tvb) || bytes[0] != 'C' || PINFO_FD_VISITED(pinfo) ||
        carrier == NULL || !asks_for_tunnel(tvb, http)) {
        return;
    }
    begin_tunnel(find_or_create_conversation(pinfo))->by_http = true;
    msn_watch_port(pinfo->destport);
    /* This frame is http's: its own heuristic will say so. */
    conversation_set_dissector_from_frame_number(find_or_create_conversation(pinfo), pinfo->num + 1, carrier);
}

dissector_handle_t msn_claimed(packet_info *pinfo)
{
    const Tunnel *tunnel = tunnel_of(find_or_create_conversation(pinfo));

    return tunnel != NULL && tunnel->handle != NULL && tunnel->from <= pinfo->num ? tunnel->handle : NULL;
}

int msn_call_through(dissector_handle_t handle, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    uint16_t can_desegment = pinfo->can_desegment;
    int end;

    /* Each dissector on the way costs one level of this, but the last one must be able to ask TCP for more. */
    if (can_desegment > 0) {
        pinfo->can_desegment++;
    }
    end = call_dissector_only(handle, tvb, pinfo, tree, data);
    pinfo->can_desegment = can_desegment;
    return end;
}

dissector_handle_t msn_without_protocol(dissector_t dissector, const char *description)
{
    return create_dissector_handle_with_name_and_description(dissector, -1, NULL, description);
}

static dissector_handle_t claim_announced(packet_info *pinfo, const void *data)
{
    return msn_plain_tcp(pinfo) ? msn_claim_announced(pinfo, data, NULL) : NULL;
}

static int dissect_guarded(const Guard *guard, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    dissector_handle_t handle = NULL;

    if (looking) {
        handle = claim_announced(pinfo, data);
        if (handle == NULL) {
            handle = msn_claim_proven(tvb, pinfo, data, guard->owner);
        }
        if (handle == NULL && dissector_handle_get_protocol_index(guard->owner) == http) {
            handle = msn_claim_gateway(tvb, pinfo);
        }
    }
    return msn_call_through(handle == NULL ? guard->owner : handle, tvb, pinfo, tree, data);
}

/* A dissector is not told by which handle it is called, so each guard has its own. */
#define GUARD(number)                                                                                              \
    static int dissect_guard_##number(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)              \
    {                                                                                                              \
        return dissect_guarded(&guards[number], tvb, pinfo, tree, data);                                           \
    }

GUARD(0)
GUARD(1)

/* Any dissector may own an announced port, and nobody the port of a proxy. */
static int dissect_other(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    dissector_handle_t handle = looking ? claim_announced(pinfo, data) : NULL;

    if (handle == NULL) {
        handle = (dissector_handle_t)g_hash_table_lookup(owners, GUINT_TO_POINTER(pinfo->match_uint));
    }
    if (handle == NULL) {
        msn_note_tunnel(tvb, pinfo);
        return 0;
    }
    return msn_call_through(handle, tvb, pinfo, tree, data);
}

/* Takes note of whom guards may stand for. */
static void note_owner(const char *table _U_, ftenum_t type _U_, gpointer key _U_, gpointer value, gpointer unused _U_)
{
    dissector_handle_t owner = dtbl_entry_get_initial_handle((dtbl_entry_t *)value);
    int protocol = owner == NULL ? -1 : dissector_handle_get_protocol_index(owner);

    if (protocol == -1) {
        return;
    }
    g_hash_table_add(lasting, (void *)owner);
    for (unsigned i = 0; i < G_N_ELEMENTS(guards); i++) {
        if (guards[i].owner == NULL && protocol == proto_get_id_by_filter_name(guards[i].filter)) {
            guards[i].owner = owner;
        }
    }
}

void msn_handoff_claims(void)
{
    static const dissector_t dissectors[] = { dissect_guard_0, dissect_guard_1 };

    G_STATIC_ASSERT(G_N_ELEMENTS(dissectors) == G_N_ELEMENTS(guards));
    http = proto_get_id_by_filter_name("http");
    socks = proto_get_id_by_filter_name("socks");
    ports = find_dissector_table("tcp.port");
    owners = g_hash_table_new(g_direct_hash, g_direct_equal);
    lasting = g_hash_table_new(g_direct_hash, g_direct_equal);
    dissector_table_foreach("tcp.port", note_owner, NULL);
    for (unsigned i = 0; i < G_N_ELEMENTS(guards); i++) {
        guards[i].handle = msn_without_protocol(dissectors[i], guards[i].description);
    }
    other_guard = msn_without_protocol(dissect_other, "MSN Messenger or what it was");
}

void msn_begin_claims(void)
{
    looking = msn_look_on_other_ports && enabled();
    if (looking) {
        on_each_port(put_guard);
    }
}

void msn_end_claims(void)
{
    if (looking) {
        on_each_port(remove_guard);
    }
    looking = false;
}
