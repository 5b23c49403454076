// SPDX-License-Identifier: GPL-2.0-or-later
//! Fields and expert infos of requests and answers, connections that belong together, people present.

use super::{expert::experts, fields};

fields! { super::login::END;
}

experts! { super::login::EXPERT_END;
}
