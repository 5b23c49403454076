/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Follow > MSN Conversation, and tshark -z follow,msn,ascii,N: what the two ends of a conversation say, whatever carries
 * it. The core numbers conversations: those of the gateway are made of several TCP connections. */

#include "shim.h"

#include <epan/addr_resolv.h>
#include <epan/follow.h>
#include <epan/tap.h>
#include <epan/to_str.h>

static int tap = -1;

/* The number of the field with the conversation's number. */
static uint32_t stream_field;

/* Where the number of a packet's conversation is kept while the packet is. */
#define STREAM_KEY 1

void msn_keep_stream(const MsnItem *item, packet_info *pinfo)
{
    if (item->kind == MSN_KIND_LEAF && item->id == stream_field &&
        p_get_proto_data(pinfo->pool, pinfo, msn_registry.protocols[MSN_PROTOCOL_MSN], STREAM_KEY) == NULL) {
        p_add_proto_data(pinfo->pool, pinfo, msn_registry.protocols[MSN_PROTOCOL_MSN], STREAM_KEY,
                         GUINT_TO_POINTER((unsigned)item->number + 1));
    }
}

static char *index_filter(unsigned stream, unsigned sub_stream _U_)
{
    return ws_strdup_printf("msn.stream == %u", stream);
}

static char *conversation_filter(epan_dissect_t *edt _U_, packet_info *pinfo, unsigned *stream, unsigned *sub_stream _U_)
{
    void *kept = p_get_proto_data(pinfo->pool, pinfo, msn_registry.protocols[MSN_PROTOCOL_MSN], STREAM_KEY);

    if (kept == NULL) {
        return NULL;
    }
    *stream = GPOINTER_TO_UINT(kept) - 1;
    return index_filter(*stream, 0);
}

static char *address_filter(address *source, address *destination, int source_port, int destination_port)
{
    const char *version = source->type == AT_IPv6 ? "v6" : "";
    char *from = address_to_str(NULL, source), *to = address_to_str(NULL, destination);
    char *filter = ws_strdup_printf("msn && ip%s.addr == %s && ip%s.addr == %s && tcp.port == %d && tcp.port == %d", version,
                                    from, version, to, source_port, destination_port);

    wmem_free(NULL, from);
    wmem_free(NULL, to);
    return filter;
}

/* The client may come from several ports; the server's end stays. */
static tap_packet_status add(void *data, packet_info *pinfo, epan_dissect_t *edt _U_, const void *bytes, tap_flags_t flags _U_)
{
    follow_info_t *info = (follow_info_t *)data;
    tvbuff_t *tvb = (tvbuff_t *)bytes;
    const unsigned len = tvb_captured_length(tvb);
    follow_record_t *record = g_new0(follow_record_t, 1);

    if (info->client_port == 0) {
        info->client_port = pinfo->srcport;
        copy_address(&info->client_ip, &pinfo->src);
        info->server_port = pinfo->destport;
        copy_address(&info->server_ip, &pinfo->dst);
    }
    record->is_server = info->server_port == pinfo->srcport && addresses_equal(&info->server_ip, &pinfo->src);
    record->packet_num = pinfo->num;
    record->abs_ts = pinfo->abs_ts;
    record->data = g_byte_array_sized_new(len);
    g_byte_array_append(record->data, tvb_get_ptr(tvb, 0, (int)len), len);
    info->bytes_written[record->is_server] += len;
    info->payload = g_list_prepend(info->payload, record);
    return TAP_PACKET_DONT_REDRAW;
}

void msn_follow(const MsnDissection *dissection, tvbuff_t *tvb, packet_info *pinfo)
{
    if (dissection->protocol == MSN_PROTOCOL_MSN && dissection->consumed > 0 && have_tap_listener(tap)) {
        unsigned len = MIN(dissection->consumed, tvb_captured_length(tvb));

        tap_queue_packet(tap, pinfo, tvb_new_subset_length(tvb, 0, (int)len));
    }
}

void msn_register_follow(void)
{
    const MsnCatalogue *catalogue = msn_registry.catalogue;

    while (stream_field < catalogue->field_count && strcmp(catalogue->fields[stream_field].filter, "msn.stream") != 0) {
        stream_field++;
    }
    tap = register_tap("msn_follow");
    msn_register_stream(msn_registry.protocols[MSN_PROTOCOL_MSN], "msn_follow", conversation_filter, index_filter,
                        address_filter, tcp_port_to_display, add);
}
