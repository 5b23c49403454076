// SPDX-License-Identifier: GPL-2.0-or-later
//! What has nothing to do with MSN stays as it is: tables, Decode As and what scripts read of them are the same with and
//! without the plugin, also while a capture is open and after another one was.

mod common;

use common::{Check, real};
use msn_tests::pcap::{Capture, Link, Side, Stream, TcpOptions};
use msn_tests::truth::capture_folder;
use msn_tests::tshark::{Node, Options, Stored, Tshark};

/// Names of ours, with which lines of reports differ.
const OURS: [&str; 9] = [
    "msn",
    "msnp2p",
    "msnftp",
    "msncam",
    "msnsoap",
    "msn.command",
    "msn.content_type",
    "msn.datacast",
    "msnslp.euf_guid",
];

fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| c.is_whitespace() || c == '(')
}

/// A report's lines, without those about us and about the one port that we are given.
fn others(text: &str) -> Vec<&str> {
    let ours = |line: &&str| words(line).any(|word| OURS.contains(&word) || word == "1863");
    let mut lines: Vec<&str> = text.lines().filter(|line| !ours(line)).collect();
    lines.sort_unstable();
    lines
}

#[test]
fn reports_of_tables_and_choices_are_the_same() -> Check {
    let tshark = Tshark::new()?;
    let missing = Options { may_complain: true, ..Options::default() };
    for arguments in [
        &["-G", "decodes"][..],
        &["-G", "heuristic-decodes"],
        &["-d", "help", "-r", "none"],
        &["-d", "tcp.port==80,no-such-protocol", "-r", "none"],
        &["-d", "udp.port==80,no-such-protocol", "-r", "none"],
        &["-d", "tls.port==443,no-such-protocol", "-r", "none"],
        &["-d", "media_type==text/xml,no-such-protocol", "-r", "none"],
    ] {
        let text = |tshark: &Tshark| -> anyhow::Result<String> {
            let output = tshark.run(arguments, &missing)?;
            Ok(String::from_utf8_lossy(&[output.stdout, output.stderr.into_bytes()].concat()).into_owned())
        };
        let (with, without) = (text(&tshark)?, text(&tshark.without_plugin())?);
        assert!(without.lines().count() > 20, "{without}");
        assert_eq!(others(&with), others(&without), "{arguments:?}");
    }
    Ok(())
}

/// Writes what stands in the tables when scripts are loaded, at a packet, and when all packets were seen.
const SCRIPT: &str = r#"
local function tell(when)
    for _, name in ipairs({ "tcp.port", "media_type" }) do
        local keys = name == "tcp.port" and { 21, 80, 443, 1080, 3128, 5190, 8080, 9050 }
            or { "text/xml", "text/html", "text/plain", "application/xml", "application/json", "application/soap+xml",
                 "application/octet-stream", "application/x-www-form-urlencoded", "image/png" }
        for _, key in ipairs(keys) do
            print("entry", when, name, key, tostring(DissectorTable.get(name):get_dissector(key)))
        end
    end
end
tell("loaded")
local tap = Listener.new("frame")
local seen = false
function tap.packet()
    if not seen then tell("packet") end
    seen = true
end
function tap.draw() tell("draw") end
"#;

fn announcing() -> Result<Capture, anyhow::Error> {
    let mut notification = Stream::new(([192, 0, 2, 1], 3000).into(), ([192, 0, 2, 10], 1863).into());
    notification.send(Side::Client, "VER 1 MSNP12 CVR0\r\n").send(Side::Server, "VER 1 MSNP12\r\n");
    notification.send(Side::Client, "XFR 5 SB\r\n");
    for port in [80, 1080, 443, 9050] {
        notification.send(Side::Server, format!("XFR 5 SB 192.0.2.20:{port} CKI 17262740.1050826919.32308\r\n"));
    }
    Capture::of_streams(Link::Ethernet, &[notification], &TcpOptions::default())
}

#[test]
fn scripts_read_the_same_tables() -> Check {
    let tshark = Tshark::new()?;
    let stored = tshark.store(&announcing()?)?;
    let script = stored.path().with_file_name("tables.lua");
    std::fs::write(&script, SCRIPT)?;
    let options = Options::default().arg("-q").arg("-X").arg(&format!("lua_script:{}", script.display()));
    let entries = |tshark: &Tshark| -> anyhow::Result<Vec<String>> {
        let text = tshark.verbose(&stored, &options)?;
        Ok(text.lines().filter(|line| line.starts_with("entry")).map(str::to_owned).collect())
    };
    let with = entries(&tshark)?;
    if with.is_empty() {
        eprintln!("skipped: this tshark has no Lua");
        return Ok(());
    }
    assert_eq!(with.len(), 3 * 17);
    assert_eq!(with, entries(&tshark.without_plugin())?);
    Ok(())
}

fn web() -> Result<Capture, anyhow::Error> {
    let mut streams = Vec::new();
    for (n, port) in [80, 8080, 1080, 9050, 443].into_iter().enumerate() {
        let mut stream = Stream::new(([192, 0, 2, 1], 3100 + n as u16).into(), ([192, 0, 2, 20], port).into());
        let body = "<?xml version=\"1.0\"?><a>VER 1 MSNP9</a>";
        for kind in ["text/xml", "text/html", "text/plain"] {
            let head = format!("Content-Type: {kind}\r\nContent-Length: {}\r\n\r\n{body}", body.len());
            stream.send(Side::Client, format!("POST /a HTTP/1.1\r\n{head}"));
            stream.send(Side::Server, format!("HTTP/1.1 200 OK\r\n{head}"));
        }
        stream.send(Side::Client, b"\x05\x01\x00".as_slice()).send(Side::Server, b"\x05\x00".as_slice());
        streams.push(stream);
    }
    Capture::of_streams(Link::Ethernet, &streams, &TcpOptions::default())
}

fn trees(sharkd: &mut msn_tests::tshark::Sharkd) -> Result<Vec<Vec<Node>>, anyhow::Error> {
    (1..=sharkd.frame_count()?).map(|number| sharkd.frame(number)).collect()
}

/// The same servers carry MSN in the files before and after. With the preference it is looked for, and nothing is left.
#[test]
fn files_that_were_open_before_leave_nothing_behind() -> Check {
    let tshark = Tshark::new()?;
    let ours = tshark.store(&announcing()?)?;
    let gateway = tshark.store_file(&capture_folder().join("msnp9-gateway-libpurple2.0.0-escargot.pcap"))?;
    let theirs = tshark.store(&web()?)?;
    let expected = {
        let mut plain = tshark.without_plugin().sharkd(&theirs)?;
        let seen = (trees(&mut plain)?, plain.summary()?);
        plain.finish()?;
        seen
    };
    let mut sharkd = tshark.sharkd(&ours)?;
    for (before, looking) in [(&ours, "FALSE"), (&gateway, "FALSE"), (&ours, "TRUE"), (&gateway, "TRUE")] {
        sharkd.set("msn.look_on_other_ports", looking)?;
        sharkd.load(before)?;
        let seen = sharkd.summary()?;
        assert!(seen.iter().any(|packet| packet.protocol == "MSNP"), "{seen:?}");
        sharkd.load(&theirs)?;
        assert_eq!(trees(&mut sharkd)?, expected.0, "after a file with MSN, looking: {looking}");
        assert_eq!(sharkd.summary()?, expected.1);
    }
    Ok(sharkd.finish()?)
}

/// What Decode As says of other protocols is obeyed, on their ports and on announced ones, given and taken away.
#[test]
fn decode_as_of_others_works_as_without_the_plugin() -> Check {
    let tshark = Tshark::new()?;
    let bare = tshark.without_plugin();
    let stored = tshark.store(&web()?)?;
    for rule in ["tcp.port==80,data", "tcp.port==1080,http", "tcp.port==9050,http", "media_type==text/xml,json"] {
        let options = Options::default().decode_as(rule);
        assert_eq!(tshark.verbose(&stored, &options)?, bare.verbose(&stored, &options)?, "{rule}");
        let looking = options.clone().preference("msn.look_on_other_ports:TRUE");
        assert_eq!(tshark.summary(&stored, &looking)?, bare.summary(&stored, &options)?, "{rule}");
    }
    Ok(())
}

/// Switched off, the plugin leaves everything to others.
#[test]
fn switched_off_nothing_of_it_shows() -> Check {
    let tshark = Tshark::new()?;
    let bare = tshark.without_plugin();
    // The old dissector of MSN, which gave way to this one, is off as well.
    let off = |name: &str| Options::default().arg("--disable-protocol").arg(name);
    let with = OURS.iter().fold(off("msnms"), |options, name| options.arg("--disable-protocol").arg(name));
    let same = |stored: &Stored| -> Check {
        for (with, without) in [(with.clone(), off("msnms")), (with.clone().two_passes(), off("msnms").two_passes())] {
            let (with, without) = (tshark.verbose(stored, &with)?, bare.verbose(stored, &without)?);
            let wrong = with.lines().zip(without.lines()).find(|(with, without)| with != without);
            assert_eq!((wrong, with.len()), (None, without.len()));
        }
        Ok(())
    };
    same(&tshark.store_file(&capture_folder().join("msnp9-gateway-libpurple2.0.0-escargot.pcap"))?)?;
    let group = real("msnp12-basic-pecan-escargot")?;
    same(&tshark.store(&Capture::of_streams(Link::Ethernet, &group.streams, &TcpOptions::default())?)?)
}
