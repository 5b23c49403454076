/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tools > MSN > Report: asks for a folder, goes through all packets, and opens the first page. */

#include "shim.h"

#include <epan/funnel.h>
#include <epan/tap.h>
#include <wsutil/report_message.h>

#define TITLE "MSN report"

static const char *const fields[] = { "Folder (new, empty, or of an earlier report)", "Display filter (may be empty)" };

static tap_packet_status take(void *data, packet_info *pinfo, epan_dissect_t *edt _U_, const void *queued,
                              tap_flags_t flags _U_)
{
    MsnReport **report = (MsnReport **)data;
    bool written = msn_report_take(*report, (const MsnDissection *)queued, msn_time_offset(pinfo));

    return written ? TAP_PACKET_DONT_REDRAW : TAP_PACKET_FAILED;
}

static void write_report(const funnel_ops_t *ops, const char *folder, const char *filter)
{
    MsnReport *report = NULL;
    GString *error = register_tap_listener(msn_events_tap, &report, *filter == '\0' ? NULL : filter, TL_REQUIRES_NOTHING,
                                           NULL, take, NULL, NULL);

    if (error != NULL) {
        report_failure(TITLE ": %s", error->str);
        g_string_free(error, TRUE);
        return;
    }
    /* An earlier report goes only once all is right. */
    report = msn_report_new(folder);
    if (*msn_report_error(report) == '\0') {
        msn_want_details(true);
        ops->retap_packets(ops->ops_id);
        msn_want_details(false);
    }
    remove_tap_listener(&report);
    if (msn_report_finish(report)) {
        char *whole = g_canonicalize_filename(folder, NULL);
        char *page = g_build_filename(whole, "index.html", NULL);

        ops->browser_open_data_file(page);
        g_free(page);
        g_free(whole);
    } else {
        report_failure(TITLE ": %s", msn_report_error(report));
    }
    msn_report_free(report);
}

static void asked(char **answers, void *data _U_)
{
    const funnel_ops_t *ops = funnel_get_funnel_ops();

    if (ops != NULL && answers != NULL && answers[0] != NULL && *answers[0] != '\0') {
        write_report(ops, answers[0], answers[1] != NULL ? answers[1] : "");
    }
}

static void ask(void *data _U_)
{
    const funnel_ops_t *ops = funnel_get_funnel_ops();
    const char *names[] = { fields[0], fields[1], NULL };
    const char *values[] = { "", "", NULL };

    if (ops != NULL && ops->new_dialog != NULL) {
        ops->new_dialog(ops->ops_id, TITLE, names, values, asked, NULL, NULL);
    }
}

void msn_register_report_window(void)
{
    funnel_register_menu("MSN/Report…", REGISTER_TOOLS_GROUP_UNSORTED, ask, NULL, NULL, FALSE);
}
