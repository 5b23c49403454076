// SPDX-License-Identifier: GPL-2.0-or-later
//! Scripts read what we do not know: words of commands, content types, datacasts, kinds of sessions.

mod common;

use common::Check;
use msn_tests::pcap::{Capture, Link, Side, Stream, TcpOptions};
use msn_tests::tshark::{Options, Stored, Tshark};

/// Enters a protocol of its own in each table.
const SCRIPT: &str = r#"
local mine = Proto("mine", "Mine")
local text = ProtoField.string("mine.text", "Text")
mine.fields = { text }
function mine.dissector(tvb, pinfo, tree)
    tree:add(mine, tvb()):add(text, tvb())
    return tvb:len()
end
DissectorTable.get("msn.command"):add("ZZZ", mine)
DissectorTable.get("msn.content_type"):add("text/x-mine", mine)
DissectorTable.get("msn.content_type"):add("application/x-mine", mine)
DissectorTable.get("media_type"):add("text/x-other", mine)
DissectorTable.get("msn.datacast"):add(77, mine)
"#;

fn message(content_type: &str, body: &str) -> String {
    let payload = format!("MIME-Version: 1.0\r\nContent-Type: {content_type}\r\n\r\n{body}");
    format!("MSG bob@example.com Bob {}\r\n{payload}", payload.len())
}

fn capture(tshark: &Tshark) -> Result<Stored, anyhow::Error> {
    let mut stream = Stream::new(([192, 0, 2, 1], 3000).into(), ([192, 0, 2, 10], 1863).into());
    stream.send(Side::Client, "USR 1 alice@example.com 17262740.1050826919.32308\r\n");
    stream.send(Side::Server, "ZZZ 1 what is this\r\n");
    for (content_type, body) in [
        ("text/x-mine; charset=UTF-8", "first"),
        ("application/x-mine", "second"),
        ("text/x-other", "third"),
        ("text/x-msnmsgr-datacast", "ID: 77\r\nData: fourth\r\n\r\n"),
        ("text/x-nobody", "fifth"),
        ("text/plain", "sixth"),
    ] {
        stream.send(Side::Server, message(content_type, body));
    }
    tshark.store(&Capture::of_streams(Link::Ethernet, &[stream], &TcpOptions::default())?)
}

#[test]
fn scripts_read_what_is_not_known() -> Check {
    let tshark = Tshark::new()?;
    let stored = capture(&tshark)?;
    let script = stored.path().with_file_name("mine.lua");
    std::fs::write(&script, SCRIPT)?;
    let lua = Options::filter("mine").arg("-X").arg(&format!("lua_script:{}", script.display()));
    let texts = |options: &Options| -> Result<Vec<String>, anyhow::Error> {
        let rows = tshark.fields(&stored, &["mine.text"], options)?;
        Ok(rows.iter().map(|row| row[0].concat()).collect())
    };
    let found = texts(&lua)?;
    // tshark writes the line's end as an escape.
    assert_eq!(found, ["ZZZ 1 what is this\\r\\n", "first", "second", "third", "fourth"]);
    assert_eq!(found, texts(&lua.clone().two_passes())?);
    // Our own items stay, and the columns are ours.
    let rows = tshark.summary(&stored, &lua)?;
    assert!(rows.iter().all(|row| row.protocol == "MSNP"), "{rows:?}");
    let text = tshark.verbose(&stored, &lua.arg("-O").arg("msn,mine"))?;
    assert_eq!(
        (text.matches("Content type without known layout").count() > 0, text.matches("    Mine").count()),
        (true, 5)
    );
    Ok(())
}
