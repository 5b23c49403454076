// SPDX-License-Identifier: GPL-2.0-or-later
//! What other dissectors make of the parts that they are given.

mod common;

use common::{Check, connection};
use msn_tests::pcap::{Capture, Link, Side, TcpOptions};
use msn_tests::tshark::{Options, Tshark};

/// Programs that keep text as UTF-16 call it so in what they send as UTF-8; Wireshark since 4.4 would believe them.
#[test]
fn documents_are_read_whatever_they_say_of_their_character_set() -> Check {
    let tshark = Tshark::new()?;
    let mut stream = connection(50000, 1863);
    stream.send(Side::Client, "VER 1 MSNP18 CVR0\r\n").send(Side::Server, "VER 1 MSNP18\r\n");
    let declarations = [
        "",
        "<?xml version=\"1.0\"?>",
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>",
        "<?xml version=\"1.0\" encoding=\"utf-16\"?>\r\n",
        "<?xml version='1.0' encoding = 'UTF-16'?>",
    ];
    for (at, declaration) in declarations.iter().enumerate() {
        let document = format!("{declaration}<Data><PSM>h\u{e9}llo</PSM></Data>");
        stream.send(Side::Server, format!("UBX bob@example.com {}\r\n{document}", document.len()));
        stream.send(Side::Client, format!("PNG\r\n{}", "PNG\r\n".repeat(at)));
    }
    let stored = tshark.store(&Capture::of_streams(Link::Ethernet, &[stream], &TcpOptions::default())?)?;
    let rows = tshark.fields(&stored, &["xml.tag", "xml.cdata"], &Options::filter("msn.command == \"UBX\""))?;
    let expected = [["<Data", "<PSM"].map(str::to_owned).to_vec(), vec!["h\u{e9}llo".to_owned()]];
    assert_eq!(rows.len(), declarations.len());
    for (row, declaration) in rows.iter().zip(declarations) {
        let names: Vec<String> = row[0].iter().map(|tag| tag.trim_end_matches('>').to_owned()).collect();
        assert_eq!([names, row[1].clone()], expected, "{declaration}");
    }
    Ok(())
}
