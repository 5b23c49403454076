// SPDX-License-Identifier: GPL-2.0-or-later
//! Connections that lead to others: referrals, calls, chats, the same account again (fact base: state 1 and 3); and how
//! far the login of one came.

use super::learn::Unit;
use crate::{
    command::{
        Dir, Role,
        line::decimal,
        verbs::{Side, Verb},
    },
    dissect::params,
    fields::link as x,
    packet::Endpoint,
    session::{
        NameId, NoteKey,
        links::{Fact, LoginStep, Way},
        rendezvous::SignedIn,
    },
};

/// What is wrong with a cookie, as [`x::COOKIE_WRONG`] tells it.
pub(super) const NEVER_GIVEN: u32 = 0;
pub(super) const OTHER_ACCOUNT: u32 = 1;
pub(super) const OTHER_ROLE: u32 = 2;

impl Unit<'_> {
    /// A client opens a switchboard session with a cookie.
    pub fn open(&mut self, side: Side) {
        let (key, frame) = (self.key, self.record.frame);
        let cookie = self.token(Role::Cookie);
        self.session.links.expect(key, Way::OtherSide, false);
        if let Some(conn) = self.conn() {
            conn.opened.get_or_insert(key);
        }
        // Only where the account's other connection was seen whole can it be said which cookies it got, and how often.
        let rendezvous = &self.session.rendezvous;
        let whole = !rendezvous.lost_cookies()
            && rendezvous.signed_in(self.record.account).is_some_and(|signed_in| {
                let conn = self.session.connections.get(signed_in.conn);
                signed_in.from_start && conn.is_some_and(|conn| conn.heard_whole())
            });
        let ticket = self.session.rendezvous.take(cookie);
        // What opens no session joins no chat.
        let sound = ticket.map_or(!whole, |ticket| ticket.side == side && ticket.used < ticket.announced);
        match ticket {
            Some(ticket) => {
                if let Some(conn) = self.conn() {
                    conn.announced.get_or_insert((key, ticket.key.0));
                }
                if ticket.side == Side::Callee && side == Side::Callee {
                    self.answers(ticket.key, "RNG", ticket.time);
                }
                self.session.links.follow(ticket.key, Way::Opened, frame);
                let account = self.record.account;
                let named = !ticket.account.is_none() && !account.is_none();
                if whole && ticket.side != side {
                    self.remark(x::COOKIE_WRONG, OTHER_ROLE, ticket.key.0.index());
                } else if whole && named && !self.same_account(ticket.account, account) {
                    self.remark(x::COOKIE_WRONG, OTHER_ACCOUNT, ticket.key.0.index());
                }
                if whole && ticket.used >= ticket.announced {
                    self.remark(x::COOKIE_REUSED, ticket.key.0.index(), 0);
                }
            }
            None if whole => self.remark(x::COOKIE_WRONG, NEVER_GIVEN, 0),
            None => {}
        }
        match side {
            Side::Callee => self.enter_chat(),
            Side::Caller if sound => self.foretell_chat(cookie),
            Side::Caller => {}
        }
    }

    /// The line gives the session id of the chat.
    pub fn enter_chat(&mut self) {
        let session_id = crate::text::utf8(self.token(Role::Session)).text.into_owned();
        let chat = self.session.links.names.keep(&session_id);
        let key = self.key;
        let Some(conn) = self.conn() else { return };
        let foretold = conn.foretold;
        if chat.is_none() || conn.chat.is_some_and(|known| known.1 == chat) {
            return;
        }
        // A connection belongs to one chat; what a second one would change must not change what was shown before.
        conn.chat.get_or_insert((key, chat));
        let opened = match conn.opened {
            Some(opened) => opened,
            None => {
                conn.opened = Some(key);
                self.session.links.expect(key, Way::OtherSide, false);
                key
            }
        };
        if foretold.is_some_and(|foretold| foretold.1 != chat) {
            self.remark(x::SESSION_DIFFERS, 0, 0);
        }
        self.join(chat, opened);
    }

    /// The caller's cookie begins with the session id that the server tells when it calls somebody.
    fn foretell_chat(&mut self, cookie: &[u8]) {
        let Some(session_id) = session_of(cookie) else { return };
        let (key, chat) = (self.key, self.session.links.names.keep(session_id));
        let Some(conn) = self.conn() else { return };
        if chat.is_none() || conn.chat.is_some() || conn.foretold.is_some() {
            return;
        }
        conn.foretold = Some((key, chat));
        let opened = conn.opened.unwrap_or(key);
        self.join(chat, opened);
    }

    /// This connection, which began in `opened`, is one side of a chat.
    fn join(&mut self, chat: NameId, opened: NoteKey) {
        for other in self.session.rendezvous.join(chat, self.record.conn, opened) {
            self.session.links.fact(Fact::OtherSide(other.0));
            self.session.links.follow(other, Way::OtherSide, opened.0);
            self.session.links.follow(opened, Way::OtherSide, other.0);
        }
    }

    /// The server refers the client to another server.
    pub fn referral(&mut self) {
        if self.token(Role::Host) == b"0" {
            return;
        }
        self.session.links.expect(self.key, Way::Opened, false);
        if self.record.account.is_none() {
            self.refer_by_hop();
        }
        self.session.rendezvous.refer(self.record.account, self.key);
    }

    /// Where nothing told the account, the hop data that the client must present is what the two connections share: from
    /// the same client, to the server that was named.
    fn refer_by_hop(&mut self) {
        let (host, port) = params::split_host(self.token(Role::Host));
        let address = std::str::from_utf8(host).ok().and_then(|text| text.parse().ok());
        let port = port.and_then(decimal).and_then(|port| u16::try_from(port).ok());
        let (Some(address), Some(port)) = (address, port) else { return };
        let server = Endpoint::new(address, port);
        self.session.rendezvous.refer_by_hop(self.ends.0, server, self.hop(), self.key);
    }

    /// Which step of a login this is, on a connection that began with one.
    pub fn login_step(&mut self, verbs: &[Verb]) {
        let (frame, dir, version) = (self.record.frame, self.record.dir, self.record.version);
        let (server, key) = (self.on_switchboard(), self.key);
        let ok = self.line.word == *b"USR" && dir == Dir::ToClient && !verbs.contains(&Verb::AskProof);
        let error = self.line.error().is_some();
        let Some(conn) = self.conn() else { return };
        conn.latest = key;
        let steps = conn.step != LoginStep::None;
        conn.step = match verbs {
            _ if server || conn.late || (steps && (ok || error)) => LoginStep::None,
            [Verb::Offer, ..] if dir == Dir::ToServer => LoginStep::Offered(frame),
            _ if !steps => LoginStep::None,
            verbs if verbs.contains(&Verb::Refer) => LoginStep::None,
            verbs if verbs.contains(&Verb::Prove) => LoginStep::Proved(frame),
            verbs if verbs.contains(&Verb::AskProof) => LoginStep::Asked(frame),
            // The server knows none of the versions, and says so.
            [Verb::Choose, ..] if version == 0 => LoginStep::None,
            [Verb::Choose, ..] => LoginStep::Chosen(frame),
            verbs if verbs.contains(&Verb::Account) && dir == Dir::ToServer => LoginStep::Named(frame),
            _ => conn.step,
        };
    }

    /// The client leaves without having proved its account.
    pub fn give_up(&mut self) {
        let Some(challenge) = self.conn().and_then(|conn| conn.login.as_ref()).map(|login| login.1.key.0) else {
            return;
        };
        let refusal = self.session.soap.logins.refusal(self.session.names.get(self.record.account));
        // What was refused before it was asked for has nothing to do with it.
        if let Some((frame, why)) = refusal.filter(|refusal| refusal.0 > challenge) {
            self.session.links.fact(Fact::Refused(frame, why));
        }
    }

    /// The first line of a dispatch or notification connection that names its account.
    pub fn sign_in(&mut self) {
        let (key, frame) = (self.key, self.record.frame);
        let account: NameId = self.record.account;
        let (id, version) = (self.record.conn, self.record.version);
        let Some(conn) = self.conn() else { return };
        if account.is_none() || conn.account == account {
            return;
        }
        conn.account = account;
        let from_start = !conn.late;
        // The first line that names the account is rarely the first of the connection.
        let first = conn.first;
        self.session.links.expect(key, Way::Later, false);
        if let Some(referral) = self.session.rendezvous.follow_hop(self.ends.0, self.ends.1, self.hop()) {
            self.session.links.follow(referral, Way::Opened, first);
            if let Some(conn) = self.conn() {
                conn.announced.get_or_insert((key, referral.0));
            }
        }
        let now = SignedIn { key, conn: id, version, referral: None, from_start };
        let Some(before) = self.session.rendezvous.sign_in(account, now).filter(|before| before.conn != id) else {
            return;
        };
        let links = &mut self.session.links;
        if let Some(referral) = before.referral {
            links.follow(referral, Way::Opened, first);
            if let Some(conn) = links.conn(id) {
                conn.announced.get_or_insert((key, referral.0));
            }
        } else {
            links.fact(Fact::Earlier(before.key.0));
            links.follow(before.key, Way::Later, frame);
        }
        if version != 0 && version < before.version {
            self.remark(x::VERSION_DOWNGRADE, u32::from(version), u32::from(before.version) | EARLIER);
        }
    }
}

/// The session id in a cookie of the form `session.n.n`. Revived servers give cookies of other forms.
fn session_of(cookie: &[u8]) -> Option<&str> {
    let mut numbers = cookie.split(|&byte| byte == b'.');
    let session_id = numbers.next().filter(|&first| decimal(first).is_some())?;
    let (second, third) = (numbers.next()?, numbers.next()?);
    let form = decimal(second).is_some() && decimal(third).is_some() && numbers.next().is_none();
    std::str::from_utf8(session_id).ok().filter(|_| form)
}

/// Marks the second number of [`x::VERSION_DOWNGRADE`] as the version of an earlier connection, not an offer.
pub(super) const EARLIER: u32 = 1 << 8;
