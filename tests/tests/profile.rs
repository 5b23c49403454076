// SPDX-License-Identifier: GPL-2.0-or-later
//! The profile "MSN": Wireshark reads its files without complaint, its columns have contents, and its filters are filters.

mod common;

use common::Check;
use msn_tests::truth::capture_folder;
use msn_tests::tshark::{Options, Stored, Tshark};
use std::path::{Path, PathBuf};

fn profile() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../plugin-c/profile")
}

/// Puts the profile where tshark looks for it.
fn installed(tshark: &Tshark) -> Result<Stored, anyhow::Error> {
    let stored = tshark.store_file(&capture_folder().join("msnp18-basic-libpurple2.10.9-escargot.pcap"))?;
    let home = stored.path().ancestors().nth(2).expect("captures are below the home");
    let folder = home.join("config/profiles/MSN");
    std::fs::create_dir_all(&folder)?;
    for entry in std::fs::read_dir(profile())? {
        let entry = entry?;
        std::fs::write(folder.join(entry.file_name()), std::fs::read(entry.path())?)?;
    }
    Ok(stored)
}

#[test]
fn columns_say_who_says_what_to_whom() -> Check {
    let tshark = Tshark::new()?;
    let stored = installed(&tshark)?;
    let file = stored.path().to_string_lossy().into_owned();
    let arguments = ["-C", "MSN", "-r", &file, "-t", "r", "-T", "tabs", "-Y", "frame.number == 210"];
    let output = tshark.run(&arguments, &Options::default())?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let cells: Vec<&str> = text.trim_end().split('\t').map(str::trim).collect();
    let wanted = ["bob@example.com", "alice@example.com", "bob@example.com", "Hello Bob, this is Alice", ""];
    assert_eq!(cells.get(3..8), Some(&wanted[..]), "{text}");
    Ok(())
}

/// The filters of buttons and of colouring rules.
fn filters() -> Result<Vec<String>, anyhow::Error> {
    let buttons = std::fs::read_to_string(profile().join("dfilter_buttons"))?;
    let rules = std::fs::read_to_string(profile().join("colorfilters"))?;
    let of_button = |line: &str| line.split("\",\"").nth(2).map(|filter| filter.replace("\\x22", "\""));
    let of_rule = |line: &str| line.split('@').nth(2).map(str::to_owned);
    let marked =
        |text: &str| -> Vec<String> { text.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect() };
    let buttons = marked(&buttons).into_iter().filter_map(|line| of_button(&line)).collect::<Vec<_>>();
    let rules = marked(&rules).into_iter().filter_map(|line| of_rule(&line)).collect::<Vec<_>>();
    assert!(buttons.len() == 7 && rules.len() == 7, "{buttons:?} {rules:?}");
    Ok([buttons, rules].concat())
}

#[test]
fn buttons_and_rules_are_filters() -> Check {
    let tshark = Tshark::new()?;
    let stored = installed(&tshark)?;
    for filter in filters()? {
        let frames = tshark.fields(&stored, &["frame.number"], &Options::filter(&filter));
        assert!(frames.is_ok(), "{filter}: {frames:?}");
    }
    // The rules are read without complaint, and name what they colour.
    let file = stored.path().to_string_lossy().into_owned();
    let output =
        tshark.run(&["-C", "MSN", "--color", "-r", &file, "-V", "-Y", "frame.number == 210"], &Options::default())?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(text.contains("Coloring Rule Name: MSN chat"), "{text}");
    Ok(())
}
