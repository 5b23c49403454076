// SPDX-License-Identifier: GPL-2.0-or-later
//! What the C shim does with the core's items: marks, experts, subtrees, byte ranges, units, columns, checks of tables.

mod common;

use common::Check;
use msn_tests::pcap::{Capture, Link, Side, Stream, TcpOptions};
use msn_tests::transcript::{Transcript, all};
use msn_tests::tshark::{Node, Options, Stored, Tshark};

/// A refused login, and a status with a sum of bits.
fn login(tshark: &Tshark) -> Result<Stored, anyhow::Error> {
    let mut stream = Stream::new(([192, 0, 2, 1], 3000).into(), ([192, 0, 2, 10], 1863).into());
    stream.send(Side::Client, "VER 1 MSNP12 CVR0\r\n").send(Side::Server, "VER 1 MSNP12\r\n");
    stream.send(Side::Client, "USR 2 TWN I alice@example.com\r\n").send(Side::Server, "911 2\r\n");
    stream.send(Side::Server, "NLN NLN bob@example.com Bob 268435492\r\n");
    stream.send(Side::Server, "NLN AWY bob@example.com Bob 0\r\nFLN bob@example.com\r\n");
    tshark.store(&Capture::of_streams(Link::Ethernet, &[stream], &TcpOptions::default())?)
}

/// Lines of the trees in their order: brackets mark what is inferred, indentation says what is below what.
const LINES: &str = "
MSN Messenger Protocol, VER 1 offers MSNP12, CVR0
    Command: VER (protocol versions)
    Transaction ID: 1
    Offered version: MSNP12
    Offered version: CVR0
    [Response in: 5]
    [Direction: Client to server]
    [Server: Notification server]
MSN Messenger Protocol, VER 1 server chooses MSNP12
    Command: VER (protocol versions)
    [Response to: 4]
    [Time since request: 0.001000000 seconds]
MSN Messenger Protocol, USR 2 TWN I alice@example.com
    Account: alice@example.com
    [Connection owner: alice@example.com]
MSN Messenger Protocol, 911 2 (authentication failed) to USR alice@example.com
    Command: 911
    Error: authentication failed (911)
        [Expert Info (Error/Response): Error 911: authentication failed]
            [Error 911: authentication failed]
            [Severity level: Error]
            [Group: Response]
    [Response to: 6]
        [Expert Info (Warning/Response): Login refused: authentication failed (911)]
            [Login refused: authentication failed (911)]
            [Severity level: Warning]
            [Group: Response]
    [Direction: Server to client]
MSN Messenger Protocol, NLN bob@example.com is Online
    Status: NLN (Online)
    Capabilities: 0x10000024 (MSNC1 (MSN Messenger 6.0), Ink as GIF, Multi-packet messages)
        .... .... .... .... .... .... .... ...0 = Online through a mobile device: False
        .... .... .... .... .... .... .... .1.. = Ink as GIF: True
        0001 .... .... .... .... .... .... .... = Version: MSNC1 (MSN Messenger 6.0) (1)
    [Direction: Server to client]
MSN Messenger Protocol, NLN bob@example.com is Away
MSN Messenger Protocol, FLN bob@example.com is Offline";

#[test]
fn trees_have_marks_experts_and_levels() -> Check {
    let tshark = Tshark::new()?;
    let stored = login(&tshark)?;
    let text = tshark.verbose(&stored, &Options::filter("msn").two_passes().arg("-O").arg("msn"))?;
    let mut lines = text.lines();
    for wanted in LINES.lines().skip(1) {
        assert!(lines.any(|line| line == wanted), "no {wanted:?} in its place of\n{text}");
    }
    Ok(())
}

#[test]
fn experts_are_counted_with_their_severity_and_group() -> Check {
    let tshark = Tshark::new()?;
    let table = tshark.table(&login(&tshark)?, "expert", &Options::default())?;
    // Under each heading: its underline, the names of the columns, and a row for each expert info.
    let row = |heading: &str| -> Vec<&str> {
        let row = table.lines().skip_while(|line| *line != heading).nth(3).unwrap_or_default();
        row.split_whitespace().collect()
    };
    assert_eq!(row("Errors (1)"), ["1", "Response", "MSNP", "Error", "911:", "authentication", "failed"], "{table}");
    let warning = ["1", "Response", "MSNP", "Login", "refused:", "authentication", "failed", "(911)"];
    assert_eq!(row("Warns (1)"), warning, "{table}");
    Ok(())
}

fn find<'n>(nodes: &'n [Node], label: &str) -> Option<&'n Node> {
    nodes.iter().find_map(|node| if node.label.starts_with(label) { Some(node) } else { find(&node.children, label) })
}

#[test]
fn items_lie_on_their_bytes() -> Check {
    let tshark = Tshark::new()?;
    let mut sharkd = tshark.sharkd(&login(&tshark)?)?;
    let tree = sharkd.frame(4)?;
    // Behind 54 bytes of Ethernet, IP and TCP.
    for (label, place, filter) in [
        ("MSN Messenger Protocol", [54, 19], "msn"),
        ("Command: VER (protocol versions)", [54, 3], "msn.command == \"VER\""),
        ("Transaction ID: 1", [58, 1], "msn.trid == 1"),
        ("Offered version: CVR0", [67, 4], "msn.offered_version == \"CVR0\""),
    ] {
        let node = find(&tree, label).ok_or(label)?;
        assert_eq!(
            (node.place.as_slice(), node.filter.as_str(), node.generated),
            (&place[..], filter, false),
            "{label}"
        );
    }
    let node = find(&tree, "Response in: 5").or_else(|| find(&tree, "[Response in: 5]")).ok_or("no link")?;
    assert!(node.generated && node.filter == "msn.response_in == 5", "{node:?}");
    let error = sharkd.frame(7)?;
    assert_eq!(find(&error, "Error: authentication failed (911)").ok_or("no error")?.severity, "Error");
    Ok(sharkd.finish()?)
}

#[test]
fn what_is_hidden_can_be_filtered_on_and_is_not_shown() -> Check {
    let tshark = Tshark::new()?;
    let path = all()?.into_iter().find(|path| path.ends_with("documents.txt")).ok_or("no documents")?;
    let stored = tshark.store(&Transcript::read(&path)?.capture()?)?;
    let pdml = tshark.run(
        &["-n".as_ref(), "-T".as_ref(), "pdml".as_ref(), "-r".as_ref(), stored.path().as_os_str()],
        &Options::filter("msn.sip"),
    )?;
    let text = String::from_utf8_lossy(&pdml.stdout).into_owned();
    let fields: Vec<&str> = text.lines().filter(|line| line.contains("name=\"msn.sip.text\"")).collect();
    assert!(!fields.is_empty() && fields.iter().all(|line| line.contains("hide=\"yes\"")), "{fields:?}");
    let shown = text.lines().filter(|line| line.contains("name=\"msn.sip\"") && !line.contains("hide="));
    assert!(shown.count() > 0);
    Ok(())
}

#[test]
fn columns_take_one_entry_from_each_unit() -> Check {
    let tshark = Tshark::new()?;
    let rows = tshark.summary(&login(&tshark)?, &Options::filter("msn"))?;
    let rows: Vec<(&str, &str)> = rows.iter().map(|row| (row.protocol.as_str(), row.info.as_str())).collect();
    assert_eq!(rows[0], ("MSNP", "VER 1 offers MSNP12, CVR0"));
    assert_eq!(rows[3], ("MSNP", "911 2 (authentication failed) to USR alice@example.com"));
    assert_eq!(rows[5], ("MSNP", "NLN bob@example.com is Away; FLN bob@example.com is Offline"));
    Ok(())
}

#[test]
fn the_table_of_secrets_refuses_what_cannot_be_right() -> Check {
    let tshark = Tshark::new()?;
    let stored = login(&tshark)?;
    let accepted = |row: &str| -> Result<bool, anyhow::Error> {
        let options =
            Options { may_complain: true, ..Options::default() }.preference(&format!("uat:msn_secrets:{row}"));
        let output = tshark.run(&["-r".as_ref(), stored.path().as_os_str()], &options)?;
        Ok(output.status.success() && !output.stderr.contains("msn_secrets"))
    };
    assert!(accepted(r#""alice@example.com","secret","""#)?);
    assert!(accepted(r#""alice@example.com","","AAECAwQFBgcICQoLDA0ODw==""#)?);
    assert!(!accepted(r#""","secret","""#)?);
    assert!(!accepted(r#""alice@example.com","","not base64""#)?);
    Ok(())
}

#[test]
fn secrets_may_stand_in_the_environment_or_in_a_file() -> Check {
    let tshark = Tshark::new()?;
    let capture = |hash: &str| {
        let mut stream = Stream::new(([192, 0, 2, 1], 3000).into(), ([192, 0, 2, 10], 1863).into());
        stream.send(Side::Client, "VER 1 MSNP7\r\n").send(Side::Server, "VER 1 MSNP7\r\n");
        stream.send(Side::Client, "USR 2 MD5 I alice@example.com\r\n");
        stream.send(Side::Server, "USR 2 MD5 S 1013928519.693957190\r\n");
        stream.send(Side::Client, format!("USR 3 MD5 S {hash}\r\n"));
        tshark.store(&Capture::of_streams(Link::Ethernet, &[stream], &TcpOptions::default())?)
    };
    let status = |stored: &Stored, password: &str| -> Result<Vec<String>, anyhow::Error> {
        let row = format!("uat:msn_secrets:\"alice@example.com\",\"{password}\",\"\"");
        let options = Options { may_complain: true, ..Options::filter("msn.auth.status") }.preference(&row);
        let rows = tshark.fields(stored, &["msn.auth.status"], &options)?;
        Ok(rows.into_iter().flatten().flatten().collect())
    };
    // Every test runs tshark with this value of LC_ALL.
    let by_locale = capture("9ad4aa93904a005e7615b0edad0cf4f1")?;
    assert_eq!(status(&by_locale, "env:LC_ALL")?, ["1"]);
    assert_eq!(status(&by_locale, "env:MSN_NO_SUCH_VARIABLE")?, ["2"]);

    let by_secret = capture("0dc38e0c96e5ef37eb9451a0b2d5aaf9")?;
    let file = by_secret.path().with_file_name("secret");
    std::fs::write(&file, "secret\r\nanother line\n")?;
    assert_eq!(status(&by_secret, &format!("file:{}", file.display()))?, ["1"]);
    assert_eq!(status(&by_secret, &format!("file:{}.none", file.display()))?, ["2"]);
    assert_eq!(status(&by_secret, "env:LC_ALL")?, ["0"]);
    Ok(())
}

/// A chat message that TCP cut in two, and a referral.
fn chat(tshark: &Tshark) -> Result<Stored, anyhow::Error> {
    let mut stream = Stream::new(([192, 0, 2, 1], 3000).into(), ([192, 0, 2, 10], 1863).into());
    stream.send(Side::Client, "USR 1 alice@example.com 17262740.1050826919.32308\r\n");
    stream.send(Side::Server, "MSG bob@example.com Bob 42\r\nContent-Type: text/plain\r\n");
    stream.send(Side::Server, "\r\nHello Alice 42");
    stream.send(Side::Server, "XFR 9 NS 198.51.100.7:1863 0 192.0.2.10:1863\r\n");
    tshark.store(&Capture::of_streams(Link::Ethernet, &[stream], &TcpOptions::default())?)
}

#[test]
fn text_of_messages_can_be_hidden_from_the_packet_list() -> Check {
    let tshark = Tshark::new()?;
    let stored = chat(&tshark)?;
    let only = Options::filter("msn.command == MSG").arg("-O").arg("msn");
    let open = tshark.verbose(&stored, &only)?;
    assert_eq!(open.matches("Hello Alice").count(), 2, "{open}");
    let hidden = tshark.verbose(&stored, &only.clone().preference("msn.hide_texts:TRUE"))?;
    assert_eq!(hidden.matches("Hello Alice").count(), 1, "{hidden}");
    assert!(hidden.contains("    Text: Hello Alice 42") && hidden.contains("(text hidden)"), "{hidden}");
    let options = Options::filter("msn.message.text contains \"Hello\"").preference("msn.hide_texts:TRUE");
    let rows = tshark.summary(&stored, &options)?;
    assert_eq!(rows.len(), 1);
    assert!(rows[0].info.ends_with(": (text hidden)"), "{rows:?}");
    Ok(())
}

#[test]
fn commands_are_put_together_unless_the_user_forbids_it() -> Check {
    let tshark = Tshark::new()?;
    let stored = chat(&tshark)?;
    let found = |options: Options| -> Result<usize, anyhow::Error> {
        Ok(tshark.fields(&stored, &["msn.message.text"], &options)?.len())
    };
    assert_eq!(found(Options::filter("msn.message.text == \"Hello Alice 42\""))?, 1);
    assert_eq!(found(Options::filter("msn.expert.payload_cut"))?, 0);
    assert_eq!(found(Options::filter("msn.expert.payload_cut").preference("msn.desegment:FALSE"))?, 1);
    Ok(())
}

#[test]
fn servers_are_addresses_and_commands_say_what_they_are_for() -> Check {
    let tshark = Tshark::new()?;
    let stored = chat(&tshark)?;
    let found = Options::filter("msn.server.ipv4 == 198.51.100.0/24");
    let rows = tshark.fields(&stored, &["msn.command", "msn.server.ipv4"], &found)?;
    assert_eq!(rows, [[["XFR".to_owned()].to_vec(), ["198.51.100.7".to_owned()].to_vec()]]);
    let text = tshark.verbose(&stored, &found.arg("-O").arg("msn"))?;
    assert!(text.contains("    Command: XFR (referral to a server)\n"), "{text}");
    assert!(text.contains("Server address: 198.51.100.7") && !text.contains("Server IPv4 address"), "{text}");
    Ok(())
}

#[test]
fn exported_pdus_are_read_as_they_were() -> Check {
    let tshark = Tshark::new()?;
    let stored = chat(&tshark)?;
    let folder = tshark.folder()?;
    let exported = folder.path().join("pdus.pcapng");
    let (file, out) = (stored.path().to_string_lossy(), exported.to_string_lossy());
    tshark.run(&["-r", &file, "-U", "MSN", "-w", &out], &Options::default())?;
    let again = tshark.store_file(&exported)?;
    let words =
        |stored: &Stored| tshark.fields(stored, &["msn.command", "msn.account"], &Options::filter("msn.command"));
    let (before, after) = (words(&stored)?, words(&again)?);
    assert_eq!((before.len(), &before), (3, &after));
    let rows = tshark.fields(&again, &["frame.protocols"], &Options::default())?;
    assert!(rows.iter().all(|row| row[0][0].starts_with("exported_pdu:msn")), "{rows:?}");
    Ok(())
}
