/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What reports are made of: brings what PDUs mean to whoever listens. */

#include "shim.h"

#include <epan/tap.h>
#include <epan/timestamp.h>

const char msn_events_tap[] = "msn_events";

static int tap = -1;

uint32_t msn_events_wanted(void)
{
    return have_tap_listener(tap) ? MSN_WANT_TREE | MSN_WANT_EVENTS | MSN_WANT_OBJECTS : 0u;
}

void msn_tell_events(const MsnDissection *dissection, packet_info *pinfo)
{
    if (have_tap_listener(tap)) {
        tap_queue_packet(tap, pinfo, dissection);
    }
}

/* Local time only where it is asked for (-t a, ad, adoy); all else is UTC. */
int32_t msn_time_offset(const packet_info *pinfo)
{
    struct tm local;
    time_t seconds = pinfo->abs_ts.secs;

    switch (timestamp_get_type()) {
    case TS_ABSOLUTE:
    case TS_ABSOLUTE_WITH_YMD:
    case TS_ABSOLUTE_WITH_YDOY:
        return localtime_r(&seconds, &local) != NULL ? (int32_t)local.tm_gmtoff : 0;
    default:
        return 0;
    }
}

void msn_register_reports(void)
{
    tap = register_tap(msn_events_tap);
}
