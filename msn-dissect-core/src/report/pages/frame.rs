// SPDX-License-Identifier: GPL-2.0-or-later
//! What stands around the content of every page.

use askama::Template;

/// Most pages of each kind; what is beyond stands in the tables only.
pub(super) const MAX_PAGES: u32 = 20_000;

#[derive(Template)]
#[template(path = "head.html")]
struct Head<'a> {
    title: &'a str,
    root: &'a str,
    kind: &'a str,
}

#[derive(Template)]
#[template(path = "foot.html")]
struct Foot;

/// Everything before the content; `root` leads to the folder of the report.
pub(super) fn head(title: &str, root: &str, kind: &str) -> String {
    made(&Head { title: &super::text::fit(title), root, kind })
}

/// Everything behind it.
pub(super) fn foot() -> String {
    made(&Foot)
}

/// A template filled in. It fails only where a value cannot be written, and all values are texts and numbers.
pub(super) fn made(template: &impl Template) -> String {
    let mut made = template.render().unwrap_or_default();
    made.push('\n');
    made
}
