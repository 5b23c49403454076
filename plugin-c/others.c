/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Dissectors of others, to which parts are given: by name, by media type, and by tables of our own in which scripts and other
 * plugins enter what we do not know. */

#include "shim.h"

/* Whether case matters in a table; the names that Wireshark has for it came after 4.0. */
#define AS_WRITTEN 0
#define ANY_CASE 1

static dissector_table_t content_types, commands, euf_guids, datacasts, media_types;

static const struct {
    const char *name;
    const char *title;
    dissector_table_t *table;
    enum ftenum type;
    int parameter; /* how numbers are shown, or whether case matters */
} tables[] = {
    { "msn.content_type", "MSN content type", &content_types, FT_STRING, ANY_CASE },
    { "msn.command", "MSN command word", &commands, FT_STRING, AS_WRITTEN },
    { "msnslp.euf_guid", "MSN kind of session", &euf_guids, FT_STRING, ANY_CASE },
    { "msn.datacast", "MSN datacast", &datacasts, FT_UINT32, BASE_DEC },
};

void msn_register_others(void)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(tables); i++) {
        *tables[i].table = register_dissector_table(tables[i].name, tables[i].title,
                                                    msn_registry.protocols[MSN_PROTOCOL_MSN], tables[i].type,
                                                    tables[i].parameter);
    }
}

void msn_each_other(DATFunc with)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(tables); i++) {
        dissector_table_foreach(tables[i].name, with, NULL);
    }
    dissector_table_foreach("media_type", with, NULL);
}

void msn_call_other(uint64_t kind, const char *name, tvbuff_t *part, packet_info *pinfo, proto_tree *tree)
{
    dissector_handle_t handle;

    switch (kind) {
    case MSN_HANDOFF_MEDIA_TYPE:
        if (media_types == NULL) {
            media_types = find_dissector_table("media_type");
        }
        if (msn_try_string(content_types, name, part, pinfo, tree) == 0) {
            msn_try_string(media_types, name, part, pinfo, tree);
        }
        break;
    case MSN_HANDOFF_COMMAND:
        msn_try_string(commands, name, part, pinfo, tree);
        break;
    case MSN_HANDOFF_EUF_GUID:
        msn_try_string(euf_guids, name, part, pinfo, tree);
        break;
    case MSN_HANDOFF_DATACAST:
        dissector_try_uint(datacasts, (uint32_t)g_ascii_strtoull(name, NULL, 10), part, pinfo, tree);
        break;
    default:
        handle = find_dissector(name);
        if (handle != NULL) {
            call_dissector_only(handle, part, pinfo, tree, NULL);
        }
        break;
    }
}
