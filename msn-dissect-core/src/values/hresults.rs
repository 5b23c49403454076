// SPDX-License-Identifier: GPL-2.0-or-later
//! Results as the clients' own programs number them: they end sessions and file transfers with these.

use super::Names;

/// What each result says.
pub static HRESULTS: &Names = &[
    (0x0100_0301, "Already in this mode"),
    (0x0100_0302, "Sending has begun"),
    (0x0100_0303, "Success, seen from the sender"),
    (0x0100_0304, "Receiving has begun"),
    (0x0100_0305, "Success"),
    (0x8004_8821, "Wrong name or password"),
    (0x8004_8862, "No service token"),
    (0x8007_0005, "Receiver is out of disk space"),
    (0x8100_030a, "No such user"),
    (0x8100_030b, "Already on the list"),
    (0x8100_030c, "Disconnected"),
    (0x8100_030e, "Server busy"),
    (0x8100_0312, "Cancelled"),
    (0x8100_0314, "Server unavailable"),
    (0x8100_0323, "Signed in elsewhere"),
    (0x8100_0327, "Domain not valid"),
    (0x8100_0331, "Child account without consent"),
    (0x8100_0332, "Receiver cancelled"),
    (0x8100_0333, "Sender cancelled, before the connection was made"),
    (0x8100_0334, "Voice invitation timed out"),
    (0x8100_0335, "Does not accept pages"),
    (0x8100_0338, "Hardware missing"),
    (0x8100_033e, "File transfer timed out, or connection blocked"),
    (0x8100_0340, "Voice is blocked by a firewall"),
    (0x8100_0344, "Not available over HTTP"),
    (0x8100_0347, "Server shutting down"),
    (0x8100_0356, "Refused by a policy"),
    (0x8100_0367, "Busy"),
    (0x8100_0374, "Webcam session ended"),
    (0x8ac7_0100, "Photo sharing ended"),
];
