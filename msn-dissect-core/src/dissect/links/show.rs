// SPDX-License-Identifier: GPL-2.0-or-later
//! Shows what ties a command to others.

use super::opening::{EARLIER, NEVER_GIVEN, OTHER_ACCOUNT};
use crate::{
    command::{
        Choice, Dir, Role, ServerKind,
        params::split_handle,
        table,
        verbs::{Need, Verb},
    },
    dissect::{
        body::Body,
        framing::Command,
        walk::{Show, frame_link},
        xml::Values,
    },
    fields::{Expert, Field, command as f, link as x, soap},
    item::{Handle, Tree},
    session::{
        FrameId, NoteKey, Record, Session,
        challenge::Status,
        connection::ConnId,
        frames::Frames,
        links::{Fact, LoginStep, MAX_FOLLOWERS, Way},
        map::Set,
    },
    text,
    values::{self, codes, errors},
    wire::Span,
};

/// Where items that no bytes stand for are put.
const NONE: Span = Span { start: 0, end: 0 };

/// Message number of a page that failed for its length (fact base: commands 1.6).
const PAGE_TOO_LONG: u32 = 407;

/// Most characters of an account in the Info column.
const MAX_ACCOUNT: usize = 64;

/// Frames that follow, by way and field.
const FOLLOWERS: [(Way, Field); 5] = [
    (Way::Response, x::RESPONSE_IN),
    (Way::Opened, x::OPENED_IN),
    (Way::OtherSide, x::OTHER_SIDE),
    (Way::Later, x::LATER_CONNECTION),
    (Way::Login, x::AUTH_RESPONSE_IN),
];

/// Shows the links of a command.
pub(super) fn command(show: &mut Show<'_>, body: &Body<'_>) {
    let (data, found) = (body.unit, &body.found);
    let key = (show.record.frame, show.record.unit, 0);
    let knows_later = show.knows_later();
    let session = show.session;
    let tree = &mut show.out.tree;
    if let Some(choice) = &found.choice {
        if show.record.dir == Dir::ToServer {
            expectation(tree, data, found, choice);
        }
        if show.record.dir == Dir::ToClient {
            added_me(tree, body, choice);
        }
    }
    facts(tree, session, key);
    // What is remarked hangs below the item before it: what the unit says, not the link to a later one.
    remarks(tree, session, key);
    if knows_later {
        followers(tree, session, key, session.connections.is_pending(show.record.conn));
    }
    if knows_later {
        login_step(tree, session, show.record.conn, key);
    }
    connection(tree, session, show.record.conn, show.record.server, key, found);
}

fn generated(tree: &mut Tree, handle: Handle) {
    tree.generated(handle);
}

/// Says in the Info column what an error reply is about: the request, and whom it named. A login is about the account
/// of the connection.
pub(in crate::dissect) fn failure(info: &mut String, session: &Session, record: &Record) {
    let key = (record.frame, record.unit, 0);
    let mut said = String::new();
    for fact in session.links.facts(key) {
        match *fact {
            Fact::Failed(word) => {
                said.insert_str(0, std::str::from_utf8(&word).unwrap_or_default());
                said.insert_str(0, " to ");
                let account = session.names.get(record.account);
                if names_owner(word) && !account.is_empty() {
                    said.push(' ');
                    text::push_line(&mut said, account, MAX_ACCOUNT);
                }
            }
            Fact::Contact(who) => {
                said.push(' ');
                text::push_line(&mut said, session.links.names.get(who), MAX_ACCOUNT);
            }
            _ => {}
        }
    }
    info.push_str(&said);
}

/// Whether requests with this word name the account of the connection.
fn names_owner(word: [u8; 3]) -> bool {
    table::rows_of(word).iter().any(|row| row.dir == Dir::ToServer && row.teaches.contains(&Verb::Account))
}

/// When a message is acknowledged.
fn expectation(tree: &mut Tree, data: &[u8], found: &Command, choice: &Choice) {
    let Some(mode) = choice.role(found.line, Role::Mode).map(|span| span.of(data)) else { return };
    let expected = match (choice.row.answers.need.of_mode(mode), mode) {
        (Need::Always, _) => "Always: ACK, or NAK if it fails",
        (_, b"N") => "Only if it fails: NAK",
        (_, b"U") => "Never",
        (_, b"S") => "Only if it succeeds: ACK",
        _ => return,
    };
    let handle = tree.text(x::RESPONSE_EXPECTED, NONE, expected);
    generated(tree, handle);
}

/// Lists of those who have this account on theirs.
const OTHERS: [&[u8]; 2] = [b"RL", b"PL"];

/// Somebody else put this account on a list: the line carries transaction ID 0.
fn added_me(tree: &mut Tree, body: &Body<'_>, choice: &Choice) {
    let (data, line) = (body.unit, body.found.line);
    let foreign = choice.trid(line, data).is_some_and(|(_, trid)| trid == 0);
    if !foreign || !choice.row.teaches.contains(&Verb::Added) {
        return;
    }
    let token = |role| choice.role(line, role).map(|span| span.of(data));
    let who = match (token(Role::List), token(Role::Email)) {
        (Some(list), _) if !OTHERS.contains(&list) => return,
        (_, Some(who)) => text::percent(who.strip_prefix(b"N=").unwrap_or(who)).text,
        (_, None) if body.found.payload.is_empty() => return,
        (_, None) => {
            let document = Values::read(data, body.found.payload);
            match (document.attribute("c", "n"), document.attribute("d", "n")) {
                (Some(local), Some(domain)) => format!("{local}@{domain}").into(),
                _ => "Somebody".into(),
            }
        }
    };
    tree.expert_text(x::CONTACT_ADDED, &format!("{who} added this account to a contact list"));
}

fn facts(tree: &mut Tree, session: &Session, key: NoteKey) {
    for fact in session.links.facts(key) {
        match *fact {
            Fact::Answers { request, word, further, span } => {
                frame_link(tree, &session.frames, x::RESPONSE_TO, request);
                if let Some(word) = std::str::from_utf8(&word).ok().filter(|word| !word.contains('\0')) {
                    let word = tree.text(x::REQUEST, NONE, word);
                    if further {
                        tree.note(word, "further answer");
                    }
                    generated(tree, word);
                }
                let time = tree.number(x::TIME, NONE, span);
                generated(tree, time);
            }
            Fact::LoginOf(challenge) => frame_link(tree, &session.frames, x::AUTH_CHALLENGE_IN, challenge),
            Fact::Challenge(status) => {
                let handle = tree.number(x::CHALLENGE_STATUS, NONE, status as u64);
                generated(tree, handle);
            }
            Fact::Login(status) => {
                let handle = tree.number(x::AUTH_STATUS, NONE, status as u64);
                if let Some(note) = proof(session, key, status) {
                    tree.note(handle, &note);
                }
                generated(tree, handle);
            }
            Fact::ProvedBy(frame) => frame_link(tree, &session.frames, soap::SECRET_IN, frame),
            Fact::Ticket(frame) => frame_link(tree, &session.frames, soap::ISSUED_IN, frame),
            Fact::Refused(frame, why) => {
                let handle = tree.text(soap::REFUSAL, NONE, why.words());
                generated(tree, handle);
                tree.expert_text(x::LOGIN_REFUSED, &format!("Login service refused this account: {}", why.words()));
                frame_link(tree, &session.frames, soap::REFUSED_IN, frame);
            }
            Fact::Earlier(earlier) => frame_link(tree, &session.frames, x::EARLIER_CONNECTION, earlier),
            Fact::OtherSide(side) => frame_link(tree, &session.frames, x::OTHER_SIDE, side),
            Fact::Contact(contact) => {
                let handle = tree.text(f::EMAIL, NONE, session.links.names.get(contact));
                generated(tree, handle);
            }
            Fact::Group(_, name) => {
                let handle = tree.text(f::GROUP_NAME, NONE, session.links.names.get(name));
                generated(tree, handle);
            }
            Fact::CopyOf(frame) => frame_link(tree, &session.frames, x::COPY_OF, frame),
            Fact::Failed(_) | Fact::Remark(..) => {}
        }
    }
}

/// How the status of a login is known, where it was proved by what the login service gave.
fn proof(session: &Session, key: NoteKey, status: Status) -> Option<String> {
    let proved = session.links.facts(key).find_map(|fact| match *fact {
        Fact::ProvedBy(frame) => Some(frame),
        _ => None,
    })?;
    let how = if status == Status::Good { "good" } else { "bad" };
    let frame = session.frames.number(proved)?;
    Some(format!("SSO proof: {how}, by the secret in frame {frame}"))
}

/// What later frames added.
fn followers(tree: &mut Tree, session: &Session, key: NoteKey, pending: bool) {
    for (way, field) in FOLLOWERS {
        let Some(forward) = session.links.forward(key, way) else { continue };
        for follower in session.links.frames(forward) {
            let told = way == Way::OtherSide && session.links.facts(key).any(|fact| *fact == Fact::OtherSide(follower));
            if !told {
                frame_link(tree, &session.frames, field, follower);
            }
        }
        if forward.count > MAX_FOLLOWERS {
            let handle = tree.number(x::RESPONSE_COUNT, NONE, u64::from(forward.count));
            generated(tree, handle);
        }
        // Where the capture has one direction only, no request has an answer; what was not completed may hold it.
        if forward.needed && forward.count == 0 && !session.connections.one_way() && !pending {
            tree.late_expert(x::NO_ANSWER, None);
        }
    }
}

fn remarks(tree: &mut Tree, session: &Session, key: NoteKey) {
    for fact in session.links.facts(key) {
        if let Fact::Remark(expert, first, second) = *fact {
            match wording(&session.frames, expert, first, second) {
                Some(text) => tree.expert_text(expert, &text),
                None => tree.expert(expert),
            }
        }
    }
}

/// The text of an expert info where it says more than the standard wording.
fn wording(frames: &Frames, expert: Expert, first: u32, second: u32) -> Option<String> {
    // A frame that a read filter rejected has no number.
    let frame =
        |bits| frames.number(FrameId::nth(bits)).map_or("none that is shown".into(), |number| number.to_string());
    let error = |code| values::name(errors::ERRORS, code).unwrap_or("unknown error");
    Some(match expert {
        x::LOGIN_REFUSED if second == 1 => format!("Switchboard refuses the connection: {} ({first})", error(first)),
        x::LOGIN_REFUSED => format!("Login refused: {} ({first})", error(first)),
        x::CIRCLE_REFUSED => {
            format!("Ticket for circles refused (the account had signed in before): {} ({first})", error(first))
        }
        x::CHALLENGE_FAILED => format!("Server rejects the answer to its challenge: {} ({first})", error(first)),
        x::NOT_DELIVERED if first == 0 => return None,
        x::NOT_DELIVERED if (first, second) == (PAGE_TOO_LONG, 1) => {
            "Page was not delivered: too long (message 407)".into()
        }
        x::NOT_DELIVERED if second == 1 => format!("Page was not delivered (message {first})"),
        x::NOT_DELIVERED => format!("Message was not delivered: {} ({first})", error(first)),
        x::DUPLICATE_TRID => {
            format!("Transaction ID {first} is that of the request in frame {}, which still waits", frame(second))
        }
        x::CHALLENGE_LATE => format!("Answer to the challenge came after {first} s; servers wait about 50 s"),
        x::LIST_COUNT => match first {
            0 => format!("{second} LST lines fewer came than SYN announced"),
            1 => format!("{second} LSG lines fewer came than SYN announced"),
            2 => format!("More LST lines than the {second} that SYN announced"),
            _ => format!("More LSG lines than the {second} that SYN announced"),
        },
        x::COOKIE_WRONG => match first {
            NEVER_GIVEN => "This account was not given this switchboard cookie in this capture".into(),
            OTHER_ACCOUNT => format!("Switchboard cookie was given to another account in frame {}", frame(second)),
            _ => format!(
                "Switchboard cookie of frame {} is for the other role (USR after XFR, ANS after RNG)",
                frame(second)
            ),
        },
        x::COOKIE_REUSED => format!("Switchboard cookie of frame {} was used before", frame(first)),
        x::VERSION_DOWNGRADE if second & EARLIER != 0 => {
            format!("MSNP{first}, although this account used MSNP{} before", second & !EARLIER)
        }
        x::VERSION_DOWNGRADE => format!("Server chose MSNP{first} although the client offers MSNP{second}"),
        x::STATE_EVICTED => match first {
            0 => "Too many requests without answer: the oldest was forgotten".into(),
            _ => "Too many participants: further ones are not shown".into(),
        },
        _ => return None,
    })
}

/// On the last unit of a connection whose login was not completed: at which step, and who did not go on.
fn login_step(tree: &mut Tree, session: &Session, id: ConnId, key: NoteKey) {
    let Some(conn) = session.links.known(id).filter(|conn| conn.latest == key) else { return };
    let (frame, what, lacks) = match conn.step {
        LoginStep::None => return,
        LoginStep::Offered(frame) => (frame, "the client offered versions", "the server answered nothing"),
        LoginStep::Chosen(frame) => (frame, "the server chose a version", "the client sent no login"),
        LoginStep::Named(frame) => (frame, "the client named its account", "the server asked for no proof"),
        LoginStep::Asked(frame) => (frame, "the server asked for a ticket", "none came"),
        LoginStep::Proved(frame) => (frame, "the client gave its proof", "the server did not answer"),
    };
    let Some(number) = session.frames.number(frame).filter(|_| !session.connections.is_pending(id)) else { return };
    tree.late_expert(x::LOGIN_GIVEN_UP, Some(&format!("Login given up: {what} in {number}, {lacks}")));
    frame_link(tree, &session.frames, x::LOGIN_STEP_IN, frame);
}

/// What holds for the whole connection at this moment.
fn connection(
    tree: &mut Tree,
    session: &Session,
    id: crate::session::connection::ConnId,
    server: Option<ServerKind>,
    key: NoteKey,
    found: &Command,
) {
    let Some(conn) = session.links.known(id) else { return };
    let since = |start: NoteKey| (start.0, start.1) <= (key.0, key.1);
    if let Some((_, announced)) = conn.announced.filter(|announced| since(announced.0)) {
        frame_link(tree, &session.frames, x::ANNOUNCED_IN, announced);
    }
    if server == Some(ServerKind::Switchboard) {
        let told_by_server = conn.chat.filter(|chat| since(chat.0));
        if let Some((_, chat)) = told_by_server.or(conn.foretold.filter(|chat| since(chat.0))) {
            let told = found.choice.as_ref().is_some_and(|choice| choice.role(found.line, Role::Session).is_some());
            if !told {
                let alias = tree.text(f::SESSION_ID, NONE, session.links.names.get(chat));
                tree.generated(alias);
                tree.hidden(alias);
                let handle = tree.text(f::CHAT, NONE, session.links.names.get(chat));
                if told_by_server.is_none() {
                    tree.note(handle, "from the cookie");
                }
                generated(tree, handle);
            }
        }
        return participants(tree, session, conn.people.at(key));
    }
    let own = conn.own.at(key);
    if let Some(status) = std::str::from_utf8(&own.status).ok().filter(|_| own.status != [0; 3]) {
        let handle = tree.text(x::OWN_STATUS, NONE, status);
        if let Some(meaning) = values::meaning(codes::STATUSES, status.as_bytes()) {
            tree.note(handle, meaning);
        }
        generated(tree, handle);
    }
    if !own.name.is_none() {
        let handle = tree.text(x::OWN_NAME, NONE, session.links.names.get(own.name));
        generated(tree, handle);
    }
    if let Some(endpoint) = own.endpoint {
        let handle = tree.raw(x::OWN_ENDPOINT, NONE, &endpoint);
        generated(tree, handle);
    }
}

/// Accounts in the chat, each once, whatever their endpoints. A frame of very many commands does not list them with each.
fn participants(tree: &mut Tree, session: &Session, handles: Vec<crate::session::NameId>) {
    let mut seen = Set::default();
    let mut accounts: Vec<&str> = Vec::new();
    for handle in handles {
        let handle = session.links.names.get(handle);
        let account =
            split_handle(handle.as_bytes()).and_then(|(email, _)| handle.get(..email.len())).unwrap_or(handle);
        if seen.insert(account) {
            accounts.push(account);
        }
    }
    if accounts.is_empty() {
        return;
    }
    let heading = tree.number(x::PARTICIPANT_COUNT, NONE, accounts.len() as u64);
    tree.generated(heading);
    if tree.is_crowded() {
        tree.note(heading, "not listed: too many commands in this frame");
        return;
    }
    tree.open(heading);
    for account in accounts {
        // First, so that what is remarked hangs below the item that is shown.
        let alias = tree.text(f::EMAIL, NONE, account);
        tree.generated(alias);
        tree.hidden(alias);
        let handle = tree.text(x::PARTICIPANT, NONE, account);
        tree.generated(handle);
    }
    tree.close();
}
