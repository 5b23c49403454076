// SPDX-License-Identifier: GPL-2.0-or-later
//! Kinds of endpoints, and names of the services whose data they publish.

use super::{Codes, Names};

/// What an endpoint is (fact base: values 5.3).
pub static CLIENT_TYPES: &Names = &[(0, "None"), (1, "Computer"), (2, "Web site"), (3, "Mobile"), (4, "Xbox or phone")];

/// Services of MSNP21 (fact base: values 13).
pub static SERVICES: &Codes = &[
    ("IM", "Messenger"),
    ("CM", "Current media"),
    ("SKP", "Skype"),
    ("PE", "Presence and profile expression"),
    ("PD", "Private data of endpoints"),
    ("PF", "Profile annotation"),
];
