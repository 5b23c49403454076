/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Statistics > MSN > Chats, Messages, …, and tshark -z msn,chats …: tables whose rows the core makes while the capture goes
 * by. */

#include "shim.h"

#include <epan/stat_tap_ui.h>
#include <epan/tap.h>

/* Tables that are registered; one callback for each, because they are not told for what they are called. */
#define MAX_TABLES 5

static stat_tap_table_ui tables[MAX_TABLES];

/* What makes the rows of a table that is open, by table. */
static GHashTable *boards;

static void begin_board(stat_tap_table *table, uint8_t number)
{
    g_hash_table_insert(boards, table, msn_board_new(number));
}

static void free_board(void *board)
{
    msn_board_free((MsnBoard *)board);
}

/* Called for each cell; a table has cells whenever its board made a row. */
static void free_cell(stat_tap_table *table, unsigned row, unsigned column, stat_tap_table_item_type *cell)
{
    if (row == 0 && column == 0) {
        g_hash_table_remove(boards, table);
    }
    g_free((char *)(uintptr_t)cell->value.string_value);
    cell->value.string_value = NULL;
}

static void free_row(stat_tap_table *table, unsigned row)
{
    for (unsigned column = 0; column < table->num_fields; column++) {
        g_free((char *)(uintptr_t)table->elements[row][column].value.string_value);
    }
    g_free(table->elements[row]);
}

static void set_row(stat_tap_table *table, unsigned row, const char *const *cells)
{
    stat_tap_table_item_type *items = g_new0(stat_tap_table_item_type, table->num_fields);

    for (unsigned column = 0; column < table->num_fields; column++) {
        items[column].type = TABLE_ITEM_STRING;
        items[column].value.string_value = g_strdup(cells[column]);
        if (row < table->num_elements) {
            g_free((char *)(uintptr_t)table->elements[row][column].value.string_value);
        }
    }
    if (row < table->num_elements) {
        memcpy(table->elements[row], items, table->num_fields * sizeof *items);
    } else {
        stat_tap_init_table_row(table, row, table->num_fields, items);
    }
    g_free(items);
}

/* The last row takes the place of the one that goes. */
static void remove_row(stat_tap_table *table, unsigned row)
{
    free_row(table, row);
    table->num_elements--;
    table->elements[row] = table->elements[table->num_elements];
    table->elements[table->num_elements] = NULL;
}

static void empty(stat_tap_table *table, uint8_t number)
{
    while (table->num_elements > 0) {
        remove_row(table, table->num_elements - 1);
    }
    begin_board(table, number);
}

static void begin(stat_tap_table_ui *ui, uint8_t number)
{
    const char *title = msn_registry.catalogue->tables[number].title;
    stat_tap_table *table = stat_tap_find_table(ui, title);

    if (table != NULL) {
        empty(table, number);
        return;
    }
    table = stat_tap_init_table(title, (int)ui->nfields, 0, NULL);
    stat_tap_add_table(ui, table);
    begin_board(table, number);
}

static tap_packet_status take(void *data, packet_info *pinfo, epan_dissect_t *edt _U_, const void *queued,
                              tap_flags_t flags _U_)
{
    stat_data_t *stat = (stat_data_t *)data;
    stat_tap_table *table = g_array_index(stat->stat_tap_data->tables, stat_tap_table *, 0);
    MsnBoard *board = (MsnBoard *)g_hash_table_lookup(boards, table);
    const uint32_t count = msn_board_take(board, (const MsnDissection *)queued, msn_time_offset(pinfo));
    const MsnChange *changes = msn_board_changes(board);

    for (uint32_t i = 0; i < count; i++) {
        if (changes[i].cells != NULL) {
            set_row(table, changes[i].row, changes[i].cells);
        } else {
            remove_row(table, changes[i].row);
        }
    }
    return count > 0 ? TAP_PACKET_REDRAW : TAP_PACKET_DONT_REDRAW;
}

#define CALLBACKS(number)                                                       \
    static void begin_##number(stat_tap_table_ui *ui) { begin(ui, number); }    \
    static void empty_##number(stat_tap_table *table) { empty(table, number); }

CALLBACKS(0)
CALLBACKS(1)
CALLBACKS(2)
CALLBACKS(3)
CALLBACKS(4)

static const struct {
    void (*begin)(stat_tap_table_ui *ui);
    void (*empty)(stat_tap_table *table);
} callbacks[MAX_TABLES] = {
    { begin_0, empty_0 }, { begin_1, empty_1 }, { begin_2, empty_2 }, { begin_3, empty_3 }, { begin_4, empty_4 },
};

void msn_register_tables(void)
{
    static tap_param filter = { PARAM_FILTER, "filter", "Filter", NULL, TRUE };
    const MsnCatalogue *catalogue = msn_registry.catalogue;

    boards = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, free_board);
    for (uint32_t i = 0; i < catalogue->table_count && i < MAX_TABLES; i++) {
        const MsnTable *table = &catalogue->tables[i];
        stat_tap_table_item *columns = g_new0(stat_tap_table_item, table->column_count);
        stat_tap_table_ui *ui = &tables[i];

        for (uint32_t column = 0; column < table->column_count; column++) {
            columns[column].type = TABLE_ITEM_STRING;
            columns[column].align = TAP_ALIGN_LEFT;
            columns[column].column_name = table->columns[column];
            columns[column].field_format = "%s";
        }
        ui->group = REGISTER_STAT_GROUP_GENERIC;
        ui->title = g_strconcat("MSN" MSN_MENU, table->title, NULL);
        ui->tap_name = msn_events_tap;
        ui->cli_string = table->option;
        ui->stat_tap_init_cb = callbacks[i].begin;
        ui->packet_func = take;
        ui->stat_tap_reset_table_cb = callbacks[i].empty;
        ui->stat_tap_free_table_item_cb = free_cell;
        ui->nfields = table->column_count;
        ui->fields = columns;
        ui->nparams = 1;
        ui->params = &filter;
        register_stat_tap_table_ui(ui);
    }
}
