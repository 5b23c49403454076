// SPDX-License-Identifier: GPL-2.0-or-later
//! Fields and expert infos of MSNFTP and webcam connections.

use super::{expert::experts, fields};

fields! { super::slp::END;
}

experts! { super::slp::EXPERT_END;
}
