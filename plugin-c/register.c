/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Registers the catalogue with Wireshark: one loop for each of its tables. */

#include "shim.h"

MsnRegistry msn_registry;
MsnSession *msn_session;
dissector_handle_t msn_tcp_handle;

dissector_handle_t msn_stream_handle;

G_STATIC_ASSERT(sizeof(MsnValue) == sizeof(value_string));

static enum ftenum field_type(const MsnField *field)
{
    switch (field->kind) {
    case MSN_TYPE_STRING:
        return FT_STRING;
    case MSN_TYPE_BYTES:
        return FT_BYTES;
    case MSN_TYPE_UINT:
        switch (field->width) {
        case 1:
            return FT_UINT8;
        case 2:
            return FT_UINT16;
        case 4:
            return FT_UINT32;
        default:
            return FT_UINT64;
        }
    case MSN_TYPE_INT:
        return field->width == 8 ? FT_INT64 : FT_INT32;
    case MSN_TYPE_BOOL:
        return FT_BOOLEAN;
    case MSN_TYPE_GUID:
        return FT_GUID;
    case MSN_TYPE_IPV4:
        return FT_IPv4;
    case MSN_TYPE_IPV6:
        return FT_IPv6;
    case MSN_TYPE_TIME:
        return FT_ABSOLUTE_TIME;
    case MSN_TYPE_SPAN:
        return FT_RELATIVE_TIME;
    case MSN_TYPE_FRAME:
        return FT_FRAMENUM;
    default:
        return FT_NONE;
    }
}

static int field_display(const MsnField *field)
{
    if (field->kind == MSN_TYPE_TIME) {
        return ABSOLUTE_TIME_UTC;
    }
    if (field->kind == MSN_TYPE_BOOL) {
        return field->mask ? field->width * 8 : BASE_NONE;
    }
    switch (field->display) {
    case MSN_DISPLAY_DEC:
        return BASE_DEC;
    case MSN_DISPLAY_HEX:
        return BASE_HEX;
    case MSN_DISPLAY_DEC_HEX:
        return BASE_DEC_HEX;
    default:
        return BASE_NONE;
    }
}

static const void *field_strings(const MsnField *field)
{
    if (field->kind == MSN_TYPE_FRAME) {
        switch (field->display) {
        case MSN_DISPLAY_REQUEST:
            return FRAMENUM_TYPE(FT_FRAMENUM_REQUEST);
        case MSN_DISPLAY_RESPONSE:
            return FRAMENUM_TYPE(FT_FRAMENUM_RESPONSE);
        case MSN_DISPLAY_ACK:
            return FRAMENUM_TYPE(FT_FRAMENUM_ACK);
        default:
            return FRAMENUM_TYPE(FT_FRAMENUM_NONE);
        }
    }
    return field->values;
}

static bool is_number(const MsnField *field)
{
    return field->kind == MSN_TYPE_UINT || field->kind == MSN_TYPE_INT;
}

static void register_fields(const MsnCatalogue *catalogue)
{
    uint32_t count = catalogue->field_count;
    hf_register_info *rows = g_new0(hf_register_info, count);

    msn_registry.fields = g_new(int, count);
    msn_registry.kinds = g_new(uint8_t, count);
    for (uint32_t i = 0; i < count; i++) {
        const MsnField *field = &catalogue->fields[i];
        hf_register_info row = { &msn_registry.fields[i],
                                 { field->name, field->filter, field_type(field), field_display(field),
                                   field_strings(field), field->mask, field->blurb, HFILL } };

        msn_registry.fields[i] = -1;
        msn_registry.kinds[i] = field->kind | (is_number(field) && field->width == 8 ? MSN_WIDE : 0);
        rows[i] = row;
        proto_register_field_array(msn_registry.protocols[field->protocol], &rows[i], 1);
    }
}

static void register_subtrees(const MsnCatalogue *catalogue)
{
    uint32_t count = catalogue->field_count + catalogue->protocol_count + 1;
    int **rows = g_new(int *, count);

    msn_registry.subtrees = g_new(int, count);
    for (uint32_t i = 0; i < count; i++) {
        msn_registry.subtrees[i] = -1;
        rows[i] = &msn_registry.subtrees[i];
    }
    proto_register_subtree_array(rows, (int)count);
    g_free(rows);
}

static int expert_group(uint8_t group)
{
    static const int groups[] = { PI_MALFORMED,  PI_PROTOCOL, PI_SEQUENCE,   PI_RESPONSE_CODE, PI_UNDECODED,  PI_REASSEMBLE,
                                  PI_CHECKSUM,   PI_SECURITY, PI_ASSUMPTION, PI_REQUEST_CODE,  PI_DECRYPTION };

    return group < G_N_ELEMENTS(groups) ? groups[group] : PI_UNDECODED;
}

static int expert_severity(uint8_t severity)
{
    static const int severities[] = { PI_CHAT, PI_NOTE, PI_WARN, PI_ERROR, PI_COMMENT };

    return severity < G_N_ELEMENTS(severities) ? severities[severity] : PI_NOTE;
}

static void register_experts(const MsnCatalogue *catalogue)
{
    uint32_t count = catalogue->expert_count;
    ei_register_info *rows = g_new0(ei_register_info, count);
    expert_module_t *module = expert_register_protocol(msn_registry.protocols[0]);

    msn_registry.experts = g_new(expert_field, count);
    for (uint32_t i = 0; i < count; i++) {
        const MsnExpert *expert = &catalogue->experts[i];
        expert_field none = EI_INIT;
        ei_register_info row = { &msn_registry.experts[i],
                                 { expert->filter, expert_group(expert->group), expert_severity(expert->severity),
                                   expert->text, EXPFILL } };

        msn_registry.experts[i] = none;
        rows[i] = row;
    }
    expert_register_field_array(module, rows, (int)count);
}

static void begin_capture(void)
{
    msn_session = msn_session_new();
    msn_tell_preferences();
    msn_begin_announced();
    msn_begin_claims();
}

static void end_capture(void)
{
    msn_end_claims();
    msn_end_announced();
    msn_session_free(msn_session);
    msn_session = NULL;
    msn_forget_connections();
    msn_forget_wanted();
}

void msn_register(void)
{
    const MsnCatalogue *catalogue = msn_catalogue();

    if (catalogue == NULL) {
        ws_warning("msn: the field catalogue could not be built, not loaded");
        return;
    }
    msn_registry.catalogue = catalogue;
    msn_registry.protocols = g_new(int, catalogue->protocol_count);
    for (uint32_t i = 0; i < catalogue->protocol_count; i++) {
        const MsnProtocol *protocol = &catalogue->protocols[i];

        msn_registry.protocols[i] = proto_register_protocol(protocol->name, protocol->short_name, protocol->filter);
    }
    register_fields(catalogue);
    register_subtrees(catalogue);
    register_experts(catalogue);
    msn_register_layers();
    msn_register_others();
    msn_register_peers();
    msn_register_export();
    msn_register_pdus();
    msn_register_filters();
    msn_register_stats();
    msn_register_times();
    msn_register_accounts();
    msn_register_flows();
    msn_register_follow();
    msn_register_credentials();
    msn_register_reports();
    msn_register_chats();
    msn_register_report_window();
    msn_register_tables();
    msn_register_preferences();
    register_init_routine(begin_capture);
    register_cleanup_routine(end_capture);
    msn_tcp_handle = register_dissector("msn", msn_dissect_tcp, msn_registry.protocols[0]);
    msn_stream_handle = register_dissector("msn.stream", msn_dissect_stream, msn_registry.protocols[0]);
    msn_register_gateway();
    msn_register_ending();
    msn_register_soap();
}

void msn_register_handoff(void)
{
    if (msn_registry.catalogue == NULL) {
        return;
    }
    dissector_add_uint_range_with_preference("tcp.port", "1863-1864", msn_tcp_handle);
    heur_dissector_add("tcp", msn_heuristic_tcp, "MSN Messenger over TCP", "msn_tcp", msn_registry.protocols[0],
                       HEURISTIC_ENABLE);
    heur_dissector_add("tls", msn_heuristic_tls, "MSN Messenger over TLS", "msn_tls", msn_registry.protocols[0],
                       HEURISTIC_ENABLE);
    dissector_add_for_decode_as("tls.port", msn_stream_handle);
    msn_register_gateway_handoff();
    msn_register_soap_handoff();
    msn_handoff_peers();
    msn_handoff_claims();
}
