// SPDX-License-Identifier: GPL-2.0-or-later
//! Web traffic that is not MSN's looks exactly as it does without the plugin.

mod common;

use common::Check;
use msn_tests::pcap::{Capture, Event, Link, Segmentation, Side, Stream, TcpOptions};
use msn_tests::truth::capture_folder;
use msn_tests::tshark::{Options, Stored, Tshark};

fn message(start: &str, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let mut head = format!("{start}\r\n");
    for (name, value) in headers {
        head += &format!("{name}: {value}\r\n");
    }
    if !headers.iter().any(|(name, _)| *name == "Transfer-Encoding") {
        head += &format!("Content-Length: {}\r\n", body.len());
    }
    [head.as_bytes(), b"\r\n", body].concat()
}

fn request(target: &str, kind: Option<&str>, body: &[u8]) -> Vec<u8> {
    let mut headers = vec![("Host", "www.example.com")];
    headers.extend(kind.map(|kind| ("Content-Type", kind)));
    message(&format!("POST {target} HTTP/1.1"), &headers, body)
}

fn answer(kind: Option<&str>, body: &[u8]) -> Vec<u8> {
    let headers: Vec<_> = kind.map(|kind| ("Content-Type", kind)).into_iter().collect();
    message("HTTP/1.1 200 OK", &headers, body)
}

/// Pages, forms, web services, pictures, chunks, tunnels, and requests that come close to those of the gateway.
fn browsing() -> Vec<Stream> {
    let xml: &[u8] = b"<?xml version=\"1.0\"?><Envelope><Body><VER>1 MSNP9</VER></Body></Envelope>";
    let html: &[u8] = b"<html><body>VER 1 MSNP9 CVR0\r\n</body></html>";
    let chunks = b"8\r\n<html>ab\r\n7\r\n</html>\r\n0\r\n\r\n";
    let types =
        ["text/xml; charset=utf-8", "text/html", "application/soap+xml", "text/plain", "image/gif", "multipart/x"];
    let mut streams = Vec::new();
    for (n, port) in [80, 8080, 8000, 443].into_iter().enumerate() {
        let mut web = Stream::new(([192, 0, 2, 1], 30_000 + n as u16).into(), ([198, 51, 100, 7], port).into());
        web.send(Side::Client, "GET / HTTP/1.1\r\nHost: www.example.com\r\n\r\n");
        web.send(Side::Server, answer(Some("text/html"), html));
        for kind in types.map(Some).into_iter().chain([None]) {
            web.send(Side::Client, request("/service/call.asmx?SessionID=1&Action=open", kind, xml));
            web.send(Side::Server, b"HTTP/1.1 100 Continue\r\n\r\n".as_slice());
            web.send(Side::Server, answer(kind, xml));
            web.send(Side::Client, request("/gateway/gateway.dll", kind, html));
            web.send(Side::Server, answer(kind, b"VER 1 MSNP9 CVR0\r\n"));
            web.send(Side::Client, request("/gateway.dll.html?SessionID=1", kind, b"VER 1 MSNP9\r\n"));
            let chunked = [("Content-Type", kind.unwrap_or("text/html")), ("Transfer-Encoding", "chunked")];
            web.send(Side::Server, message("HTTP/1.1 200 OK", &chunked, chunks));
        }
        let two = [request("/a", Some("text/xml"), xml), request("/b", Some("text/xml"), xml)].concat();
        web.send(Side::Client, two).send(Side::Server, answer(Some("text/xml"), xml));
        web.send(Side::Server, "HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\n\r\n<p>gone</p>");
        streams.push(web);
    }
    let page = b"GET / HTTP/1.1\r\nHost: www.example.com\r\n\r\n".as_slice();
    let targets = ["8443", "80", "8080", "21", "443"];
    for (n, (proxy, target)) in [80, 8080, 1080, 23_456].into_iter().flat_map(|p| targets.map(|t| (p, t))).enumerate() {
        let mut tunnel = Stream::new(([192, 0, 2, 1], 31_000 + n as u16).into(), ([198, 51, 100, 8], proxy).into());
        tunnel.send(Side::Client, format!("CONNECT www.example.com:{target} HTTP/1.0\r\n\r\n"));
        tunnel.send(Side::Server, "HTTP/1.0 200 OK\r\n\r\n");
        if target == "443" || target == "8443" {
            tunnel.send(Side::Client, "\x16\x03\x01 nothing").send(Side::Server, "\x05\x01\x00");
        } else {
            tunnel.send(Side::Client, page).send(Side::Server, answer(Some("text/html"), html));
        }
        streams.push(tunnel);
    }
    for (n, port) in [80, 8080, 1080, 1081].into_iter().enumerate() {
        let mut socks = Stream::new(([192, 0, 2, 1], 31_900 + n as u16).into(), ([198, 51, 100, 9], port).into());
        socks.send(Side::Client, "\x05\x01\x00").send(Side::Server, "\x05\x00");
        socks.send(Side::Client, b"\x05\x01\x00\x01\xc6\x33\x64\x07\x00\x50".as_slice());
        socks.send(Side::Server, b"\x05\x00\x00\x01\xc6\x33\x64\x07\x00\x50".as_slice());
        socks.send(Side::Client, page).send(Side::Server, answer(Some("text/html"), html));
        streams.push(socks);
        if port == 1081 {
            continue;
        }
        // The middle of an upload, whose beginning is not in the capture.
        let mut upload = Stream::new(([192, 0, 2, 1], 31_950 + n as u16).into(), ([198, 51, 100, 9], port).into());
        upload.push(Side::Client, Event::Unseen(b"POST / HTTP/1.1\r\nContent-Length: 36\r\n\r\n".to_vec()));
        upload.send(Side::Client, "VER 1 MSNP9 CVR0\r\n").send(Side::Client, "VER 2 MSNP9 CVR0\r\n");
        streams.push(upload);
    }
    streams
}

fn same(tshark: &Tshark, stored: &Stored, options: &Options) -> Check {
    let bare = tshark.without_plugin();
    for options in
        [options.clone(), options.clone().two_passes(), options.clone().preference("http.desegment_body:FALSE")]
    {
        let (with, without) = (tshark.verbose(stored, &options)?, bare.verbose(stored, &options)?);
        assert!(without.lines().filter(|line| line.starts_with("Hypertext Transfer Protocol")).count() > 3);
        let wrong = with.lines().zip(without.lines()).position(|(a, b)| a != b);
        assert_eq!(wrong.map(|at| (with.lines().nth(at), without.lines().nth(at))), None);
        assert_eq!(with.len(), without.len());
        assert_eq!(tshark.summary(stored, &options)?, bare.summary(stored, &options)?);
    }
    Ok(())
}

#[test]
fn browsing_looks_as_it_does_without_the_plugin() -> Check {
    let tshark = Tshark::new()?;
    for segmentation in [Segmentation::AsSent, Segmentation::Random { seed: 3, max: 200 }] {
        let capture = Capture::of_streams(Link::Ethernet, &browsing(), &TcpOptions::cut(segmentation))?;
        same(&tshark, &tshark.store(&capture)?, &Options::default())?;
    }
    Ok(())
}

#[test]
fn the_plugin_is_there_in_the_one_and_not_in_the_other() -> Check {
    let tshark = Tshark::new()?;
    let list = |tshark: &Tshark| -> Result<String, anyhow::Error> {
        let output = tshark.run(&["-G", "plugins"], &Options::default())?;
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    };
    assert!(list(&tshark)?.contains("msn.so"));
    assert!(!list(&tshark.without_plugin())?.contains("msn.so"));
    Ok(())
}

/// The lines of a frame without the layer of the web services, and whether there was one.
fn without_layer(frame: &str) -> (Vec<String>, bool) {
    let mut inside = false;
    let mut found = false;
    let mut left = Vec::new();
    for line in frame.lines() {
        if !line.starts_with(' ') {
            inside = line.starts_with("MSN Web Services, ");
            found |= inside;
        }
        if !inside {
            left.push(line.replace(":msnsoap]", "]"));
        }
    }
    (left, found)
}

#[test]
fn the_web_traffic_beside_real_chats_stays_the_same() -> Check {
    let tshark = Tshark::new()?;
    let bare = tshark.without_plugin();
    // The way to the login service, which a request without body asks for, and the address book; each of them twice.
    for (name, ours) in [("msnp11-lists-msnp11sdk-escargot", 2), ("msnp21-basic-bitlbee3.5.1-escargot", 8)] {
        let stored = tshark.store_file(&capture_folder().join(format!("{name}.pcap")))?;
        let options = Options::filter("tcp.port == 80");
        let (with, without) = (tshark.verbose(&stored, &options)?, bare.verbose(&stored, &options)?);
        let frames = |text: &str| text.split("\nFrame ").map(str::to_owned).collect::<Vec<_>>();
        let (with, without) = (frames(&with), frames(&without));
        let (with_lines, without_lines) = (tshark.summary(&stored, &options)?, bare.summary(&stored, &options)?);
        assert!(with.len() == without.len() && with_lines.len() == with.len(), "{name}");
        let mut services = 0;
        for (at, (one, other)) in with.iter().zip(&without).enumerate() {
            // What the core takes for a message of a web service has one layer more, and all else as before.
            let (left, found) = without_layer(one);
            services += usize::from(found);
            if found {
                assert_eq!(left.join("\n").trim_end(), other.trim_end(), "{name}");
            } else {
                assert_eq!((one, &with_lines[at]), (other, &without_lines[at]), "{name}");
            }
        }
        assert_eq!(services, ours, "{name}");
        assert!(with.len() > 2 * ours, "{name}");
    }
    Ok(())
}
