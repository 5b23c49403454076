// SPDX-License-Identifier: GPL-2.0-or-later
//! Requests and answers, challenges and logins: what a command teaches of others.

use crate::{
    command::{
        Choice, Dir, Line, Role, Row, ServerKind,
        line::decimal,
        params::msnp_number,
        table::{self, On},
        verbs::{Failure, Need, Side, Verb},
    },
    dissect::{body::Body, walk::Learn},
    fields::{Expert, expert, link as x, soap},
    packet::Endpoint,
    session::{
        NameId, NoteKey, Record, Session,
        challenge::{Pending, Scheme, Status},
        links::{Conn, Fact, Way},
        soap::{Early, Ticket},
        transactions::{Question, Request},
    },
    soap::{document_token, token},
    text,
    view::base64,
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
    pub body: &'a Body<'a>,
    pub data: &'a [u8],
    pub line: &'a Line,
    pub choice: &'a Choice,
    /// The row, as the side that sent the line means it.
    pub row: &'static Row,
    pub key: NoteKey,
    /// Address of the client, and the server's end.
    pub ends: ([u8; 16], Endpoint),
}

/// Learns from a command.
pub(super) fn command(learn: &mut Learn<'_>, body: &Body<'_>) {
    let Learn { session, packet, record, .. } = learn;
    let (record, found) = (*record, &body.found);
    let key = (record.frame, record.unit, 0);
    let teaches = |choice: &Choice| choice.teaches(found.line, body.unit, record.dir);
    let verbs = found.choice.as_ref().map(teaches).unwrap_or_default();
    if let Some(conn) = session.links.conn(record.conn).filter(|conn| !conn.seen) {
        let begins = |verb: &Verb| matches!(verb, Verb::Offer | Verb::Open(_));
        conn.seen = true;
        conn.first = record.frame;
        conn.late = !(record.dir == Dir::ToServer && verbs.iter().any(begins));
        // A connection that was seen from its handshake on may begin with a command that nobody knows.
        if conn.late && !(packet.opened.is_some() && found.choice.is_none()) {
            session.links.fact(Fact::Remark(x::CAPTURE_LATE, 0, 0));
        }
    }
    if let Some(conn) = session.links.conn(record.conn) {
        conn.payload[record.dir as usize] = !found.payload.is_empty();
    }
    let Some(choice) = &found.choice else { return };
    let ends = match record.dir {
        Dir::ToServer => (packet.source.address, packet.destination),
        Dir::ToClient => (packet.destination.address, packet.source),
    };
    let row = choice.row.in_direction(record.dir);
    let (data, line) = (body.unit, found.line);
    let mut unit = Unit { session, record, time: packet.time, body, data, line, choice, row, key, ends };
    match record.dir {
        Dir::ToServer => unit.asks(),
        Dir::ToClient if choice.trid(line, data).is_some() => unit.replies(verbs),
        Dir::ToClient => {}
    }
    for verb in verbs {
        unit.learn(*verb);
    }
    unit.login_step(verbs);
    if record.dir == Dir::ToServer && !unit.on_switchboard() {
        unit.sign_in();
    }
}

impl<'a> Unit<'a> {
    /// The token that has a role; empty if there is none.
    pub fn token(&self, role: Role) -> &'a [u8] {
        self.choice.role(self.line, role).map(|span| span.of(self.data)).unwrap_or_default()
    }

    /// The hop data of a referral, or of the connection that follows it; empty if there is none.
    pub fn hop(&self) -> &'a [u8] {
        Some(self.token(Role::Hop)).filter(|&hop| hop != b"0").unwrap_or_default()
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

    /// This unit answers an earlier one with this word, which is left out where it is none of a command.
    pub fn answers(&mut self, key: NoteKey, word: &str, time: u64) {
        let links = &mut self.session.links;
        let word = word.as_bytes().try_into().unwrap_or_default();
        let further = links.forward(key, Way::Response).is_some_and(|answers| answers.count > 0);
        links.fact(Fact::Answers { request: key.0, word, further, span: self.time.saturating_sub(time) });
        links.follow(key, Way::Response, self.record.frame);
    }

    /// Learns what a verb of the row says.
    fn learn(&mut self, verb: Verb) {
        let key = self.key;
        match verb {
            Verb::Offer => self.offer(),
            Verb::Choose => self.refusal(),
            Verb::Open(side) => self.open(side),
            Verb::Chat => self.enter_chat(),
            Verb::Refer => self.referral(),
            Verb::Cookie(side) => {
                if side == Side::Callee {
                    self.session.links.expect(key, Way::Response, false);
                }
                self.session.links.expect(key, Way::Opened, false);
            }
            Verb::Challenge => {
                let pending = Box::new(Pending::new(key, self.time, self.token(Role::Challenge)));
                self.session.links.expect(key, Way::Response, true);
                if let Some(conn) = self.conn() {
                    conn.challenge = Some(pending);
                }
            }
            Verb::Respond => self.client_response(),
            Verb::AskProof => self.login_challenge(),
            Verb::Prove => self.login_response(),
            Verb::ShowTicket => self.circle_ticket(),
            Verb::GiveUp => self.give_up(),
            Verb::Ping => self.ping(),
            Verb::Pong => {
                if let Some((key, time)) = self.conn().and_then(|conn| conn.ping.take()) {
                    self.answers(key, "PNG", time);
                }
            }
            Verb::Page => self.page(),
            Verb::ContactLine | Verb::GroupLine | Verb::SettingLine | Verb::ContactSetting => {
                // One that repeats the transaction ID of the request was learnt from as its answer.
                if self.choice.trid(self.line, self.data).is_none() {
                    self.list_line(verb);
                }
            }
            Verb::ContactId => self.contact_id(),
            Verb::GroupId => self.groups(),
            Verb::Join | Verb::JoinSelf | Verb::Leave => self.people(verb),
            Verb::Own | Verb::Presence | Verb::OwnProperty | Verb::Publish => self.own(verb),
            // Learnt before, or from answers only.
            Verb::Account | Verb::Inherit | Verb::Announce | Verb::Sync | Verb::Undelivered | Verb::Added => {}
        }
    }

    /// A line of the client that carries a transaction ID asks for an answer.
    fn asks(&mut self) {
        let Some((_, trid)) = self.choice.trid(self.line, self.data) else { return };
        let need = self.row.answers.need.of_mode(self.token(Role::Mode));
        let about = self.whom();
        let question = Question { trid, row: self.row, need, about };
        let (key, time) = (self.key, self.time);
        let Some(conn) = self.conn() else { return };
        let asked = conn.transactions.ask(key, time, question);
        self.session.links.expect(key, Way::Response, need == Need::Always);
        if !asked.duplicate_of.is_none() {
            self.remark(x::DUPLICATE_TRID, trid, asked.duplicate_of.index());
        }
        if asked.forgot {
            self.remark(x::STATE_EVICTED, 0, 0);
        }
    }

    fn offer(&mut self) {
        let (line, data) = (self.line, self.data);
        let offers = (0..line.len()).filter_map(|at| msnp_number(line.token(at)?.of(data)));
        let best = offers.max().unwrap_or(0) as u8;
        if let Some(conn) = self.conn() {
            conn.offered = best;
        }
    }

    fn ping(&mut self) {
        let (key, time) = (self.key, self.time);
        let Some(conn) = self.conn() else { return };
        // A client asks again only when it gave the earlier question up.
        conn.ping = Some((key, time));
        self.session.links.expect(key, Way::Response, true);
    }

    /// A line of the server that carries a transaction ID.
    fn replies(&mut self, verbs: &[Verb]) {
        let Some((_, trid)) = self.choice.trid(self.line, self.data) else { return };
        let (word, error) = (self.line.word, self.line.error());
        let Some(conn) = self.conn() else { return };
        let request = conn.transactions.answer(&word, trid, error.is_some());
        let whole = !conn.late && conn.transactions.forgotten == 0;
        // Zero is what the server itself says; a client may use it too, for one request that errors answer once.
        let request = request.filter(|request| trid != 0 || error.is_none() || !request.answered);
        if let Some(request) = request {
            self.answers(request.key, request.row.word, request.time);
            self.end_of_list(&request);
            if !request.about.is_none() && (error.is_some() || !self.names_account()) {
                self.about(request.about);
            }
            for verb in verbs {
                match verb {
                    Verb::Sync => self.begin_list(&request),
                    Verb::ContactLine | Verb::GroupLine => self.count_list_line(*verb),
                    Verb::Choose => self.version(),
                    Verb::Undelivered => self.remark(x::NOT_DELIVERED, 0, 0),
                    _ => {}
                }
            }
        } else if trid != 0 && whole && (error.is_some() || table::is_answer(&word)) {
            self.remark(x::NO_REQUEST, trid, 0);
        }
        if let Some(code) = error {
            self.failure(request, code);
        }
    }

    /// A request has failed.
    fn failure(&mut self, request: Option<Request>, code: u32) {
        if let Some(word) = request.and_then(|request| <[u8; 3]>::try_from(request.row.word.as_bytes()).ok()) {
            self.session.links.fact(Fact::Failed(word));
        }
        let asked = request.map_or(Failure::Other, |request| request.row.answers.failure);
        let switchboard = u32::from(self.on_switchboard());
        match (asked, code) {
            (Failure::Challenge, _) | (_, CHALLENGE_ERROR) => self.remark(x::CHALLENGE_FAILED, code, 0),
            (Failure::Circle, _) => self.remark(x::CIRCLE_REFUSED, code, 0),
            (Failure::Login, _) | (_, LOGIN_ERROR) => self.remark(x::LOGIN_REFUSED, code, switchboard),
            (Failure::Delivery | Failure::Page, _) => self.remark(x::NOT_DELIVERED, code, 0),
            (Failure::Other, _) => {}
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
        let Some(document) = self.body.document().filter(|document| document.has("MSG")) else { return };
        // The number stands in NOTIFICATION; 407 in MSG says that the page was too long.
        let number = |element| document.attribute(element, "id").and_then(|id| decimal(id.as_bytes()));
        let Some(trid) = number("NOTIFICATION") else { return };
        // Others come in: their numbers are 0 or 1, or those of no page.
        let why = number("MSG").unwrap_or(0);
        let request = self.conn().and_then(|conn| conn.transactions.page(trid)).filter(|_| trid != 0 && why > 1);
        if let Some(request) = request {
            self.answers(request.key, request.row.word, request.time);
            self.about(request.about);
            self.remark(x::NOT_DELIVERED, why, 1);
        }
    }

    // Challenges and logins

    fn client_response(&mut self) {
        let response = self.body.whole();
        let product = self.token(Role::Product);
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
            self.answers(pending.key, "CHL", pending.time);
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
        let Some(scheme) = Scheme::of(self.token(Role::Scheme)) else { return };
        let pending = Box::new((scheme, Pending::new(self.key, self.time, self.token(Role::Challenge))));
        self.session.links.expect(self.key, Way::Login, false);
        if let Some(conn) = self.conn() {
            conn.login = Some(pending);
        }
        let Session { soap, names, .. } = &mut *self.session;
        soap.logins.must_prove(names.get(self.record.account), self.key);
    }

    fn login_response(&mut self) {
        let Some(scheme) = Scheme::of(self.token(Role::Scheme)) else { return };
        let account = self.session.names.get(self.record.account);
        let secret = self.session.secrets.of(account).cloned();
        let response = self.token(Role::Response);
        let shown = text::utf8(self.token(Role::Ticket)).text;
        let given = self.session.soap.tickets.get(token(&shown)).cloned();
        let pending = self.conn().and_then(|conn| conn.login.take()).filter(|pending| pending.0 == scheme);
        let Session { soap, names, .. } = &mut *self.session;
        soap.logins.take_challenge(names.get(self.record.account));
        let mut status = Status::Unverified;
        if let Some(pending) = &pending {
            status = pending.1.verify_login(scheme, response, secret.as_ref());
            self.session.links.fact(Fact::LoginOf(pending.1.key.0));
            self.session.links.follow(pending.1.key, Way::Login, self.record.frame);
            if let Some(given) = given.as_ref().filter(|_| status == Status::Unverified) {
                status = self.prove(scheme, &pending.1, given);
            }
        }
        self.use_ticket(token(&shown));
        let told = self.session.links.fact(Fact::Login(status));
        if let (Some(pending), None) = (pending, given) {
            let early = Early {
                key: self.key,
                status: told,
                scheme,
                pending: pending.1,
                response: response.into(),
                account: self.record.account,
            };
            self.session.soap.tickets.foresee(token(&shown), early);
        }
        if status == Status::Bad {
            self.remark(x::LOGIN_BAD, 0, 0);
        }
    }

    /// Whether a login holds by what the login service gave with its ticket.
    fn prove(&mut self, scheme: Scheme, pending: &Pending, given: &Ticket) -> Status {
        let own = !given.account.is_none() && self.same_account(given.account, self.record.account);
        let status = given.proves(scheme, pending, self.token(Role::Response), own, self.time);
        if scheme == Scheme::Sso && status != Status::Unverified {
            self.session.links.fact(Fact::ProvedBy(given.issued));
        }
        status
    }

    /// The ticket of a circle, which the address book gave.
    fn circle_ticket(&mut self) {
        let Some(document) = base64(self.token(Role::Ticket)) else { return };
        self.use_ticket(&document_token(&document));
    }

    fn use_ticket(&mut self, token: &str) {
        let Some(used) = self.session.soap.tickets.spend(token, self.record.frame) else { return };
        self.session.links.fact(Fact::Ticket(used.issued));
        let known = !used.account.is_none() && !self.record.account.is_none();
        if known && !self.same_account(used.account, self.record.account) {
            self.remark(soap::TICKET_FOREIGN, 0, 0);
        }
    }

    /// Whether two names are the same account, whatever their case.
    pub fn same_account(&self, one: NameId, other: NameId) -> bool {
        one == other || self.session.names.get(one).eq_ignore_ascii_case(self.session.names.get(other))
    }
}
