/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tshark -z msn,chat[,filter]: what was said, as text. The core makes the lines, as soon as they are known. */

#include "shim.h"

#include <epan/stat_tap_ui.h>
#include <epan/tap.h>
#include <wsutil/report_message.h>

#include <stdio.h>

#define OPTION "msn,chat"

typedef struct {
    MsnTranscript *transcript;
} Chat;

static void reset(void *data)
{
    Chat *chat = (Chat *)data;

    msn_transcript_free(chat->transcript);
    chat->transcript = msn_transcript_new();
}

static tap_packet_status take(void *data, packet_info *pinfo, epan_dissect_t *edt _U_, const void *queued,
                              tap_flags_t flags _U_)
{
    Chat *chat = (Chat *)data;
    const char *text = msn_transcript_take(chat->transcript, (const MsnDissection *)queued, msn_time_offset(pinfo));

    if (*text != '\0') {
        fputs(text, stdout);
        /* Whoever watches a live capture wants to see it now. */
        fflush(stdout);
    }
    return TAP_PACKET_REDRAW;
}

static void end(void *data)
{
    Chat *chat = (Chat *)data;

    fputs(msn_transcript_finish(chat->transcript), stdout);
    fflush(stdout);
}

static msn_table_begun start(const char *option, void *data _U_)
{
    const char *filter = option[strlen(OPTION)] == ',' ? option + strlen(OPTION) + 1 : NULL;
    Chat *chat = g_new0(Chat, 1);
    GString *error;

    reset(chat);
    error = register_tap_listener(msn_events_tap, chat, filter, TL_REQUIRES_NOTHING, reset, take, end, NULL);
    if (error != NULL) {
        report_failure("%s: %s", OPTION, error->str);
        g_string_free(error, TRUE);
        exit(1);
    }
    return MSN_TABLE_BEGUN;
}

void msn_register_chats(void)
{
    static stat_tap_ui ui = { REGISTER_STAT_GROUP_GENERIC, "MSN chats", OPTION, start, 0, NULL };

    register_stat_tap_ui(&ui, NULL);
}
