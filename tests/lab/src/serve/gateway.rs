// SPDX-License-Identifier: GPL-2.0-or-later
//! The HTTP gateway: requests that carry a conversation (fact base: transports 3).

use msn_dissect_core::command::ServerKind;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::world::reachable;
use super::{Shared, lock};
use crate::http::Message;

/// Most sessions at a time.
const MAX_SESSIONS: usize = 200;

/// Time without a request after which a session ends.
const EXPIRES: Duration = Duration::from_secs(60);

/// Bytes that wait for a poll.
const ROOM: usize = 1 << 20;

/// Time in which an answer to what was sent is waited for.
const ANSWER: Duration = Duration::from_millis(100);

/// Longest time that a poll may wait.
const MAX_LIFESPAN: u64 = 60;

struct Session {
    stream: DuplexStream,
    used: Instant,
    turn: u32,
}

/// Sessions by the number before the dot.
#[derive(Default)]
pub(super) struct Gateways {
    sessions: Mutex<HashMap<String, Session>>,
    conversations: Mutex<JoinSet<()>>,
    next: AtomicU64,
}

fn parameter<'a>(query: &'a str, name: &str) -> Option<&'a str> {
    query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .find(|(key, _)| key.eq_ignore_ascii_case(name))
        .map(|pair| pair.1)
}

impl Gateways {
    /// Ends all conversations.
    pub(super) fn end(&self) {
        lock(&self.conversations).abort_all();
    }
}

/// Answers one request.
pub(super) async fn request(
    shared: &Arc<Shared>,
    query: &str,
    body: Vec<u8>,
    ends: (SocketAddr, SocketAddr),
) -> Message {
    let gateway = &shared.gateway;
    lock(&gateway.sessions).retain(|_, session| session.used.elapsed() < EXPIRES);
    let id = match parameter(query, "SessionID") {
        Some(id) => id.split('.').next().unwrap_or(id).to_owned(),
        None => open(shared, ends),
    };
    // While a request is answered no other of the session is.
    let Some(mut session) = lock(&gateway.sessions).remove(&id) else { return Message::answer(400) };
    let written = timeout(shared.limits.patience, session.stream.write_all(&body)).await;
    let wait = match parameter(query, "Lifespan").and_then(|seconds| seconds.parse().ok()) {
        Some(seconds) => Duration::from_secs(MAX_LIFESPAN.min(seconds)),
        None if parameter(query, "Action") == Some("poll") => Duration::ZERO,
        None => ANSWER,
    };
    let mut said = Vec::new();
    let mut open = matches!(written, Ok(Ok(())));
    let mut patience = wait;
    while open && said.len() < ROOM {
        // What comes at once behind the first goes with it.
        match timeout(patience, session.stream.read_buf(&mut said)).await {
            Ok(Ok(0) | Err(_)) => open = false,
            Ok(Ok(_)) => patience = Duration::from_millis(1),
            Err(_) => break,
        }
    }
    session.turn += 1;
    session.used = Instant::now();
    let state = format!("SessionID={id}.{}; GW-IP={}", session.turn, ends.1);
    let state = if open { state } else { format!("{state}; Session=close") };
    if open {
        lock(&gateway.sessions).insert(id, session);
    }
    Message::answer(200).header("X-MSN-Messenger", state).body("application/x-msn-messenger", said)
}

fn open(shared: &Arc<Shared>, (client, server): (SocketAddr, SocketAddr)) -> String {
    let gateway = &shared.gateway;
    let number = gateway.next.fetch_add(1, Ordering::Relaxed);
    let id = (954_547_325 + number).to_string();
    let mut sessions = lock(&gateway.sessions);
    if sessions.len() >= MAX_SESSIONS {
        return id;
    }
    let (near, far) = tokio::io::duplex(ROOM);
    sessions.insert(id.clone(), Session { stream: near, used: Instant::now(), turn: 0 });
    // One connection of the client may carry several conversations: each looks like one of its own.
    let client = SocketAddr::new(client.ip(), 10_000 + (number % 20_000) as u16);
    let server = reachable(shared.world().places.notification, server.ip());
    let held = Arc::downgrade(shared);
    let mut conversations = lock(&gateway.conversations);
    while conversations.try_join_next().is_some() {}
    conversations.spawn(async move {
        let Some(shared) = held.upgrade() else { return };
        let ended = super::converse(&shared, Box::new(far), client, server, ServerKind::Notification).await;
        if let Err(error) = ended {
            shared.watch.remark(&format!("! gateway: {error}"));
        }
    });
    id
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_found_in_any_order() {
        let query = "Action=poll&Lifespan=3&SessionID=1.2";
        assert_eq!(parameter(query, "sessionid"), Some("1.2"));
        assert_eq!((parameter(query, "Lifespan"), parameter(query, "IP")), (Some("3"), None));
    }
}
