/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Puts messages together that span units, with Wireshark's reassembly. The core says which pieces belong together. */

#include "shim.h"

#include <epan/reassemble.h>

/* Packet data: how many fragments of this frame were added, and (plus table and message) which one made it whole. */
#define FRAGMENTS_KEY 1
#define WHOLE_KEY(fragment) (2u + ((uint32_t)(fragment)->table << 29 ^ (fragment)->id))

static reassembly_table tables[MSN_TABLES];

static int hf_fragments = -1, hf_fragment = -1, hf_overlap = -1, hf_conflict = -1, hf_multiple_tails = -1, hf_too_long = -1,
           hf_error = -1, hf_count = -1, hf_reassembled_in = -1, hf_length = -1, hf_data = -1;
static int ett_fragment = -1, ett_fragments = -1;

static const fragment_items labels = {
    &ett_fragment,   &ett_fragments, &hf_fragments, &hf_fragment,       &hf_overlap, &hf_conflict, &hf_multiple_tails,
    &hf_too_long,    &hf_error,      &hf_count,     &hf_reassembled_in, &hf_length,  &hf_data,     "fragments",
};

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
    return GUINT_TO_POINTER(id + 1);
}

static void free_key(void *key _U_)
{
}

static const reassembly_table_functions by_number = { key_hash, key_equal, make_key, make_key, free_key, free_key };

void msn_register_reassembly(void)
{
    static hf_register_info fields[] = {
        { &hf_fragments, { "Fragments", "msn.fragments", FT_NONE, BASE_NONE, NULL, 0, NULL, HFILL } },
        { &hf_fragment, { "Fragment", "msn.fragment", FT_FRAMENUM, BASE_NONE, NULL, 0, NULL, HFILL } },
        { &hf_overlap, { "Fragment overlap", "msn.fragment.overlap", FT_BOOLEAN, BASE_NONE, NULL, 0, NULL, HFILL } },
        { &hf_conflict,
          { "Conflicting data in overlap", "msn.fragment.overlap.conflicts", FT_BOOLEAN, BASE_NONE, NULL, 0, NULL, HFILL } },
        { &hf_multiple_tails,
          { "More than one last fragment", "msn.fragment.multiple_tails", FT_BOOLEAN, BASE_NONE, NULL, 0, NULL, HFILL } },
        { &hf_too_long, { "Fragment too long", "msn.fragment.too_long", FT_BOOLEAN, BASE_NONE, NULL, 0, NULL, HFILL } },
        { &hf_error, { "Reassembly error", "msn.fragment.error", FT_FRAMENUM, BASE_NONE, NULL, 0, NULL, HFILL } },
        { &hf_count, { "Fragment count", "msn.fragment.count", FT_UINT32, BASE_DEC, NULL, 0, NULL, HFILL } },
        { &hf_reassembled_in, { "Reassembled in", "msn.reassembled_in", FT_FRAMENUM, BASE_NONE, NULL, 0, NULL, HFILL } },
        { &hf_length, { "Reassembled length", "msn.reassembled_length", FT_UINT32, BASE_DEC, NULL, 0, NULL, HFILL } },
        { &hf_data, { "Reassembled data", "msn.reassembled_data", FT_BYTES, BASE_NONE, NULL, 0, NULL, HFILL } },
    };
    static int *subtrees[] = { &ett_fragment, &ett_fragments };

    proto_register_field_array(msn_registry.protocols[0], fields, G_N_ELEMENTS(fields));
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
    whole = process_reassembled_data(tvb, (int)fragment->start, pinfo, "Reassembled MSN message", head, &labels, NULL, tree);
    return whole;
}
