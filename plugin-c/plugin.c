/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The symbols that Wireshark looks for in a plugin, and nothing else. */

#include "shim.h"

#define MSN_EXPORT __attribute__((visibility("default")))

MSN_EXPORT const char plugin_version[] = MSN_PLUGIN_VERSION;
MSN_EXPORT const int plugin_want_major = WIRESHARK_VERSION_MAJOR;
MSN_EXPORT const int plugin_want_minor = WIRESHARK_VERSION_MINOR;

/* WS_PLUGIN_DESC_DISSECTOR; its header is installed since 4.4 only. */
#define MSN_DESCRIBES_DISSECTOR 1

MSN_EXPORT void plugin_register(void);
MSN_EXPORT uint32_t plugin_describe(void);

void plugin_register(void)
{
    static proto_plugin plugin;

    if (msn_abi_version() != MSN_ABI_VERSION) {
        ws_warning("msn: core and shim do not belong together (ABI %u and %u), not loaded", msn_abi_version(),
                   MSN_ABI_VERSION);
        return;
    }
    plugin.register_protoinfo = msn_register;
    plugin.register_handoff = msn_register_handoff;
    proto_register_plugin(&plugin);
}

uint32_t plugin_describe(void)
{
    return MSN_DESCRIBES_DISSECTOR;
}
