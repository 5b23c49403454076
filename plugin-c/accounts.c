/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Statistics > Conversations and Endpoints > MSNP, and tshark -z conv,msn -z endpoints,msn: by account, whatever addresses
 * and connections they use. What is no message is between an account and a server. */

#include "shim.h"

#include <epan/conversation_table.h>

/* Pairs of one frame that are told apart. */
#define MAX_PAIRS 32

/* The pairs that a table has counted in the frame that it counts now: a frame counts once for each, however many commands
 * it has. */
typedef struct {
    const void *table;
    uint32_t frame;
    unsigned count;
    guint64 pairs[MAX_PAIRS];
} Counted;

static bool is_new(Counted *counted, const void *table, uint32_t frame, const MsnStep *step)
{
    const guint64 pair = (guint64)g_str_hash(step->from) << 32 | g_str_hash(step->to);

    if (counted->table != table || counted->frame != frame) {
        counted->table = table;
        counted->frame = frame;
        counted->count = 0;
    }
    for (unsigned i = 0; i < counted->count; i++) {
        if (counted->pairs[i] == pair) {
            return false;
        }
    }
    if (counted->count < MAX_PAIRS) {
        counted->pairs[counted->count++] = pair;
    }
    return true;
}

/* Servers are no persons, and their frames are found by their addresses. */
static const char *filter_of(const address *side)
{
    return side->type == AT_STRINGZ && strchr((const char *)side->data, '@') != NULL ? "msn.email" : CONV_FILTER_INVALID;
}

static const char *conversation_filter(conv_item_t *item, conv_filter_type_e type)
{
    switch (type) {
    case CONV_FT_SRC_ADDRESS:
        return filter_of(&item->src_address);
    case CONV_FT_DST_ADDRESS:
        return filter_of(&item->dst_address);
    case CONV_FT_ANY_ADDRESS:
        return "msn.email";
    default:
        return CONV_FILTER_INVALID;
    }
}

static const char *endpoint_filter(endpoint_item_t *item, conv_filter_type_e type)
{
    return type == CONV_FT_ANY_ADDRESS || type == CONV_FT_SRC_ADDRESS || type == CONV_FT_DST_ADDRESS
               ? filter_of(&item->myaddress)
               : CONV_FILTER_INVALID;
}

static void name_address(address *side, const char *name)
{
    set_address(side, AT_STRINGZ, (int)strlen(name) + 1, name);
}

/* The next pair of a frame that was not counted before, from step `*at` on. */
static bool next_pair(Counted *counted, const void *table, const packet_info *pinfo, const MsnDissection *dissection,
                      uint32_t *at, address *from, address *to)
{
    while (*at < dissection->step_count) {
        const MsnStep *step = &dissection->steps[(*at)++];

        if (step->text == NULL && is_new(counted, table, pinfo->num, step)) {
            name_address(from, step->from);
            name_address(to, step->to);
            return true;
        }
    }
    return false;
}

static tap_packet_status count_conversations(void *data, packet_info *pinfo, epan_dissect_t *edt _U_, const void *queued,
                                             tap_flags_t flags)
{
    static ct_dissector_info_t callbacks = { conversation_filter };
    static Counted counted;
    conv_hash_t *hash = (conv_hash_t *)data;
    address from, to;
    uint32_t at = 0;

    hash->flags = flags;
    while (next_pair(&counted, data, pinfo, (const MsnDissection *)queued, &at, &from, &to)) {
        add_conversation_table_data(hash, &from, &to, 0, 0, 1, (int)pinfo->fd->pkt_len, &pinfo->rel_ts, &pinfo->abs_ts,
                                    &callbacks, CONVERSATION_NONE);
    }
    return TAP_PACKET_REDRAW;
}

static tap_packet_status count_endpoints(void *data, packet_info *pinfo, epan_dissect_t *edt _U_, const void *queued,
                                         tap_flags_t flags)
{
    static et_dissector_info_t callbacks = { endpoint_filter };
    static Counted counted;
    conv_hash_t *hash = (conv_hash_t *)data;
    address from, to;
    uint32_t at = 0;

    hash->flags = flags;
    while (next_pair(&counted, data, pinfo, (const MsnDissection *)queued, &at, &from, &to)) {
        add_endpoint_table_data(hash, &from, 0, TRUE, 1, (int)pinfo->fd->pkt_len, &callbacks, ENDPOINT_NONE);
        add_endpoint_table_data(hash, &to, 0, FALSE, 1, (int)pinfo->fd->pkt_len, &callbacks, ENDPOINT_NONE);
    }
    return TAP_PACKET_REDRAW;
}

void msn_register_accounts(void)
{
    register_conversation_table(msn_registry.protocols[MSN_PROTOCOL_MSN], TRUE, count_conversations, count_endpoints);
}
