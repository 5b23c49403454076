/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Statistics > Flow Graph > MSN Flows, and tshark -z flow,msn,network: a ladder whose lifelines are accounts and servers, not
 * addresses; on one machine all have the same address. */

#include "shim.h"

#include <epan/address.h>
#include <epan/tap.h>

/* What is used of epan/sequence_analysis.h, which is not installed. Items are made and freed by Wireshark, so that what
 * follows these members does not matter. The same from 4.0 to 4.6, but for the type of truth values. */
typedef struct {
    uint32_t frame_number;
    address source;
    uint16_t source_port;
    address destination;
    uint16_t destination_port;
    char *label;
    char *time;
    char *comment;
    uint16_t conversation;
    unsigned background, foreground;
    msn_bool colored;
    msn_bool display;
    uint16_t source_node;
    uint16_t destination_node;
    uint16_t line_style;
} FlowItem;

typedef struct {
    const char *name;
    msn_bool any_address;
    int conversations;
    GQueue *items;
} FlowList;

WS_DLL_PUBLIC void register_seq_analysis(const char *name, const char *title, const int protocol, const char *tap,
                                         unsigned tap_flags, tap_packet_cb take);
WS_DLL_PUBLIC FlowItem *sequence_analysis_create_sai_with_addresses(packet_info *pinfo, FlowList *list);
WS_DLL_PUBLIC void sequence_analysis_use_color_filter(packet_info *pinfo, FlowItem *item);

/* Characters of a label, as Wireshark's own have them; the comment has all. */
#define LABEL 64

static void name_end(address *end, const char *name)
{
    free_address(end);
    alloc_address_wmem(NULL, end, AT_STRINGZ, (int)strlen(name) + 1, name);
}

static tap_packet_status take(void *data, packet_info *pinfo, epan_dissect_t *edt _U_, const void *queued,
                              tap_flags_t flags _U_)
{
    FlowList *list = (FlowList *)data;
    const MsnDissection *dissection = (const MsnDissection *)queued;

    for (uint32_t i = 0; i < dissection->step_count; i++) {
        const MsnStep *step = &dissection->steps[i];
        FlowItem *item;

        if (step->text == NULL) {
            continue;
        }
        item = sequence_analysis_create_sai_with_addresses(pinfo, list);
        if (item == NULL) {
            return TAP_PACKET_DONT_REDRAW;
        }
        name_end(&item->source, step->from);
        name_end(&item->destination, step->to);
        item->frame_number = pinfo->num;
        item->source_port = (uint16_t)pinfo->srcport;
        item->destination_port = (uint16_t)pinfo->destport;
        sequence_analysis_use_color_filter(pinfo, item);
        item->label = g_utf8_substring(step->text, 0, MIN(g_utf8_strlen(step->text, -1), LABEL));
        item->comment = g_strdup(step->text);
        item->display = TRUE;
        item->line_style = 1;
        g_queue_push_tail(list->items, item);
    }
    return TAP_PACKET_DONT_REDRAW;
}

void msn_register_flows(void)
{
    register_seq_analysis("msn", "MSN Flows", msn_registry.protocols[MSN_PROTOCOL_MSN], "msn", 0, take);
}
