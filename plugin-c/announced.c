/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Connections that were announced: by which dissector, and from which frame on.
 *
 * A connection that begins after its announcement finds its dissector by a wildcard conversation, whatever its port.
 * One that stood already is found by its first data: on a port of nobody by our heuristic, which asks here. */

#include "shim.h"

/* Bits of tcp_analysis' completeness, which no header names. */
#define SAW_SYN 1
#define SAW_SYN_ACK 2

/* An address that an announcement named. */
typedef struct {
    uint8_t address[MSN_MAX_ADDRESS];
    uint32_t port;
} Place;

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

void msn_begin_announced(void)
{
    announced = wmem_map_new(wmem_file_scope(), place_hash, place_equal);
}

void msn_end_announced(void)
{
    announced = NULL;
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
        msn_watch_port(announcement->port);
    } else {
        wmem_free(wmem_file_scope(), place);
        if (conversation_get_dissector(conversation, pinfo->num) == handle) {
            return;
        }
    }
    /* One port may serve connections of several kinds, one after the other. */
    conversation_set_dissector_from_frame_number(conversation, pinfo->num, handle);
}

bool msn_plain_tcp(const packet_info *pinfo)
{
    static int tcp = -1;
    wmem_list_frame_t *layer = wmem_list_tail(pinfo->layers);

    if (tcp == -1) {
        tcp = proto_get_id_by_filter_name("tcp");
    }
    return layer != NULL && GPOINTER_TO_INT(wmem_list_frame_data(layer)) == tcp;
}

bool msn_first_data(packet_info *pinfo, const struct tcpinfo *data)
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

dissector_handle_t msn_claim_announced(packet_info *pinfo, const void *data, dissector_handle_t wanted)
{
    const struct tcpinfo *segment = (const struct tcpinfo *)data;
    conversation_t *conversation;
    dissector_handle_t handle;

    if (PINFO_FD_VISITED(pinfo) || announced == NULL || wmem_map_size(announced) == 0 || segment == NULL) {
        return NULL;
    }
    handle = announced_for(pinfo, &pinfo->dst, pinfo->destport);
    if (handle == NULL) {
        handle = announced_for(pinfo, &pinfo->src, pinfo->srcport);
    }
    if (handle == NULL || (wanted != NULL && handle != wanted) || !msn_first_data(pinfo, segment)) {
        return NULL;
    }
    conversation = find_or_create_conversation(pinfo);
    if (conversation_get_dissector(conversation, pinfo->num) != NULL) {
        return NULL; /* it was tried and did not want these bytes */
    }
    conversation_set_dissector_from_frame_number(conversation, pinfo->num, handle);
    return handle;
}
