// SPDX-License-Identifier: GPL-2.0-or-later
//! Requests and answers, challenges, logins, lists and people: what a command teaches.

use crate::{
    command::{
        Choice, Dir, Kind, Line, ServerKind,
        answers::{self, By, Need},
        line::decimal,
        params::{guid, msnp_number, split_handle},
        table::On,
    },
    dissect::framing::Command,
    fields::{Expert, command as f, expert, link as x},
    packet::{Endpoint, Packet},
    session::{
        NameId, NoteKey, Record, Session,
        challenge::{Pending, Scheme, Status},
        links::{Conn, Fact, MAX_PINGS, Way},
        people::Own,
        rendezvous::Role,
        transactions::Question,
    },
    text,
    wire::Span,
};

/// How long servers wait for the answer to a challenge, in ns (fact base: state 3).
const CHALLENGE_PATIENCE: u64 = 50_000_000_000;

/// Errors that say by themselves what failed: challenge, login.
const CHALLENGE_ERROR: u32 = 540;
const LOGIN_ERROR: u32 = 911;

/// A command that is learnt from.
pub(super) struct Unit<'a> {
    pub session: &'a mut Session,
    pub record: Record,
    pub time: u64,
    pub data: &'a [u8],
    pub line: &'a Line,
    pub choice: &'a Choice,
    pub payload: Span,
    pub key: NoteKey,
    /// Address of the client, and the server's end.
    pub ends: ([u8; 16], Endpoint),
}

/// Learns from a command.
pub(super) fn command(session: &mut Session, packet: &Packet, record: Record, data: &[u8], found: &Command) {
    let key = (record.frame, record.unit, 0);
    let begins = record.dir == Dir::ToServer
        && found.choice.as_ref().is_some_and(|choice| match &found.line.word {
            b"VER" | b"ANS" => true,
            b"USR" => choice.row.on == On::Sb,
            _ => false,
        });
    if let Some(conn) = session.links.conn(record.conn) {
        if !conn.seen {
            conn.seen = true;
            conn.late = !begins;
            if conn.late {
                session.links.fact(Fact::Remark(x::CAPTURE_LATE, 0, 0));
            }
        }
    }
    let Some(choice) = &found.choice else { return };
    let payload = if found.missing == 0 { found.payload } else { Span::default() };
    let ends = match record.dir {
        Dir::ToServer => (packet.source.address, packet.destination),
        Dir::ToClient => (packet.destination.address, packet.source),
    };
    let mut unit = Unit { session, record, time: packet.time, data, line: found.line, choice, payload, key, ends };
    match record.dir {
        Dir::ToServer => unit.client_says(),
        Dir::ToClient => unit.server_says(),
    }
    unit.contact_ids();
    unit.people();
    unit.own();
    unit.losses();
}

impl<'a> Unit<'a> {
    /// The token of a parameter; empty if there is none.
    pub fn token(&self, at: usize) -> &'a [u8] {
        self.choice.place(self.line, at).map(|span| span.of(self.data)).unwrap_or_default()
    }

    /// The hop data of a referral, or of the connection that follows it; empty if there is none.
    pub fn hop(&self) -> &'a [u8] {
        let place = self.choice.row.params.iter().position(|param| param.field == f::HOP);
        place.map(|at| self.token(at)).filter(|&hop| hop != b"0").unwrap_or_default()
    }

    /// The token of the first parameter that is an account.
    fn handle(&self) -> &'a [u8] {
        let place = self.choice.row.params.iter().position(|param| matches!(param.kind, Kind::Handle));
        place.map(|at| self.token(at)).unwrap_or_default()
    }

    pub fn conn(&mut self) -> Option<&mut Conn> {
        self.session.links.conn(self.record.conn)
    }

    pub fn on_switchboard(&self) -> bool {
        self.choice.row.on == On::Sb || self.record.server == Some(ServerKind::Switchboard)
    }

    pub fn remark(&mut self, expert: Expert, first: u32, second: u32) {
        self.session.links.fact(Fact::Remark(expert, first, second));
    }

    /// This unit answers an earlier one.
    pub fn answers(&mut self, key: NoteKey, time: u64) {
        let links = &mut self.session.links;
        links.fact(Fact::Answers { request: key.0, span: self.time.saturating_sub(time) });
        links.follow(key, Way::Response, self.record.frame);
    }

    fn client_says(&mut self) {
        let word = self.line.word;
        if let Some((_, trid)) = self.choice.trid(self.line, self.data) {
            let need = answers::need(&word, self.token(0));
            let about = self.whom();
            let circle = word == *b"USR" && self.token(0) == b"SHA";
            self.ask(Question { trid, word, need, about, circle });
        }
        match &word {
            b"PNG" => self.ping(),
            b"QRY" => self.client_response(),
            b"VER" => {
                let offers = (0..self.line.len()).filter_map(|at| msnp_number(self.line.token(at)?.of(self.data)));
                let best = offers.max().unwrap_or(0) as u8;
                if let Some(conn) = self.conn() {
                    conn.offered = best;
                }
            }
            b"USR" if self.choice.row.on == On::Sb => self.open(Role::Caller),
            b"USR" => self.login_response(),
            b"ANS" => self.open(Role::Callee),
            _ => {}
        }
        if !self.on_switchboard() {
            self.sign_in();
        }
    }

    fn ask(&mut self, question: Question) {
        let (key, time) = (self.key, self.time);
        let Some(conn) = self.conn() else { return };
        let asked = conn.transactions.ask(key, time, question);
        self.session.links.expect(key, Way::Response, question.need == Need::Always);
        if !asked.duplicate_of.is_none() {
            self.remark(x::DUPLICATE_TRID, question.trid, asked.duplicate_of.index());
        }
        if asked.forgot {
            self.remark(x::STATE_EVICTED, 0, 0);
        }
    }

    fn ping(&mut self) {
        let (key, time) = (self.key, self.time);
        let Some(conn) = self.conn() else { return };
        conn.pings.push_back((key, time));
        if conn.pings.len() > MAX_PINGS {
            conn.pings.pop_front();
        }
        self.session.links.expect(key, Way::Response, true);
    }

    fn server_says(&mut self) {
        let word = self.line.word;
        let error = self.line.error();
        if let Some((_, trid)) = self.choice.trid(self.line, self.data) {
            self.reply(&word, trid, error);
        } else {
            match answers::without_trid(&word) {
                Some(By::Order) => {
                    if let Some((key, time)) = self.conn().and_then(|conn| conn.pings.pop_front()) {
                        self.answers(key, time);
                    }
                }
                Some(By::Page) => self.page(),
                Some(By::Sync) => self.list_line(),
                Some(By::Cookie) | None => {}
            }
        }
        match &word {
            b"CHL" => {
                let pending = Box::new(Pending::new(self.key, self.time, self.token(0)));
                self.session.links.expect(self.key, Way::Response, true);
                if let Some(conn) = self.conn() {
                    conn.challenge = Some(pending);
                }
            }
            b"VER" => self.refusal(),
            b"USR" => self.login_challenge(),
            b"XFR" => self.referral(),
            b"RNG" => {
                self.session.links.expect(self.key, Way::Response, false);
                self.session.links.expect(self.key, Way::Opened, false);
            }
            b"CAL" => self.enter_chat(1),
            _ => {}
        }
    }

    /// A line of the server that carries a transaction ID.
    fn reply(&mut self, word: &[u8; 3], trid: u32, error: Option<u32>) {
        let Some(conn) = self.conn() else { return };
        let request = conn.transactions.answer(word, trid, error.is_some());
        let whole = !conn.late && conn.transactions.forgotten == 0;
        // Zero is what the server itself says; a client may use it too, for one request that errors answer once.
        let request = request.filter(|request| trid != 0 || error.is_none() || !request.answered);
        if let Some(request) = request {
            self.answers(request.key, request.time);
            self.end_of_list(&request);
            if !request.about.is_none() && (error.is_some() || !self.names_account()) {
                self.about(request.about);
            }
            match word {
                b"SYN" => self.begin_list(&request),
                b"LST" | b"LSG" => {
                    self.count_list_line();
                    self.contact();
                }
                b"VER" => self.version(),
                b"NAK" => self.remark(x::NOT_DELIVERED, 0, 0),
                _ => {}
            }
        } else if trid != 0 && whole && (error.is_some() || answers::is_answer(word)) {
            self.remark(x::NO_REQUEST, trid, 0);
        }
        if let Some(code) = error {
            let asked = request.map_or([0; 3], |request| request.word);
            if request.is_some() {
                self.session.links.fact(Fact::Failed(asked));
            }
            match (&asked, code) {
                (b"QRY", _) | (_, CHALLENGE_ERROR) => self.remark(x::CHALLENGE_FAILED, code, 0),
                (b"USR", _) if request.is_some_and(|request| request.circle) => self.remark(x::CIRCLE_REFUSED, code, 0),
                (b"USR" | b"ANS", _) | (_, LOGIN_ERROR) => {
                    let switchboard = u32::from(self.on_switchboard());
                    self.remark(x::LOGIN_REFUSED, code, switchboard);
                }
                (b"MSG" | b"SDG" | b"UUM" | b"UUN" | b"PAG" | b"PGD", _) => self.remark(x::NOT_DELIVERED, code, 0),
                _ => {}
            }
        }
    }

    fn version(&mut self) {
        let chosen = self.record.version;
        let offered = self.conn().map_or(0, |conn| conn.offered);
        if chosen != 0 && chosen < offered {
            self.remark(x::VERSION_DOWNGRADE, u32::from(chosen), u32::from(offered));
        }
    }

    /// The server takes none of the versions. One that was only asked for client versions answers CVR0 alone too.
    fn refusal(&mut self) {
        let (line, data) = (self.line, self.data);
        let mut tokens = (0..line.len()).filter_map(|at| Some(line.token(at)?.of(data)));
        let told = tokens.clone().any(|token| msnp_number(token).is_some());
        let offered = self.conn().is_some_and(|conn| conn.offered > 0);
        if !told && (offered || tokens.any(|token| token == b"0")) {
            self.remark(expert::VERSION_REFUSED, 0, 0);
        }
    }

    /// A failed page: the number of its message is the transaction ID of the page.
    fn page(&mut self) {
        let payload = self.payload.of(self.data);
        let Some(at) = memchr::memmem::find(payload, b"<MSG") else { return };
        let tag = payload.get(at..).unwrap_or_default();
        let tag = tag.get(..memchr::memchr(b'>', tag).unwrap_or(tag.len())).unwrap_or_default();
        let outer = payload.get(..memchr::memchr(b'>', payload).unwrap_or(0)).unwrap_or_default();
        // The number stands in NOTIFICATION; 407 in MSG says that the page was too long.
        let Some(trid) = attribute(outer, b" id=").and_then(decimal) else { return };
        let request = self.conn().and_then(|conn| conn.transactions.page(trid));
        if let Some(request) = request {
            self.answers(request.key, request.time);
            self.about(request.about);
        }
        let code = attribute(tag, b" id=").and_then(decimal).unwrap_or(0);
        self.remark(x::NOT_DELIVERED, code, 1);
    }

    // Challenges and logins

    fn client_response(&mut self) {
        let response = self.payload.of(self.data);
        let product = self.token(0);
        let pending = self.conn().and_then(|conn| conn.challenge.take());
        let mut status = Status::Unverified;
        let mut late = 0;
        if let Some(pending) = pending {
            if !response.is_empty() {
                status = pending.verify_client(product, response);
            }
            let waited = self.time.saturating_sub(pending.time);
            if waited > CHALLENGE_PATIENCE {
                late = (waited / 1_000_000_000).min(u64::from(u32::MAX)) as u32;
            }
            self.answers(pending.key, pending.time);
        }
        self.session.links.fact(Fact::Challenge(status));
        if status == Status::Bad {
            self.remark(x::CHALLENGE_BAD, 0, 0);
        }
        if late > 0 {
            self.remark(x::CHALLENGE_LATE, late, 0);
        }
    }

    fn login_challenge(&mut self) {
        let Some(scheme) = Scheme::of(self.token(0)).filter(|_| self.token(1) == b"S") else { return };
        let text = if scheme == Scheme::Sso { self.token(3) } else { self.token(2) };
        let pending = Box::new((scheme, Pending::new(self.key, self.time, text)));
        self.session.links.expect(self.key, Way::Login, false);
        if let Some(conn) = self.conn() {
            conn.login = Some(pending);
        }
    }

    fn login_response(&mut self) {
        let Some(scheme) = Scheme::of(self.token(0)).filter(|_| self.token(1) == b"S") else { return };
        let account = self.session.names.get(self.record.account);
        let secret = self.session.secrets.of(account).cloned();
        let response = if scheme == Scheme::Sso { self.token(3) } else { self.token(2) };
        let pending = self.conn().and_then(|conn| conn.login.take()).filter(|pending| pending.0 == scheme);
        let mut status = Status::Unverified;
        if let Some(pending) = pending {
            status = pending.1.verify_login(scheme, response, secret.as_ref());
            self.session.links.fact(Fact::LoginOf(pending.1.key.0));
            self.session.links.follow(pending.1.key, Way::Login, self.record.frame);
        }
        self.session.links.fact(Fact::Login(status));
        if status == Status::Bad {
            self.remark(x::LOGIN_BAD, 0, 0);
        }
    }

    // People

    fn people(&mut self) {
        let from_server = self.record.dir == Dir::ToClient;
        let who = match &self.line.word {
            b"IRO" | b"JOI" | b"BYE" if from_server => text::percent(self.handle()).text,
            b"USR" if from_server && self.choice.row.on == On::Sb => text::percent(self.handle()).text,
            b"ANS" if from_server => self.session.names.get(self.record.account).to_owned().into(),
            _ => return,
        };
        let (key, leaves) = (self.key, &self.line.word == b"BYE");
        let Some((conn, names)) = self.session.links.conn_and_names(self.record.conn) else { return };
        let who_id = names.keep(&who);
        if !leaves {
            if !conn.people.come(key, who_id) && conn.people.lost == 1 {
                self.remark(x::STATE_EVICTED, 2, 0);
            }
            return;
        }
        let whole_account = matches!(split_handle(who.as_bytes()), Some((_, None)));
        conn.people.leave(key, |one| {
            one == who_id
                || (whole_account
                    && split_handle(names.get(one).as_bytes()).is_some_and(|(email, _)| email == who.as_bytes()))
        });
    }

    /// What the owner of a notification connection says of itself, as far as the server confirms it.
    fn own(&mut self) {
        if self.on_switchboard() {
            return;
        }
        let mut name: &[u8] = &[];
        let mut status: &[u8] = &[];
        let mut endpoint = None;
        match (self.record.dir, &self.line.word) {
            (Dir::ToServer, b"USR") if self.token(0) == b"SSO" => endpoint = guid(self.token(4)),
            (Dir::ToServer, b"PUT") => {
                let payload = self.payload.of(self.data);
                status = element(payload, b"<Status>");
                name = element(payload, b"<FriendlyName>");
            }
            (Dir::ToClient, b"CHG") => status = self.token(0),
            (Dir::ToClient, b"PRP") => {
                let at =
                    self.choice.row.params.iter().position(|param| param.field == crate::fields::command::PROPERTY);
                if let Some(at) = at.filter(|&at| self.token(at) == b"MFN") {
                    name = self.token(at + 1);
                }
            }
            (Dir::ToClient, b"USR") if self.token(0) == b"OK" => name = self.friendly_name(),
            (Dir::ToClient, b"REA") if self.is_own() => name = self.friendly_name(),
            (Dir::ToClient, b"NLN") if self.is_own() => {
                status = self.token(0);
                name = self.friendly_name();
            }
            _ => return,
        }
        let name = (!name.is_empty()).then(|| text::percent(name).text.into_owned());
        let status = <[u8; 3]>::try_from(status).ok().filter(|status| status.iter().all(u8::is_ascii_uppercase));
        let key = self.key;
        let Some((conn, names)) = self.session.links.conn_and_names(self.record.conn) else { return };
        let before = conn.own.now();
        let own = Own {
            status: status.unwrap_or(before.status),
            name: name.map_or(before.name, |name| names.keep(&name)),
            endpoint: endpoint.or(before.endpoint),
        };
        conn.own.set(key, own);
    }

    fn friendly_name(&self) -> &'a [u8] {
        let at = self.choice.row.params.iter().position(|param| matches!(param.kind, Kind::Name));
        at.map(|at| self.token(at)).unwrap_or_default()
    }

    /// Whether the first account that the line names is the connection's own.
    fn is_own(&self) -> bool {
        let place = self.choice.row.params.iter().position(|param| matches!(param.kind, Kind::Email | Kind::Naddr));
        let token = place.map(|at| self.token(at)).unwrap_or_default();
        let email = crate::command::params::split_naddr(token).map_or(token, |parts| parts.1);
        let account: &str = self.session.names.get(self.record.account);
        // Most accounts are written as they are kept, and most are somebody else's.
        let may_be = email.len() >= account.len() && !account.is_empty();
        may_be
            && (email.eq_ignore_ascii_case(account.as_bytes())
                || (email.contains(&b'%') && text::percent(email).text.eq_ignore_ascii_case(account)))
    }

    /// Says so when a table that all connections share lost something with this unit.
    fn losses(&mut self) {
        let session = &mut *self.session;
        let lost =
            session.rendezvous.evicted + session.names.lost + session.links.names.lost + session.links.lost_contacts;
        if lost > session.links.told {
            session.links.told = lost;
            self.remark(x::STATE_EVICTED, 1, 0);
        }
    }

    /// Whether two names are the same account, whatever their case.
    pub fn same_account(&self, one: NameId, other: NameId) -> bool {
        one == other || self.session.names.get(one).eq_ignore_ascii_case(self.session.names.get(other))
    }
}

/// The quoted value behind `name=`, in a tag.
pub(super) fn attribute<'t>(tag: &'t [u8], name: &[u8]) -> Option<&'t [u8]> {
    let at = memchr::memmem::find(tag, name)?;
    let rest = tag.get(at + name.len()..)?;
    let (&quote, rest) = rest.split_first().filter(|(quote, _)| matches!(quote, b'"' | b'\''))?;
    rest.get(..memchr::memchr(quote, rest)?)
}

/// The text of an XML element, given its opening tag; empty if there is none.
fn element<'t>(xml: &'t [u8], open: &[u8]) -> &'t [u8] {
    let Some(at) = memchr::memmem::find(xml, open) else { return &[] };
    let rest = xml.get(at + open.len()..).unwrap_or_default();
    memchr::memchr(b'<', rest).and_then(|end| rest.get(..end)).unwrap_or_default()
}
