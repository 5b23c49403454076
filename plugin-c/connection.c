/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which connection a packet belongs to. Wireshark's search for it takes longer than a command's dissection, so the
 * conversations met lately are remembered. */

#include "shim.h"

#include <wiretap/wtap.h>

/* Conversations remembered; a power of two. */
#define LATELY 1024

/* A conversation that any client or server may join is not the packet's own. */
#define JOINABLE (NO_ADDR2 | NO_PORT2 | NO_PORT2_FORCE | CONVERSATION_TEMPLATE)

/* Where below TCP a packet was seen. Wireshark can be told to take packets of the same addresses and ports that differ in
 * this for different conversations. */
typedef struct {
    uint32_t vlan;
    uint32_t interface;
    uint32_t links; /* a hash of the addresses of the link layer */
} Below;

/* As large as a line of the processor's cache, and in one: packets of hundreds of connections come mixed. */
typedef struct {
    _Alignas(64) conversation_t *conversation;
    uint32_t frame;
    bool kept;      /* its dissector was set, or it has another */
    uint16_t opened; /* MSN_OPENED_* */
    uint16_t ports[2];
    uint8_t addresses[2][MSN_MAX_ADDRESS];
    Below below;
} Met;

G_STATIC_ASSERT(sizeof(Met) == 64);

static Met lately[LATELY];

/* The one whose key was asked for last. */
static Met *latest;

void msn_forget_connections(void)
{
    memset(lately, 0, sizeof lately);
    latest = NULL;
}

static uint32_t mixed(uint32_t hash, const uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i + 4 <= len; i += 4) {
        uint32_t word;

        memcpy(&word, bytes + i, sizeof word);
        hash = (hash ^ word) * 0x9e3779b1u;
    }
    return hash;
}

static Met *place_of(const MsnPacket *packet)
{
    uint32_t hash = (uint32_t)packet->source_port << 16 | packet->destination_port;

    hash = mixed(hash * 0x9e3779b1u, packet->source, sizeof packet->source);
    hash = mixed(hash, packet->destination, sizeof packet->destination);
    return &lately[hash >> 22];
}

G_STATIC_ASSERT(LATELY == 1 << (32 - 22));

static uint32_t link_hash(uint32_t hash, const address *link)
{
    uint8_t bytes[8] = { 0 };

    if (link->len > 0) {
        memcpy(bytes, link->data, MIN((size_t)link->len, sizeof bytes));
    }
    return mixed(hash, bytes, sizeof bytes);
}

static Below below_of(const packet_info *pinfo)
{
    bool has_interface = pinfo->rec != NULL && (pinfo->rec->presence_flags & WTAP_HAS_INTERFACE_ID) != 0;
    Below below = { 0 };

    below.vlan = pinfo->vlan_id;
    below.interface = has_interface ? pinfo->rec->rec_header.packet_header.interface_id : 0;
    below.links = link_hash(1, &pinfo->dl_src) ^ link_hash(2, &pinfo->dl_dst);
    return below;
}

static bool is_of(const Met *met, const MsnPacket *packet, const Below *below)
{
    return met->conversation != NULL && met->ports[0] == packet->source_port &&
           met->ports[1] == packet->destination_port && memcmp(&met->below, below, sizeof *below) == 0 &&
           memcmp(met->addresses[0], packet->source, sizeof packet->source) == 0 &&
           memcmp(met->addresses[1], packet->destination, sizeof packet->destination) == 0;
}

/* Who opened the connection: TCP notes to which port the first packet of a handshake goes. */
static uint16_t opened_by(conversation_t *conversation, packet_info *pinfo)
{
    const struct tcp_analysis *analysis;

    if (pinfo->ptype != PT_TCP || pinfo->srcport == pinfo->destport) {
        return 0;
    }
    analysis = get_tcp_conversation_data(conversation, pinfo);
    if (analysis == NULL || analysis->server_port == 0) {
        return 0;
    }
    return analysis->server_port == pinfo->destport ? MSN_OPENED_BY_SENDER : MSN_OPENED_BY_RECEIVER;
}

uint64_t msn_connection_key(packet_info *pinfo, MsnPacket *packet)
{
    conversation_t *conversation;
    Below below = below_of(pinfo);
    Met *met;

    latest = NULL;
    /* Something below names the conversation otherwise than by addresses and ports. */
    if (pinfo->use_conv_addr_port_endpoints || pinfo->conv_elements != NULL || pinfo->ptype != PT_TCP) {
        conversation = find_or_create_conversation(pinfo);
        packet->flags |= opened_by(conversation, pinfo);
        return conversation->conv_index;
    }
    met = place_of(packet);
    /* When the ports are used again, a later conversation hangs on the one that is remembered. */
    if (is_of(met, packet, &below) && met->conversation->next == NULL && met->frame <= pinfo->num) {
        latest = met;
        packet->flags |= met->opened;
        return met->conversation->conv_index;
    }
    conversation = find_or_create_conversation(pinfo);
    met->conversation = (conversation->options & JOINABLE) == 0 ? conversation : NULL;
    met->frame = pinfo->num;
    met->kept = false;
    met->opened = opened_by(conversation, pinfo);
    packet->flags |= met->opened;
    met->ports[0] = packet->source_port;
    met->ports[1] = packet->destination_port;
    memcpy(met->addresses[0], packet->source, sizeof packet->source);
    memcpy(met->addresses[1], packet->destination, sizeof packet->destination);
    met->below = below;
    latest = met;
    return conversation->conv_index;
}

void msn_keep_connection(const packet_info *pinfo, dissector_handle_t handle)
{
    if (latest == NULL || latest->conversation == NULL || latest->kept) {
        return;
    }
    latest->kept = true;
    if (conversation_get_dissector(latest->conversation, pinfo->num) == NULL) {
        conversation_set_dissector_from_frame_number(latest->conversation, pinfo->num, handle);
    }
}
