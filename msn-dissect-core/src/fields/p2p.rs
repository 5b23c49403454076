// SPDX-License-Identifier: GPL-2.0-or-later
//! Fields and expert infos of binary peer-to-peer headers and direct connections.

use super::{Type::*, expert::experts, fields};

fields! { super::link::END;
    DATA = "msnp2p.data" "Data" Bytes, "Data of a peer-to-peer packet that nothing opens further.";
}

experts! { super::link::EXPERT_END;
}
