// SPDX-License-Identifier: GPL-2.0-or-later
//! Hash tables of what captures name: quick, and seeded anew in each process, so that no capture can be made to
//! collide in them.

use foldhash::fast::RandomState;

/// A hash map.
pub type Map<K, V> = std::collections::HashMap<K, V, RandomState>;

/// A hash set.
pub type Set<K> = std::collections::HashSet<K, RandomState>;
