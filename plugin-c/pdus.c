/* SPDX-License-Identifier: GPL-2.0-or-later */
/* File > Export PDUs to File, and tshark -U MSN -w FILE: what was dissected, without what carried it: proxies, TLS, HTTP,
 * cuts of TCP. Wireshark reads such a file with the same dissectors. */

#include "shim.h"

#include <epan/exported_pdu.h>
#include <epan/tap.h>

static int tap = -1;

void msn_export_pdu(const MsnDissection *dissection, tvbuff_t *tvb, packet_info *pinfo)
{
    exp_pdu_data_t *exported;
    const char *dissector;
    tvbuff_t *pdu;

    if (dissection->protocol == MSN_NO_PROTOCOL || dissection->consumed == 0 || !have_tap_listener(tap)) {
        return;
    }
    dissector = msn_registry.catalogue->protocols[dissection->protocol].filter;
    if (find_dissector(dissector) == NULL) {
        return;
    }
    exported = export_pdu_create_common_tags(pinfo, dissector, EXP_PDU_TAG_DISSECTOR_NAME);
    pdu = tvb_new_subset_length(tvb, 0, (int)MIN(dissection->consumed, tvb_captured_length(tvb)));
    exported->tvb_captured_length = tvb_captured_length(pdu);
    exported->tvb_reported_length = tvb_reported_length(pdu);
    exported->pdu_tvb = pdu;
    tap_queue_packet(tap, pinfo, exported);
}

void msn_register_pdus(void)
{
    tap = register_export_pdu_tap("MSN");
}
