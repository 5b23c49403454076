// SPDX-License-Identifier: GPL-2.0-or-later
//! A session of the HTTP gateway shows what the plain connection shows.

mod common;

use common::{Check, complete_transcripts, none, real};
use msn_tests::gateway::{Id, Plan, rewrite};
use msn_tests::pcap::{Capture, Link, Segmentation, Side, Stream, TcpOptions};
use msn_tests::pdu::{Pdu, pdus};
use msn_tests::tshark::{Node, Options, Tshark};
use msn_tests::variants::difference;

/// The commands of one side, without what the carrier adds. Pieces of commands and heads of messages are no commands.
fn said(pdus: &[Pdu], side: Side) -> Vec<Vec<String>> {
    let carriers = ["msn.gateway", "msn.fragment", "msn.reassembled"];
    // Numbers of frames and times differ, as they do for any other way to carry the same bytes.
    let links = [".fragment=", "_in=", "_to=", ".time="];
    let carried = |line: &String| {
        carriers.iter().any(|name| line.starts_with(name)) || links.iter().any(|link| line.contains(link))
    };
    let ours = pdus.iter().filter(|pdu| pdu.side() == Some(side));
    ours.map(|pdu| pdu.content().into_iter().filter(|line| !carried(line)).collect()).collect()
}

fn dissect(tshark: &Tshark, streams: &[Stream], how: &TcpOptions, options: &Options) -> anyhow::Result<Vec<Pdu>> {
    let capture = Capture::of_streams(Link::Ethernet, streams, how)?;
    Ok(pdus(&tshark.pdml(&tshark.store(&capture)?, options)?))
}

/// Sessions that are open at the same time, as are the connections they are made from.
fn rewritten(streams: &[Stream], plan: &Plan) -> Vec<Stream> {
    let numbered = streams.iter().zip(0u32..);
    let mut out = Vec::new();
    for (stream, n) in numbered {
        let port = 20_000 + u16::try_from(n).unwrap_or(0) * 16;
        out.extend(rewrite(stream, plan, n, port));
    }
    out
}

/// Compares connection by connection, since sessions of a capture may overlap in other ways than connections do.
fn same(name: &str, streams: &[Stream], plans: &[Plan], options: &Options) -> Result<Vec<String>, anyhow::Error> {
    let tshark = Tshark::new()?;
    let mut failures = Vec::new();
    for (n, stream) in streams.iter().enumerate() {
        let one = std::slice::from_ref(stream);
        let plain = dissect(&tshark, one, &TcpOptions::default(), &Options::default())?;
        for plan in plans {
            let found = dissect(&tshark, &rewritten(one, plan), &TcpOptions::default(), options)?;
            for side in [Side::Client, Side::Server] {
                let wrong = difference(&said(&plain, side), &said(&found, side));
                failures.extend(wrong.map(|what| format!("{name} connection {n} {side:?} {plan:?}: {what}")));
            }
        }
    }
    Ok(failures)
}

fn plans(size: usize, step: usize) -> Vec<Plan> {
    let at = |shift| Plan { body: Some(size), shift, ..Plan::default() };
    (0..size).step_by(step).map(at).collect()
}

#[test]
fn a_connection_of_a_real_client_cut_in_many_places() -> Check {
    let group = real("msnp9-p2p-libpurple2.0.0-escargot")?;
    let first = group.streams.get(..1).ok_or("no connection")?;
    none(same(&group.name, first, &plans(97, 12), &Options::default())?)
}

#[test]
fn a_short_connection_cut_at_every_byte() -> Check {
    let mut stream = Stream::new(([192, 0, 2, 1], 3000).into(), ([192, 0, 2, 10], 1863).into());
    stream.send(Side::Client, "VER 1 MSNP12 CVR0\r\n").send(Side::Server, "VER 1 MSNP12\r\n");
    stream.send(Side::Client, "USR 2 TWN I alice@example.com\r\nUUX 3 21\r\n<Data><PSM/></Data>\r\n");
    stream.send(
        Side::Server,
        "USR 2 TWN S lc=1033\r\nUBX bob@example.com 19\r\n<Data><PSM/></Data>UUX 3 0\r\nQNG 41\r\n",
    );
    let mut all = plans(29, 1);
    all.push(Plan { body: Some(1), ..Plan::default() });
    none(same("short", &[stream], &all, &Options::default())?)
}

#[test]
fn every_kind_of_request_answer_and_id() -> Check {
    let group = real("msnp2-basic-synthetic-escargot")?;
    let plain = Plan::default();
    let all = [
        Plan { id: Id::Constant, ..plain },
        Plan { carriers: 3, body: Some(41), ..plain },
        Plan { carriers: 5, body: Some(23), id: Id::Constant, ..plain },
        Plan { request_type: Some("text/xml; charset=utf-8"), ..plain },
        Plan { request_type: Some("text/html; charset=UTF-8"), body: Some(64), ..plain },
        Plan { request_type: None, ..plain },
        Plan { chunked: true, body: Some(70), ..plain },
        Plan { interim: true, ..plain },
        Plan { interim: true, chunked: true, carriers: 2, request_type: None, ..plain },
        Plan { port: 8080, ..plain },
    ];
    let mut failures = same(&group.name, &group.streams, &all, &Options::default())?;
    failures.extend(same(&group.name, &group.streams, &all, &Options::default().two_passes())?);
    none(failures)
}

#[test]
fn sessions_of_a_chat_belong_together() -> Check {
    let tshark = Tshark::new()?;
    let mut failures = Vec::new();
    for name in ["msnp9-p2p-libpurple2.0.0-escargot", "msnp12-chat-amsn-escargot", "msnp10-basic-synthetic-escargot"] {
        let streams = real(name)?.streams;
        let plain = dissect(&tshark, &streams, &TcpOptions::default(), &Options::default())?;
        let plan = Plan { carriers: 2, ..Plan::default() };
        let found = dissect(&tshark, &rewritten(&streams, &plan), &TcpOptions::default(), &Options::default())?;
        assert!(plain.len() > 50, "{name}: {}", plain.len());
        // Messages of different connections interleave in another order, so that the order cannot be compared.
        for side in [Side::Client, Side::Server] {
            let (mut plain, mut found) = (said(&plain, side), said(&found, side));
            plain.sort();
            found.sort();
            failures.extend(difference(&plain, &found).map(|what| format!("{name} {side:?}: {what}")));
        }
        // What links commands: as many answers find their request, over bodies as over segments.
        for link in ["msn.response_to", "msn.response_in", "msn.announced_in", "msn.opened_in"] {
            let count = |pdus: &[Pdu]| pdus.iter().filter(|pdu| pdu.show(link).is_some()).count();
            let (plain, found) = (count(&plain), count(&found));
            if plain != found {
                failures.push(format!("{name}: {link} {plain} times on plain connections, {found} times"));
            }
        }
    }
    none(failures)
}

#[test]
fn transcripts_go_through_the_gateway() -> Check {
    let mut failures = Vec::new();
    for group in complete_transcripts()? {
        // A transcript about direct connections or strange ports has no session to rewrite.
        let ours = group
            .streams
            .into_iter()
            .filter(|s| matches!(s.bytes(Side::Client).get(..4), Some(b"VER " | b"USR " | b"ANS ")));
        let streams: Vec<Stream> = ours.take(2).collect();
        failures.extend(same(
            &group.name,
            &streams,
            &[Plan { body: Some(31), ..Plan::default() }],
            &Options::default(),
        )?);
    }
    none(failures)
}

#[test]
fn heads_of_messages_are_fields() -> Check {
    let tshark = Tshark::new()?;
    let streams = real("msnp2-basic-synthetic-escargot")?.streams;
    let streams = rewritten(&streams, &Plan { carriers: 3, body: Some(90), ..Plan::default() });
    let stored = tshark.store(&Capture::of_streams(Link::Ethernet, &streams, &TcpOptions::default())?)?;
    let names = [
        "http.request.uri",
        "msn.gateway.action",
        "msn.gateway.session_id",
        "msn.gateway.server",
        "msn.gateway.lifespan",
        "msn.gateway.address",
        "msn.gateway.close",
        "msn.gateway.session",
        "http.response.code",
    ];
    let mut seen = [0; 4];
    for row in tshark.fields(&stored, &names, &Options::filter("http"))? {
        let [uri, action, id, server, lifespan, address, close, session, code] = row.as_slice() else {
            return Err(format!("{row:?}").into());
        };
        let first = |values: &[String]| values.first().cloned().unwrap_or_default();
        assert_eq!(session.len(), 1, "{row:?}");
        // Wireshark repeats the URI of the request in the answer since 4.4.
        if !code.is_empty() {
            assert_eq!((first(address).as_str(), id.len(), action.len()), ("192.0.2.80", 1, 0), "{row:?}");
            seen[3] += usize::from(!close.is_empty());
            continue;
        }
        let uri = first(uri);
        let (at, wanted) = match first(action).as_str() {
            "open" => (0, format!("Action=open&Server={}&IP=", first(server))),
            "poll" if lifespan.is_empty() => (1, format!("Action=poll&SessionID={}", first(id))),
            "poll" => (1, format!("Action=poll&Lifespan={}&SessionID={}", first(lifespan), first(id))),
            "send" => (2, format!("?SessionID={}", first(id))),
            _ => return Err(format!("{row:?}").into()),
        };
        assert!(uri.contains(&wanted), "{row:?}");
        seen[at] += 1;
    }
    assert!(seen.iter().all(|&count| count > 1), "{seen:?}");
    Ok(())
}

#[test]
fn without_reassembly_of_bodies_what_is_there_is_shown() -> Check {
    let tshark = Tshark::new()?;
    let mut stream = Stream::new(([192, 0, 2, 1], 3000).into(), ([192, 0, 2, 10], 1863).into());
    stream.send(Side::Client, "VER 1 MSNP12 CVR0\r\n").send(Side::Server, "VER 1 MSNP12\r\n");
    let long = format!("UUX 3 400\r\n{}", "<Data/>\r".repeat(50).replace('\r', "\n"));
    stream.send(Side::Client, long).send(Side::Server, "UUX 3 0\r\n");
    stream.send(Side::Client, "PNG\r\n").send(Side::Server, "QNG 41\r\n");
    let streams = rewritten(&[stream], &Plan::default());
    let how = TcpOptions { mss: 400, ..TcpOptions::cut(Segmentation::AsSent) };
    let options = Options::default().preference("http.desegment_body:FALSE");
    let found = dissect(&tshark, &streams, &how, &options)?;
    let words: Vec<_> = found.iter().filter_map(Pdu::word).collect();
    assert_eq!(words, ["VER", "VER", "UUX", "UUX", "PNG", "QNG"]);
    Ok(())
}

#[test]
fn any_order_of_visits_shows_the_same() -> Check {
    let tshark = Tshark::new()?;
    let streams = real("msnp2-basic-synthetic-escargot")?.streams;
    let streams = rewritten(&streams, &Plan { carriers: 3, body: Some(37), ..Plan::default() });
    let stored = tshark.store(&Capture::of_streams(Link::Ethernet, &streams, &TcpOptions::default())?)?;
    let mut sharkd = tshark.sharkd(&stored)?;
    let count = sharkd.frame_count()?;
    assert!(count > 100, "{count}");
    // The http dissector shows a response with the URI of whatever request was looked at last, so only ours compare.
    let ours = |tree: Vec<Node>| -> Vec<Node> { tree.into_iter().filter(|n| n.filter.starts_with("msn")).collect() };
    let mut tree = |n| sharkd.frame(n).map(ours);
    let trees = (1..=count).map(&mut tree).collect::<Result<Vec<_>, _>>()?;
    assert!(trees.iter().filter(|tree| !tree.is_empty()).count() > 100);
    for n in (1..=count).rev().step_by(3).chain((1..=count).step_by(7)) {
        assert_eq!(tree(n)?, trees[n as usize - 1], "frame {n}");
    }
    sharkd.finish()?;
    Ok(())
}

const FIELDS: [&str; 5] =
    ["msn.gateway.session", "msn.gateway.action", "msn.command", "msn.expert.gateway.error", "http.response.code"];

/// For each HTTP message: session, action, commands, whether it is an error of the gateway, status.
fn messages(
    tshark: &Tshark,
    streams: &[Stream],
    how: &TcpOptions,
    options: &Options,
) -> anyhow::Result<Vec<[String; 5]>> {
    let stored = tshark.store(&Capture::of_streams(Link::Ethernet, streams, how)?)?;
    let options = Options { filter: Some("http.request || http.response".into()), ..options.clone() };
    let rows = tshark.fields(&stored, &FIELDS, &options)?;
    let joined = |row: Vec<Vec<String>>| -> [String; 5] {
        let mut columns = row.into_iter().map(|values| values.join(" "));
        std::array::from_fn(|_| columns.next().unwrap_or_default())
    };
    Ok(rows.into_iter().map(joined).collect())
}

fn post(query: &str, body: &str) -> String {
    let kind = if body.is_empty() { "" } else { "Content-Type: application/x-msn-messenger\r\n" };
    format!("POST /gateway/gateway.dll?{query} HTTP/1.1\r\n{kind}Content-Length: {}\r\n\r\n{body}", body.len())
}

fn reply(status: &str, id: &str, kind: &str, body: &str) -> String {
    let id =
        if id.is_empty() { String::new() } else { format!("X-MSN-Messenger: SessionID={id}; GW-IP=192.0.2.80\r\n") };
    format!("HTTP/1.1 {status}\r\n{id}Content-Type: {kind}\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

const MSN: &str = "application/x-msn-messenger";
const HTML: &str = "text/html";

#[test]
fn answers_that_do_not_say_what_they_are_belong_to_their_request() -> Check {
    let tshark = Tshark::new()?;
    let mut stream = Stream::new(([192, 0, 2, 1], 3000).into(), ([192, 0, 2, 80], 80).into());
    let mut say = |asked: String, told: String| {
        stream.send(Side::Client, asked).send(Side::Server, told);
    };
    // The very first message has no body: nothing but its target tells.
    say(post("Action=poll&SessionID=7.1", ""), reply("200 OK", "", MSN, "QNG 41\r\n"));
    say(post("Action=open&Server=NS&IP=192.0.2.9", "VER 1 MSNP8\r\n"), reply("200 OK", "8.1", MSN, "VER 1 MSNP8\r\n"));
    say(post("SessionID=8.1", "PNG\r\n"), reply("200 OK", "", MSN, "QNG 42\r\n"));
    say(post("Action=poll&SessionID=8.1", ""), reply("500 Server Error", "", HTML, "<html>QNG 43</html>"));
    // Something else on the same connection, and its answer.
    let other = "GET /index.html HTTP/1.1\r\nHost: www.example.com\r\n\r\n".to_owned();
    say(other, reply("404 Not Found", "", HTML, "<html>gone</html>"));
    say(post("Action=poll&SessionID=8.1", ""), reply("400 Bad Request", "", HTML, ""));
    say(
        post("Action=poll&SessionID=8.1", ""),
        reply("100 Continue", "", HTML, "") + &reply("404 Not Found", "", HTML, "x"),
    );
    let expected = [
        ["0", "poll", "", "", ""],
        ["0", "", "QNG", "", "200"],
        ["1", "open", "VER", "", ""],
        ["1", "", "VER", "", "200"],
        ["1", "send", "PNG", "", ""],
        ["1", "", "QNG", "", "200"],
        ["1", "poll", "", "", ""],
        ["1", "", "", "1", "500"],
        ["", "", "", "", ""],
        ["", "", "", "", "404"],
        ["1", "poll", "", "", ""],
        ["1", "", "", "1", "400"],
    ];
    let looking = Options::default().preference("msn.look_on_other_ports:TRUE");
    for options in [looking.clone(), looking.two_passes()] {
        for how in [TcpOptions::default(), TcpOptions::cut(Segmentation::Random { seed: 4, max: 120 })] {
            let found = messages(&tshark, std::slice::from_ref(&stream), &how, &options)?;
            assert_eq!(found[..expected.len()], expected);
            // Otherwise nobody is asked about a message without body before a body told what the connection carries.
            let found = messages(&tshark, std::slice::from_ref(&stream), &how, &Options::default())?;
            assert_eq!(found[1..expected.len()], expected[1..]);
        }
    }
    Ok(())
}

#[test]
fn without_reassembly_of_bodies_no_request_is_lost() -> Check {
    let tshark = Tshark::new()?;
    let mut stream = Stream::new(([192, 0, 2, 1], 3000).into(), ([192, 0, 2, 80], 80).into());
    let long = format!("UUX 2 700\r\n{}", "<Data/>\n".repeat(90));
    let presence = "NLN NLN bob@example.com Bob 0\r\n".repeat(40);
    for (asked, told) in [
        (
            post("Action=open&Server=NS&IP=192.0.2.9", "VER 1 MSNP12\r\n"),
            reply("200 OK", "8.1", MSN, "VER 1 MSNP12\r\n"),
        ),
        (post("SessionID=8.1", &long), reply("200 OK", "8.2", MSN, &presence)),
        (post("Action=poll&SessionID=8.2", ""), reply("200 OK", "8.3", MSN, "")),
        (post("SessionID=8.3", "PNG\r\n"), reply("200 OK", "8.4", MSN, "QNG 41\r\n")),
    ] {
        stream.send(Side::Client, asked).send(Side::Server, told);
    }
    for mss in [200, 333, 450] {
        let how = TcpOptions { mss, ..TcpOptions::default() };
        for off in ["http.desegment_body:FALSE", "tcp.desegment_tcp_streams:FALSE"] {
            // Heads fit into a segment, so that they need no reassembly either.
            let options = Options::default().preference(off);
            for options in [options.clone(), options.two_passes()] {
                let found = messages(&tshark, std::slice::from_ref(&stream), &how, &options)?;
                let sessions: Vec<_> = found.iter().map(|row| row[0].as_str()).collect();
                let actions: Vec<_> = found.iter().map(|row| row[1].as_str()).collect();
                assert_eq!(actions, ["open", "", "send", "", "poll", "", "send", ""], "{off} {mss}");
                assert_eq!(sessions, ["0"; 8], "{off} {mss}");
                let last: Vec<_> = found[4..].iter().map(|row| row[2].as_str()).collect();
                assert_eq!(last, ["", "", "PNG", "QNG"], "{off} {mss}");
            }
        }
    }
    Ok(())
}

#[test]
fn an_answer_without_a_length_is_told_apart_in_the_info_column() -> Check {
    let tshark = Tshark::new()?;
    let mut stream = Stream::new(([192, 0, 2, 1], 3000).into(), ([192, 0, 2, 80], 80).into());
    let first = reply("200 OK", "8.1", MSN, "VER 1 MSNP12\r\n");
    // It ends with the connection, which http waits for.
    let second = reply("200 OK", "8.2", MSN, "CHL 0 12345\r\n").replace("HTTP/1.1", "HTTP/1.0");
    let second: String = second.split_inclusive("\r\n").filter(|line| !line.starts_with("Content-Length")).collect();
    stream.send(Side::Client, post("Action=open&Server=NS&IP=192.0.2.9", "VER 1 MSNP12\r\n"));
    stream.send(Side::Server, first + &second);
    let stored = tshark.store(&Capture::of_streams(Link::Ethernet, &[stream], &TcpOptions::default())?)?;
    for options in [Options::default(), Options::default().two_passes()] {
        let rows = tshark.summary(&stored, &options)?;
        let info: Vec<_> = rows.iter().map(|row| row.info.trim_end()).collect();
        assert!(info.contains(&"VER 1 server chooses MSNP12; HTTP/1.0 200 OK"), "{info:?}");
    }
    Ok(())
}
