/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Claims connections that Wireshark would leave to others.
 *
 * A connection that is announced, and begins afterwards, finds its dissector by a wildcard conversation. That does not
 * help where the connection stood already; and some dissectors keep whatever comes on their port, although it may be a
 * proxy of another kind, or a tunnel through it to such a port. For these ports a guard takes the dissector's place in
 * the table: it looks at the first byte of a segment, and gives all that cannot be ours to the owner, which shows it as
 * ever. What proves MSN is a client's first line as the first data of a connection, or after a request for a tunnel; and
 * the first data of a connection to an announced address.
 *
 * The guards stand while a capture is open, and never on a port for which the user chose a dissector with Decode As. */

#include "shim.h"

#include <epan/exceptions.h>

/* Bits of tcp_analysis' completeness, which no header names. */
#define SAW_SYN 1
#define SAW_SYN_ACK 2

/* An address that an announcement named. */
typedef struct {
    uint8_t address[MSN_MAX_ADDRESS];
    uint32_t port;
} Place;

/* A connection on which somebody asked for a tunnel, or that was claimed although its conversation shares a dissector. */
typedef struct {
    dissector_handle_t handle; /* NULL before the connection is claimed */
    uint32_t from;             /* frame */
    bool by_http;              /* CONNECT asked for it */
} Tunnel;

static dissector_handle_t guard_handle;
static dissector_table_t ports;
static int tcp = -1, http = -1, socks = -1;

/* Port to the handle of the dissector that a guard stands for; NULL for a port that is nobody's. */
static GHashTable *owners;

/* The port that was looked up last; 0 = none. */
static struct {
    uint32_t port;
    dissector_handle_t owner;
} latest;

/* Place to the wildcard conversation of the connections to it. */
static wmem_map_t *announced;

static unsigned place_hash(gconstpointer key)
{
    return wmem_strong_hash((const uint8_t *)key, sizeof(Place));
}

static gboolean place_equal(gconstpointer a, gconstpointer b)
{
    return memcmp(a, b, sizeof(Place)) == 0;
}

static bool make_place(Place *place, const address *at, uint32_t port)
{
    memset(place, 0, sizeof(*place));
    if (at->len <= 0 || at->len > MSN_MAX_ADDRESS) {
        return false;
    }
    memcpy(place->address, at->data, (size_t)at->len);
    place->port = port;
    return true;
}

/* A port of nobody needs a guard, too: otherwise the other end's port, or the last heuristic that was right, decides. */
static void put_guard(uint32_t port)
{
    dissector_handle_t owner = dissector_get_uint_handle(ports, port);

    if (port == 0 || owner == guard_handle || owner == msn_tcp_handle ||
        owner != dissector_get_default_uint_handle("tcp.port", port)) {
        return;
    }
    g_hash_table_insert(owners, GUINT_TO_POINTER(port), (void *)owner);
    latest.port = 0;
    dissector_add_uint("tcp.port", port, guard_handle);
}

static void note_port(const char *table _U_, ftenum_t type _U_, gpointer key, gpointer value, gpointer list)
{
    dissector_handle_t owner = dtbl_entry_get_handle((dtbl_entry_t *)value);
    int protocol = owner == NULL ? -1 : dissector_handle_get_protocol_index(owner);

    if (protocol != -1 && (protocol == http || protocol == socks)) {
        g_array_append_val((GArray *)list, *(uint32_t[]){ GPOINTER_TO_UINT(key) });
    }
}

void msn_begin_claims(void)
{
    GArray *kept = g_array_new(FALSE, FALSE, sizeof(uint32_t));

    tcp = proto_get_id_by_filter_name("tcp");
    http = proto_get_id_by_filter_name("http");
    socks = proto_get_id_by_filter_name("socks");
    ports = find_dissector_table("tcp.port");
    owners = g_hash_table_new(g_direct_hash, g_direct_equal);
    announced = wmem_map_new(wmem_file_scope(), place_hash, place_equal);
    dissector_table_foreach("tcp.port", note_port, kept);
    for (unsigned i = 0; i < kept->len; i++) {
        put_guard(g_array_index(kept, uint32_t, i));
    }
    g_array_free(kept, TRUE);
}

static void remove_guard(gpointer key, gpointer owner, gpointer unused _U_)
{
    uint32_t port = GPOINTER_TO_UINT(key);

    /* A preference may have given the port to somebody else, or to nobody. */
    if (dissector_get_uint_handle(ports, port) != guard_handle) {
        return;
    }
    if (owner == NULL) {
        dissector_delete_uint("tcp.port", port, guard_handle);
    } else {
        dissector_add_uint("tcp.port", port, (dissector_handle_t)owner);
    }
}

void msn_end_claims(void)
{
    g_hash_table_foreach(owners, remove_guard, NULL);
    g_hash_table_destroy(owners);
    owners = NULL;
    announced = NULL;
    latest.port = 0;
    latest.owner = NULL;
}

void msn_expect_connection(packet_info *pinfo, const MsnAnnouncement *announcement)
{
    dissector_handle_t handle = msn_channel_handle(announcement->kind);
    address server;
    Place *place = wmem_new(wmem_file_scope(), Place);
    conversation_t *conversation;

    set_address(&server, announcement->address_len == 4 ? AT_IPv4 : AT_IPv6, announcement->address_len,
                announcement->address);
    if (!make_place(place, &server, announcement->port)) {
        return;
    }
    conversation = (conversation_t *)wmem_map_lookup(announced, place);
    if (conversation == NULL) {
        conversation = conversation_new(pinfo->num, &server, NULL, CONVERSATION_TCP, announcement->port, 0, ANY_CLIENT);
        wmem_map_insert(announced, place, conversation);
        put_guard(announcement->port);
    } else {
        wmem_free(wmem_file_scope(), place);
        if (conversation_get_dissector(conversation, pinfo->num) == handle) {
            return;
        }
    }
    /* One port may serve connections of several kinds, one after the other. */
    conversation_set_dissector_from_frame_number(conversation, pinfo->num, handle);
}

/* Whether Wireshark's TCP dissector called, and not something that carries a stream inside another. */
static bool plain_tcp(const packet_info *pinfo)
{
    wmem_list_frame_t *layer = wmem_list_tail(pinfo->layers);

    return layer != NULL && GPOINTER_TO_INT(wmem_list_frame_data(layer)) == tcp;
}

/* Whether these are the first bytes that this end of the connection sends, and the capture saw it begin. */
static bool first_data(packet_info *pinfo, const struct tcpinfo *data)
{
    struct tcp_analysis *analysis;

    analysis = get_tcp_conversation_data(find_or_create_conversation(pinfo), pinfo);
    return analysis != NULL && analysis->fwd != NULL &&
           (analysis->conversation_completeness & (SAW_SYN | SAW_SYN_ACK)) != 0 &&
           (data->seq == 1 || data->seq == analysis->fwd->base_seq + 1);
}

/* The dissector that an announcement named for an end of this connection. */
static dissector_handle_t announced_for(const packet_info *pinfo, const address *end, uint32_t port)
{
    conversation_t *conversation;
    Place place;

    if (!make_place(&place, end, port)) {
        return NULL;
    }
    conversation = (conversation_t *)wmem_map_lookup(announced, &place);
    return conversation == NULL ? NULL : conversation_get_dissector(conversation, pinfo->num);
}

/* Claims the connection if it was announced and these are its first bytes. */
static dissector_handle_t claim_announced(packet_info *pinfo, const void *data)
{
    const struct tcpinfo *segment = (const struct tcpinfo *)data;
    conversation_t *conversation;
    dissector_handle_t handle;

    if (PINFO_FD_VISITED(pinfo) || announced == NULL || wmem_map_size(announced) == 0 || segment == NULL ||
        !plain_tcp(pinfo)) {
        return NULL;
    }
    handle = announced_for(pinfo, &pinfo->dst, pinfo->destport);
    if (handle == NULL) {
        handle = announced_for(pinfo, &pinfo->src, pinfo->srcport);
    }
    if (handle == NULL || !first_data(pinfo, segment)) {
        return NULL;
    }
    conversation = find_or_create_conversation(pinfo);
    if (conversation_get_dissector(conversation, pinfo->num) != NULL) {
        return NULL; /* it was tried and did not want these bytes */
    }
    conversation_set_dissector_from_frame_number(conversation, pinfo->num, handle);
    return handle;
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

    if (PINFO_FD_VISITED(pinfo) || len == 0) {
        return NULL;
    }
    channel = msn_proven_channel(bytes, len);
    if ((channel == MSN_NO_CHANNEL && !asks_for_tunnel(tvb, protocol)) ||
        !proto_is_protocol_enabled(find_protocol_by_id(msn_registry.protocols[0]))) {
        return NULL;
    }
    if (channel == MSN_NO_CHANNEL) {
        begin_tunnel(find_or_create_conversation(pinfo))->by_http = bytes[0] == 'C';
        return NULL;
    }
    handle = msn_channel_handle(channel);
    conversation = find_or_create_conversation(pinfo);
    tunnel = tunnel_of(conversation);
    if (tunnel == NULL && plain_tcp(pinfo) &&
        (data == NULL || !first_data(pinfo, (const struct tcpinfo *)data))) {
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

    if (len == 0 || len < tvb_reported_length(tvb) || bytes[0] != 'C' || owners == NULL || PINFO_FD_VISITED(pinfo) || carrier == NULL ||
        !asks_for_tunnel(tvb, http)) {
        return;
    }
    begin_tunnel(find_or_create_conversation(pinfo))->by_http = true;
    put_guard(pinfo->destport);
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

/* Most packets come on the port of the one before. */
static dissector_handle_t owner_of(uint32_t port)
{
    if (port != latest.port && owners != NULL) {
        latest.owner = (dissector_handle_t)g_hash_table_lookup(owners, GUINT_TO_POINTER(port));
        latest.port = port;
    }
    return latest.owner;
}

static int dissect_guarded(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    dissector_handle_t owner = owner_of(pinfo->match_uint), handle;

    handle = claim_announced(pinfo, data);
    if (handle == NULL && owner != NULL) {
        int protocol = dissector_handle_get_protocol_index(owner);

        handle = msn_claim_proven(tvb, pinfo, data, owner);
        if (handle == NULL && protocol == http) {
            handle = msn_claim_gateway(tvb, pinfo);
        }
    } else if (handle == NULL) {
        msn_note_tunnel(tvb, pinfo);
        return 0;
    }
    return msn_call_through(handle == NULL ? owner : handle, tvb, pinfo, tree, data);
}

void msn_register_claims(void)
{
    guard_handle = msn_without_protocol(dissect_guarded, "MSN Messenger if it is proven, else as before");
}
