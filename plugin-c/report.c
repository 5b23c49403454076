/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What reports are made of, brought to whoever listens; and tshark -z msn,report,FOLDER[,filter], which writes one. */

#include "shim.h"

#include <epan/stat_tap_ui.h>
#include <epan/tap.h>
#include <epan/timestamp.h>
#include <wsutil/report_message.h>

#include <stdio.h>
#include <unistd.h>

const char msn_events_tap[] = "msn_events";

static int tap = -1;

/* Reports under way, which want every detail. */
static int reports;

uint32_t msn_events_wanted(void)
{
    uint32_t details = reports > 0 ? MSN_WANT_DETAILS : 0u;

    return have_tap_listener(tap) ? MSN_WANT_TREE | MSN_WANT_EVENTS | MSN_WANT_OBJECTS | details : 0u;
}

void msn_want_details(bool wanted)
{
    reports += wanted ? 1 : -1;
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

#define OPTION "msn,report"

/* Dissections between two words on the terminal. */
#define PROGRESS 4096

typedef struct {
    char *folder;
    MsnReport *report;
    uint32_t taken;
    bool ended;
    bool again; /* the next packet begins another report in place of this one */
} Report;

static void complain(const Report *report)
{
    report_failure("%s: %s", OPTION, msn_report_error(report->report));
}

/* tshark resets once more when all is done: what was written stays until there is something else to write. */
static void reset(void *data)
{
    Report *report = (Report *)data;

    report->again = report->taken > 0;
}

static void begin_again(Report *report)
{
    msn_report_free(report->report);
    report->report = msn_report_new(report->folder);
    report->taken = 0;
    report->ended = false;
    report->again = false;
}

static tap_packet_status take(void *data, packet_info *pinfo, epan_dissect_t *edt _U_, const void *queued,
                              tap_flags_t flags _U_)
{
    Report *report = (Report *)data;

    if (report->again) {
        begin_again(report);
    }
    if (!msn_report_take(report->report, (const MsnDissection *)queued, msn_time_offset(pinfo))) {
        if (!report->ended) {
            report->ended = true;
            complain(report);
        }
        return TAP_PACKET_FAILED;
    }
    if (++report->taken % PROGRESS == 0 && isatty(STDERR_FILENO)) {
        fprintf(stderr, "\r%s: frame %u ", OPTION, pinfo->num);
    }
    return TAP_PACKET_DONT_REDRAW;
}

/* tshark draws once, at the end. */
static void end(void *data)
{
    Report *report = (Report *)data;

    if (report->ended) {
        return;
    }
    report->ended = true;
    if (!msn_report_finish(report->report)) {
        complain(report);
        return;
    }
    if (report->taken >= PROGRESS && isatty(STDERR_FILENO)) {
        fputs("\n", stderr);
    }
    printf("%s: %s/index.html\n", OPTION, report->folder);
    fflush(stdout);
}

/* OPTION,FOLDER[,filter] */
static msn_table_begun start(const char *option, void *data _U_)
{
    const char *folder = option[strlen(OPTION)] == ',' ? option + strlen(OPTION) + 1 : "";
    const char *filter = strchr(folder, ',');
    Report *report;
    GString *error;

    if (*folder == '\0' || *folder == ',') {
        report_failure("%s: a folder must follow: -z %s,FOLDER[,filter]", OPTION, OPTION);
        exit(1);
    }
    report = g_new0(Report, 1);
    report->folder = filter == NULL ? g_strdup(folder) : g_strndup(folder, (size_t)(filter - folder));
    /* An earlier report goes only once all is right. */
    error = register_tap_listener(msn_events_tap, report, filter == NULL ? NULL : filter + 1, TL_REQUIRES_NOTHING, reset,
                                  take, end, NULL);
    if (error != NULL) {
        report_failure("%s: %s", OPTION, error->str);
        g_string_free(error, TRUE);
        exit(1);
    }
    report->report = msn_report_new(report->folder);
    if (*msn_report_error(report->report) != '\0') {
        complain(report);
        exit(1);
    }
    msn_want_details(true);
    return MSN_TABLE_BEGUN;
}

void msn_register_reports(void)
{
    static stat_tap_ui ui = { REGISTER_STAT_GROUP_GENERIC, "MSN report", OPTION, start, 0, NULL };

    tap = register_tap(msn_events_tap);
    register_stat_tap_ui(&ui, NULL);
}
