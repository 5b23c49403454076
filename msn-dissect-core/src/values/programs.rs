// SPDX-License-Identifier: GPL-2.0-or-later
//! Client programs by version, systems and processors that they run on.

use super::Codes;

/// First numbers of the versions of Microsoft's own client, longest first (fact base: values 5.1, 18).
pub static VERSIONS: &[(&[u32], &str)] = &[
    (&[7, 5], "MSN Messenger 7.5"),
    (&[8, 0], "Windows Live Messenger 8.0"),
    (&[8, 1], "Windows Live Messenger 8.1"),
    (&[8, 5], "Windows Live Messenger 8.5"),
    (&[1], "MSN Messenger 1"),
    (&[2], "MSN Messenger 2"),
    (&[3], "MSN Messenger 3"),
    (&[4], "MSN or Windows Messenger 4"),
    (&[5], "MSN or Windows Messenger 5"),
    (&[6], "MSN Messenger 6"),
    (&[7], "MSN Messenger 7"),
    (&[8], "Windows Live Messenger 8"),
    (&[9], "Windows Live Messenger 9 beta"),
    (&[14], "Windows Live Messenger 2009"),
    (&[15], "Windows Live Messenger 2011"),
    (&[16], "Windows Live Messenger 2012"),
];

/// The same of the client for Mac OS.
pub static MAC_VERSIONS: &[(&[u32], &str)] = &[
    (&[1], "MSN Messenger for Mac 1"),
    (&[2], "MSN Messenger for Mac 2"),
    (&[3], "MSN Messenger for Mac 3"),
    (&[4], "MSN Messenger for Mac 4"),
    (&[5], "MSN Messenger for Mac 5"),
    (&[6], "Microsoft Messenger for Mac 6"),
    (&[7], "Microsoft Messenger for Mac 7"),
    (&[8], "Microsoft Messenger for Mac 8"),
];

/// First numbers of Windows versions of the NT family.
pub static WINDOWS_NT: &[(&[u32], &str)] = &[
    (&[4, 0], "Windows NT 4.0"),
    (&[5, 0], "Windows 2000"),
    (&[5, 1], "Windows XP"),
    (&[5, 2], "Windows Server 2003 or XP x64"),
    (&[6, 0], "Windows Vista"),
    (&[6, 1], "Windows 7"),
    (&[6, 2], "Windows 8"),
    (&[6, 3], "Windows 8.1"),
    (&[10, 0], "Windows 10 or later"),
];

/// First numbers of Windows versions of the 9x family.
pub static WINDOWS_9X: &[(&[u32], &str)] =
    &[(&[4, 0], "Windows 95"), (&[4, 10], "Windows 98"), (&[4, 90], "Windows Me")];

/// Processors.
pub static ARCHITECTURES: &Codes = &[
    ("i386", "x86, 32 bits"),
    ("i486", "x86, 32 bits"),
    ("i586", "x86, 32 bits"),
    ("i686", "x86, 32 bits"),
    ("x86_64", "x86, 64 bits"),
    ("amd64", "x86, 64 bits"),
    ("ppc", "PowerPC"),
    ("powerpc", "PowerPC"),
    ("alpha", "DEC Alpha"),
    ("arm", "ARM"),
    ("MIPS", "MIPS"),
];

/// Crypt mode, cipher and hash of the single sign-on answer (fact base: state 4.3).
pub static CRYPT_MODES: &super::Names = &[(1, "CBC")];
/// See [`CRYPT_MODES`].
pub static CIPHERS: &super::Names = &[(0x6603, "Triple DES")];
/// See [`CRYPT_MODES`].
pub static HASHES: &super::Names = &[(0x8004, "SHA-1")];
