/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Statistics > Service Response Time > MSNP, and tshark -z msn,srt: how long the first answer to each request took, by the
 * request's word. */

#include "shim.h"

#include <epan/srt_table.h>
#include <epan/tap.h>

/* Words that are told apart; what comes later stands with the last of them. */
#define MAX_WORDS 256

static int row_of(srt_stat_table *table, const char *word)
{
    int row = 0;

    while (row < table->num_procs && strcmp(table->procedures[row].procedure, word) != 0) {
        row++;
    }
    if (row < table->num_procs || row == MAX_WORDS) {
        return MIN(row, MAX_WORDS - 1);
    }
    init_srt_table_row(table, row, row == MAX_WORDS - 1 ? "(others)" : word);
    return row;
}

static tap_packet_status take(void *data, packet_info *pinfo, epan_dissect_t *edt _U_, const void *queued,
                              tap_flags_t flags _U_)
{
    srt_data_t *srt = (srt_data_t *)data;
    srt_stat_table *table = g_array_index(srt->srt_array, srt_stat_table *, 0);
    const MsnDissection *dissection = (const MsnDissection *)queued;
    tap_packet_status status = TAP_PACKET_DONT_REDRAW;

    for (uint32_t i = 0; i < dissection->tick_count; i++) {
        const MsnTick *tick = &dissection->ticks[i];
        nstime_t span, asked;

        if (!msn_registry.catalogue->branches[tick->branch].averages) {
            continue;
        }
        span.secs = (time_t)(tick->time / 1000000000u);
        span.nsecs = (int)(tick->time % 1000000000u);
        nstime_delta(&asked, &pinfo->abs_ts, &span);
        add_srt_table_data(table, row_of(table, tick->labels), &asked, pinfo);
        status = TAP_PACKET_REDRAW;
    }
    return status;
}

static void begin(struct register_srt *srt _U_, GArray *tables)
{
    init_srt_table("MSNP", "MSNP", tables, 0, "Request", NULL, NULL);
}

void msn_register_times(void)
{
    register_srt_table(msn_registry.protocols[MSN_PROTOCOL_MSN], "msn", 1, take, begin, NULL);
}
