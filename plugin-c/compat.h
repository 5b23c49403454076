/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every difference between Wireshark 4.0, 4.2, 4.4 and 4.6 that this plugin meets. */

#ifndef MSN_COMPAT_H
#define MSN_COMPAT_H

#include <wireshark.h>

#include <ws_version.h>

#define MSN_WIRESHARK(major, minor) \
    (WIRESHARK_VERSION_MAJOR > (major) || (WIRESHARK_VERSION_MAJOR == (major) && WIRESHARK_VERSION_MINOR >= (minor)))

/* Heuristics return gboolean (an int) before 4.4 and bool since; variables of preferences changed with them. */
#if MSN_WIRESHARK(4, 4)
typedef bool msn_bool;
#else
typedef gboolean msn_bool;
#endif

/* Callbacks of memory pools, of tables in preferences and of conversation filters changed in 4.2 already. */
#if MSN_WIRESHARK(4, 2)
typedef bool msn_callback_bool;
#else
typedef gboolean msn_callback_bool;
#endif

/* Those that begin statistics of an option return nothing before 4.6, and since then whether they could. */
#if MSN_WIRESHARK(4, 6)
typedef bool msn_table_begun;
#define MSN_TABLE_BEGUN true
#else
typedef void msn_table_begun;
#define MSN_TABLE_BEGUN
#endif

/* What stands between the levels of a menu: names may have a slash in them since 4.4. */
#if MSN_WIRESHARK(4, 4)
#define MSN_MENU "//"
#else
#define MSN_MENU "/"
#endif

/* Since 4.6 only the form with a hint on who calls is left. */
#if MSN_WIRESHARK(4, 6)
#define msn_try_string(table, name, tvb, pinfo, tree) dissector_try_string_with_data(table, name, tvb, pinfo, tree, true, NULL)
#else
#define msn_try_string(table, name, tvb, pinfo, tree) dissector_try_string(table, name, tvb, pinfo, tree, NULL)
#endif

/* Since 4.2 numbers of streams can be asked for as well. */
#if MSN_WIRESHARK(4, 2)
#define msn_register_stream(protocol, tap, of_packet, of_number, of_address, port, add) \
    register_follow_stream(protocol, tap, of_packet, of_number, of_address, port, add, NULL, NULL)
#else
#define msn_register_stream register_follow_stream
#endif

/* Since 4.2 callbacks of conversation filters are told for what they are called. */
#if MSN_WIRESHARK(4, 2)
#define MSN_FILTER_ARGUMENTS packet_info *pinfo, void *data _U_
#define msn_register_filter(protocol, name, valid, build) register_conversation_filter(protocol, name, valid, build, NULL)
#else
#define MSN_FILTER_ARGUMENTS packet_info *pinfo
#define msn_register_filter(protocol, name, valid, build) register_conversation_filter(protocol, name, valid, build)
#endif

/* Since 4.2 the frame itself is told on which others it depends. */
#if MSN_WIRESHARK(4, 2)
#define msn_depend_upon(pinfo, number) mark_frame_as_depended_upon((pinfo)->fd, number)
#else
#define msn_depend_upon(pinfo, number) mark_frame_as_depended_upon(pinfo, number)
#endif

#endif
