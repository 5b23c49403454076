/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every difference between Wireshark 4.0, 4.2, 4.4 and 4.6 that this plugin meets. */

#ifndef MSN_COMPAT_H
#define MSN_COMPAT_H

#include <wireshark.h>

#include <ws_version.h>

#define MSN_WIRESHARK(major, minor) \
    (WIRESHARK_VERSION_MAJOR > (major) || (WIRESHARK_VERSION_MAJOR == (major) && WIRESHARK_VERSION_MINOR >= (minor)))

/* Callbacks return gboolean (an int) before 4.4 and bool since. */
#if MSN_WIRESHARK(4, 4)
typedef bool msn_bool;
#else
typedef gboolean msn_bool;
#endif

#endif
