/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shows commands that are never complete in the packet that ends their connection. TCP calls nobody for a packet without
 * data, so this runs behind all other dissectors. */

#include "shim.h"

/* Bits of what TCP knows of a connection; they are not in its header. */
#define SAW_FIN 0x10
#define SAW_RESET 0x20

static bool ends(packet_info *pinfo, MsnEnding *ending)
{
    conversation_t *conversation = find_conversation_pinfo(pinfo, 0);
    const struct tcp_analysis *analysis =
        conversation == NULL ? NULL : get_tcp_conversation_data(conversation, pinfo);

    if (analysis == NULL || analysis->fwd == NULL || analysis->fwd->tcp_analyze_seq_info == NULL) {
        return false;
    }
    ending->of_sender = (analysis->conversation_completeness & SAW_FIN) != 0;
    ending->of_both = (analysis->conversation_completeness & SAW_RESET) != 0;
    ending->next[0] = analysis->fwd->tcp_analyze_seq_info->nextseq;
    ending->next[1] = ending->next[0] - analysis->fwd->base_seq;
    return ending->of_sender || ending->of_both;
}

static int dissect_ending(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data _U_)
{
    const MsnDissection *dissection;
    const uint8_t *bytes = NULL;
    MsnEnding ending = { 0 };
    MsnPacket packet = { 0 };
    tvbuff_t *rest;
    uint32_t len = 0;

    if (msn_session == NULL || !msn_waits(msn_session) || pinfo->ptype != PT_TCP ||
        (!PINFO_FD_VISITED(pinfo) && !ends(pinfo, &ending))) {
        return 0;
    }
    msn_describe(&packet, tvb, pinfo, tree);
    packet.flags &= ~(uint32_t)MSN_CAN_DESEGMENT;
    dissection = msn_dissect_ending(msn_session, &packet, &ending, &bytes, &len);
    if (dissection == NULL) {
        return 0;
    }
    msn_hold(pinfo, dissection);
    rest = tvb_new_child_real_data(tvb, bytes, len, (int)len);
    add_new_data_source(pinfo, rest, "Never complete");
    msn_apply(dissection, rest, pinfo, tree);
    return 0;
}

void msn_register_ending(void)
{
    register_postdissector(register_dissector("msn.ending", dissect_ending, msn_registry.protocols[0]));
}
