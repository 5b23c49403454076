// SPDX-License-Identifier: GPL-2.0-or-later
// The floor of the benchmark: a dissector that claims the MSN port and decodes nothing.
//
// It is also the meter: callgrind, when it was started with --instr-atstart=no, counts from the moment at which a capture
// is opened until the dissectors have cleaned up behind it. Starting tshark is not counted.
#include <wireshark.h>
#include <epan/packet.h>
#include <epan/wmem_scopes.h>
#include "compat.h"

#if __has_include(<valgrind/callgrind.h>)
#include <valgrind/callgrind.h>
#else
#define CALLGRIND_START_INSTRUMENTATION
#define CALLGRIND_STOP_INSTRUMENTATION
#endif

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

static msn_bool stop_counting(wmem_allocator_t *allocator _U_, wmem_cb_event_t event _U_, void *data _U_)
{
    CALLGRIND_STOP_INSTRUMENTATION;
    return FALSE;
}

// Routines that are registered last run first, callbacks that are registered first run last: so what dissectors do when a
// capture is opened and closed counts.
static void start_counting(void)
{
    wmem_register_callback(wmem_file_scope(), stop_counting, NULL);
    CALLGRIND_START_INSTRUMENTATION;
}

static void register_null(void)
{
    proto_null = proto_register_protocol("MSN benchmark floor", "MSN floor", "msnfloor");
    register_init_routine(start_counting);
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
