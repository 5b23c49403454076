/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Analyze > Conversation Filter: the core says which conversations a packet belongs to, and what finds them. */

#include "shim.h"

#include <epan/conversation_filter.h>

static bool find(const packet_info *pinfo, uint8_t conversation, char *filter)
{
    return pinfo != NULL && msn_filter(msn_session, conversation, pinfo->num, filter);
}

static msn_bool has(const packet_info *pinfo, uint8_t conversation)
{
    char filter[MSN_MAX_FILTER];

    return find(pinfo, conversation, filter);
}

static char *build(const packet_info *pinfo, uint8_t conversation)
{
    char filter[MSN_MAX_FILTER];

    return find(pinfo, conversation, filter) ? g_strdup(filter) : NULL;
}

/* Before 4.4 the callbacks are not told for what they are called, so each conversation has its own. */
#define CALLBACKS(number)                                                                             \
    static msn_bool has_##number(MSN_FILTER_ARGUMENTS) { return has(pinfo, number); }                 \
    static char *build_##number(MSN_FILTER_ARGUMENTS) { return build(pinfo, number); }

CALLBACKS(0)
CALLBACKS(1)

static const struct {
    is_filter_valid_func has;
    build_filter_string_func build;
} callbacks[] = { { has_0, build_0 }, { has_1, build_1 } };

void msn_register_filters(void)
{
    const MsnCatalogue *catalogue = msn_registry.catalogue;

    for (uint32_t i = 0; i < catalogue->conversation_count && i < G_N_ELEMENTS(callbacks); i++) {
        msn_register_filter(catalogue->protocols[0].filter, catalogue->conversations[i], callbacks[i].has,
                            callbacks[i].build);
    }
}
