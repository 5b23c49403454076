/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Analyze > Conversation Filter: the core says which conversations a packet belongs to, and which value they share. */

#include "shim.h"

#include <epan/conversation_filter.h>

static msn_bool has(const packet_info *pinfo, uint8_t conversation)
{
    char value[MSN_MAX_SHARED];
    uint16_t field;

    return pinfo != NULL && msn_shared(msn_session, conversation, (uint64_t)pinfo->fd->file_off, &field, value);
}

static char *build(const packet_info *pinfo, uint8_t conversation)
{
    char value[MSN_MAX_SHARED];
    GString *filter;
    uint16_t field;

    if (pinfo == NULL || !msn_shared(msn_session, conversation, (uint64_t)pinfo->fd->file_off, &field, value)) {
        return NULL;
    }
    filter = g_string_new(msn_registry.catalogue->fields[field].filter);
    g_string_append(filter, " == \"");
    for (const char *at = value; *at != '\0'; at++) {
        if (*at == '"' || *at == '\\') {
            g_string_append_c(filter, '\\');
        }
        g_string_append_c(filter, *at);
    }
    g_string_append_c(filter, '"');
    return g_string_free(filter, FALSE);
}

/* Before 4.2 the callbacks are not told for what they are called, so each conversation has its own. */
#define CALLBACKS(number)                                                                             \
    static msn_callback_bool has_##number(MSN_FILTER_ARGUMENTS) { return has(pinfo, number); }                 \
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
