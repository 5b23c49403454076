// SPDX-License-Identifier: GPL-2.0-or-later
//! Fields and expert infos of XML documents and MSN objects.

use super::{expert::experts, fields};

fields! { super::mime::END;
}

experts! { super::mime::EXPERT_END;
}
