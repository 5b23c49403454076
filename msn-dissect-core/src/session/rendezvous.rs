// SPDX-License-Identifier: GPL-2.0-or-later
//! What one connection says about another that is yet to come.

use std::collections::{HashMap, HashSet, VecDeque};

use super::names::NameId;
use crate::dissect::Announcement;

/// Who may use a switchboard cookie, and in which protocol version.
#[derive(Clone, Copy, Debug)]
pub struct Ticket {
    /// Protocol version of the notification connection that got the cookie.
    pub version: u8,
    /// Its account.
    pub account: NameId,
    /// Frame of the XFR or RNG.
    pub frame: u32,
}

/// Most cookies remembered; the oldest goes first.
pub const MAX_TICKETS: usize = 1 << 16;

/// Most server addresses announced to the consumer.
pub const MAX_SERVERS: usize = 1 << 14;

/// Longest cookie remembered, in bytes.
pub const MAX_COOKIE: usize = 256;

/// Tables that tie connections together.
#[derive(Debug, Default)]
pub struct Rendezvous {
    tickets: HashMap<Box<[u8]>, Ticket>,
    order: VecDeque<Box<[u8]>>,
    servers: HashSet<Announcement>,
    /// Cookies forgotten because the table was full.
    pub evicted: u64,
}

impl Rendezvous {
    /// Remembers a cookie that an XFR or RNG announced.
    pub fn announce(&mut self, cookie: &[u8], ticket: Ticket) {
        if cookie.len() > MAX_COOKIE {
            return;
        }
        if self.tickets.insert(cookie.into(), ticket).is_none() {
            self.order.push_back(cookie.into());
        }
        if self.order.len() > MAX_TICKETS {
            if let Some(oldest) = self.order.pop_front() {
                self.tickets.remove(&oldest);
                self.evicted += 1;
            }
        }
    }

    /// Whether this server was not announced before; at most [`MAX_SERVERS`] are.
    pub fn is_new_server(&mut self, server: &Announcement) -> bool {
        self.servers.len() < MAX_SERVERS && self.servers.insert(server.clone())
    }

    /// What is known of a cookie.
    pub fn ticket(&self, cookie: &[u8]) -> Option<&Ticket> {
        self.tickets.get(cookie)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_cookie_goes_first() {
        let mut table = Rendezvous::default();
        let ticket = Ticket { version: 18, account: NameId::default(), frame: 1 };
        for number in 0..=MAX_TICKETS {
            table.announce(number.to_string().as_bytes(), ticket);
        }
        assert!(table.ticket(b"0").is_none() && table.ticket(b"1").is_some());
        assert_eq!(table.evicted, 1);
        table.announce(&[b'x'; MAX_COOKIE + 1], ticket);
        assert!(table.ticket(&[b'x'; MAX_COOKIE + 1]).is_none());
    }
}
