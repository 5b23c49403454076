/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Statistics > MSN, and tshark -z msn,tree: the core says what to count, in which branch and under which labels. */

#include "shim.h"

#include <epan/stats_tree.h>
#include <epan/tap.h>

/* Branches that are shown. */
#define MAX_BRANCHES 16

static int tap = -1;
static int nodes[MAX_BRANCHES];

bool msn_stats_wanted(void)
{
    return have_tap_listener(tap);
}

void msn_count(const MsnDissection *dissection, packet_info *pinfo)
{
    if (dissection->tick_count > 0) {
        tap_queue_packet(tap, pinfo, dissection);
    }
}

static void start(stats_tree *tree)
{
    const MsnCatalogue *catalogue = msn_registry.catalogue;

    for (uint32_t i = 0; i < catalogue->branch_count && i < MAX_BRANCHES; i++) {
        const MsnBranch *branch = &catalogue->branches[i];

        nodes[i] = stats_tree_create_node(tree, branch->name, 0, branch->averages ? STAT_DT_FLOAT : STAT_DT_INT, TRUE);
    }
}

static int count(stats_tree *tree, const MsnBranch *branch, const char *label, int parent, bool has_children, float value)
{
    return branch->averages ? avg_stat_node_add_value_float(tree, label, parent, has_children, value)
                            : tick_stat_node(tree, label, parent, has_children);
}

static tap_packet_status count_ticks(stats_tree *tree, packet_info *pinfo _U_, epan_dissect_t *edt _U_,
                                     const void *queued, tap_flags_t flags _U_)
{
    const MsnDissection *dissection = (const MsnDissection *)queued;
    const MsnCatalogue *catalogue = msn_registry.catalogue;

    for (uint32_t i = 0; i < dissection->tick_count; i++) {
        const MsnTick *tick = &dissection->ticks[i];
        const char *label = tick->labels;
        int parent;

        if (tick->branch >= catalogue->branch_count || tick->branch >= MAX_BRANCHES) {
            continue;
        }
        count(tree, &catalogue->branches[tick->branch], catalogue->branches[tick->branch].name, 0, true, tick->value);
        parent = nodes[tick->branch];
        for (uint32_t depth = 1; depth <= tick->depth; depth++) {
            parent = count(tree, &catalogue->branches[tick->branch], label, parent, depth < tick->depth, tick->value);
            label += strlen(label) + 1;
        }
    }
    return TAP_PACKET_REDRAW;
}

void msn_register_stats(void)
{
    tap = register_tap("msn");
    stats_tree_register_plugin("msn", "msn", "MSNP", 0, count_ticks, start, NULL);
}
