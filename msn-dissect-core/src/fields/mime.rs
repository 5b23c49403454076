// SPDX-License-Identifier: GPL-2.0-or-later
//! Fields and expert infos of MIME messages: header blocks, chat, notifications, invitations, emoticons, ink.

use super::{expert::experts, fields};

fields! { super::command::END;
}

experts! { super::expert::EXPERT_END;
}
