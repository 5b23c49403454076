/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Takes bytes from Wireshark to the core and its wishes back: columns, tree, more bytes, announced connections. */

#include "shim.h"

/* From packet-tls-utils.h, which needs headers that are not installed everywhere. */
WS_DLL_PUBLIC void tls_set_appdata_dissector(dissector_handle_t tls, packet_info *pinfo, dissector_handle_t carried);

/* Dissections of a frame that are held together; further ones are held one by one. */
#define MAX_HELD 8

/* A frame under dissection: how many units were dissected, whether the columns are ours, and what must be given back.
 * It lives in the memory of the packet. */
typedef struct {
    uint32_t units;
    bool owns_columns;
    size_t info_len; /* of the Info column as the gateway left it, 0 if it did not add to it */
    unsigned held_count;
    const MsnDissection *held[MAX_HELD];
} Frame;

/* The frame that is dissected now; one is dissected at a time. */
static Frame *current;
static const wmem_allocator_t *current_pool;

static msn_callback_bool give_back_one(wmem_allocator_t *pool _U_, wmem_cb_event_t event _U_, void *dissection)
{
    msn_dissection_free((const MsnDissection *)dissection);
    return FALSE;
}

/* Runs when the packet's memory is freed: the same memory then serves another frame. */
static msn_callback_bool leave_frame(wmem_allocator_t *pool _U_, wmem_cb_event_t event _U_, void *data)
{
    Frame *frame = (Frame *)data;

    for (unsigned i = 0; i < frame->held_count; i++) {
        msn_dissection_free(frame->held[i]);
    }
    if (current == frame) {
        current = NULL;
        current_pool = NULL;
    }
    return FALSE;
}

static void enter_frame(packet_info *pinfo)
{
    if (current_pool != pinfo->pool) {
        current = wmem_new(pinfo->pool, Frame);
        current->units = 0;
        current->owns_columns = false;
        current->info_len = 0;
        current->held_count = 0;
        current_pool = pinfo->pool;
        wmem_register_callback(pinfo->pool, leave_frame, current);
    }
}

void msn_hold(packet_info *pinfo, const MsnDissection *dissection)
{
    if (current_pool == pinfo->pool && current->held_count < MAX_HELD) {
        current->held[current->held_count++] = dissection;
    } else {
        wmem_register_callback(pinfo->pool, give_back_one, (void *)(uintptr_t)dissection);
    }
}

/* An IPv4 address is written as IPv6 maps it, so that it differs from every IPv6 address. */
static void address_bytes(uint8_t *to, const address *from)
{
    static const uint8_t mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };

    if (from->type == AT_IPv4 && from->len == 4) {
        memcpy(to, mapped, sizeof mapped);
        memcpy(to + sizeof mapped, from->data, 4);
    } else if (from->len > 0 && from->len <= MSN_MAX_ADDRESS) {
        memcpy(to, from->data, (size_t)from->len);
    }
}

static size_t info_len(packet_info *pinfo)
{
    const char *text = col_get_writable(pinfo->cinfo, COL_INFO) ? col_get_text(pinfo->cinfo, COL_INFO) : NULL;

    return text == NULL ? 0 : strlen(text);
}

void msn_separate_info(packet_info *pinfo)
{
    const char *own, *rest;

    if (current_pool != pinfo->pool || current->info_len == 0 || info_len(pinfo) <= current->info_len) {
        return;
    }
    own = wmem_strndup(pinfo->pool, col_get_text(pinfo->cinfo, COL_INFO), current->info_len);
    rest = wmem_strdup(pinfo->pool, col_get_text(pinfo->cinfo, COL_INFO) + current->info_len);
    /* What stands in front of a fence is not cleared. */
    col_clear(pinfo->cinfo, COL_INFO);
    col_append_str(pinfo->cinfo, COL_INFO, own + MIN(info_len(pinfo), current->info_len));
    col_append_str(pinfo->cinfo, COL_INFO, "; ");
    col_append_str(pinfo->cinfo, COL_INFO, rest);
    current->info_len = info_len(pinfo);
}

void msn_keep_info(packet_info *pinfo)
{
    if (current_pool == pinfo->pool && current->owns_columns) {
        current->info_len = info_len(pinfo);
    }
}

/* The innermost protocol of the last unit. One that is switched off shows nothing, and neither does what it carries. */
static uint8_t last_protocol(const MsnDissection *dissection)
{
    const MsnProtocol *protocols = msn_registry.catalogue->protocols;
    uint8_t last = dissection->last_protocol;

    if (last == MSN_NO_PROTOCOL) {
        return MSN_PROTOCOL_MSN;
    }
    for (uint8_t at = last; at != dissection->protocol && at != MSN_PROTOCOL_MSN; at = protocols[at].carrier) {
        if (!proto_is_protocol_enabled(find_protocol_by_id(msn_registry.protocols[at]))) {
            last = protocols[at].carrier;
        }
    }
    return last;
}

static void fill_columns(packet_info *pinfo, const MsnDissection *dissection)
{
    const char *info = (const char *)dissection->info;

    col_set_str(pinfo->cinfo, COL_PROTOCOL, msn_registry.catalogue->protocols[last_protocol(dissection)].short_name);
    if (!current->owns_columns) {
        current->owns_columns = true;
        /* Not copied: it is one line of fit text, and held as long as the packet's memory. */
        col_set_str(pinfo->cinfo, COL_INFO, info);
    } else {
        col_append_str(pinfo->cinfo, COL_INFO, "; ");
        col_append_str(pinfo->cinfo, COL_INFO, info);
    }
}

void msn_expect(packet_info *pinfo, const MsnDissection *dissection)
{
    for (uint32_t i = 0; i < dissection->announced_count; i++) {
        msn_expect_connection(pinfo, &dissection->announced[i]);
    }
}

void msn_apply(const MsnDissection *dissection, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree)
{
    if (dissection->info_len > 0) {
        fill_columns(pinfo, dissection);
    }
    current->units += dissection->units;
    msn_expect(pinfo, dissection);
    msn_follow(dissection, tvb, pinfo);
    msn_export_pdu(dissection, tvb, pinfo);
    for (uint32_t i = 0; i < dissection->depend_count; i++) {
        /* Whoever saves the packets that a filter shows wants the pieces of what they make whole as well. */
        msn_depend_upon(pinfo, dissection->depends[i]);
    }
    if (dissection->item_count == 0) {
        msn_name_protocols(dissection, tvb, tree);
    }
    /* Without a tree there is rarely anything. */
    if ((dissection->item_count | dissection->object_count) != 0) {
        msn_replay(dissection, tvb, pinfo, tree);
    }
    if (dissection->need != MSN_NEED_NOTHING && pinfo->can_desegment) {
        pinfo->desegment_offset = (int)dissection->consumed;
        pinfo->desegment_len =
            dissection->need == MSN_NEED_BYTES ? dissection->need_bytes : DESEGMENT_ONE_MORE_SEGMENT;
    }
}

void msn_describe(MsnPacket *packet, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree)
{
    unsigned captured = tvb_captured_length(tvb);
    unsigned reported = tvb_reported_length(tvb);
    bool first_pass = !PINFO_FD_VISITED(pinfo);
    bool want_info = pinfo->cinfo != NULL && col_get_writable(pinfo->cinfo, COL_INFO);

    packet->place = (uint64_t)pinfo->fd->file_off;
    packet->frame = pinfo->num;
    packet->time = (uint64_t)pinfo->abs_ts.secs * 1000000000u + (uint64_t)pinfo->abs_ts.nsecs;
    enter_frame(pinfo);
    packet->unit = current->units;
    packet->reported_len = reported;
    packet->source_port = (uint16_t)pinfo->srcport;
    packet->destination_port = (uint16_t)pinfo->destport;
    address_bytes(packet->source, &pinfo->src);
    address_bytes(packet->destination, &pinfo->dst);
    /* Asking for more bytes of a segment that the capture cut would never be answered. */
    packet->flags = (msn_reassemble && pinfo->can_desegment && captured == reported ? MSN_CAN_DESEGMENT : 0u) |
                    (first_pass ? MSN_FIRST_PASS : 0u) | (msn_items_wanted(tree) ? MSN_WANT_TREE : 0u) |
                    (msn_stats_wanted() ? MSN_WANT_TREE | MSN_WANT_STATISTICS | MSN_WANT_EVENTS : 0u) |
                    (msn_credentials_wanted() ? MSN_WANT_TREE | MSN_WANT_CREDENTIALS : 0u) |
                    (want_info ? MSN_WANT_INFO : 0u) | (tree != NULL ? MSN_WANT_DEPENDS : 0u) |
                    (msn_export_wanted() ? MSN_WANT_OBJECTS : 0u) | (current->owns_columns ? MSN_INFO_BEGUN : 0u) |
                    msn_events_wanted();
    if (first_pass) {
        packet->connection = msn_connection_key(pinfo, packet);
    }
}

/* Where one more segment was asked for though this one has bytes that were not given: asks for exactly these. A segment
 * that is sent again makes Wireshark 4.4 forget that whole segments were asked for, and give their first byte only; the
 * others would wait for the next segment, and then come twice. */
static void ask_for_rest(const struct tcpinfo *tcp, unsigned given, packet_info *pinfo)
{
    int32_t left = (int32_t)(tcp->nxtseq - (tcp->seq + given));

    if (tcp->is_reassembled && pinfo->desegment_len == DESEGMENT_ONE_MORE_SEGMENT && left > 0) {
        pinfo->desegment_len = (uint32_t)left;
    }
}

int msn_dissect_channel(uint8_t channel, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, const struct tcpinfo *tcp)
{
    unsigned captured = tvb_captured_length(tvb);
    const MsnDissection *dissection;
    MsnPacket packet = { 0 };

    if (captured == 0 || msn_session == NULL) {
        return 0;
    }
    msn_describe(&packet, tvb, pinfo, tree);
    if (tcp != NULL) {
        packet.sequence = tcp->seq;
        packet.flags |= MSN_HAS_SEQUENCE | (tcp->is_reassembled ? MSN_REASSEMBLED : MSN_SEGMENT);
    }
    dissection = msn_dissect(msn_session, &packet, channel, tvb_get_ptr(tvb, 0, (int)captured), captured);
    if (dissection == NULL) {
        return 0;
    }
    if (dissection->units == 0 && dissection->need == MSN_NEED_NOTHING) {
        msn_dissection_free(dissection);
        return 0;
    }
    msn_hold(pinfo, dissection);
    if (tcp != NULL && channel == MSN_CHANNEL_SERVER && (packet.flags & MSN_FIRST_PASS)) {
        /* The next packets come without a search for their ports. */
        msn_keep_connection(pinfo, msn_tcp_handle);
    }
    msn_apply(dissection, tvb, pinfo, tree);
    if (tcp != NULL) {
        ask_for_rest(tcp, captured, pinfo);
    }
    return (int)captured;
}

/* TCP's own data, unless something between TCP and us (TLS, a proxy) calls with data of its own. */
const struct tcpinfo *msn_tcp_data(packet_info *pinfo, const void *data)
{
    static int tcp = -1;
    wmem_list_frame_t *layer = wmem_list_tail(pinfo->layers);
    int above = -1;

    if (tcp == -1) {
        tcp = proto_get_id_by_filter_name("tcp");
    }
    if (data == NULL) {
        return NULL;
    }
    /* The list also has what earlier bytes of the segment led to: it is our layer, or an earlier one of ours, that stands
     * next to TCP. */
    for (; layer != NULL && GPOINTER_TO_INT(wmem_list_frame_data(layer)) != tcp; layer = wmem_list_frame_prev(layer)) {
        above = GPOINTER_TO_INT(wmem_list_frame_data(layer));
    }
    for (unsigned i = 0; layer != NULL && i < msn_registry.catalogue->protocol_count; i++) {
        if (above == msn_registry.protocols[i]) {
            return (const struct tcpinfo *)data;
        }
    }
    return NULL;
}

int msn_dissect_tcp(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    return msn_dissect_channel(MSN_CHANNEL_SERVER, tvb, pinfo, tree, msn_tcp_data(pinfo, data));
}

int msn_dissect_stream(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data _U_)
{
    return msn_dissect_channel(MSN_CHANNEL_SERVER, tvb, pinfo, tree, NULL);
}

void msn_keep_tls(packet_info *pinfo, dissector_handle_t handle)
{
    /* What a TLS heuristic is given to remember its dissector in differs between versions; this does not. */
    tls_set_appdata_dissector(find_dissector("tls"), pinfo, handle);
}

msn_bool msn_heuristic_tls(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data _U_)
{
    unsigned captured = tvb_captured_length(tvb);

    if (!msn_heuristic(MSN_CHANNEL_SERVER, tvb_get_ptr(tvb, 0, (int)captured), captured)) {
        return FALSE;
    }
    msn_keep_tls(pinfo, msn_stream_handle);
    msn_dissect_stream(tvb, pinfo, tree, NULL);
    return TRUE;
}

msn_bool msn_heuristic_tcp(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    unsigned captured = tvb_captured_length(tvb);

    if (!msn_heuristic(MSN_CHANNEL_SERVER, tvb_get_ptr(tvb, 0, (int)captured), captured)) {
        if (msn_claim_announced(pinfo, msn_tcp_data(pinfo, data), msn_tcp_handle) != NULL) {
            return msn_dissect_tcp(tvb, pinfo, tree, data) != 0;
        }
        msn_note_tunnel(tvb, pinfo);
        return FALSE;
    }
    /* What came before, such as a proxy's handshake, is not ours on later passes either. */
    conversation_set_dissector_from_frame_number(find_or_create_conversation(pinfo), pinfo->num, msn_tcp_handle);
    msn_dissect_tcp(tvb, pinfo, tree, data);
    return TRUE;
}
