// SPDX-License-Identifier: GPL-2.0-or-later
//! Server and client against each other in every version: sign in, lists, presence, a chat.

mod common;

use common::chat::{Seen, chat};

async fn both(first: u8, second: u8) {
    let seen = chat(first, second, None, false).await;
    seen.assert_clean(&format!("MSNP{first} and {second}"));
    assert!(Seen::words(&seen.server).len() > 30, "{}", seen.server.text());
}

macro_rules! versions {
    ($($name:ident $first:literal $second:literal;)*) => {
        $(#[tokio::test] async fn $name() { both($first, $second).await; })*
    };
}

versions! {
    msnp2 2 2; msnp3 3 3; msnp4 4 4; msnp5 5 5; msnp6 6 6; msnp7 7 7; msnp8 8 8; msnp9 9 9; msnp10 10 10; msnp11 11 11;
    msnp12 12 12; msnp13 13 13; msnp14 14 14; msnp15 15 15; msnp16 16 16; msnp17 17 17; msnp18 18 18;
    old_meets_new 2 18; new_meets_old 16 7; tickets_meet_secrets 9 15;
}
