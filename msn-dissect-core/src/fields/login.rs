// SPDX-License-Identifier: GPL-2.0-or-later
//! Fields and expert infos of login tickets, blobs, locale and version details.

use super::{expert::experts, fields};

fields! { super::xml::END;
}

experts! { super::xml::EXPERT_END;
}
