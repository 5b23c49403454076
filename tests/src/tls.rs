// SPDX-License-Identifier: GPL-2.0-or-later
//! Conversations over real TLS: OpenSSL on both ends, the bytes between them recorded on the way, and the keys.

use crate::pcap::{Event, Side, Stream};
use anyhow::{Context, Result, bail, ensure};
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

/// Longest wait for anything that happens on this machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// An OpenSSL program that copies its input to the connection and the connection to its output.
struct End {
    child: Child,
    heard: Receiver<Vec<u8>>,
    unread: Vec<u8>,
}

impl End {
    fn start(command: &mut Command) -> Result<End> {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().with_context(|| format!("cannot run {command:?}"))?;
        let output = child.stdout.take().context("no output")?;
        let (sender, heard) = channel();
        thread::spawn(move || copy(output, |bytes| sender.send(bytes.to_vec()).is_ok()));
        Ok(End { child, heard, unread: Vec::new() })
    }

    fn say(&mut self, bytes: &[u8]) -> Result<()> {
        let input = self.child.stdin.as_mut().context("no input")?;
        input.write_all(bytes)?;
        Ok(input.flush()?)
    }

    fn hear(&mut self, bytes: &[u8]) -> Result<()> {
        while self.unread.len() < bytes.len() {
            self.unread.extend(self.heard.recv_timeout(PATIENCE).context("nothing came through TLS")?);
        }
        let rest = self.unread.split_off(bytes.len());
        ensure!(self.unread == bytes, "other bytes came through TLS");
        self.unread = rest;
        Ok(())
    }
}

impl Drop for End {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn copy(mut from: impl Read, mut to: impl FnMut(&[u8]) -> bool) {
    let mut buffer = [0; 16 * 1024];
    while let Ok(count) = from.read(&mut buffer) {
        if count == 0 || !buffer.get(..count).is_some_and(&mut to) {
            return;
        }
    }
}

/// Passes bytes on between client and server, and reports them.
fn relay(listener: &TcpListener, server: SocketAddr, report: &Sender<(Side, Vec<u8>)>) -> Result<()> {
    let (client, _) = listener.accept()?;
    let server = connect(server)?;
    for (side, from, to) in [(Side::Client, &client, &server), (Side::Server, &server, &client)] {
        let (from, mut to, report) = (from.try_clone()?, to.try_clone()?, report.clone());
        thread::spawn(move || {
            copy(from, |bytes| report.send((side, bytes.to_vec())).is_ok() && to.write_all(bytes).is_ok());
        });
    }
    Ok(())
}

/// Waits until the server listens.
fn connect(server: SocketAddr) -> Result<TcpStream> {
    let started = Instant::now();
    loop {
        match TcpStream::connect(server) {
            Ok(stream) => return Ok(stream),
            Err(_) if started.elapsed() < PATIENCE => thread::sleep(Duration::from_millis(10)),
            Err(error) => bail!("the TLS server does not listen: {error}"),
        }
    }
}

fn free_port() -> Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// Sends what the sides of `plain` say through TLS, and gives the connection as it looks on the wire. `version` is an
/// option of OpenSSL, such as `-tls1_2`; the keys are appended to `key_log`.
///
/// # Errors
/// When OpenSSL is missing or the connection fails.
pub fn encrypted(plain: &Stream, version: &str, key_log: &Path) -> Result<Stream> {
    let folder = tempfile::tempdir()?;
    let (key, certificate) = (folder.path().join("key.pem"), folder.path().join("certificate.pem"));
    let mut make = Command::new("openssl");
    make.args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]);
    make.args(["-subj", "/CN=gateway.example.com", "-days", "2", "-keyout"]).arg(&key).arg("-out").arg(&certificate);
    let made = make.stdin(Stdio::null()).output().context("cannot run openssl")?;
    ensure!(made.status.success(), "openssl makes no certificate: {}", String::from_utf8_lossy(&made.stderr));

    let port = free_port()?;
    let mut serve = Command::new("openssl");
    serve.args(["s_server", "-quiet", version, "-accept", &format!("127.0.0.1:{port}"), "-naccept", "2", "-key"]);
    let mut server = End::start(serve.arg(&key).arg("-cert").arg(&certificate))?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let entry = format!("127.0.0.1:{}", listener.local_addr()?.port());
    let (report, recorded) = channel();
    let mut ask = Command::new("openssl");
    ask.args(["s_client", "-quiet", version, "-connect", &entry, "-servername", "gateway.example.com", "-keylogfile"]);
    let mut client = End::start(ask.arg(key_log))?;
    relay(&listener, (Ipv4Addr::LOCALHOST, port).into(), &report)?;
    drop(report);

    for event in &plain.events {
        let Event::Data(bytes) = &event.event else { continue };
        let (from, to) = match event.side {
            Side::Client => (&mut client, &mut server),
            Side::Server => (&mut server, &mut client),
        };
        from.say(bytes)?;
        to.hear(bytes)?;
    }
    drop(client);
    drop(server);
    let mut stream = Stream::new(plain.client, plain.server);
    for (side, bytes) in recorded {
        stream.send(side, bytes);
    }
    Ok(stream)
}
