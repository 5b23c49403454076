/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Puts messages together that span units, with Wireshark's reassembly. The core says which pieces belong together. */

#include "shim.h"

#include <epan/reassemble.h>

/* Protocols and tables, as the core numbers them. */
#define MSN_PROTO_MSN 0
#define MSN_PROTO_P2P 1
#define MSN_TABLE_P2P 1

/* Packet data: how many fragments of this frame were added, and (plus table and message) which one made it whole. */
#define FRAGMENTS_KEY 1
#define WHOLE_KEY(fragment) (2u + ((uint32_t)(fragment)->table << 29 ^ (fragment)->id))

static reassembly_table tables[MSN_TABLES];

/* Fields of the fragment trees: those of peer-to-peer messages are named after their own protocol. */
enum { OF_MSN, OF_P2P, FIELD_SETS };

typedef struct {
    int fragments, fragment, overlap, conflict, multiple_tails, too_long, error, count, reassembled_in, length, data;
} FragmentFields;

static FragmentFields fields[FIELD_SETS];
static int ett_fragment = -1, ett_fragments = -1;

#define LABELS(set)                                                                                                    \
    {                                                                                                                  \
        &ett_fragment, &ett_fragments, &fields[set].fragments, &fields[set].fragment, &fields[set].overlap,            \
            &fields[set].conflict, &fields[set].multiple_tails, &fields[set].too_long, &fields[set].error,             \
            &fields[set].count, &fields[set].reassembled_in, &fields[set].length, &fields[set].data, "fragments"       \
    }

static const fragment_items labels[FIELD_SETS] = { LABELS(OF_MSN), LABELS(OF_P2P) };

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

#define FIELD(set, member, name, filter, type, base)                                                                    \
    {                                                                                                                  \
        &fields[set].member, { name, filter, type, base, NULL, 0, NULL, HFILL }                                        \
    }

#define FIELD_ROWS(set, proto)                                                                                         \
    {                                                                                                                  \
        FIELD(set, fragments, "Fragments", proto ".fragments", FT_NONE, BASE_NONE),                                    \
        FIELD(set, fragment, "Fragment", proto ".fragment", FT_FRAMENUM, BASE_NONE),                                   \
        FIELD(set, overlap, "Fragment overlap", proto ".fragment.overlap", FT_BOOLEAN, BASE_NONE),                     \
        FIELD(set, conflict, "Conflicting data in overlap", proto ".fragment.overlap.conflicts", FT_BOOLEAN, BASE_NONE), \
        FIELD(set, multiple_tails, "More than one last fragment", proto ".fragment.multiple_tails", FT_BOOLEAN, BASE_NONE), \
        FIELD(set, too_long, "Fragment too long", proto ".fragment.too_long", FT_BOOLEAN, BASE_NONE),                  \
        FIELD(set, error, "Reassembly error", proto ".fragment.error", FT_FRAMENUM, BASE_NONE),                        \
        FIELD(set, count, "Fragment count", proto ".fragment.count", FT_UINT32, BASE_DEC),                             \
        FIELD(set, reassembled_in, "Reassembled in", proto ".reassembled_in", FT_FRAMENUM, BASE_NONE),                 \
        FIELD(set, length, "Reassembled length", proto ".reassembled_length", FT_UINT32, BASE_DEC),                    \
        FIELD(set, data, "Reassembled data", proto ".reassembled_data", FT_BYTES, BASE_NONE),                          \
    }

void msn_register_reassembly(void)
{
    static hf_register_info msn[] = FIELD_ROWS(OF_MSN, "msn");
    static hf_register_info p2p[] = FIELD_ROWS(OF_P2P, "msnp2p");
    static int *subtrees[] = { &ett_fragment, &ett_fragments };

    for (unsigned i = 0; i < G_N_ELEMENTS(msn); i++) {
        *msn[i].p_id = -1;
        *p2p[i].p_id = -1;
    }
    proto_register_field_array(msn_registry.protocols[MSN_PROTO_MSN], msn, G_N_ELEMENTS(msn));
    proto_register_field_array(msn_registry.protocols[MSN_PROTO_P2P], p2p, G_N_ELEMENTS(p2p));
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
    whole = process_reassembled_data(tvb, (int)fragment->start, pinfo, "Reassembled MSN message", head, &labels[fragment->table == MSN_TABLE_P2P ? OF_P2P : OF_MSN], NULL, tree);
    return whole;
}
