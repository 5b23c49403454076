// SPDX-License-Identifier: GPL-2.0-or-later
//! Each protocol is a layer of its own: in the tree, in lists of protocols, in the Protocol column, for expert infos, and
//! for the user who switches it off.

mod common;

use common::Check;
use msn_tests::truth::capture_folder;
use msn_tests::tshark::{Options, Stored, Summary, Tshark};

const DIRECT: &str = "msnp18-directconn-libpurple2.10.9-escargot.pcap";
const GATEWAY: &str = "msnp9-gateway-libpurple2.0.0-escargot.pcap";

fn stored(tshark: &Tshark, name: &str) -> Result<Stored, anyhow::Error> {
    tshark.store_file(&capture_folder().join(name))
}

/// The lines of trees at the left margin that begin with our protocols' names, or that are bytes of nobody.
fn tops(text: &str) -> Vec<&str> {
    let names = ["MSN Messenger Protocol", "MSN Peer-to-Peer", "MSN Session Layer Protocol", "Data"];
    text.lines().filter_map(|line| names.into_iter().find(|name| line.starts_with(name))).collect()
}

/// An invitation in a message.
const INVITATION: &str = "frame.number == 188";

#[test]
fn what_a_message_carries_stands_beside_it() -> Check {
    let tshark = Tshark::new()?;
    let stored = stored(&tshark, DIRECT)?;
    let text = tshark.verbose(&stored, &Options::filter(INVITATION))?;
    assert_eq!(tops(&text), ["MSN Messenger Protocol", "MSN Peer-to-Peer", "MSN Session Layer Protocol"], "{text}");
    assert!(text.contains(":msn:msnp2p:msnslp]"), "{text}");
    let file = stored.path().to_string_lossy().into_owned();
    let json = tshark.run(&["-r", &file, "-T", "json", "-j", "msnp2p"], &Options::filter(INVITATION))?;
    let json = String::from_utf8_lossy(&json.stdout).into_owned();
    assert!(json.contains("\"msnp2p.identifier\"") && !json.contains("msnslp.method"), "{json}");
    let narrow = tshark.verbose(&stored, &Options::filter(INVITATION).arg("-O").arg("msnslp"))?;
    assert!(narrow.contains("    Method: INVITE") && !narrow.contains("    Identifier: "), "{narrow}");
    Ok(())
}

#[test]
fn the_innermost_protocol_names_the_packet() -> Check {
    let tshark = Tshark::new()?;
    let stored = stored(&tshark, DIRECT)?;
    let off = |name: &str| Options::default().arg("--disable-protocol").arg(name);
    let of = |options: &Options, frame: u32| -> Result<Summary, anyhow::Error> {
        let rows = tshark.summary(&stored, options)?;
        Ok(rows.into_iter().find(|row| row.frame == frame).expect("the frame is there"))
    };
    for (options, name, tree) in [
        (
            Options::default(),
            "MSNSLP",
            &["MSN Messenger Protocol", "MSN Peer-to-Peer", "MSN Session Layer Protocol"][..],
        ),
        (off("msnslp"), "MSNP2P", &["MSN Messenger Protocol", "MSN Peer-to-Peer", "Data"]),
        (off("msnp2p"), "MSNP", &["MSN Messenger Protocol", "Data"]),
    ] {
        assert_eq!(of(&options, 188)?.protocol, name);
        let shown = Options { filter: Some(INVITATION.into()), ..options };
        let text = tshark.verbose(&stored, &Options { filter: None, ..shown.clone() }.arg("-P"))?;
        let row = text.lines().find(|line| line.starts_with("  188 ")).ok_or("no such row")?;
        assert!(row.contains(&format!(" {name} ")), "{row}");
        let text = tshark.verbose(&stored, &shown)?;
        assert_eq!(tops(&text), tree, "{text}");
    }
    // An acknowledgement, and a direct connection.
    assert_eq!(of(&Options::default(), 204)?.protocol, "MSNP2P");
    let direct = of(&Options::default(), 599)?;
    assert_eq!((direct.protocol.as_str(), direct.info.matches("Direct connection").count()), ("MSNP2P", 1));
    assert!(direct.info.contains("P2P no data; P2P file \"blob.bin\" 1202/70000; "), "{}", direct.info);
    Ok(())
}

#[test]
fn a_packet_of_a_direct_connection_is_one_item() -> Check {
    let tshark = Tshark::new()?;
    let stored = stored(&tshark, DIRECT)?;
    let text = tshark.verbose(&stored, &Options::filter("frame.number == 601"))?;
    let heading = "MSN Peer-to-Peer, Direct connection, version 1, session 709393588, data";
    assert!(text.lines().any(|line| line == heading), "{text}");
    assert_eq!(text.matches("MSN Peer-to-Peer").count(), 1, "{text}");
    assert!(text.contains("\n    Packet length: 1250\n    [Version: 1"), "{text}");
    Ok(())
}

#[test]
fn tables_know_the_layers() -> Check {
    let tshark = Tshark::new()?;
    let stored = stored(&tshark, DIRECT)?;
    let table = tshark.table(&stored, "io,phs", &Options::default())?;
    let depth = |name: &str| {
        let line = table.lines().find(|line| line.trim_start().split(' ').next() == Some(name));
        line.map(|line| line.len() - line.trim_start().len())
    };
    let (msn, p2p, slp) = (depth("msn"), depth("msnp2p"), depth("msnslp"));
    assert!(msn.is_some() && msn < p2p && p2p < slp, "{table}");
    let experts = tshark.table(&stored, "expert", &Options::default())?;
    let row = experts.lines().find(|line| line.contains("Packet was sent before")).ok_or("no such row")?;
    assert!(row.contains(" MSNP2P "), "{row}");
    Ok(())
}

#[test]
fn what_the_gateway_says_belongs_to_the_protocol() -> Check {
    let tshark = Tshark::new()?;
    let stored = stored(&tshark, GATEWAY)?;
    let rows = |filter: &str| tshark.fields(&stored, &["frame.number"], &Options::filter(filter));
    assert_eq!(rows("msn.gateway && !msn")?.len(), 0);
    assert_eq!(rows("msn.gateway")?.len(), 121);
    let text = tshark.verbose(&stored, &Options::filter("msn.gateway && !msn.command").arg("-O").arg("msn"))?;
    assert!(text.contains("[MSN Messenger Protocol, HTTP gateway]\n    [HTTP gateway]\n"), "{text}");
    Ok(())
}
