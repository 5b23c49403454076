/* SPDX-License-Identifier: GPL-2.0-or-later */
/* File > Export Objects > MSNP, and tshark --export-objects msn,DIR: the core says which objects are whole. */

#include "shim.h"

#include <epan/export_object.h>
#include <epan/tap.h>

static int tap = -1;

/* Takes one object into the list, which owns copies of everything. */
static tap_packet_status take_object(void *data, packet_info *pinfo, epan_dissect_t *edt _U_, const void *queued,
                                     tap_flags_t flags _U_)
{
    export_object_list_t *list = (export_object_list_t *)data;
    const export_object_entry_t *object = (const export_object_entry_t *)queued;
    export_object_entry_t *entry = g_new0(export_object_entry_t, 1);

    entry->pkt_num = pinfo->num;
    entry->hostname = g_strdup(object->hostname);
    entry->content_type = g_strdup(object->content_type);
    entry->filename = g_strdup(object->filename);
    entry->payload_len = object->payload_len;
    entry->payload_data = (uint8_t *)g_memdup2(object->payload_data, object->payload_len);
    list->add_entry(list->gui_data, entry);
    return TAP_PACKET_REDRAW;
}

bool msn_export_wanted(void)
{
    return have_tap_listener(tap);
}

void msn_export(const MsnDissection *dissection, tvbuff_t *tvb, packet_info *pinfo)
{
    if (dissection->object_count == 0 || !msn_export_wanted()) {
        return;
    }
    for (uint32_t i = 0; i < dissection->object_count; i++) {
        const MsnObject *object = &dissection->objects[i];
        export_object_entry_t *entry = wmem_new0(pinfo->pool, export_object_entry_t);

        entry->hostname = wmem_strdup(pinfo->pool, object->sender);
        entry->content_type = wmem_strdup(pinfo->pool, object->content_type);
        entry->filename = wmem_strdup(pinfo->pool, object->name);
        entry->payload_len = object->len;
        /* The queue is emptied when the packet is done, and the bytes live at least as long. */
        if (object->bytes != NULL) {
            entry->payload_data = (uint8_t *)wmem_memdup(pinfo->pool, object->bytes, object->len);
        } else {
            entry->payload_data = (uint8_t *)tvb_memdup(pinfo->pool, tvb, (int)object->start, object->len);
        }
        tap_queue_packet(tap, pinfo, entry);
    }
}

void msn_register_export(void)
{
    tap = register_export_object(msn_registry.protocols[0], take_object, NULL);
}
