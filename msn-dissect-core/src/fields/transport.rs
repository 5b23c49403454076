// SPDX-License-Identifier: GPL-2.0-or-later
//! Fields and expert infos of the HTTP gateway and other carriers.

use super::{expert::experts, fields};

fields! { super::ftp::END;
}

experts! { super::ftp::EXPERT_END;
}
