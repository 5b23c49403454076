/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Adds the values of items to trees: one kind of field after the other, and sums of bits. */

#include "shim.h"

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

proto_item *msn_add_field(proto_tree *tree, uint16_t id, tvbuff_t *tvb, const MsnItem *item, const char *text)
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

void msn_add_bits(proto_item *parent, tvbuff_t *tvb, const MsnItem *item)
{
    const MsnField *field = &msn_registry.catalogue->fields[item->id];
    proto_tree *tree = proto_item_add_subtree(parent, msn_subtree(item));

    for (uint16_t id = field->bits_first; id < field->bits_first + field->bits_count; id++) {
        if (msn_registry.kinds[id] == MSN_TYPE_BOOL) {
            proto_tree_add_boolean(tree, msn_registry.fields[id], tvb, (int)item->start, (int)item->len, (uint32_t)item->number);
        } else {
            msn_add_field(tree, id, tvb, item, NULL);
        }
    }
    if (tree != NULL && PTREE_DATA(tree)->visible) {
        name_bits(parent, field, item->number);
    }
}

void msn_name_protocols(const MsnDissection *dissection, tvbuff_t *tvb, proto_tree *tree)
{
    const MsnProtocol *protocols = msn_registry.catalogue->protocols;

    for (uint8_t i = 0; tree != NULL && i < msn_registry.catalogue->protocol_count; i++) {
        bool carried = dissection->protocol != i && dissection->protocols & 1u << protocols[i].carrier;
        bool shown = !carried || proto_is_protocol_enabled(find_protocol_by_id(msn_registry.protocols[i]));

        if (dissection->protocols & 1u << i && shown) {
            proto_tree_add_item(tree, msn_registry.protocols[i], tvb, 0, -1, ENC_NA);
        }
    }
}
