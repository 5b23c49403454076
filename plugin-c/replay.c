/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Replays the flat list of items into the protocol tree. */

#include "shim.h"

#include <epan/exceptions.h>
#include <epan/show_exception.h>
#include <stdbool.h>

/* Subtrees deeper than this are shown at this depth. */
#define MAX_DEPTH 32

/* Bytes of an XML document that are searched for its declaration. */
#define MAX_DECLARATION 200

/* Sources that are kept where the replay is; more of them are kept in the packet's memory. */
#define FEW_SOURCES 16

typedef struct {
    const MsnDissection *dissection;
    packet_info *pinfo;
    tvbuff_t *few[FEW_SOURCES];
    tvbuff_t **sources;
    unsigned source_count, source_room;
    proto_tree *trees[MAX_DEPTH];
    proto_tree *current; /* the innermost of the trees */
    unsigned depth;
    const MsnItem *next, *end; /* what is left of the items */
    tvbuff_t *tvb;
    proto_tree *top; /* that of the packet: what another protocol carries is a layer of its own */
    int protocol; /* the number of the one that is shown */
    bool seen; /* items are built whether somebody asks for their fields or not */
    bool unshown; /* nobody looks, but what is handed to other dissectors changes what they say of later frames */
    proto_item *last;
} Replay;

/* The dissectors of protocols as others carry them, by number. */
static dissector_handle_t *layers;

static const char *item_text(const Replay *replay, const MsnItem *item)
{
    return item->text == NO_TEXT ? NULL : (const char *)replay->dissection->arena + item->text;
}

static void decorate(const Replay *replay, proto_item *added, const MsnItem *item)
{
    if (item->note != NO_TEXT && item->kind != MSN_KIND_SOURCE) {
        const bool empty = item->kind == MSN_KIND_LEAF && item->text != NO_TEXT && item->text_len == 0;

        /* Behind the name of a field stands a blank already. */
        proto_item_append_text(added, empty ? "(%s)" : " (%s)", (const char *)replay->dissection->arena + item->note);
    }
    if (item->flags & GENERATED) {
        proto_item_set_generated(added);
    }
    if (item->flags & HIDDEN) {
        proto_item_set_hidden(added);
    }
}

static void open_subtree(Replay *replay, proto_item *added, const MsnItem *item)
{
    proto_tree *tree = proto_item_add_subtree(added, msn_subtree(item));

    replay->depth++;
    if (replay->depth < MAX_DEPTH) {
        replay->trees[replay->depth] = tree;
        replay->current = tree;
    }
}

static void close_subtree(Replay *replay)
{
    if (replay->depth > 0) {
        replay->depth--;
        replay->current = replay->trees[MIN(replay->depth, MAX_DEPTH - 1u)];
    }
}

static void add_expert(const Replay *replay, const MsnItem *item)
{
    expert_field *expert = &msn_registry.experts[item->id];
    const char *text = item_text(replay, item);

    if (text != NULL) {
        expert_add_info_format(replay->pinfo, replay->last, expert, "%s", text);
    } else {
        expert_add_info(replay->pinfo, replay->last, expert);
    }
}

static void keep_source(Replay *replay, tvbuff_t *tvb)
{
    if (replay->source_count == replay->source_room) {
        tvbuff_t **more = wmem_alloc_array(replay->pinfo->pool, tvbuff_t *, 2u * replay->source_room);

        memcpy(more, replay->sources, replay->source_count * sizeof *more);
        replay->sources = more;
        replay->source_room *= 2;
    }
    replay->sources[replay->source_count++] = tvb;
}

/* Bytes that the core decoded become a tab of their own below the packet bytes. */
static void add_source(Replay *replay, tvbuff_t *parent, const MsnItem *item)
{
    packet_info *pinfo = replay->pinfo;
    tvbuff_t *tvb = parent;

    if (item->text_len > 0) {
        uint8_t *copy = (uint8_t *)wmem_memdup(pinfo->pool, item_text(replay, item), item->text_len);

        tvb = tvb_new_child_real_data(parent, copy, item->text_len, (int)item->text_len);
        add_new_data_source(pinfo, tvb, (const char *)replay->dissection->arena + item->note);
    }
    keep_source(replay, tvb);
}

/* So does a message that the core put together; its bytes stay with the session, which ends after all packets. */
static void add_message(Replay *replay, tvbuff_t *parent, const MsnItem *item)
{
    uint32_t len = 0;
    const uint8_t *bytes = msn_message_bytes(msn_session, (uint32_t)item->number, &len);
    tvbuff_t *tvb = parent;

    if (bytes != NULL && len > 0) {
        tvb = tvb_new_child_real_data(parent, bytes, len, (int)len);
        add_new_data_source(replay->pinfo, tvb, (const char *)replay->dissection->arena + item->note);
    }
    keep_source(replay, tvb);
}

/* The length of an XML declaration that names another character set than that of the document. The core gives UTF-8, but
 * programs that keep text as UTF-16 call it so in what they send, and since 4.4 the dissector believes them. */
static unsigned wrong_declaration(tvbuff_t *document)
{
    unsigned len = MIN(tvb_captured_length(document), (unsigned)MAX_DECLARATION);
    const char *start = (const char *)tvb_get_ptr(document, 0, (int)len);
    unsigned wrong = 0;
    char *text, *end;

    if (len < 5 || g_ascii_strncasecmp(start, "<?xml", 5) != 0) {
        return 0;
    }
    text = g_ascii_strdown(start, (gssize)len);
    end = strstr(text, "?>");
    if (end != NULL) {
        *end = '\0';
        if (strstr(text, "encoding") != NULL && strstr(text, "utf-8") == NULL) {
            wrong = (unsigned)(end - text) + 2;
        }
    }
    g_free(text);
    return wrong;
}

/* What another dissector says of a part must neither replace the columns nor, when the part is malformed, end ours. */
static void hand_over(const Replay *replay, tvbuff_t *tvb, const MsnItem *item)
{
    const char *name = item_text(replay, item);
    const bool writable = col_get_writable(replay->pinfo->cinfo, -1);
    tvbuff_t *part;

    /* Those that leave nothing behind have nothing to do when nobody looks. */
    if (name == NULL || (int)item->len <= 0 || (replay->unshown && strcmp(name, "xml") == 0)) {
        return;
    }
    part = tvb_new_subset_length(tvb, (int)item->start, (int)item->len);
    if (strcmp(name, "xml") == 0) {
        part = tvb_new_subset_remaining(part, (int)wrong_declaration(part));
    }
    col_set_writable(replay->pinfo->cinfo, -1, false);
    TRY
    {
        msn_call_other(item->number, name, part, replay->pinfo, replay->current);
    }
    CATCH_NONFATAL_ERRORS
    {
        show_exception(part, replay->pinfo, replay->current, EXCEPT_CODE, GET_MESSAGE);
    }
    FINALLY
    {
        col_set_writable(replay->pinfo->cinfo, -1, writable);
    }
    ENDTRY;
}

/* Wireshark gives the tree itself back for a field that nobody asks for; that is known without asking it. */
static bool is_left_out(const Replay *replay, const MsnItem *item)
{
    return !replay->seen && item->kind == MSN_KIND_LEAF && !(item->flags & WITH_BITS) &&
           !proto_field_is_referenced(replay->current, msn_registry.fields[item->id]);
}

static void add_visible(Replay *replay, tvbuff_t *tvb, const MsnItem *item)
{
    proto_tree *tree = replay->current;
    proto_item *added;

    if (is_left_out(replay, item)) {
        replay->last = tree;
        if (item->flags & OPEN) {
            open_subtree(replay, tree, item);
        }
        return;
    }
    if (item->kind == MSN_KIND_LEAF) {
        added = msn_add_field(tree, item->id, tvb, item, item_text(replay, item));
    } else if (item->kind == MSN_KIND_PROTOCOL) {
        const char *label = item_text(replay, item);

        added = proto_tree_add_item(tree, msn_registry.protocols[item->id], tvb, (int)item->start, (int)item->len, ENC_NA);
        if (label != NULL && *label != '\0') {
            proto_item_append_text(added, ", %s", label);
        }
    } else {
        const char *label = item_text(replay, item);

        proto_tree_add_subtree(tree, tvb, (int)item->start, (int)item->len, msn_subtree(item), &added,
                               label != NULL ? label : "");
    }
    replay->last = added;
    if (item->note != NO_TEXT || item->flags != 0) {
        decorate(replay, added, item);
    }
    if (item->flags & WITH_BITS) {
        msn_add_bits(added, tvb, item);
    }
    if (item->flags & OPEN) {
        open_subtree(replay, added, item);
    }
}

/* Passes over a subtree that nobody shows. The sources in it count, because later items name sources by number. */
static void skip_subtree(Replay *replay)
{
    unsigned open = 1;

    while (open > 0 && replay->next < replay->end) {
        const MsnItem *item = replay->next++;

        if (item->kind == MSN_KIND_SOURCE || item->kind == MSN_KIND_MESSAGE) {
            keep_source(replay, replay->tvb);
        } else if (item->kind == MSN_KIND_CLOSE) {
            open--;
        } else if (item->flags & OPEN) {
            open++;
        }
    }
}

/* A protocol that another one carries is called through Wireshark: it is a layer with a name and an item of its own, and
 * can be switched off. Then its bytes are data. */
static void show_layer(Replay *replay, tvbuff_t *tvb, const MsnItem *item)
{
    dissector_handle_t layer = layers[item->id];
    proto_tree *carrier = replay->current;
    proto_item *last = replay->last;
    unsigned depth = replay->depth;
    int protocol = replay->protocol;

    replay->next = item;
    if (call_dissector_only(layer, tvb, replay->pinfo, replay->top, replay) == 0) {
        replay->next = item + 1;
        skip_subtree(replay);
        if (item->len > 0) {
            call_data_dissector(tvb_new_subset_length(tvb, (int)item->start, (int)item->len), replay->pinfo, replay->top);
        }
    }
    replay->depth = depth;
    replay->current = carrier;
    replay->protocol = protocol;
    replay->last = last;
}

static bool is_layer(const Replay *replay, const MsnItem *item)
{
    return item->kind == MSN_KIND_PROTOCOL && replay->depth > 0 && (item->flags & OPEN) != 0 &&
           item->id != replay->protocol;
}

static void replay_item(Replay *replay, const MsnItem *item)
{
    tvbuff_t *source = item->source < replay->source_count ? replay->sources[item->source] : replay->tvb;

    if (replay->unshown && item->kind < MSN_KIND_HANDOFF) {
        return;
    }
    switch (item->kind) {
    case MSN_KIND_CLOSE:
        close_subtree(replay);
        break;
    case MSN_KIND_EXPERT:
        add_expert(replay, item);
        break;
    case MSN_KIND_SOURCE:
        add_source(replay, replay->tvb, item);
        break;
    case MSN_KIND_MESSAGE:
        add_message(replay, replay->tvb, item);
        break;
    case MSN_KIND_HANDOFF:
        hand_over(replay, source, item);
        break;
    default:
        if (is_layer(replay, item)) {
            show_layer(replay, source, item);
            break;
        }
        if (item->kind == MSN_KIND_PROTOCOL && replay->depth == 0) {
            replay->protocol = item->id;
        }
        add_visible(replay, source, item);
        if (replay->seen) {
            msn_keep_stream(item, replay->pinfo);
        }
        break;
    }
}

/* Called by show_layer, through Wireshark: shows the items of one protocol at the top of the tree. */
static int dissect_layer(tvbuff_t *tvb, packet_info *pinfo _U_, proto_tree *tree _U_, void *data)
{
    Replay *replay = (Replay *)data;

    if (replay == NULL) {
        return 0;
    }
    replay->protocol = replay->next->id;
    replay->current = replay->top;
    add_visible(replay, tvb, replay->next++);
    for (unsigned depth = replay->depth; replay->depth >= depth && replay->next < replay->end;) {
        replay_item(replay, replay->next++);
    }
    return MAX((int)tvb_captured_length(tvb), 1);
}

void msn_register_layers(void)
{
    uint32_t count = msn_registry.catalogue->protocol_count;

    layers = g_new(dissector_handle_t, count);
    for (uint32_t i = 0; i < count; i++) {
        layers[i] = create_dissector_handle(dissect_layer, msn_registry.protocols[i]);
    }
}

void msn_replay(const MsnDissection *dissection, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree)
{
    Replay replay;

    /* The other places of the lists are filled before they are read. */
    replay.dissection = dissection;
    replay.pinfo = pinfo;
    replay.sources = replay.few;
    replay.source_room = FEW_SOURCES;
    replay.sources[0] = tvb;
    replay.source_count = 1;
    replay.trees[0] = tree;
    replay.current = tree;
    replay.depth = 0;
    replay.next = dissection->items;
    replay.end = dissection->items + dissection->item_count;
    replay.tvb = tvb;
    replay.top = tree;
    replay.protocol = -1;
    replay.seen = tree != NULL && PTREE_DATA(tree)->visible;
    replay.unshown = !msn_items_wanted(tree) && !msn_stats_wanted() && !msn_credentials_wanted();
    replay.last = NULL;
    msn_export(dissection, tvb, pinfo);
    msn_count(dissection, pinfo);
    msn_tell_credentials(dissection, pinfo);
    msn_tell_events(dissection, pinfo);
    if (replay.unshown) {
        msn_name_protocols(dissection, tvb, tree);
        replay.current = NULL;
    }
    while (replay.next < replay.end) {
        replay_item(&replay, replay.next++);
    }
}
