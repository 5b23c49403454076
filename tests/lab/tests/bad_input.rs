// SPDX-License-Identifier: GPL-2.0-or-later
//! Peers that send garbage, never answer, close at any byte, or flood: a clear message, no hang, bounded memory.

mod common;

use common::{Printed, config, people, server};
use msn_dissect_core::command::Dir;
use msn_lab::channel::{self, Limits, Trouble};
use msn_lab::serve::{Config, Server};
use msn_lab::talk::Talker;
use msn_lab::watch::Watch;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

const SOON: Duration = Duration::from_millis(200);

fn impatient() -> Limits {
    Limits { silence: Some(SOON), patience: SOON, ..Limits::default() }
}

/// What a reader says of a peer that sends these bytes, in pieces, and then stays or closes.
async fn reads(pieces: &[&[u8]], closes: bool) -> (usize, Option<Trouble>) {
    let (near, mut far) = tokio::io::duplex(1 << 20);
    let watch = Watch::silent();
    let talk = watch.open("x", "127.0.0.1:5000".parse().unwrap(), "127.0.0.1:1863".parse().unwrap());
    let (mut reader, _writer) = channel::split(Box::new(near), &watch, talk, Dir::ToClient, impatient());
    let pieces: Vec<Vec<u8>> = pieces.iter().map(|piece| piece.to_vec()).collect();
    let feed = tokio::spawn(async move {
        for piece in pieces {
            if far.write_all(&piece).await.is_err() {
                break;
            }
        }
        if closes { None } else { Some(far) }
    });
    let mut count = 0;
    let trouble = loop {
        match timeout(Duration::from_secs(20), reader.next()).await.expect("a hang") {
            Ok(Some(_)) => count += 1,
            Ok(None) => break None,
            Err(trouble) => break Some(trouble),
        }
    };
    drop(reader);
    feed.abort();
    (count, trouble)
}

#[tokio::test]
async fn garbage_ends_a_conversation() {
    let zeros = vec![0u8; 1 << 20];
    assert!(matches!(reads(&[&zeros], false).await, (_, Some(Trouble::Noise(len))) if len <= 1 << 20));
    let page = b"HTTP/1.1 400 Bad Request\r\nServer: nginx\r\n\r\n".repeat(1000);
    let ended = reads(&[&page], false).await;
    assert!(matches!(ended.1, Some(Trouble::Noise(_))), "{ended:?}");
}

#[tokio::test]
async fn silence_and_half_commands_end_a_conversation() {
    assert!(matches!(reads(&[], false).await, (0, Some(Trouble::Silent(_)))));
    assert!(matches!(reads(&[b"QNG 4"], false).await, (0, Some(Trouble::Slow(_)))));
    assert!(matches!(reads(&[b"MSG Hotmail Hotmail 100\r\nhalf"], false).await, (0, Some(Trouble::Slow(_)))));
    assert!(matches!(reads(&[b"QNG\r\n"], true).await, (1, None)));
}

#[tokio::test]
async fn a_line_that_drips_in_is_not_waited_for_without_end() {
    let (near, mut far) = tokio::io::duplex(64);
    let watch = Watch::silent();
    let talk = watch.open("x", "127.0.0.1:5000".parse().unwrap(), "127.0.0.1:1863".parse().unwrap());
    let (mut reader, _writer) = channel::split(Box::new(near), &watch, talk, Dir::ToClient, impatient());
    let feed = tokio::spawn(async move {
        let _ = far.write_all(b"MSG Hotmail Hotmail 1000\r\n").await;
        while far.write_all(b"x").await.is_ok() {
            tokio::time::sleep(SOON / 4).await;
        }
    });
    let ended = timeout(Duration::from_secs(5), reader.next()).await.expect("a hang");
    assert!(matches!(ended, Err(Trouble::Slow(_))), "{ended:?}");
    feed.abort();
}

#[tokio::test]
async fn a_close_at_any_byte_is_told() {
    let said: &[u8] = b"VER 1 MSNP9\r\nMSG Hotmail Hotmail 5\r\nhelloQNG 50\r\n";
    let ends = [13, 41, said.len()];
    for at in 0..=said.len() {
        let (count, trouble) = reads(&[&said[..at]], true).await;
        let whole = ends.iter().filter(|end| **end <= at).count();
        assert_eq!(count, whole, "{at}");
        match trouble {
            None => assert!(at == 0 || ends.contains(&at), "{at}"),
            Some(Trouble::Cut(len)) => assert_eq!(len, at - ends.iter().rfind(|end| **end <= at).unwrap_or(&0), "{at}"),
            other => panic!("{at}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn a_flood_is_read_with_little_memory() {
    let flood = b"NLN NLN bob@example.com Bob 0\r\n".repeat(4000);
    let pieces: Vec<&[u8]> = (0..10).map(|_| flood.as_slice()).collect();
    let (count, trouble) = reads(&pieces, true).await;
    assert_eq!((count, trouble.is_none()), (40_000, true));
    // What is longer than any command is not kept.
    let long = [b"MSG Hotmail Hotmail 1048577\r\n".as_slice(), &vec![b'x'; 3 << 20]].concat();
    assert!(matches!(reads(&[&long], true).await.1, Some(Trouble::Noise(_))));
}

/// A server that does something else, and what a client says of it.
async fn client_meets(what: &'static [u8], stays: bool) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let place = listener.local_addr().unwrap();
    let own = server(Config::default(), Watch::silent()).await;
    let serving = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let _ = stream.write_all(what).await;
        if stays {
            tokio::time::sleep(Duration::from_secs(60)).await;
        }
    });
    let mut config = config(&own, "alice", "secret", 7);
    config.server = place.to_string();
    config.limits = Limits { patience: SOON, ..Limits::default() };
    let started = timeout(Duration::from_secs(10), Talker::start(config, Watch::silent())).await.expect("a hang");
    serving.abort();
    format!("{:#}", started.err().expect("nobody was signed in"))
}

#[tokio::test]
async fn clients_say_what_is_wrong_with_a_server() {
    assert!(client_meets(b"", true).await.contains("not answered in time"));
    assert!(client_meets(b"", false).await.contains("closed"));
    assert!(client_meets(b"SSH-2.0-OpenSSH_9.2\r\n", true).await.contains("not answered in time"));
    assert!(client_meets(b"VER 1 0\r\n", true).await.contains("speaks none"));
    assert!(client_meets(b"VER 1 MSNP7\r\n500 2\r\n", true).await.contains("500"));
    assert!(
        client_meets(b"VER 1 MSNP7\r\nINF 2 MD5\r\nXFR 3 NS 127.0.0.1:1 0 127.0.0.1:1\r\n", true)
            .await
            .contains("127.0.0.1 port 1")
    );
}

async fn strange_clients(server: &Server) -> Vec<Option<usize>> {
    let mut ends = Vec::new();
    for what in [
        &b"\0\0\0\0 what is this\r\n"[..],
        b"GET / HTTP/1.1\r\n\r\n",
        b"USR 1 MD5 I alice@example.com\r\n",
        b"CHG 1 NLN\r\n",
        b"ANS 1 alice@example.com 1.2 3\r\n",
        b"VER 1 MSNP99\r\n",
        b"VER 1 MSNP7\r\nUSR 2 MD5 S 00000000000000000000000000000000\r\n",
    ] {
        let mut stream = TcpStream::connect(server.places.notification).await.unwrap();
        stream.write_all(what).await.unwrap();
        let mut said = Vec::new();
        let read = timeout(Duration::from_secs(5), stream.read_to_end(&mut said)).await;
        ends.push(read.ok().and_then(Result::ok));
    }
    ends
}

#[tokio::test]
async fn servers_end_what_is_none_of_their_business() {
    let printed = Printed::default();
    let own = Server::start(
        Config { accounts: people(), limits: impatient(), ..Config::default() },
        printed.watch(None, false),
    )
    .await
    .unwrap();
    let ends = strange_clients(&own).await;
    assert!(ends.iter().all(Option::is_some), "{ends:?}");
    // Those that say nothing at all are not waited for either.
    let mut silent = TcpStream::connect(own.places.notification).await.unwrap();
    let mut none = Vec::new();
    timeout(Duration::from_secs(5), silent.read_to_end(&mut none)).await.expect("a hang").unwrap();
    assert!(none.is_empty() && own.world(|world| world.sessions.is_empty()));
    assert!(printed.text().contains("! "), "{}", printed.text());
}

#[tokio::test]
async fn a_client_that_does_not_read_is_dropped() {
    let limits =
        Limits { silence: Some(Duration::from_secs(20)), patience: Duration::from_millis(500), ..Limits::default() };
    let own = Server::start(Config { limits, ..Config::default() }, Watch::silent()).await.unwrap();
    let mut stream = TcpStream::connect(own.places.notification).await.unwrap();
    let flood = b"CVR 1 0x0409 winnt 5.1 i386 MSNMSGR 8.5.1302 msmsgs alice@example.com\r\n".repeat(2000);
    stream.write_all(b"VER 1 MSNP9\r\n").await.unwrap();
    let flooding = async { while stream.write_all(&flood).await.is_ok() {} };
    // Its answers fill what the system keeps for it; then the server lets it go.
    timeout(Duration::from_secs(60), flooding).await.expect("a hang");
}
