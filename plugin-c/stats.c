/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Statistics > MSN, and tshark -z msn,tree: what was said, what went wrong, and how long answers took. */

#include "shim.h"

#include <epan/stats_tree.h>
#include <epan/tap.h>

/* A unit of the text protocol, or a packet of one of the others; strings live as long as the dissection. */
typedef struct {
    const char *protocol;
    const char *server;
    const char *direction;
    const char *word;
    const char *content_type;
    uint32_t error;
    uint64_t time_ns;
    bool commands; /* whether it is of the text protocol */
    bool has_error;
    bool has_time;
} Unit;

typedef struct {
    unsigned count;
    Unit *units;
} Units;

/* Fields that are counted, and their numbers in the catalogue. */
enum { THE_WORD, THE_ERROR, THE_SERVER, THE_DIRECTION, THE_CONTENT_TYPE, THE_TIME, COUNTED };
static const char *const filters[COUNTED] = { "msn.command", "msn.error",        "msn.server",
                                              "msn.direction", "msn.content_type", "msn.time" };
static uint32_t numbers[COUNTED];

static int tap = -1;
static int commands_node, errors_node, contents_node, times_node, protocols_node;

static const char commands_name[] = "Commands";
static const char errors_name[] = "Errors";
static const char contents_name[] = "Messages";
static const char times_name[] = "Response times in milliseconds";
static const char protocols_name[] = "Protocols";

bool msn_stats_wanted(void)
{
    return have_tap_listener(tap);
}

static void read_leaf(Unit *unit, const MsnItem *item, const char *text)
{
    if (item->id == numbers[THE_WORD]) {
        unit->word = text;
    } else if (item->id == numbers[THE_ERROR]) {
        unit->error = (uint32_t)item->number;
        unit->has_error = true;
    } else if (item->id == numbers[THE_SERVER]) {
        unit->server = text;
    } else if (item->id == numbers[THE_DIRECTION]) {
        unit->direction = text;
    } else if (item->id == numbers[THE_CONTENT_TYPE]) {
        unit->content_type = text;
    } else if (item->id == numbers[THE_TIME]) {
        unit->time_ns = item->number;
        unit->has_time = true;
    }
}

void msn_count(const MsnDissection *dissection, packet_info *pinfo)
{
    Units *units;
    Unit *command = NULL;
    unsigned count = 0;

    if (dissection->item_count == 0 || !msn_stats_wanted()) {
        return;
    }
    for (uint32_t i = 0; i < dissection->item_count; i++) {
        count += dissection->items[i].kind == MSN_KIND_PROTOCOL;
    }
    if (count == 0) {
        return;
    }
    units = wmem_new0(pinfo->pool, Units);
    units->units = wmem_alloc0_array(pinfo->pool, Unit, count);
    for (uint32_t i = 0; i < dissection->item_count; i++) {
        const MsnItem *item = &dissection->items[i];

        if (item->kind == MSN_KIND_PROTOCOL) {
            Unit *unit = &units->units[units->count++];

            unit->protocol = msn_registry.catalogue->protocols[item->id].short_name;
            unit->commands = item->id == 0;
            if (unit->commands) {
                command = unit;
            }
        } else if (item->kind == MSN_KIND_LEAF && command != NULL) {
            read_leaf(command, item, item->text == NO_TEXT ? "" : (const char *)dissection->arena + item->text);
        }
    }
    tap_queue_packet(tap, pinfo, units);
}

static void start(stats_tree *tree)
{
    protocols_node = stats_tree_create_node(tree, protocols_name, 0, STAT_DT_INT, TRUE);
    commands_node = stats_tree_create_node(tree, commands_name, 0, STAT_DT_INT, TRUE);
    errors_node = stats_tree_create_node(tree, errors_name, 0, STAT_DT_INT, TRUE);
    contents_node = stats_tree_create_node(tree, contents_name, 0, STAT_DT_INT, TRUE);
    times_node = stats_tree_create_node(tree, times_name, 0, STAT_DT_FLOAT, TRUE);
}

static void count_command(stats_tree *tree, const Unit *unit)
{
    const char *word = unit->word;
    char number[ITEM_LABEL_LENGTH];
    int node;

    if (unit->has_error) {
        const MsnField *field = &msn_registry.catalogue->fields[numbers[THE_ERROR]];
        const char *meaning = try_val_to_str(unit->error, (const value_string *)field->values);

        snprintf(number, sizeof number, "%03u %s", unit->error, meaning != NULL ? meaning : "unknown");
        tick_stat_node(tree, errors_name, 0, TRUE);
        tick_stat_node(tree, number, errors_node, FALSE);
        snprintf(number, sizeof number, "%03u", unit->error);
        word = number;
    }
    tick_stat_node(tree, commands_name, 0, TRUE);
    node = tick_stat_node(tree, unit->server != NULL ? unit->server : "Server not known", commands_node, TRUE);
    node = tick_stat_node(tree, unit->direction != NULL ? unit->direction : "Direction not known", node, TRUE);
    tick_stat_node(tree, word != NULL ? word : "Continuation", node, FALSE);
    if (unit->content_type != NULL) {
        tick_stat_node(tree, contents_name, 0, TRUE);
        tick_stat_node(tree, unit->content_type, contents_node, FALSE);
    }
    if (unit->has_time) {
        float ms = (float)((double)unit->time_ns / 1e6);

        avg_stat_node_add_value_float(tree, times_name, 0, TRUE, ms);
        avg_stat_node_add_value_float(tree, word != NULL ? word : "Continuation", times_node, FALSE, ms);
    }
}

static tap_packet_status count_units(stats_tree *tree, packet_info *pinfo _U_, epan_dissect_t *edt _U_,
                                     const void *queued, tap_flags_t flags _U_)
{
    const Units *units = (const Units *)queued;

    for (unsigned i = 0; i < units->count; i++) {
        const Unit *unit = &units->units[i];

        tick_stat_node(tree, protocols_name, 0, TRUE);
        tick_stat_node(tree, unit->protocol, protocols_node, FALSE);
        if (unit->commands) {
            count_command(tree, unit);
        }
    }
    return TAP_PACKET_REDRAW;
}

void msn_register_stats(void)
{
    const MsnCatalogue *catalogue = msn_registry.catalogue;

    for (unsigned i = 0; i < COUNTED; i++) {
        for (uint32_t id = 0; id < catalogue->field_count; id++) {
            if (strcmp(catalogue->fields[id].filter, filters[i]) == 0) {
                numbers[i] = id;
                break;
            }
        }
    }
    tap = register_tap("msn");
    stats_tree_register_plugin("msn", "msn", "MSN", 0, count_units, start, NULL);
}
