// SPDX-License-Identifier: GPL-2.0-or-later
//! What others hear of changes, and where they are told that servers are.

mod common;

use common::{PATIENCE, Printed, config, online, server, sign_in, types};
use msn_lab::channel::BoxedStream;
use msn_lab::http::{Http, Message};
use msn_lab::serve::Config;
use msn_lab::talk::login::single_sign_on;
use msn_lab::watch::Watch;
use std::net::Ipv4Addr;
use tokio::net::TcpStream;

#[tokio::test]
async fn a_contact_hears_of_a_change_in_the_address_book() {
    let server = server(Config::default(), Watch::silent()).await;
    let mut dave = sign_in(config(&server, "dave", "fourth", 15), &Watch::silent()).await;
    types(&mut dave, &[online(15)]).await;
    dave.wait("CHG", PATIENCE).await.unwrap();
    let alice = config(&server, "alice", "secret", 15);
    let (ticket, _) = single_sign_on(&alice.road, alice.login.as_ref().unwrap(), "MBI_KEY_OLD").await.unwrap();
    let body = format!(
        "<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Header><ABAuthHeader>\
         <TicketToken>{}</TicketToken></ABAuthHeader></soap:Header><soap:Body><ABContactAdd><contacts><Contact><contactInfo>\
         <passportName>dave@example.com</passportName></contactInfo></Contact></contacts></ABContactAdd></soap:Body>\
         </soap:Envelope>",
        ticket.replace('&', "&amp;")
    );
    let stream: BoxedStream = Box::new(TcpStream::connect(server.places.web).await.unwrap());
    let mut http = Http::new(stream, PATIENCE);
    http.send(&Message::request("POST", "/abservice/abservice.asmx").body("text/xml", body)).await.unwrap();
    let answer = http.receive().await.unwrap().unwrap();
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    let told = dave.wait("ADL", PATIENCE).await.unwrap();
    assert!(String::from_utf8_lossy(told.payload()).contains("alice"), "{told:?}");
}

#[tokio::test]
async fn a_server_on_every_address_names_the_one_that_was_reached() {
    let everywhere = Config { address: Ipv4Addr::UNSPECIFIED.into(), ..Config::default() };
    let server = server(everywhere, Watch::silent()).await;
    let printed = Printed::default();
    let mut alice = config(&server, "alice", "secret", 9);
    let port = server.places.notification.port();
    alice.server = format!("127.0.0.1:{port}");
    let mut alice = sign_in(alice, &printed.watch(None, false)).await;
    types(&mut alice, &[online(9)]).await;
    alice.wait("CHG", PATIENCE).await.unwrap();
    types(&mut alice, &["XFR {trid} SB"]).await;
    let refer = alice.wait("XFR", PATIENCE).await.unwrap();
    assert_eq!(refer.get("msn.server.address"), Some("127.0.0.1"), "{refer:?}");
    assert!(!printed.text().contains("0.0.0.0:"), "{}", printed.text());
}
