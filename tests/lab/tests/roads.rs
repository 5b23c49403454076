// SPDX-License-Identifier: GPL-2.0-or-later
//! The same conversation inside of TLS, through a SOCKS proxy and through the HTTP gateway.

mod common;

use common::{PATIENCE, Printed, config, online, server, sign_in, types};
use msn_lab::serve::{Config, Server};
use msn_lab::talk;
use msn_lab::tls::Trust;
use msn_lab::watch::Watch;
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};

/// Somebody on this road and somebody on the plain one chat.
async fn chat(server: &Server, version: u8, change: impl FnOnce(&mut talk::Config)) {
    let printed = Printed::default();
    let mut hers = config(server, "alice", "secret", version);
    change(&mut hers);
    let mut his = config(server, "bob", "hidden", version);
    his.answer = true;
    let mut alice = sign_in(hers, &printed.watch(None, false)).await;
    let mut bob = sign_in(his, &Watch::silent()).await;
    for talker in [&mut alice, &mut bob] {
        types(talker, &[online(version)]).await;
        talker.wait("CHG", PATIENCE).await.unwrap();
    }
    alice.wait("NLN", PATIENCE).await.unwrap();
    types(&mut alice, &["XFR {trid} SB"]).await;
    alice.wait("XFR", PATIENCE).await.unwrap();
    alice.wait("USR", PATIENCE).await.unwrap();
    types(&mut alice, &["CAL {trid} bob@example.com"]).await;
    bob.wait("ANS", PATIENCE).await.unwrap();
    alice.wait("JOI", PATIENCE).await.unwrap();
    types(&mut alice, &["MSG {trid} N", "MIME-Version: 1.0", "Content-Type: text/plain", "", "by another road", "."])
        .await;
    let said = bob.wait("MSG", PATIENCE).await.unwrap();
    assert!(said.get("msn.message.text").unwrap().contains("by another road"));
    types(&mut bob, &["MSG {trid} N", "MIME-Version: 1.0", "Content-Type: text/plain", "", "and back", "."]).await;
    let said = alice.wait("MSG", PATIENCE).await.unwrap();
    assert!(said.get("msn.message.text").unwrap().contains("and back"));
    printed.assert_clean("alice");
}

#[tokio::test]
async fn tls_with_a_certificate_that_is_known() {
    let own = server(Config::default(), Watch::silent()).await;
    let trust = Trust::These(own.certificate.clone());
    chat(&own, 15, |config| {
        config.road.tls = true;
        config.road.trust = trust;
        let login = config.login.as_mut().unwrap();
        login.service = login.service.as_ref().map(|url| url.replace("http://", "https://"));
    })
    .await;
}

#[tokio::test]
async fn nobody_else_is_believed() {
    let [own, other] =
        [server(Config::default(), Watch::silent()).await, server(Config::default(), Watch::silent()).await];
    let mut config = config(&own, "alice", "secret", 7);
    config.road.tls = true;
    config.road.trust = Trust::These(other.certificate.clone());
    let error = talk::Talker::start(config.clone(), Watch::silent()).await.err().expect("a stranger was believed");
    assert!(format!("{error:#}").contains("TLS"), "{error:#}");
    config.road.trust = Trust::Anybody;
    assert!(talk::Talker::start(config, Watch::silent()).await.is_ok());
}

/// A SOCKS 5 proxy without authentication, for one address family.
async fn proxy() -> (SocketAddr, tokio::task::JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let place = listener.local_addr().unwrap();
    let serving = tokio::spawn(async move {
        let mut served = tokio::task::JoinSet::new();
        while let Ok((mut stream, _)) = listener.accept().await {
            served.spawn(async move {
                let mut greeting = [0; 2];
                stream.read_exact(&mut greeting).await?;
                let mut methods = vec![0; greeting[1].into()];
                stream.read_exact(&mut methods).await?;
                stream.write_all(&[5, 0]).await?;
                let mut request = [0; 4];
                stream.read_exact(&mut request).await?;
                let host = match request[3] {
                    1 => {
                        let mut four = [0; 4];
                        stream.read_exact(&mut four).await?;
                        std::net::Ipv4Addr::from(four).to_string()
                    }
                    _ => {
                        let mut name = vec![0; stream.read_u8().await?.into()];
                        stream.read_exact(&mut name).await?;
                        String::from_utf8_lossy(&name).into_owned()
                    }
                };
                let port = stream.read_u16().await?;
                let mut server = TcpStream::connect((host.as_str(), port)).await?;
                stream.write_all(&[5, 0, 0, 1, 127, 0, 0, 1, 0, 0]).await?;
                copy_bidirectional(&mut stream, &mut server).await.map(|_| ())
            });
        }
    });
    (place, serving)
}

#[tokio::test]
async fn socks() {
    let own = server(Config { dispatch: Some(0), ..Config::default() }, Watch::silent()).await;
    let (place, serving) = proxy().await;
    chat(&own, 9, |config| config.road.socks = Some(place.to_string())).await;
    serving.abort();
}

#[tokio::test]
async fn gateway() {
    let own = server(Config::default(), Watch::silent()).await;
    let web = own.places.web.to_string();
    chat(&own, 12, |config| config.road.gateway = Some(web)).await;
}

#[tokio::test]
async fn gateway_inside_of_tls() {
    let own = server(Config::default(), Watch::silent()).await;
    let web = own.places.web.to_string();
    chat(&own, 18, |config| {
        config.road.gateway = Some(web);
        config.road.tls = true;
    })
    .await;
}

#[tokio::test]
async fn a_road_that_leads_nowhere_is_told() {
    let own = server(Config::default(), Watch::silent()).await;
    let mut config = config(&own, "alice", "secret", 7);
    config.road.socks = Some("127.0.0.1:1".to_owned());
    let error = talk::Talker::start(config, Watch::silent()).await.err().expect("a proxy that is none");
    assert!(format!("{error:#}").contains("SOCKS"), "{error:#}");
}
