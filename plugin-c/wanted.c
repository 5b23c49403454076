/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether anybody needs the items of a tree. Filters, colouring rules and columns take a tree that nobody sees, for each
 * packet and on each pass; most of them ask for fields of other protocols only. */

#include "shim.h"

#include <epan/tap.h>

/* What our items may hold besides our own fields: expert infos, and what parts are given to. What the dissectors of
 * media types show is found in their table, except for those that stand behind an entry of ours. */
static const char *const others[] = {
    "_ws.expert", "_ws.malformed", "xml", "sip", "sdp", "data-text-lines", "urlencoded-form",
};

/* The protocols of all that; looked up when it is first needed in a capture, because Decode As may change it. */
static GArray *protocols;
static int frame_protocols;

static void add_protocol(int protocol)
{
    for (unsigned i = 0; i < protocols->len; i++) {
        if (g_array_index(protocols, int, i) == protocol) {
            return;
        }
    }
    if (protocol >= 0) {
        g_array_append_val(protocols, protocol);
    }
}

static void add_other(const char *table _U_, ftenum_t type _U_, void *key _U_, void *entry, void *data _U_)
{
    dissector_handle_t handle = dtbl_entry_get_handle((dtbl_entry_t *)entry);

    if (handle != NULL) {
        add_protocol(dissector_handle_get_protocol_index(handle));
    }
}

void msn_forget_wanted(void)
{
    if (protocols != NULL) {
        g_array_free(protocols, TRUE);
        protocols = NULL;
    }
}

static void look_up(void)
{
    protocols = g_array_new(FALSE, FALSE, sizeof(int));
    for (uint32_t i = 0; i < msn_registry.catalogue->protocol_count; i++) {
        add_protocol(msn_registry.protocols[i]);
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(others); i++) {
        add_protocol(proto_get_id_by_filter_name(others[i]));
    }
    msn_each_other(add_other);
    frame_protocols = proto_registrar_get_id_byname("frame.protocols");
}

/* Somebody lists expert infos (Analyze > Expert Information, tshark -z expert), which does not take a tree. */
static bool experts_wanted(void)
{
    static int tap;

    if (tap == 0) {
        tap = find_tap_id("expert");
    }
    return tap != 0 && have_tap_listener(tap);
}

bool msn_items_wanted(proto_tree *tree)
{
    if (experts_wanted()) {
        return true;
    }
    if (tree == NULL) {
        return false;
    }
    /* Somebody who counts protocols wants real ones. */
    if (PTREE_DATA(tree)->visible || !PTREE_DATA(tree)->fake_protocols) {
        return true;
    }
    if (protocols == NULL) {
        look_up();
    }
    /* The list of a frame's protocols has those that parts are given to. */
    if (proto_field_is_referenced(tree, frame_protocols)) {
        return true;
    }
    for (unsigned i = 0; i < protocols->len; i++) {
        /* A protocol counts as referenced if one of its fields is. */
        if (proto_field_is_referenced(tree, g_array_index(protocols, int, i))) {
            return true;
        }
    }
    return false;
}
