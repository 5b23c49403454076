// SPDX-License-Identifier: GPL-2.0-or-later
// The floor of the benchmark: a dissector that claims the MSN port and decodes nothing.
#include <wireshark.h>
#include <epan/packet.h>

#define EXPORT __attribute__((visibility("default")))

EXPORT const char plugin_version[] = MSN_PLUGIN_VERSION;
EXPORT const int plugin_want_major = MSN_WANT_MAJOR;
EXPORT const int plugin_want_minor = MSN_WANT_MINOR;

EXPORT void plugin_register(void);
EXPORT uint32_t plugin_describe(void);

static int proto_null = -1;

static int dissect_null(tvbuff_t *tvb, packet_info *pinfo _U_, proto_tree *tree _U_, void *data _U_)
{
    return (int)tvb_captured_length(tvb);
}

static void register_null(void)
{
    proto_null = proto_register_protocol("MSN benchmark floor", "MSN floor", "msnfloor");
}

static void handoff_null(void)
{
    dissector_add_uint_with_preference("tcp.port", 1863, create_dissector_handle(dissect_null, proto_null));
}

void plugin_register(void)
{
    static proto_plugin plugin;

    plugin.register_protoinfo = register_null;
    plugin.register_handoff = handoff_null;
    proto_register_plugin(&plugin);
}

// 1: the plugin registers a dissector.
uint32_t plugin_describe(void)
{
    return 1;
}
