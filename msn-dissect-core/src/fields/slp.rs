// SPDX-License-Identifier: GPL-2.0-or-later
//! Fields and expert infos of MSNSLP and transfer contexts.

use super::{expert::experts, fields};

fields! { super::p2p::END;
}

experts! { super::p2p::EXPERT_END;
}
