/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds the messages of web services in HTTP and takes them to the core.
 *
 * Bodies come from the http dissector by their media types, also inside decrypted TLS, put together and decompressed; the
 * dissectors that own these types show them first, as ever. Bodies of no known type come by http's heuristics. The head is
 * found in front of the body, or, for a body that was put together, in the data source before it.
 *
 * A message without body, or with one of a type that is not looked at, is handed to nobody. So a connection whose first
 * request asks a service for something gets a dissector between it and http, as with the gateway: it lets http do its work,
 * and adds what the head says. */

#include "shim.h"

/* Most bytes of a head, and most bytes in which that of a rebuilt body is looked for. */
#define MAX_HEAD (16 * 1024)
#define MAX_SEARCH (64 * 1024)

static dissector_handle_t soap_handle;
static uint32_t bodies;

/* What a message is shown with; the dissector is called through Wireshark, so that it is a layer of its own. */
typedef struct {
    MsnSoapHead head;
    const uint8_t *data;
    unsigned len;
    bool found;
} Request;

static bool enabled(void)
{
    return msn_session != NULL &&
           proto_is_protocol_enabled(find_protocol_by_id(msn_registry.protocols[MSN_PROTOCOL_SOAP]));
}

static void find_head(MsnSoapHead *head, tvbuff_t *tvb, const packet_info *pinfo)
{
    tvbuff_t *source = tvb_get_ds_tvb(tvb);
    int end = (int)tvb_raw_offset(tvb);

    if (end > 0) {
        head->len = (uint32_t)MIN(end, MAX_HEAD);
        head->data = tvb_get_ptr(source, end - (int)head->len, (int)head->len);
        head->place = MSN_HEAD_END;
        return;
    }
    source = msn_source_before(pinfo, source);
    if (source != NULL) {
        head->len = MIN(tvb_captured_length(source), MAX_SEARCH);
        head->data = tvb_get_ptr(source, 0, (int)head->len);
        head->place = MSN_HEAD_WITHIN;
    }
}

static int dissect_soap(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    Request *request = (Request *)data;
    const MsnDissection *dissection;
    MsnPacket packet = { 0 };

    if (request == NULL || msn_session == NULL) {
        return 0;
    }
    msn_describe(&packet, tvb, pinfo, tree);
    dissection = msn_dissect_soap(msn_session, &packet, &request->head, request->data, request->len);
    if (dissection == NULL) {
        return 0;
    }
    if (dissection->units == 0) {
        msn_dissection_free(dissection);
        return 0;
    }
    msn_hold(pinfo, dissection);
    if (request->head.place == MSN_HEAD_START) {
        /* http is done with the columns, and keeps what it wrote from being replaced. */
        col_clear_fence(pinfo->cinfo, COL_INFO);
    }
    msn_apply(dissection, tvb, pinfo, tree);
    request->found = true;
    return MAX((int)tvb_captured_length(tvb), 1);
}

static bool show(Request *request, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree)
{
    if (msn_may_be_soap(msn_session, &request->head, request->data, request->len)) {
        call_dissector_only(soap_handle, tvb, pinfo, tree, request);
    }
    return request->found;
}

bool msn_soap_body(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree)
{
    Request request = { 0 };

    if (!enabled()) {
        return false;
    }
    find_head(&request.head, tvb, pinfo);
    request.len = tvb_captured_length(tvb);
    request.data = request.len > 0 ? tvb_get_ptr(tvb, 0, (int)request.len) : NULL;
    if (!show(&request, tvb, pinfo, tree)) {
        return false;
    }
    bodies++;
    return true;
}

bool msn_soap_head(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree)
{
    Request request = { 0 };
    unsigned captured = tvb_captured_length(tvb);

    if (captured == 0 || !enabled()) {
        return false;
    }
    request.head.len = MIN(captured, MAX_HEAD);
    request.head.data = tvb_get_ptr(tvb, 0, (int)request.head.len);
    request.head.place = MSN_HEAD_START;
    return show(&request, tvb_new_subset_remaining(tvb, (int)captured), pinfo, tree);
}

uint32_t msn_soap_bodies(void)
{
    return bodies;
}

bool msn_soap_asks(tvbuff_t *tvb)
{
    unsigned captured = tvb_captured_length(tvb);

    return captured > 0 && enabled() && msn_asks_soap(tvb_get_ptr(tvb, 0, (int)captured), captured);
}

static msn_bool heuristic_http(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data _U_)
{
    return msn_soap_body(tvb, pinfo, tree);
}

static msn_bool heuristic_tls(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    dissector_handle_t carrier = msn_carrier_handle();

    if (carrier == NULL || !msn_soap_asks(tvb)) {
        return FALSE;
    }
    msn_keep_tls(pinfo, carrier);
    msn_call_through(carrier, tvb, pinfo, tree, data);
    return TRUE;
}

void msn_register_soap(void)
{
    soap_handle = register_dissector("msnsoap", dissect_soap, msn_registry.protocols[MSN_PROTOCOL_SOAP]);
}

void msn_register_soap_handoff(void)
{
    int proto = msn_registry.protocols[MSN_PROTOCOL_SOAP];

    heur_dissector_add("http", heuristic_http, "MSN Web Services in HTTP", "msnsoap_http", proto, HEURISTIC_ENABLE);
    heur_dissector_add("tls", heuristic_tls, "MSN Web Services in TLS", "msnsoap_tls", proto, HEURISTIC_ENABLE);
}
