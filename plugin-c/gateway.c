/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds the bodies of HTTP gateway messages and takes them to the core.
 *
 * The http dissector hands bodies over by media type, which is right for every answer but only for some clients'
 * requests. Others send text/xml, text/html, or no type: for these the URI must tell. The http dissector gives a body's
 * dissector the header values (under a layout of its own in each version) but not the URI. So the start line and the
 * header lines are looked for in the bytes in front of the body, which works in all versions: a body is a part of the
 * segment, of reassembled segments or of decrypted TLS data, and the bytes in front of it are there. Only a body that
 * the http dissector put together (from chunks, or by decompressing) has bytes of its own; then the head stands in the
 * data source that came before.
 *
 * Bodies of types that belong to others go back to them when they are not the gateway's.
 *
 * A message without body is handed to nobody. So once a TCP connection has carried a gateway body, this dissector stands
 * between it and http: it lets http do its work, and adds what a message without body says. */

#include "shim.h"

#include <epan/exceptions.h>

/* Most bytes of start line and header lines, and most bytes in which those of a rebuilt body are looked for. */
#define MAX_HEAD (16 * 1024)
#define MAX_SEARCH (64 * 1024)

/* A media type, and who dissects it when it is not the gateway's. */
typedef struct {
    const char *type;
    dissector_handle_t owner;
} SharedType;

static dissector_handle_t gateway_handle, carrier_handle, http_handle;

static bool enabled(void)
{
    return proto_is_protocol_enabled(find_protocol_by_id(msn_registry.protocols[0]));
}

/* The source of data that was added before the one that is `own`. */
tvbuff_t *msn_source_before(const packet_info *pinfo, const tvbuff_t *own)
{
    tvbuff_t *before = NULL;

    for (const GSList *entry = pinfo->data_src; entry != NULL; entry = entry->next) {
        tvbuff_t *tvb = get_data_source_tvb((const struct data_source *)entry->data);

        if (tvb == own) {
            break;
        }
        before = tvb;
    }
    return before;
}

static void find_head(MsnHead *head, tvbuff_t *tvb, const packet_info *pinfo)
{
    tvbuff_t *source = tvb_get_ds_tvb(tvb);
    int end = (int)tvb_raw_offset(tvb);

    if (end > 0) {
        head->len = (uint32_t)MIN(end, MAX_HEAD);
        head->data = tvb_get_ptr(source, end - (int)head->len, (int)head->len);
        head->at_end = true;
        return;
    }
    source = msn_source_before(pinfo, source);
    if (source != NULL) {
        head->len = MIN(tvb_captured_length(source), MAX_SEARCH);
        head->data = tvb_get_ptr(source, 0, (int)head->len);
    }
}

static void dissect_body(MsnHead *head, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree)
{
    unsigned captured = tvb_captured_length(tvb);
    unsigned at = 0;
    uint64_t connection = 0;

    do {
        tvbuff_t *rest = at == 0 ? tvb : tvb_new_subset_remaining(tvb, (int)at);
        unsigned len = captured - at;
        const MsnDissection *dissection;
        MsnPacket packet = { 0 };

        msn_describe(&packet, rest, pinfo, tree);
        if (head->continued) {
            packet.connection = connection;
        }
        dissection =
            msn_dissect_gateway(msn_session, &packet, head, len > 0 ? tvb_get_ptr(rest, 0, (int)len) : NULL, len);
        if (dissection == NULL) {
            return;
        }
        msn_hold(pinfo, dissection);
        connection = packet.connection = dissection->connection;
        msn_separate_info(pinfo);
        msn_apply(dissection, rest, pinfo, tree);
        msn_keep_info(pinfo);
        head->continued = true;
        if (dissection->consumed == 0) {
            return;
        }
        at += dissection->consumed;
    } while (at < captured);
}

/* The server's end of a TCP connection, and with it the connection itself, carry gateway messages from now on. */
static void expect_more(packet_info *pinfo, const MsnHead *head)
{
    static int tcp = -1, http = -1;
    wmem_list_frame_t *layer = wmem_list_tail(pinfo->layers);
    const address *server;
    uint32_t port;

    if (PINFO_FD_VISITED(pinfo) || http_handle == NULL) {
        return;
    }
    if (tcp == -1) {
        tcp = proto_get_id_by_filter_name("tcp");
        http = proto_get_id_by_filter_name("http");
    }
    while (layer != NULL && GPOINTER_TO_INT(wmem_list_frame_data(layer)) != http) {
        layer = wmem_list_frame_prev(layer);
    }
    layer = layer == NULL ? NULL : wmem_list_frame_prev(layer);
    if (layer == NULL || GPOINTER_TO_INT(wmem_list_frame_data(layer)) != tcp) {
        return; /* decrypted, or through a proxy: the connection is not http's */
    }
    conversation_set_dissector_from_frame_number(find_or_create_conversation(pinfo), pinfo->num, carrier_handle);
    /* Requests go to the server, so its end is the one that a request is sent to. */
    server = msn_is_request(head) ? &pinfo->dst : &pinfo->src;
    port = msn_is_request(head) ? pinfo->destport : pinfo->srcport;
    if (find_conversation(pinfo->num, server, NULL, CONVERSATION_TCP, port, 0, NO_ADDR_B | NO_PORT_B) == NULL) {
        conversation_set_dissector(
            conversation_new(pinfo->num, server, NULL, CONVERSATION_TCP, port, 0, ANY_CLIENT), carrier_handle);
    }
}

static int dissect_gateway(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data _U_)
{
    MsnHead head = { 0 };

    if (msn_session == NULL) {
        return 0;
    }
    find_head(&head, tvb, pinfo);
    dissect_body(&head, tvb, pinfo, tree);
    expect_more(pinfo, &head);
    return (int)tvb_captured_length(tvb);
}

static bool is_gateway(tvbuff_t *tvb, const packet_info *pinfo)
{
    MsnHead head = { 0 };

    if (msn_session == NULL || !enabled()) {
        return false;
    }
    find_head(&head, tvb, pinfo);
    return msn_is_gateway(&head);
}

/* Types of other dissectors under which web services speak, and gateway messages are sent by programs that do not name
 * the gateway's own. */
static SharedType shared_types[] = {
    { "text/xml", NULL },
    { "text/html", NULL },
    { "text/plain", NULL },
    { "application/xml", NULL },
    { "application/soap+xml", NULL },
    { "application/octet-stream", NULL },
    { "application/x-www-form-urlencoded", NULL },
};

static int dissect_shared(unsigned number, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    int end;

    if (is_gateway(tvb, pinfo)) {
        return call_dissector_only(gateway_handle, tvb, pinfo, tree, data);
    }
    /* What the services say comes behind what the owner shows, and in place of it in the columns. */
    end = call_dissector_only(shared_types[number].owner, tvb, pinfo, tree, data);
    return msn_soap_body(tvb, pinfo, tree) && end == 0 ? (int)tvb_captured_length(tvb) : end;
}

/* A dissector is not told by which handle it is called, so each type has its own. */
#define SHARED(number)                                                                                             \
    static int dissect_shared_##number(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)             \
    {                                                                                                              \
        return dissect_shared(number, tvb, pinfo, tree, data);                                                     \
    }

SHARED(0)
SHARED(1)
SHARED(2)
SHARED(3)
SHARED(4)
SHARED(5)
SHARED(6)

static msn_bool heuristic_http(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    if (!is_gateway(tvb, pinfo)) {
        return FALSE;
    }
    dissect_gateway(tvb, pinfo, tree, data);
    return TRUE;
}

/* An answer that does not say what it answers, such as an error page. */
static void dissect_answer(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree)
{
    unsigned captured = tvb_captured_length(tvb);
    const MsnDissection *dissection;
    MsnPacket packet = { 0 };

    if (captured < 5 || tvb_memeql(tvb, 0, (const uint8_t *)"HTTP/", 5) != 0) {
        return;
    }
    msn_describe(&packet, tvb, pinfo, tree);
    dissection = msn_dissect_gateway_answer(msn_session, &packet, tvb_get_ptr(tvb, 0, (int)captured), captured);
    if (dissection == NULL) {
        return;
    }
    msn_hold(pinfo, dissection);
    if (dissection->units > 0) {
        msn_apply(dissection, tvb_new_subset_remaining(tvb, (int)captured), pinfo, tree);
    }
}

/* Stands between TCP and http on a connection that carries gateway messages. */
static int dissect_carrier(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    static unsigned nested;
    unsigned captured = tvb_captured_length(tvb);
    uint32_t desegment = pinfo->desegment_len;
    dissector_handle_t claimed = msn_claimed(pinfo);
    MsnHead head = { 0 };
    volatile int end = 0;
    uint32_t bodies = msn_soap_bodies();

    if (claimed == NULL) {
        claimed = msn_claim_proven(tvb, pinfo, data, http_handle);
    }
    if (claimed != NULL) {
        return msn_call_through(claimed, tvb, pinfo, tree, data);
    }
    /* A tunnel through http to the same address would come back here for ever. */
    if (nested > 0) {
        return 0;
    }
    nested++;
    TRY
    {
        end = msn_call_through(http_handle, tvb, pinfo, tree, data);
    }
    FINALLY
    {
        nested--;
    }
    ENDTRY;
    msn_separate_info(pinfo);

    /* A message without body fills what http was given; http asks for more bytes of one that is not whole. */
    if (msn_session == NULL || end <= 0 || pinfo->desegment_len != desegment || captured == 0) {
        return end;
    }
    head.len = MIN(captured, MAX_HEAD);
    head.data = tvb_get_ptr(tvb, (int)(captured - head.len), (int)head.len);
    head.at_end = true;
    if (msn_is_gateway(&head)) {
        dissect_body(&head, tvb_new_subset_remaining(tvb, (int)captured), pinfo, tree);
    } else if (bodies != msn_soap_bodies() || !msn_soap_head(tvb, pinfo, tree)) {
        dissect_answer(tvb, pinfo, tree);
    }
    return end;
}

dissector_handle_t msn_claim_gateway(tvbuff_t *tvb, packet_info *pinfo)
{
    unsigned captured = tvb_captured_length(tvb);
    conversation_t *conversation;
    MsnHead head = { 0 };

    if (PINFO_FD_VISITED(pinfo) || http_handle == NULL || captured == 0) {
        return NULL;
    }
    if (msn_soap_asks(tvb)) {
        conversation = find_or_create_conversation(pinfo);
        if (conversation_get_dissector(conversation, pinfo->num) == NULL) {
            conversation_set_dissector_from_frame_number(conversation, pinfo->num, carrier_handle);
        }
        return carrier_handle;
    }
    if (*tvb_get_ptr(tvb, 0, 1) != 'P' || !enabled()) {
        return NULL;
    }
    /* With a body, the body will tell. */
    head.len = MIN(captured, MAX_HEAD);
    head.data = tvb_get_ptr(tvb, (int)(captured - head.len), (int)head.len);
    head.at_end = true;
    if (!msn_is_gateway(&head)) {
        return NULL;
    }
    conversation = find_or_create_conversation(pinfo);
    if (conversation_get_dissector(conversation, pinfo->num) == NULL) {
        conversation_set_dissector_from_frame_number(conversation, pinfo->num, carrier_handle);
    }
    return carrier_handle;
}

dissector_handle_t msn_carrier_handle(void)
{
    return http_handle == NULL ? NULL : carrier_handle;
}

void msn_register_gateway(void)
{
    int proto = msn_registry.protocols[0];

    gateway_handle = register_dissector("msn.gateway", dissect_gateway, proto);
    carrier_handle = msn_without_protocol(dissect_carrier, "HTTP that carries MSN Messenger");
}

/* The entry keeps the name of the type's owner wherever users meet it: in Decode As, in the entries that it saves, in
 * Lua. A type without owner needs no entry: our heuristic of http gets it. */
static void share_type(SharedType *shared, dissector_t dissector)
{
    dissector_handle_t owner = dissector_get_string_handle(find_dissector_table("media_type"), shared->type);

    if (owner != NULL) {
        const char *name = dissector_handle_get_description(owner);

#if MSN_WIRESHARK(4, 6)
        /* Two of the same name are called a bug there. Blanks behind it, for each entry one more, are not seen. */
        name = wmem_strdup_printf(wmem_epan_scope(), "%s%*s", name, (int)(shared - shared_types) + 1, "");
#endif
        shared->owner = owner;
        dissector_add_string("media_type", shared->type, msn_without_protocol(dissector, name));
    }
}

void msn_register_gateway_handoff(void)
{
    static const dissector_t dissectors[] = { dissect_shared_0, dissect_shared_1, dissect_shared_2,
                                              dissect_shared_3, dissect_shared_4, dissect_shared_5,
                                              dissect_shared_6 };

    G_STATIC_ASSERT(G_N_ELEMENTS(dissectors) == G_N_ELEMENTS(shared_types));
    http_handle = find_dissector("http-over-tcp");
    if (http_handle == NULL) {
        http_handle = find_dissector("http");
    }
    dissector_add_string("media_type", "application/x-msn-messenger", gateway_handle);
    heur_dissector_add("http", heuristic_http, "MSN Messenger HTTP gateway", "msn_http", msn_registry.protocols[0],
                       HEURISTIC_ENABLE);
    for (unsigned i = 0; i < G_N_ELEMENTS(shared_types); i++) {
        share_type(&shared_types[i], dissectors[i]);
    }
}
