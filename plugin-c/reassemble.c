/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Puts messages together that span units, with Wireshark's reassembly. The core says which pieces belong together. */

#include "shim.h"

#include <epan/reassemble.h>

/* Marks of messages whose pieces contradict each other. */
#define AMBIGUOUS (FD_OVERLAPCONFLICT | FD_MULTIPLETAILS | FD_TOOLONGFRAGMENT)

/* Packet data: how many fragments of this frame were added, and (plus table and message) which one made it whole. */
#define FRAGMENTS_KEY 1
#define WHOLE_KEY(fragment) (2u + ((uint32_t)(fragment)->table << 29 ^ (fragment)->id))

static reassembly_table tables[MSN_TABLES];

static int ett_fragment = -1, ett_fragments = -1;
static fragment_items labels;

/* Messages are numbered by the core, over all carriers, so addresses play no part. Wireshark takes a key of NULL for
 * none and then frees a finished message twice, so the keys begin at 1. */
static unsigned key_hash(gconstpointer key)
{
    return GPOINTER_TO_UINT(key);
}

static gint key_equal(gconstpointer a, gconstpointer b)
{
    return a == b;
}

static void *make_key(const packet_info *pinfo _U_, const uint32_t id, const void *data _U_)
{
    /* Wireshark takes a key that is NULL for none, and would then free a whole message twice. */
    return GUINT_TO_POINTER(id + 1);
}

static void free_key(void *key _U_)
{
}

static const reassembly_table_functions by_number = { key_hash, key_equal, make_key, make_key, free_key, free_key };

/* The registered field of this name. */
static int *field(const char *filter)
{
    static int none = -1;
    const MsnCatalogue *catalogue = msn_registry.catalogue;

    for (uint32_t i = 0; i < catalogue->field_count; i++) {
        if (strcmp(catalogue->fields[i].filter, filter) == 0) {
            return &msn_registry.fields[i];
        }
    }
    return &none;
}

void msn_register_reassembly(void)
{
    static int *subtrees[] = { &ett_fragment, &ett_fragments };
    const fragment_items found = { &ett_fragment,
                                   &ett_fragments,
                                   field("msn.fragments"),
                                   field("msn.fragment"),
                                   field("msn.fragment.overlap"),
                                   field("msn.fragment.overlap.conflicts"),
                                   field("msn.fragment.multiple_tails"),
                                   field("msn.fragment.too_long"),
                                   field("msn.fragment.error"),
                                   field("msn.fragment.count"),
                                   field("msn.reassembled_in"),
                                   field("msn.reassembled_length"),
                                   field("msn.reassembled_data"),
                                   "fragments" };

    labels = found;
    proto_register_subtree_array(subtrees, G_N_ELEMENTS(subtrees));
    for (unsigned i = 0; i < MSN_TABLES; i++) {
        reassembly_table_register(&tables[i], &by_number);
    }
}

/* Which fragment of the frame this is, from 1; the same on every pass. */
static unsigned next_fragment(packet_info *pinfo)
{
    int proto = msn_registry.protocols[0];
    unsigned count = GPOINTER_TO_UINT(p_get_proto_data(pinfo->pool, pinfo, proto, FRAGMENTS_KEY)) + 1;

    p_set_proto_data(pinfo->pool, pinfo, proto, FRAGMENTS_KEY, GUINT_TO_POINTER(count));
    return count;
}

/* Several pieces of a message may come in the frame that makes it whole: it is shown behind the last one only. */
static bool made_whole_by(packet_info *pinfo, const MsnFragment *fragment, unsigned number)
{
    int proto = msn_registry.protocols[0];
    uint32_t key = WHOLE_KEY(fragment);

    if (!PINFO_FD_VISITED(pinfo)) {
        p_add_proto_data(wmem_file_scope(), pinfo, proto, key, GUINT_TO_POINTER(number));
        return true;
    }
    return GPOINTER_TO_UINT(p_get_proto_data(wmem_file_scope(), pinfo, proto, key)) == number;
}

tvbuff_t *msn_reassemble(const MsnFragment *fragment, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree)
{
    fragment_head *head;
    unsigned number = next_fragment(pinfo);
    tvbuff_t *whole;
    reassembly_table *table;

    if (fragment->table >= MSN_TABLES) {
        return NULL;
    }
    table = &tables[fragment->table];
    if (fragment->numbered) {
        head = fragment_add_seq_check(table, tvb, (int)fragment->start, pinfo, fragment->id, NULL, fragment->offset,
                                      fragment->len, fragment->more);
    } else {
        head = fragment_add_check(table, tvb, (int)fragment->start, pinfo, fragment->id, NULL, fragment->offset,
                                  fragment->len, fragment->more);
    }
    if (head != NULL && head->reassembled_in == pinfo->num && !made_whole_by(pinfo, fragment, number)) {
        return NULL;
    }
    if (head == NULL) {
        return NULL;
    }
    whole = process_reassembled_data(tvb, (int)fragment->start, pinfo, "Reassembled MSN message", head,
                                     &labels, NULL, tree);
    /* Which of two differing pieces is right cannot be known: such a message is shown and not taken for whole. */
    return head->flags & AMBIGUOUS ? NULL : whole;
}
