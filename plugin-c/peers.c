/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Connections between clients: direct peer-to-peer, MSNFTP, webcam; and NAT probes. One dissector and one heuristic each. */

#include "shim.h"

static dissector_handle_t handles[MSN_CHANNEL_NAT_PROBE + 1];

static int dissect_tcp(uint8_t channel, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    return msn_dissect_channel(channel, tvb, pinfo, tree, msn_tcp_data(pinfo, data));
}

static msn_bool claim_tcp(uint8_t channel, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    unsigned captured = tvb_captured_length(tvb);

    if (!msn_heuristic(channel, tvb_get_ptr(tvb, 0, (int)captured), captured)) {
        return msn_claim_announced(pinfo, msn_tcp_data(pinfo, data), handles[channel]) != NULL &&
               dissect_tcp(channel, tvb, pinfo, tree, data) > 0;
    }
    conversation_set_dissector(find_or_create_conversation(pinfo), handles[channel]);
    return dissect_tcp(channel, tvb, pinfo, tree, data) > 0;
}

#define TCP_CHANNEL(name, channel)                                                                              \
    static int dissect_##name(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)                  \
    {                                                                                                           \
        return dissect_tcp(channel, tvb, pinfo, tree, data);                                                    \
    }                                                                                                           \
                                                                                                                \
    static msn_bool claim_##name(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)               \
    {                                                                                                           \
        return claim_tcp(channel, tvb, pinfo, tree, data);                                                      \
    }

TCP_CHANNEL(direct, MSN_CHANNEL_DIRECT)
TCP_CHANNEL(file_transfer, MSN_CHANNEL_FILE_TRANSFER)
TCP_CHANNEL(webcam, MSN_CHANNEL_WEBCAM)

static int dissect_nat_probe(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data _U_)
{
    return msn_dissect_channel(MSN_CHANNEL_NAT_PROBE, tvb, pinfo, tree, NULL);
}

static msn_bool claim_nat_probe(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    unsigned captured = tvb_captured_length(tvb);

    return msn_heuristic(MSN_CHANNEL_NAT_PROBE, tvb_get_ptr(tvb, 0, (int)captured), captured) &&
           dissect_nat_probe(tvb, pinfo, tree, data) > 0;
}

static const struct {
    const char *name;      /* of the dissector */
    const char *heuristic; /* its short name */
    const char *title;     /* in the list of heuristics */
    const char *carrier;
    dissector_t dissect;
    heur_dissector_t claim;
    uint8_t channel;
} channels[] = {
    { "msnp2p", "msn_direct_tcp", "MSN direct connection over TCP", "tcp", dissect_direct, claim_direct, MSN_CHANNEL_DIRECT },
    { "msnftp", "msnftp_tcp", "MSN file transfer over TCP", "tcp", dissect_file_transfer, claim_file_transfer,
      MSN_CHANNEL_FILE_TRANSFER },
    { "msncam", "msncam_tcp", "MSN webcam over TCP", "tcp", dissect_webcam, claim_webcam, MSN_CHANNEL_WEBCAM },
    { "msnp2p.probe", "msn_probe_udp", "MSN NAT probe over UDP", "udp", dissect_nat_probe, claim_nat_probe,
      MSN_CHANNEL_NAT_PROBE },
};

dissector_handle_t msn_channel_handle(uint8_t channel)
{
    return channel < G_N_ELEMENTS(handles) && handles[channel] != NULL ? handles[channel] : msn_tcp_handle;
}

int msn_channel_protocol(uint8_t channel)
{
    switch (channel) {
    case MSN_CHANNEL_DIRECT:
    case MSN_CHANNEL_NAT_PROBE:
        return 1;
    case MSN_CHANNEL_FILE_TRANSFER:
        return 3;
    case MSN_CHANNEL_WEBCAM:
        return 4;
    default:
        return 0;
    }
}

void msn_register_peers(void)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(channels); i++) {
        uint8_t channel = channels[i].channel;
        int protocol = msn_registry.protocols[msn_channel_protocol(channel)];

        handles[channel] = register_dissector(channels[i].name, channels[i].dissect, protocol);
    }
}

void msn_handoff_peers(void)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(channels); i++) {
        uint8_t channel = channels[i].channel;
        int protocol = msn_registry.protocols[msn_channel_protocol(channel)];

        heur_dissector_add(channels[i].carrier, channels[i].claim, channels[i].title, channels[i].heuristic, protocol,
                           HEURISTIC_ENABLE);
        dissector_add_for_decode_as(strcmp(channels[i].carrier, "udp") == 0 ? "udp.port" : "tcp.port", handles[channel]);
    }
}
