// SPDX-License-Identifier: GPL-2.0-or-later
//! Fields and expert infos of binary peer-to-peer headers and direct connections.

use super::{expert::experts, fields};

fields! { super::link::END;
}

experts! { super::link::EXPERT_END;
}
