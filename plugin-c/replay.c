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
    bool seen; /* items are built whether somebody asks for their fields or not */
    bool unshown; /* nobody looks, but what is handed to other dissectors changes what they say of later frames */
    proto_item *last;
} Replay;

int msn_subtree(const MsnItem *item)
{
    const MsnCatalogue *catalogue = msn_registry.catalogue;
    uint32_t at = catalogue->field_count + catalogue->protocol_count;

    if (item->kind == MSN_KIND_LEAF) {
        at = item->id;
    } else if (item->kind == MSN_KIND_PROTOCOL) {
        at = catalogue->field_count + item->id;
    }
    return msn_registry.subtrees[at];
}

static const char *item_text(const Replay *replay, const MsnItem *item)
{
    return item->text == NO_TEXT ? NULL : (const char *)replay->dissection->arena + item->text;
}

static void guid_from_text_order(e_guid_t *guid, const uint8_t *bytes)
{
    guid->data1 = (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
    guid->data2 = (uint16_t)(bytes[4] << 8 | bytes[5]);
    guid->data3 = (uint16_t)(bytes[6] << 8 | bytes[7]);
    memcpy(guid->data4, bytes + 8, sizeof guid->data4);
}

static void time_from_ns(nstime_t *time, uint64_t ns)
{
    int64_t value = (int64_t)ns;

    time->secs = (time_t)(value / 1000000000);
    time->nsecs = (int)(value % 1000000000);
}

static proto_item *add_field(proto_tree *tree, uint16_t id, tvbuff_t *tvb, const MsnItem *item, const char *text)
{
    int hf = msn_registry.fields[id];
    int start = (int)item->start, len = (int)item->len;

    switch (msn_registry.kinds[id]) {
    case MSN_TYPE_STRING:
        return proto_tree_add_string(tree, hf, tvb, start, len, text != NULL ? text : "");
    case MSN_TYPE_BYTES:
        if (text != NULL) {
            return proto_tree_add_bytes_with_length(tree, hf, tvb, start, len, (const uint8_t *)text, (int)item->text_len);
        }
        return proto_tree_add_item(tree, hf, tvb, start, len, ENC_NA);
    case MSN_TYPE_FRAME:
        if (text != NULL) {
            return proto_tree_add_uint_format(tree, hf, tvb, start, len, (uint32_t)item->number, "%s", text);
        }
        return proto_tree_add_uint(tree, hf, tvb, start, len, (uint32_t)item->number);
    case MSN_TYPE_UINT:
        return proto_tree_add_uint(tree, hf, tvb, start, len, (uint32_t)item->number);
    case MSN_TYPE_UINT | MSN_WIDE:
        return proto_tree_add_uint64(tree, hf, tvb, start, len, item->number);
    case MSN_TYPE_INT:
        return proto_tree_add_int(tree, hf, tvb, start, len, (int32_t)item->number);
    case MSN_TYPE_INT | MSN_WIDE:
        return proto_tree_add_int64(tree, hf, tvb, start, len, (int64_t)item->number);
    case MSN_TYPE_BOOL:
        return proto_tree_add_boolean(tree, hf, tvb, start, len, (uint32_t)item->number);
    case MSN_TYPE_GUID: {
        e_guid_t guid = { 0 };

        if (text != NULL && item->text_len == 16) {
            guid_from_text_order(&guid, (const uint8_t *)text);
        }
        return proto_tree_add_guid(tree, hf, tvb, start, len, &guid);
    }
    case MSN_TYPE_IPV4:
        return proto_tree_add_ipv4(tree, hf, tvb, start, len, g_htonl((uint32_t)item->number));
    case MSN_TYPE_IPV6: {
        ws_in6_addr address = { { 0 } };

        if (text != NULL && item->text_len == sizeof address) {
            memcpy(&address, text, sizeof address);
        }
        return proto_tree_add_ipv6(tree, hf, tvb, start, len, &address);
    }
    case MSN_TYPE_TIME:
    case MSN_TYPE_SPAN: {
        nstime_t time;

        time_from_ns(&time, item->number);
        return proto_tree_add_time(tree, hf, tvb, start, len, &time);
    }
    default:
        if (text != NULL) {
            return proto_tree_add_none_format(tree, hf, tvb, start, len, "%s", text);
        }
        return proto_tree_add_item(tree, hf, tvb, start, len, ENC_NA);
    }
}

/* Bytes that the number itself takes in a line, with what stands around it. */
#define NUMBER_LENGTH 24

/* Writes which bits are set; numbers among them come first, because long lines are cut: here, at the end of a name. */
static void list_bits(char *names, size_t size, const MsnField *field, uint64_t number)
{
    const MsnField *bits = &msn_registry.catalogue->fields[field->bits_first];
    const size_t taken = strlen(field->name) + NUMBER_LENGTH;
    const size_t room = size > taken ? size - taken : 0;
    size_t end = 0;

    names[0] = '\0';
    for (int numbers = 1; numbers >= 0; numbers--) {
        for (const MsnField *bit = bits; bit < bits + field->bits_count; bit++) {
            const uint64_t value = number & bit->mask;
            const char *name = bit->name;

            if (value == 0 || numbers != (bit->values != NULL)) {
                continue;
            }
            if (numbers) {
                name = try_val_to_str((uint32_t)(value / (bit->mask & -bit->mask)), (const value_string *)bit->values);
            }
            if (name != NULL && end + strlen(name) + sizeof ", …" > room) {
                g_strlcpy(names + end, ", …", size - end);
                return;
            }
            if (name != NULL) {
                end += (size_t)g_snprintf(names + end, size - end, "%s%s", end == 0 ? "" : ", ", name);
            }
        }
    }
}

/* Says behind a sum of bits which of them are set. The same sums, the capabilities of programs, come again and again. */
static void name_bits(proto_item *sum, const MsnField *field, uint64_t number)
{
    static struct {
        const MsnField *field;
        uint64_t number;
        char names[ITEM_LABEL_LENGTH];
    } known[16];
    const unsigned at = (unsigned)((number ^ number >> 7 ^ number >> 19 ^ number >> 28) % G_N_ELEMENTS(known));

    if (known[at].field != field || known[at].number != number) {
        known[at].field = field;
        known[at].number = number;
        list_bits(known[at].names, sizeof known[at].names, field, number);
    }
    if (known[at].names[0] != '\0') {
        proto_item_append_text(sum, " (%s)", known[at].names);
    }
}

static void add_bits(proto_item *parent, tvbuff_t *tvb, const MsnItem *item)
{
    const MsnField *field = &msn_registry.catalogue->fields[item->id];
    proto_tree *tree = proto_item_add_subtree(parent, msn_subtree(item));

    for (uint16_t id = field->bits_first; id < field->bits_first + field->bits_count; id++) {
        if (msn_registry.kinds[id] == MSN_TYPE_BOOL) {
            proto_tree_add_boolean(tree, msn_registry.fields[id], tvb, (int)item->start, (int)item->len, (uint32_t)item->number);
        } else {
            add_field(tree, id, tvb, item, NULL);
        }
    }
    if (tree != NULL && PTREE_DATA(tree)->visible) {
        name_bits(parent, field, item->number);
    }
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

static void call_other(const Replay *replay, tvbuff_t *part, const MsnItem *item, const char *name)
{
    static dissector_table_t media_types;

    if (item->number == MSN_HANDOFF_MEDIA_TYPE) {
        if (media_types == NULL) {
            media_types = find_dissector_table("media_type");
        }
        msn_try_string(media_types, name, part, replay->pinfo, replay->current);
    } else {
        dissector_handle_t handle = find_dissector(name);

        if (handle != NULL) {
            call_dissector_only(handle, part, replay->pinfo, replay->current, NULL);
        }
    }
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
        call_other(replay, part, item, name);
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
        added = add_field(tree, item->id, tvb, item, item_text(replay, item));
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
        add_bits(added, tvb, item);
    }
    if (item->flags & OPEN) {
        open_subtree(replay, added, item);
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
    replay.seen = tree != NULL && PTREE_DATA(tree)->visible;
    replay.unshown = !msn_items_wanted(tree) && !msn_stats_wanted() && !msn_credentials_wanted();
    replay.last = NULL;
    msn_export(dissection, tvb, pinfo);
    msn_count(dissection, pinfo);
    msn_tell_credentials(dissection, pinfo);
    msn_tell_events(dissection, pinfo);
    if (replay.unshown) {
        if (tree != NULL && dissection->protocol != MSN_NO_PROTOCOL) {
            proto_tree_add_item(tree, msn_registry.protocols[dissection->protocol], tvb, 0, -1, ENC_NA);
        }
        replay.current = NULL;
    }
    for (const MsnItem *item = dissection->items; item < dissection->items + dissection->item_count; item++) {
        tvbuff_t *source = item->source < replay.source_count ? replay.sources[item->source] : tvb;

        if (replay.unshown && item->kind < MSN_KIND_HANDOFF) {
            continue;
        }
        switch (item->kind) {
        case MSN_KIND_CLOSE:
            close_subtree(&replay);
            break;
        case MSN_KIND_EXPERT:
            add_expert(&replay, item);
            break;
        case MSN_KIND_SOURCE:
            add_source(&replay, tvb, item);
            break;
        case MSN_KIND_MESSAGE:
            add_message(&replay, tvb, item);
            break;
        case MSN_KIND_HANDOFF:
            hand_over(&replay, source, item);
            break;
        default:
            add_visible(&replay, source, item);
            break;
        }
    }
}
