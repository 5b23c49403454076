// SPDX-License-Identifier: GPL-2.0-or-later
//! Command lines: cutting them into tokens, the table of all commands, and choosing the row that explains a line,
//! and writing lines.

pub mod compose;
pub mod layout;
pub mod line;
pub mod params;
pub mod roles;
pub mod rows;
pub mod table;
pub mod template;
pub mod verbs;

pub use compose::{Compose, ComposeError};
pub use layout::{Choice, Fit};
pub use line::{Line, LineError, parse_line};
pub use params::{Kind, Param};
pub use roles::Role;
pub use table::{Dir, Row, ServerKind, rows_of};
pub use template::Word;
