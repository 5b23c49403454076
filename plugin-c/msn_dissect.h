/* SPDX-License-Identifier: GPL-2.0-or-later */

#ifndef MSN_DISSECT_H
#define MSN_DISSECT_H

/* Made by cbindgen from msn-dissect-core/src/ffi. Do not edit. */

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/*
 Most parameters that a row has.
 */
#define MAX_PARAMS 12

/*
 Bytes after which a line without line feed is no command. No limit was published; tickets make the longest lines.
 */
#define MAX_LINE (16 * 1024)

/*
 Tokens that are kept apart; further ones stay in one last token.
 */
#define MAX_TOKENS 32

/*
 Most parameters that a template names.
 */
#define MAX_STEPS 6

/*
 Longest packet believed; clients send 1400 to 8240 bytes.
 */
#define MAX_PACKET (16 * 1024)

/*
 Bytes of a version 1 header.
 */
#define HEADER_V1 48

/*
 Shortest version 2 header.
 */
#define HEADER_V2 8

/*
 Longest file name made, in bytes; file systems take 255 and the consumer may add a number.
 */
#define MAX_NAME 120

/*
 Most payload bytes that a line may announce. Chat is limited to 1664 bytes and lists to some 7500, but policies and
 mail lists have no published limit.
 */
#define MAX_PAYLOAD (1 << 20)

/*
 Most pieces of a message that are shown one by one.
 */
#define MAX_SHOWN 1000

/*
 Grows with every change of the ABI; the shim compares it with the header it was compiled against.
 */
#define MSN_ABI_VERSION 8

/*
 Number of the protocol of the servers.
 */
#define MSN_PROTOCOL_MSN 0

/*
 Number of the protocol of web services.
 */
#define MSN_PROTOCOL_SOAP 5

/*
 No protocol, see [`MsnDissection::protocol`].
 */
#define MSN_NO_PROTOCOL UINT8_MAX

/*
 No channel, see [`msn_proven_channel`].
 */
#define MSN_NO_CHANNEL UINT8_MAX

/*
 Most bytes of a value, with its NUL.
 */
#define MSN_MAX_SHARED 1024

/*
 Bytes may be asked for ([`MsnPacket::flags`]).
 */
#define MSN_CAN_DESEGMENT 1

/*
 The frame is seen for the first time.
 */
#define MSN_FIRST_PASS 2

/*
 Items are wanted.
 */
#define MSN_WANT_TREE 4

/*
 Info text is wanted.
 */
#define MSN_WANT_INFO 8

/*
 Whole objects are wanted for export.
 */
#define MSN_WANT_OBJECTS 32

/*
 `sequence` is known.
 */
#define MSN_HAS_SEQUENCE 16

/*
 The bytes are a TCP segment, which may be late or repeat bytes.
 */
#define MSN_SEGMENT 64

/*
 The bytes were put together from TCP segments.
 */
#define MSN_REASSEMBLED 128

/*
 Statistics are wanted; goes with [`MSN_WANT_TREE`].
 */
#define MSN_WANT_STATISTICS 256

/*
 Logins are wanted; goes with [`MSN_WANT_TREE`].
 */
#define MSN_WANT_CREDENTIALS 512

/*
 Frames with pieces of whole messages are wanted.
 */
#define MSN_WANT_DEPENDS 1024

/*
 What PDUs mean is wanted, for reports; goes with [`MSN_WANT_TREE`].
 */
#define MSN_WANT_EVENTS 2048

/*
 Their lines and details are wanted, too.
 */
#define MSN_WANT_DETAILS 4096

/*
 Earlier bytes of the frame have text in the Info column.
 */
#define MSN_INFO_BEGUN 8192

/*
 The handshake of the connection was seen, and the sender opened it.
 */
#define MSN_OPENED_BY_SENDER 16384

/*
 It was seen, and the receiver opened it.
 */
#define MSN_OPENED_BY_RECEIVER 32768

/*
 The head of an HTTP message ends where the bytes end, see [`MsnSoapHead::place`].
 */
#define MSN_HEAD_END 0

/*
 It is the first one of an encoded body in them.
 */
#define MSN_HEAD_WITHIN 1

/*
 It begins where they begin.
 */
#define MSN_HEAD_START 2

/*
 Longest start line with header lines that is looked at, in bytes.
 */
#define MAX_HEAD (16 * 1024)

/*
 The item is inferred, not read from its bytes.
 */
#define GENERATED 1

/*
 The item can be filtered on but is not shown.
 */
#define HIDDEN 2

/*
 The item is the parent of the items up to its `Close`.
 */
#define OPEN 4

/*
 A field whose value is a sum of bits: add the field's bits below it.
 */
#define WITH_BITS 8

/*
 `number` of a protocol's item that surrounds units and is none.
 */
#define CARRIER 1

/*
 `start` and `len` name no bytes (they are zero): the item belongs to the whole.
 */
#define NO_RANGE 16

/*
 [`Kind::Close`] as an item carries it.
 */
#define CLOSE_KIND (uint8_t)MsnKind_Close

/*
 No string (see [`Item::text`], [`Item::note`]).
 */
#define NO_TEXT UINT32_MAX

/*
 Most rows of a frame: items, and those that a sum of bits becomes. Wireshark stops at a million.
 */
#define MAX_ROWS 250000

/*
 Most bytes of strings and of decoded sources of a frame.
 */
#define MAX_BYTES (32 << 20)

/*
 Most sources of a tree. Wireshark looks through their list for each one that it adds, and for each row that it prints.
 */
#define MAX_SOURCES 1000

/*
 Bold.
 */
#define BOLD 1

/*
 Italic.
 */
#define ITALIC 2

/*
 Underlined.
 */
#define UNDERLINE 4

/*
 Struck out.
 */
#define STRIKE 8

/*
 What `PortX` is XORed with (fact base: mime 8).
 */
#define PORT_KEY 12609

/*
 Bytes before the text.
 */
#define HEADER 10

/*
 The type of text items.
 */
#define TEXT 8

/*
 Asks for a piece again.
 */
#define NAK 1

/*
 Acknowledges a whole message.
 */
#define ACK 2

/*
 Waits for a reply.
 */
#define RAK 4

/*
 Error in the binary protocol.
 */
#define RST 8

/*
 Data of a file.
 */
#define FILE 16

/*
 Data of an object.
 */
#define DATA 32

/*
 The sender of the data cancels.
 */
#define CANCEL 64

/*
 The receiver of the data cancels.
 */
#define ERROR 128

/*
 Handshake of a direct connection.
 */
#define KEY 256

/*
 All flags that were ever seen.
 */
#define KNOWN_FLAGS 16778239

/*
 Opens a link.
 */
#define SYN 1

/*
 First packet of a message.
 */
#define FIRST 1

/*
 Option of the transport header: what the peer's implementation can do.
 */
#define PEER_INFO 1

/*
 Option of the data header: bytes of the message after this packet.
 */
#define REMAINING 1

/*
 Largest message that is put together, in bytes: Wireshark counts them with a sign.
 */
#define MAX_TOTAL (uint32_t)INT32_MAX

/*
 Largest piece, in bytes.
 */
#define MAX_PIECE ((1 << 30) - 1)

/*
 Most pieces of one message. Each takes 12 bytes here, and came in a packet that is longer.
 */
#define MAX_PIECES (1 << 22)

/*
 Most pieces of one message that overlap others.
 */
#define MAX_OVERLAPS 256

/*
 Messages of a capture, of every kind together.
 */
#define MAX_MESSAGES (1 << 28)

/*
 Most addresses, numbers and connections remembered, of each.
 */
#define MAX_REMEMBERED (1 << 14)

/*
 Most negotiations remembered; later ones are not tied to their connections. None is forgotten, so that every pass finds
 those that the first one found.
 */
#define MAX_PROMISES (1 << 18)

/*
 Longest challenge remembered, in bytes; a longer one stays unverified.
 */
#define MAX_CHALLENGE 256

/*
 The port that dispatch, notification and switchboard servers listen on (fact base: values 17).
 */
#define PORT 1863

/*
 Most connections remembered.
 */
#define MAX_CONNECTIONS (1 << 20)

/*
 Most contacts of a connection; further ones are counted, not kept. Real lists have some hundreds.
 */
#define MAX_CONTACTS (1 << 12)

/*
 Longest account kept, in bytes (fact base: transports 1).
 */
#define MAX_ACCOUNT 129

/*
 Most bytes of an account in a document that escapes its letters.
 */
#define MAX_ESCAPED_ACCOUNT (8 * MAX_ACCOUNT)

/*
 Most connections remembered.
 */
#define MAX_LINKS (1 << 14)

/*
 Most drawings that differ remembered, for all chats.
 */
#define MAX_DRAWINGS (1 << 14)

/*
 Most offers and transfers remembered; later ones are shown without their names.
 */
#define MAX_OFFERS (1 << 18)

/*
 Longest file name and cookie remembered, in bytes.
 */
#define MAX_TEXT 1024

/*
 Number of nothing: no offer, no transfer.
 */
#define NONE UINT32_MAX

/*
 Most TCP connections whose latest message is remembered.
 */
#define MAX_CARRIERS (1 << 16)

/*
 Most gateway sessions that are kept apart; further ones share the last place.
 */
#define MAX_SESSIONS (1 << 16)

/*
 Longest session id remembered, in bytes; ids of real servers have less than 40.
 */
#define MAX_ID 128

/*
 Most frames listed for one way of one unit; further ones are counted.
 */
#define MAX_FOLLOWERS 256

/*
 Most contacts of all connections whose GUIDs are remembered.
 */
#define MAX_ALL_CONTACTS (1 << 18)

/*
 Most parts that are put together; a client sends some 1400 bytes in each.
 */
#define MAX_PARTS 4096

/*
 Most messages that wait for parts; beyond, the oldest is given up.
 */
#define MAX_OPEN 2048

/*
 Most names kept; that further ones are not is reported.
 */
#define MAX_NAMES (1 << 17)

/*
 Most sessions, requests and names of them remembered.
 */
#define MAX_DIALOGS (1 << 16)

/*
 Most promises remembered.
 */
#define MAX_EXPECTED (1 << 16)

/*
 Most addresses taken from one description.
 */
#define MAX_ADDRESSES 64

/*
 Most whole messages that are remembered, to tell their repetitions; chosen as [`MAX_OPEN`].
 */
#define MAX_WHOLE ((((1 << 16) / 8) * 7) - 1)

/*
 Most packets that wait for an acknowledgement, on the last leg and on the one before. A table is an eighth emptier than a
 power of two: one more than this many would double it.
 */
#define MAX_TARGETS ((((1 << 17) / 8) * 7) - 1)

/*
 Most packets whose sequence numbers are remembered, to tell repetitions; chosen as [`MAX_TARGETS`].
 */
#define MAX_SEEN ((((1 << 16) / 8) * 7) - 1)

/*
 It was sent before.
 */
#define REPEATED 1

/*
 Some of it was sent before.
 */
#define OVERLAP 2

/*
 Other data was sent for the same place.
 */
#define CONFLICT 4

/*
 The total is not that of earlier pieces.
 */
#define TOTAL_CHANGED 8

/*
 The total is larger than [`super::messages::MAX_TOTAL`].
 */
#define TOTAL_FORGED 16

/*
 It reaches behind the total.
 */
#define BEYOND_TOTAL 32

/*
 There are too many pieces or gaps.
 */
#define TOO_MANY 64

/*
 The begin was not seen.
 */
#define NO_BEGIN 128

/*
 Packets are missing before this one.
 */
#define GAP 256

/*
 The total is not what was offered.
 */
#define SIZE_DIFFERS 512

/*
 The message was given up because of an earlier piece.
 */
#define GIVEN_UP 2048

/*
 It acknowledges a packet that was not seen.
 */
#define UNKNOWN_ACK 1024

/*
 It acknowledges a message of which the capture lacks something.
 */
#define INCOMPLETE 4096

/*
 Its header says the place and length of the piece before it.
 */
#define LAGS 16384

/*
 A table was full, and something older was forgotten.
 */
#define EVICTED 8192

/*
 Most participants of a chat that are told apart; further ones are counted, not shown. Real chats have some dozens.
 */
#define MAX_PARTICIPANTS 64

/*
 The direction was guessed from ports.
 */
#define DIR_INFERRED 1

/*
 The version was not negotiated on this connection nor inherited.
 */
#define VERSION_INFERRED 2

/*
 What follows the PDU came before it: one that is not complete will never be.
 */
#define LATE 8

/*
 Most cookies remembered; the oldest goes first.
 */
#define MAX_TICKETS (1 << 16)

/*
 Most server addresses announced to the consumer.
 */
#define MAX_SERVERS (1 << 14)

/*
 Longest cookie remembered, in bytes.
 */
#define MAX_COOKIE 256

/*
 Most chats remembered; the oldest goes first.
 */
#define MAX_CHATS (1 << 14)

/*
 Most connections of one chat that are tied together.
 */
#define MAX_SIDES 32

/*
 Most accounts whose connections are tied together.
 */
#define MAX_ACCOUNTS (1 << 16)

/*
 Most referrals without account that wait for the connection that follows them; the oldest goes first.
 */
#define MAX_HOPS (1 << 12)

/*
 Most accounts.
 */
#define MAX_SECRETS 4096

/*
 Longest token or secret that is kept, in bytes.
 */
#define MAX_TOKEN 4096

/*
 Most frames that are listed for a ticket; further ones are counted.
 */
#define MAX_FRAMES 64

/*
 How much clocks of client, server and capture may differ, ns.
 */
#define CLOCKS 300000000000

/*
 Most requests of a connection that are remembered; the oldest goes first.
 */
#define MAX_REQUESTS 1024

/*
 Most transfers remembered.
 */
#define MAX_TRANSFERS (1 << 18)

/*
 Least bytes of a file context: up to the name. Shorter ones are something else.
 */
#define MIN_FILE 22

/*
 Where version 2 ends.
 */
#define END_2 574

/*
 Longest header of version 3.
 */
#define END_3 638

/*
 Most nodes of a body that are taken apart.
 */
#define MAX_NODES 300000

/*
 The check failed.
 */
#define BAD 0

/*
 The check succeeded.
 */
#define GOOD 1

/*
 There was nothing to check against.
 */
#define UNVERIFIED 2

/*
 Length of all blocks but the last, as every known sender chooses it.
 */
#define USUAL_BLOCK 2045

/*
 What an item asks the consumer to do.
 */
enum MsnKind
#if __STDC_VERSION__ >= 202311L
  : uint8_t
#endif // __STDC_VERSION__ >= 202311L
 {
  /*
   Add the field `id` with its value.
   */
  MSN_KIND_LEAF = 0,
  /*
   Add a plain text line (`text`), not filterable.
   */
  MSN_KIND_LABEL = 1,
  /*
   Add the protocol `id`.
   */
  MSN_KIND_PROTOCOL = 2,
  /*
   Leave the subtree opened last.
   */
  MSN_KIND_CLOSE = 3,
  /*
   Attach expert info `id` to the item added last; `text` replaces its standard wording.
   */
  MSN_KIND_EXPERT = 4,
  /*
   Hand the range to another dissector: `text` is its name, `number` a [`Handoff`].
   */
  MSN_KIND_HANDOFF = 5,
  /*
   New bytes (`text`, decoded by the core) named `note`; items with this `source` refer to them.
   */
  MSN_KIND_SOURCE = 6,
  /*
   The bytes of a message that was put together, which the session has under `number`; items with this `source` refer
   to them. `note` is their name.
   */
  MSN_KIND_MESSAGE = 7,
};
#if __STDC_VERSION__ >= 202311L
typedef enum MsnKind MsnKind;
#else
typedef uint8_t MsnKind;
#endif // __STDC_VERSION__ >= 202311L

/*
 How a [`Kind::Handoff`] names the dissector.
 */
enum MsnHandoff
#if __STDC_VERSION__ >= 202311L
  : uint8_t
#endif // __STDC_VERSION__ >= 202311L
 {
  /*
   By dissector name, for instance `xml`.
   */
  MSN_HANDOFF_NAME = 0,
  /*
   By media type, for instance `image/png`.
   */
  MSN_HANDOFF_MEDIA_TYPE = 1,
  /*
   By the word of a command that no row explains.
   */
  MSN_HANDOFF_COMMAND = 2,
  /*
   By the GUID of a kind of session that is not known, in lower case without braces.
   */
  MSN_HANDOFF_EUF_GUID = 3,
  /*
   By the number of a datacast that is not known.
   */
  MSN_HANDOFF_DATACAST = 4,
};
#if __STDC_VERSION__ >= 202311L
typedef enum MsnHandoff MsnHandoff;
#else
typedef uint8_t MsnHandoff;
#endif // __STDC_VERSION__ >= 202311L

/*
 Type of a field, for the shim to map to `FT_*`.
 */
enum MsnType
#if __STDC_VERSION__ >= 202311L
  : uint8_t
#endif // __STDC_VERSION__ >= 202311L
 {
  /*
   No value.
   */
  MSN_TYPE_NONE = 0,
  /*
   UTF-8 string.
   */
  MSN_TYPE_STRING = 1,
  /*
   Bytes of the packet, or decoded bytes.
   */
  MSN_TYPE_BYTES = 2,
  /*
   Unsigned of `width` bytes.
   */
  MSN_TYPE_UINT = 3,
  /*
   Signed of `width` bytes.
   */
  MSN_TYPE_INT = 4,
  /*
   True or false; with a mask, one bit of `width` bytes.
   */
  MSN_TYPE_BOOL = 5,
  /*
   GUID, 16 bytes in text order.
   */
  MSN_TYPE_GUID = 6,
  /*
   IPv4 address as a number.
   */
  MSN_TYPE_IPV4 = 7,
  /*
   IPv6 address, 16 bytes.
   */
  MSN_TYPE_IPV6 = 8,
  /*
   Point in time, ns.
   */
  MSN_TYPE_TIME = 9,
  /*
   Length of time, ns.
   */
  MSN_TYPE_SPAN = 10,
  /*
   Frame number.
   */
  MSN_TYPE_FRAME = 11,
};
#if __STDC_VERSION__ >= 202311L
typedef enum MsnType MsnType;
#else
typedef uint8_t MsnType;
#endif // __STDC_VERSION__ >= 202311L

/*
 How a number is shown, or what a frame number links to.
 */
enum MsnDisplay
#if __STDC_VERSION__ >= 202311L
  : uint8_t
#endif // __STDC_VERSION__ >= 202311L
 {
  /*
   Nothing special.
   */
  MSN_DISPLAY_NONE = 0,
  /*
   Decimal.
   */
  MSN_DISPLAY_DEC = 1,
  /*
   Hexadecimal.
   */
  MSN_DISPLAY_HEX = 2,
  /*
   Decimal, then hexadecimal.
   */
  MSN_DISPLAY_DEC_HEX = 3,
  /*
   Frame of the request.
   */
  MSN_DISPLAY_REQUEST = 4,
  /*
   Frame of the answer.
   */
  MSN_DISPLAY_RESPONSE = 5,
  /*
   Frame of the acknowledgement.
   */
  MSN_DISPLAY_ACK = 6,
};
#if __STDC_VERSION__ >= 202311L
typedef enum MsnDisplay MsnDisplay;
#else
typedef uint8_t MsnDisplay;
#endif // __STDC_VERSION__ >= 202311L

/*
 What the shim must do about the bytes after `consumed`.
 */
enum MsnNeed
#if __STDC_VERSION__ >= 202311L
  : uint8_t
#endif // __STDC_VERSION__ >= 202311L
 {
  /*
   Nothing.
   */
  MSN_NEED_NOTHING = 0,
  /*
   Wait for `need_bytes` more.
   */
  MSN_NEED_BYTES = 1,
  /*
   Wait for one more segment.
   */
  MSN_NEED_SEGMENT = 2,
};
#if __STDC_VERSION__ >= 202311L
typedef enum MsnNeed MsnNeed;
#else
typedef uint8_t MsnNeed;
#endif // __STDC_VERSION__ >= 202311L

/*
 A kind of connection.
 */
enum MsnChannel
#if __STDC_VERSION__ >= 202311L
  : uint8_t
#endif // __STDC_VERSION__ >= 202311L
 {
  /*
   Between a client and a server: the text protocol.
   */
  MSN_CHANNEL_SERVER = 0,
  /*
   Direct connection between two clients: peer-to-peer packets.
   */
  MSN_CHANNEL_DIRECT = 1,
  /*
   File transfer between two clients: MSNFTP.
   */
  MSN_CHANNEL_FILE_TRANSFER = 2,
  /*
   Webcam pictures between two clients, or through a reflector.
   */
  MSN_CHANNEL_WEBCAM = 3,
  /*
   NAT probe over UDP.
   */
  MSN_CHANNEL_NAT_PROBE = 4,
};
#if __STDC_VERSION__ >= 202311L
typedef enum MsnChannel MsnChannel;
#else
typedef uint8_t MsnChannel;
#endif // __STDC_VERSION__ >= 202311L

/*
 What a payload is.
 */
typedef struct Form Form;

/*
 Identity of a frame: grows from frame to frame, the same on every pass. [`FrameId::NONE`] stands for no frame.
 */
typedef struct FrameId FrameId;

/*
 The connection over which packets were seen. Both sides of a switchboard may be in one capture: the same packet then
 passes twice, on two legs.
 */
typedef struct Leg Leg;

/*
 A table under way. Opaque to C.
 */
typedef struct MsnBoard MsnBoard;

/*
 A report under way. Opaque to C.
 */
typedef struct MsnReport MsnReport;

/*
 What is remembered of one capture file. Opaque to C.
 */
typedef struct MsnSession MsnSession;

/*
 A transcript under way. Opaque to C.
 */
typedef struct MsnTranscript MsnTranscript;

/*
 What a [`MsnDissection`] points into.
 */
typedef struct Owner Owner;

/*
 A parameter of a row.
 */
typedef struct Param Param;

/*
 First and last version that a connection may speak; none if the first is greater.
 */
typedef struct Range Range;

/*
 A byte range of the current source.
 */
typedef struct Span Span;

/*
 One entry of the flat list.
 */
typedef struct {
  /*
   Unsigned, signed, boolean, IPv4 (network order as a number), time in ns, frame number …, by the field's type.
   */
  uint64_t number;
  /*
   First byte of the range within `source`.
   */
  uint32_t start;
  /*
   Bytes in the range.
   */
  uint32_t len;
  /*
   Offset of the string or bytes value in the arena, or [`NO_TEXT`].
   */
  uint32_t text;
  /*
   Bytes of that value, without the terminating NUL.
   */
  uint32_t text_len;
  /*
   Offset of a NUL-terminated remark shown in brackets behind the value, or [`NO_TEXT`].
   */
  uint32_t note;
  /*
   A field, expert info or protocol number, by `kind`.
   */
  uint16_t id;
  /*
   [`Kind`] as a number.
   */
  uint8_t kind;
  /*
   Sum of [`GENERATED`], [`HIDDEN`], [`OPEN`], [`WITH_BITS`], [`NO_RANGE`].
   */
  uint8_t flags;
  /*
   0 = the bytes given; n = the n-th [`Kind::Source`] of this tree.
   */
  uint16_t source;
  /*
   Always zero.
   */
  uint16_t reserved;
} MsnItem;

/*
 A server that was announced.
 */
typedef struct {
  /*
   Address bytes.
   */
  uint8_t address[16];
  /*
   4 or 16.
   */
  uint8_t address_len;
  /*
   What it will speak: 0 = text protocol, 1 = direct connection, 2 = old file transfer.
   */
  uint8_t kind;
  /*
   TCP port.
   */
  uint16_t port;
} MsnAnnouncement;

/*
 An object that came over the wire whole.
 */
typedef struct {
  /*
   File name, safe and NUL-terminated.
   */
  const char *name;
  /*
   Account that sent it, NUL-terminated.
   */
  const char *sender;
  /*
   Media type, NUL-terminated.
   */
  const char *content_type;
  /*
   The bytes, valid as long as the session; null where they stand in the data given.
   */
  const uint8_t *bytes;
  /*
   Place of the bytes in the data given.
   */
  uint32_t start;
  /*
   How many.
   */
  uint32_t len;
} MsnObject;

/*
 Something to count in a branch of the statistics (see `MsnBranch`).
 */
typedef struct {
  /*
   The time of which the value is milliseconds, ns.
   */
  uint64_t time;
  /*
   The labels that lead to it from the branch, each NUL-terminated.
   */
  const char *labels;
  /*
   How many.
   */
  uint32_t depth;
  /*
   The value, for a branch of averages.
   */
  float value;
  /*
   Number of the branch in the catalogue.
   */
  uint8_t branch;
} MsnTick;

/*
 A login for Wireshark's list of credentials.
 */
typedef struct {
  /*
   The account, NUL-terminated; empty if it is not known.
   */
  const char *account;
  /*
   The security package, NUL-terminated.
   */
  const char *scheme;
  /*
   Number of the field with the proof in the catalogue.
   */
  uint16_t field;
} MsnLogin;

/*
 A PDU as a line between two.
 */
typedef struct {
  /*
   Who sends it, NUL-terminated.
   */
  const char *from;
  /*
   Who gets it, NUL-terminated.
   */
  const char *to;
  /*
   What it is, NUL-terminated; null for a line between persons, of which a PDU may have several, besides that to or
   from its server.
   */
  const char *text;
} MsnStep;

/*
 Result of a dissection; valid until [`msn_dissection_free`].
 */
typedef struct {
  /*
   Items in order.
   */
  const MsnItem *items;
  /*
   How many.
   */
  uint32_t item_count;
  /*
   Length of `info`.
   */
  uint32_t info_len;
  /*
   Strings of the items, each NUL-terminated.
   */
  const uint8_t *arena;
  /*
   Text for the Info column, NUL-terminated.
   */
  const uint8_t *info;
  /*
   Announced servers.
   */
  const MsnAnnouncement *announced;
  /*
   Frames that have pieces of messages that are whole now.
   */
  const uint32_t *depends;
  /*
   How many.
   */
  uint32_t depend_count;
  /*
   How many objects.
   */
  uint32_t object_count;
  /*
   Objects for export.
   */
  const MsnObject *objects;
  /*
   What Statistics > MSN counts.
   */
  const MsnTick *ticks;
  /*
   How many.
   */
  uint32_t tick_count;
  /*
   How many.
   */
  uint32_t login_count;
  /*
   Lines in which an account proves itself.
   */
  const MsnLogin *logins;
  /*
   Who speaks with whom, if events are wanted.
   */
  const MsnStep *steps;
  /*
   How many.
   */
  uint32_t step_count;
  /*
   How many servers were announced.
   */
  uint32_t announced_count;
  /*
   Bodies of the HTTP gateway: key of the connection, for the rest of the body.
   */
  uint64_t connection;
  /*
   Bytes dealt with.
   */
  uint32_t consumed;
  /*
   Bytes missing.
   */
  uint32_t need_bytes;
  /*
   Units dealt with.
   */
  uint32_t units;
  /*
   [`MsnNeed`].
   */
  uint8_t need;
  /*
   Number of the first protocol that is shown, whether there are items or not; [`MSN_NO_PROTOCOL`] if none is.
   */
  uint8_t protocol;
  /*
   The same of the last one.
   */
  uint8_t last_protocol;
  /*
   A bit for each protocol that is shown, by its number.
   */
  uint8_t protocols;
  Owner *owner;
} MsnDissection;

/*
 A row that is new, changed or gone.
 */
typedef struct {
  /*
   Its cells, as many as the table has columns, each NUL-terminated; null when the row goes and the last one takes its
   place.
   */
  const char *const *cells;
  /*
   Its number; that behind the last row makes a new row.
   */
  uint32_t row;
} MsnChange;

/*
 A protocol.
 */
typedef struct {
  /*
   Long name.
   */
  const char *name;
  /*
   Name for the Protocol column.
   */
  const char *short_name;
  /*
   Filter name.
   */
  const char *filter;
  /*
   Number of the protocol that carries it where it has no connection of its own.
   */
  uint8_t carrier;
} MsnProtocol;

/*
 A value and its meaning; laid out like Wireshark's `value_string`.
 */
typedef struct {
  /*
   The value.
   */
  uint32_t value;
  /*
   Its meaning; null ends the table.
   */
  const char *meaning;
} MsnValue;

/*
 A field.
 */
typedef struct {
  /*
   Label.
   */
  const char *name;
  /*
   Filter name.
   */
  const char *filter;
  /*
   One sentence on what it is.
   */
  const char *blurb;
  /*
   Meanings, ended by a null meaning; null if there are none.
   */
  const MsnValue *values;
  /*
   Bits of the number that this field is; 0 = all.
   */
  uint64_t mask;
  /*
   First of the fields that are bits of this one.
   */
  uint16_t bits_first;
  /*
   How many there are.
   */
  uint16_t bits_count;
  /*
   Protocol.
   */
  uint16_t protocol;
  /*
   [`MsnType`].
   */
  uint8_t kind;
  /*
   [`MsnDisplay`].
   */
  uint8_t display;
  /*
   Bytes of a number.
   */
  uint8_t width;
} MsnField;

/*
 An expert info.
 */
typedef struct {
  /*
   Filter name.
   */
  const char *filter;
  /*
   Standard wording.
   */
  const char *text;
  /*
   Number of [`fields::expert::Group`].
   */
  uint8_t group;
  /*
   Number of [`fields::expert::Severity`].
   */
  uint8_t severity;
} MsnExpert;

/*
 A branch of Statistics > MSN.
 */
typedef struct {
  /*
   Its name.
   */
  const char *name;
  /*
   Its values are averaged, not only counted.
   */
  bool averages;
} MsnBranch;

/*
 A table of Statistics > MSN (see `msn_board_new`).
 */
typedef struct {
  /*
   Its name.
   */
  const char *title;
  /*
   Its option behind `-z msn,`.
   */
  const char *option;
  /*
   Names of its columns.
   */
  const char *const *columns;
  /*
   How many.
   */
  uint32_t column_count;
} MsnTable;

/*
 Everything to register.
 */
typedef struct {
  /*
   Protocols.
   */
  const MsnProtocol *protocols;
  /*
   How many.
   */
  uint32_t protocol_count;
  /*
   Fields.
   */
  const MsnField *fields;
  /*
   How many.
   */
  uint32_t field_count;
  /*
   Expert infos.
   */
  const MsnExpert *experts;
  /*
   How many.
   */
  uint32_t expert_count;
  /*
   Branches of the statistics.
   */
  const MsnBranch *branches;
  /*
   How many.
   */
  uint32_t branch_count;
  /*
   Names of the conversations that can be filtered on (see `msn_shared`).
   */
  const char *const *conversations;
  /*
   How many.
   */
  uint32_t conversation_count;
  /*
   Tables.
   */
  const MsnTable *tables;
  /*
   How many.
   */
  uint32_t table_count;
} MsnCatalogue;

/*
 What the shim knows of the bytes.
 */
typedef struct {
  /*
   Key of the connection; only used on the first pass.
   */
  uint64_t connection;
  /*
   Capture time, ns since 1970.
   */
  uint64_t time;
  /*
   Where the frame stands in the capture file.
   */
  uint64_t place;
  /*
   Frame number.
   */
  uint32_t frame;
  /*
   Units dissected in this frame before.
   */
  uint32_t unit;
  /*
   TCP sequence number of the first byte.
   */
  uint32_t sequence;
  /*
   Sum of `MSN_*` flags.
   */
  uint32_t flags;
  /*
   Bytes on the wire.
   */
  uint32_t reported_len;
  /*
   Sender's port.
   */
  uint16_t source_port;
  /*
   Receiver's port.
   */
  uint16_t destination_port;
  /*
   Sender's address, IPv6; an IPv4 address as it is mapped there (`::ffff:a.b.c.d`).
   */
  uint8_t source[16];
  /*
   Receiver's address.
   */
  uint8_t destination[16];
} MsnPacket;

/*
 How a connection ends with a packet.
 */
typedef struct {
  /*
   The sender sends nothing more: sequence number behind its last byte and the end itself, counted as TCP does and
   from the handshake.
   */
  uint32_t next[2];
  /*
   It does.
   */
  bool of_sender;
  /*
   The connection is reset.
   */
  bool of_both;
} MsnEnding;

/*
 Bytes in which the head of an HTTP message is found ([`msn_dissect_gateway`]).
 */
typedef struct {
  /*
   The bytes.
   */
  const uint8_t *data;
  /*
   How many.
   */
  uint32_t len;
  /*
   The head ends where these bytes end; otherwise it is the first one in them.
   */
  bool at_end;
  /*
   The head belongs to a body whose beginning was dissected before.
   */
  bool continued;
} MsnHead;

/*
 Bytes with the head of an HTTP message.
 */
typedef struct {
  /*
   The bytes.
   */
  const uint8_t *data;
  /*
   How many.
   */
  uint32_t len;
  /*
   Where in them: [`MSN_HEAD_END`], [`MSN_HEAD_WITHIN`] or [`MSN_HEAD_START`].
   */
  uint8_t place;
} MsnSoapHead;























































































































/*
 The codes that say success.
 */
#define SUCCESS { 16777987, 16777989, }

/*
 The codes that say that somebody cancelled.
 */
#define CANCELLED { 2164261682, 2164261683, }

/*
 The ABI version of this library.
 */
uint32_t msn_abi_version(void);

/*
 A new, empty table with this number in the catalogue.
 */
MsnBoard *msn_board_new(uint8_t table);

/*
 Takes what a dissection tells; times are shown `offset` seconds east of UTC. Gives how many rows change, which
 [`msn_board_changes`] has.

 # Safety
 `board` is null or came from [`msn_board_new`]; `dissection` was not given back.
 */
uint32_t msn_board_take(MsnBoard *board,
                        const MsnDissection *dissection,
                        int32_t offset);

/*
 The changes of the last [`msn_board_take`], in their order; valid until the next one.

 # Safety
 `board` is null or came from [`msn_board_new`].
 */
const MsnChange *msn_board_changes(const MsnBoard *board);

/*
 Ends a table.

 # Safety
 `board` is null or came from [`msn_board_new`], and is not used afterwards.
 */
void msn_board_free(MsnBoard *board);

/*
 The catalogue; null if it could not be built, which is a bug.
 */
const MsnCatalogue *msn_catalogue(void);

/*
 A new, empty session.
 */
MsnSession *msn_session_new(void);

/*
 Ends a session.

 # Safety
 `session` is null or came from [`msn_session_new`] and is not used afterwards.
 */
void msn_session_free(MsnSession *session);

/*
 Whether a stream that begins with these bytes is of this channel (see `Channel`), whatever its port.

 # Safety
 `data` points to `len` readable bytes.
 */
bool msn_heuristic(uint8_t channel,
                   const uint8_t *data,
                   uint32_t len);

/*
 The channel (see `Channel`) that the first bytes of a TCP stream prove, on a port that belongs to another protocol;
 [`MSN_NO_CHANNEL`] if none.

 # Safety
 `data` points to `len` readable bytes.
 */
uint8_t msn_proven_channel(const uint8_t *data,
                           uint32_t len);

/*
 Dissects bytes of a connection of this channel (see `Channel`). Null if the session is null, the channel unknown or
 memory ran out. A dissection without units that needs nothing says that the bytes are of another channel.

 # Safety
 `session` came from [`msn_session_new`]; `packet` is readable; `data` points to `len` readable bytes.
 */
const MsnDissection *msn_dissect(MsnSession *session,
                                 const MsnPacket *packet,
                                 uint8_t channel,
                                 const uint8_t *data,
                                 uint32_t len);

/*
 The bytes of a message that was put together, and how many they are; null if there is no such message. They stay as
 they are and where they are until the session ends.

 # Safety
 `session` is null or came from [`msn_session_new`]; `len` is null or can be written.
 */
const uint8_t *msn_message_bytes(const MsnSession *session,
                                 uint32_t message,
                                 uint32_t *len);

/*
 Gives a dissection back.

 # Safety
 `dissection` is null or came from [`msn_dissect`], and is not used afterwards.
 */
void msn_dissection_free(const MsnDissection *dissection);

/*
 Whether anything ever waited for more bytes: otherwise no end of a connection matters.

 # Safety
 `session` is null or came from `msn_session_new`.
 */
bool msn_waits(const MsnSession *session);

/*
 Dissects what can never be complete, because its connection ends with this packet; null if there is nothing. The bytes
 that it is about stay where they are until the session ends.

 # Safety
 `session` came from `msn_session_new`; `packet` and `ending` are readable; `data` and `len` can be written.
 */
const MsnDissection *msn_dissect_ending(MsnSession *session,
                                        const MsnPacket *packet,
                                        const MsnEnding *ending,
                                        const uint8_t **data,
                                        uint32_t *len);

/*
 Tells which field, by its number in the catalogue, has which value in all packets of a conversation of the frame
 at `place` of the capture file (see
 `Conversation`). False if there is no such conversation.

 # Safety
 `session` is null or came from `msn_session_new`; `field` is writable, and `value` has room for [`MSN_MAX_SHARED`] bytes.
 */
bool msn_shared(const MsnSession *session,
                uint8_t conversation,
                uint64_t place,
                uint16_t *field,
                char *value);

/*
 Whether a body that follows this head belongs to the gateway.

 # Safety
 `head` is null or readable, and so are its bytes.
 */
bool msn_is_gateway(const MsnHead *head);

/*
 Whether this is the head of a request.

 # Safety
 `head` is null or readable, and so are its bytes.
 */
bool msn_is_request(const MsnHead *head);

/*
 Dissects the body of a gateway message, or the first bytes of it: the rest after `consumed` wants another call, with
 `continued` set and the `connection` of the result. Null if the session is null or memory ran out.

 # Safety
 `session` came from `msn_session_new`; `packet`, `head` and its bytes are readable; `data` points to `len` readable bytes.
 */
const MsnDissection *msn_dissect_gateway(MsnSession *session,
                                         const MsnPacket *packet,
                                         const MsnHead *head,
                                         const uint8_t *data,
                                         uint32_t len);

/*
 Looks at an HTTP message on a connection that carries gateway sessions, and shows what it means for them if it is the
 answer to a request of a session and does not say so itself; `data` begins with its head. Null if there is nothing.

 # Safety
 `session` came from `msn_session_new`; `packet` is readable; `data` points to `len` readable bytes.
 */
const MsnDissection *msn_dissect_gateway_answer(MsnSession *session,
                                                const MsnPacket *packet,
                                                const uint8_t *data,
                                                uint32_t len);

/*
 A new, empty transcript.
 */
MsnTranscript *msn_transcript_new(void);

/*
 Takes what a dissection tells; times are shown `offset` seconds east of UTC. Gives the lines that are known now,
 NUL-terminated and valid until the next call.

 # Safety
 `transcript` is null or came from [`msn_transcript_new`]; `dissection` was not given back.
 */
const char *msn_transcript_take(MsnTranscript *transcript,
                                const MsnDissection *dissection,
                                int32_t offset);

/*
 The capture has ended: gives the rest, as [`msn_transcript_take`].

 # Safety
 `transcript` is null or came from [`msn_transcript_new`].
 */
const char *msn_transcript_finish(MsnTranscript *transcript);

/*
 Ends a transcript.

 # Safety
 `transcript` is null or came from [`msn_transcript_new`], and is not used afterwards.
 */
void msn_transcript_free(MsnTranscript *transcript);

/*
 Begins a report in a folder, whose path ends with a NUL. What is wrong, if anything is, tells [`msn_report_error`].
 Null if memory ran out.

 # Safety
 `folder` is a string that ends with a NUL.
 */
MsnReport *msn_report_new(const char *folder);

/*
 What went wrong, NUL-terminated; empty if nothing did. Nothing is written any more then.

 # Safety
 `report` is null or came from [`msn_report_new`].
 */
const char *msn_report_error(const MsnReport *report);

/*
 Takes what a dissection tells; times are shown `offset` seconds east of UTC. False if that could not be written.

 # Safety
 `report` is null or came from [`msn_report_new`]; `dissection` was not given back.
 */
bool msn_report_take(MsnReport *report,
                     const MsnDissection *dissection,
                     int32_t offset);

/*
 The capture has ended: writes the rest. False if that could not be written.

 # Safety
 `report` is null or came from [`msn_report_new`].
 */
bool msn_report_finish(MsnReport *report);

/*
 Ends a report, whether it was finished or not.

 # Safety
 `report` is null or came from [`msn_report_new`], and is not used afterwards.
 */
void msn_report_free(MsnReport *report);

/*
 Tells the secrets of an account, so that its logins can be verified: its password, and the binary secret of the
 login service in base64. Both may be empty or null. False when the secret is no base64 or there are too many.

 # Safety
 `session` came from `msn_session_new`; the texts are NUL-terminated or null.
 */
bool msn_session_secret(MsnSession *session,
                        const char *account,
                        const char *password,
                        const char *secret);

/*
 Tells whether the text of messages is to stay out of the Info column and the labels that repeat it.

 # Safety
 `session` is null or came from `msn_session_new`.
 */
void msn_session_hide_texts(MsnSession *session, bool hide);

/*
 Whether a secret is base64, as [`msn_session_secret`] wants it.

 # Safety
 `secret` is NUL-terminated or null.
 */
bool msn_secret_valid(const char *secret);

/*
 Whether a connection that begins with these bytes asks a web service for something.

 # Safety
 `data` points to `len` readable bytes.
 */
bool msn_asks_soap(const uint8_t *data, uint32_t len);

/*
 Dissects an HTTP message with this head and body if it is one of a web service. Null if it cannot be one, if the session
 is null, or if memory ran out; without units if it is none.

 # Safety
 `session` came from `msn_session_new`; `packet`, `head` and its bytes are readable; `data` points to `len` readable bytes.
 */
const MsnDissection *msn_dissect_soap(MsnSession *session,
                                      const MsnPacket *packet,
                                      const MsnSoapHead *head,
                                      const uint8_t *data,
                                      uint32_t len);

/*
 Whether [`msn_dissect_soap`] is worth the trouble: a cheap look, for web traffic is much and mostly not ours.

 # Safety
 As for [`msn_dissect_soap`].
 */
bool msn_may_be_soap(MsnSession *session,
                     const MsnSoapHead *head,
                     const uint8_t *data,
                     uint32_t len);

#endif  /* MSN_DISSECT_H */
