/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of the shim share. */

#ifndef MSN_SHIM_H
#define MSN_SHIM_H

#include "compat.h"

#include <epan/conversation.h>
#include <epan/dissectors/packet-tcp.h>
#include <epan/expert.h>
#include <epan/packet.h>
#include <epan/prefs.h>
#include <epan/proto_data.h>

#include "msn_dissect.h"

/* A conversation that stays open for every client of a server; without the template flag the first would take it. */
#define ANY_CLIENT (NO_ADDR2 | NO_PORT2 | CONVERSATION_TEMPLATE)

/* Most bytes of an address that the core knows. */
#define MSN_MAX_ADDRESS 16

/* Marks kinds of numbers that need 8 bytes. */
#define MSN_WIDE 0x80

/* Registered numbers, indexed like the catalogue. */
typedef struct {
    const MsnCatalogue *catalogue;
    int *protocols;
    int *fields;
    uint8_t *kinds; /* type of each field; with MSN_WIDE, if it is a number of 8 bytes */
    int *subtrees; /* one for each field, then one for each protocol, then one for labels */
    expert_field *experts;
} MsnRegistry;

extern MsnRegistry msn_registry;
extern MsnSession *msn_session;
extern dissector_handle_t msn_tcp_handle;
extern dissector_handle_t msn_stream_handle;

/* Registers everything in the catalogue. */
void msn_register(void);

/* Claims ports, heuristics and media types. */
void msn_register_handoff(void);

/* The subtree number of an item. */
int msn_subtree(const MsnItem *item);

/* Adds the value of an item as this field, and the bits of a sum below it. */
proto_item *msn_add_field(proto_tree *tree, uint16_t id, tvbuff_t *tvb, const MsnItem *item, const char *text);
void msn_add_bits(proto_item *parent, tvbuff_t *tvb, const MsnItem *item);

/* Adds only the protocols of a dissection: nobody looks at them, but those who count protocols find them. */
void msn_name_protocols(const MsnDissection *dissection, tvbuff_t *tvb, proto_tree *tree);

/* Registers the dissectors of protocols that another one carries. */
void msn_register_layers(void);

/* Registers the preferences. */
void msn_register_preferences(void);

/* Tells the session the secrets of the preferences, and what to hide. */
void msn_tell_preferences(void);

/* Whether the user wants commands that were cut by TCP to be put together: a preference. */
extern msn_bool msn_reassemble;

/* Fills in what the core must know of a packet. */
void msn_describe(MsnPacket *packet, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree);

/* Whether anybody needs what the tree would hold. */
bool msn_items_wanted(proto_tree *tree);

/* Forgets what that depends on, which may change between captures. */
void msn_forget_wanted(void);

/* A number for the connection of a packet whose addresses and ports are described, and in the flags who opened it; first
 * pass only. */
uint64_t msn_connection_key(packet_info *pinfo, MsnPacket *packet);

/* Sends later packets of the connection whose key was asked for last straight to the dissector, unless they go to another. */
void msn_keep_connection(const packet_info *pinfo, dissector_handle_t handle);

/* Forgets the conversations of a capture file that is closed. */
void msn_forget_connections(void);

/* Does what a dissection wants: columns, announced connections, tree, more bytes. */
void msn_apply(const MsnDissection *dissection, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree);

/* Remembers how long the Info column is, and puts a separator in front of what others added to it since. The http
 * dissector adds to it without one. */
void msn_keep_info(packet_info *pinfo);
void msn_separate_info(packet_info *pinfo);

/* Replays the items of a dissection into the tree. */
void msn_replay(const MsnDissection *dissection, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree);

/* Tells Wireshark about the connections that a dissection announces. */
void msn_expect(packet_info *pinfo, const MsnDissection *dissection);

/* Prepares the guards of ports whose dissectors keep everything; if wanted, they stand while a capture is open. */
void msn_handoff_claims(void);
void msn_begin_claims(void);
void msn_end_claims(void);

/* Whether the user wants MSN to be looked for on the ports of other protocols: a preference. */
extern msn_bool msn_look_on_other_ports;

/* Watches an announced port, if the user wants that. */
void msn_watch_port(uint32_t port);

/* Begins and ends the list of announced connections. */
void msn_begin_announced(void);
void msn_end_announced(void);

/* Makes Wireshark dissect an announced connection as what it will speak, whatever its port. */
void msn_expect_connection(packet_info *pinfo, const MsnAnnouncement *announcement);

/* Claims the connection for the dissector that is returned if it was announced, for the wanted one if that is not NULL,
 * and these are its first bytes. TCP's own data say so. */
dissector_handle_t msn_claim_announced(packet_info *pinfo, const void *data, dissector_handle_t wanted);

/* Whether Wireshark's TCP dissector called, and not something that carries a stream inside another. */
bool msn_plain_tcp(const packet_info *pinfo);

/* Whether these are the first bytes that this end of the connection sends, and the capture saw it begin. */
bool msn_first_data(packet_info *pinfo, const struct tcpinfo *data);

/* Claims the connection if these bytes prove what it is; `owner` would have it otherwise. */
dissector_handle_t msn_claim_proven(tvbuff_t *tvb, packet_info *pinfo, void *data, dissector_handle_t owner);

/* Takes note of a request for a tunnel through a proxy on a port of nobody, to a port of somebody. */
void msn_note_tunnel(tvbuff_t *tvb, packet_info *pinfo);

/* Claims a connection for that dissector if these bytes end with the head of a gateway request. */
dissector_handle_t msn_claim_gateway(tvbuff_t *tvb, packet_info *pinfo);

/* The dissector of HTTP on connections that may turn out to be ours; NULL without http. */
dissector_handle_t msn_carrier_handle(void);

/* The dissector of a connection that was claimed although others have its conversation, or NULL. */
dissector_handle_t msn_claimed(packet_info *pinfo);

/* The source of data that was added before the one that is `own`. */
tvbuff_t *msn_source_before(const packet_info *pinfo, const tvbuff_t *own);

/* Sends what a TLS connection carries to this dissector from now on. */
void msn_keep_tls(packet_info *pinfo, dissector_handle_t handle);

/* Calls a dissector as if what calls this were not there. */
int msn_call_through(dissector_handle_t handle, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data);

/* A wrapper around another dissector belongs to no protocol, so that it shows as none; Decode As wants a description. */
dissector_handle_t msn_without_protocol(dissector_t dissector, const char *description);

/* Holds a dissection until the packet's memory is freed, and so also when an exception comes. */
void msn_hold(packet_info *pinfo, const MsnDissection *dissection);

/* Dissects one TCP segment, or a unit put together by the TCP dissector. */
int msn_dissect_tcp(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data);

/* Dissects a byte stream that is carried by something other than plain TCP. */
int msn_dissect_stream(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data);

/* Registers the dissectors of HTTP gateway bodies, and claims their media type. */
void msn_register_gateway(void);

/* Registers what shows commands that are never complete. */
void msn_register_ending(void);
void msn_register_gateway_handoff(void);

/* Registers the dissector of web services, and looks for them in HTTP and TLS. */
void msn_register_soap(void);
void msn_register_soap_handoff(void);

/* Shows the body of an HTTP message behind what others show of it, if it is one of a web service; returns whether it is. */
bool msn_soap_body(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree);

/* The same for an HTTP message of which only the head tells; it begins where the bytes begin. */
bool msn_soap_head(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree);

/* How many bodies were looked at so far. */
uint32_t msn_soap_bodies(void);

/* Whether a connection that begins with these bytes asks a web service for something. */
bool msn_soap_asks(tvbuff_t *tvb);

/* Claims a decrypted TLS stream whose first bytes are a client's first line. */
msn_bool msn_heuristic_tls(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data);

/* Claims a TCP stream whose first bytes are a client's first line. */
msn_bool msn_heuristic_tcp(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data);

/* Dissects bytes of a connection of this channel; returns 0 if they are of another. TCP's own data say where the bytes
 * belong, whether put together or not; NULL if something else carries them. */
int msn_dissect_channel(uint8_t channel, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, const struct tcpinfo *tcp);

/* TCP's own data, unless something between TCP and us calls with data of its own. */
const struct tcpinfo *msn_tcp_data(packet_info *pinfo, const void *data);

/* Registers the dissectors and heuristics of connections between clients. */
void msn_register_peers(void);
void msn_handoff_peers(void);

/* The dissector of a channel, and the number of its protocol in the catalogue. */
dissector_handle_t msn_channel_handle(uint8_t channel);
int msn_channel_protocol(uint8_t channel);

/* Registers the list of exportable objects. */
void msn_register_export(void);

/* Registers the filters for conversations. */
void msn_register_filters(void);

/* Registers the tables in which others enter what we do not know, goes through these and that of media types, and gives a
 * part to whoever is entered or has this name. */
void msn_register_others(void);
void msn_each_other(DATFunc with);
void msn_call_other(uint64_t kind, const char *name, tvbuff_t *part, packet_info *pinfo, proto_tree *tree);

/* Registers the export of PDUs, and queues what was dissected for it. */
void msn_register_pdus(void);
void msn_export_pdu(const MsnDissection *dissection, tvbuff_t *tvb, packet_info *pinfo);

/* Registers the statistics. */
void msn_register_stats(void);

/* Whether anybody counts. */
bool msn_stats_wanted(void);

/* Queues what a dissection shows for whoever counts. */
void msn_count(const MsnDissection *dissection, packet_info *pinfo);

/* Registers the list of credentials. */
void msn_register_credentials(void);

/* Whether anybody lists credentials. */
bool msn_credentials_wanted(void);

/* Queues the logins of a dissection for the list, which are there only if anybody wants it. */
void msn_tell_credentials(const MsnDissection *dissection, packet_info *pinfo);

/* Registers transcripts and reports. */
void msn_register_reports(void);
void msn_register_chats(void);
void msn_register_report_window(void);
void msn_register_tables(void);

/* Registers response times, conversations and endpoints, and flows, which all count what the statistics count. */
void msn_register_times(void);
void msn_register_accounts(void);
void msn_register_flows(void);

/* Somebody begins or ends to want the lines and details of PDUs, too. */
void msn_want_details(bool wanted);

/* What a packet must be asked for, for those who make reports; 0 if nobody does. */
uint32_t msn_events_wanted(void);

/* Queues what a dissection means for them. */
void msn_tell_events(const MsnDissection *dissection, packet_info *pinfo);

/* The tap on which that is queued. */
extern const char msn_events_tap[];

/* Seconds east of UTC in which times of a packet are to be shown. */
int32_t msn_time_offset(const packet_info *pinfo);

/* Registers Follow > MSN Conversation; queues what a dissection read for it; remembers the conversation of a packet whose
 * tree is shown. */
void msn_register_follow(void);
void msn_follow(const MsnDissection *dissection, tvbuff_t *tvb, packet_info *pinfo);
void msn_keep_stream(const MsnItem *item, packet_info *pinfo);

/* Whether anybody lists objects. */
bool msn_export_wanted(void);

/* Queues the objects of a dissection for the list, if anybody wants it. */
void msn_export(const MsnDissection *dissection, tvbuff_t *tvb, packet_info *pinfo);

#endif
