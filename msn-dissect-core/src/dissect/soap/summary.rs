// SPDX-License-Identifier: GPL-2.0-or-later
//! What a message says in the Info column.

use crate::{
    session::{
        FrameId, Session,
        soap::{Note, Refusal},
    },
    soap::{Message, Service, Unit},
    text,
    wire::work,
};

/// Most characters of one part.
const MAX_PART: usize = 80;

/// Most accounts that are named.
const MAX_NAMED: usize = 3;

/// One line on a message.
pub(super) fn message(session: &Session, unit: &Unit<'_>, note: &Note, at: FrameId) -> String {
    let account = session.names.get(note.account);
    let name = note.operation.map_or("SOAP", |operation| operation.short);
    let mut line = String::from(name);
    let login = note.operation.is_some_and(|operation| operation.service == Service::Login);
    if !unit.is_response() {
        if login {
            add(&mut line, account);
        } else if let Some(message) = &unit.message {
            add(&mut line, &asked(message, &|id| session.soap.book.called(note.account, id, at)));
        }
        return line;
    }
    if login {
        add(&mut line, account);
    }
    if let Some(why) = note.refusal {
        line.push_str(if why == Refusal::Redirected { " " } else { " refused: " });
        line.push_str(why.words());
        return line;
    }
    if let (Some(status), false) = (unit.status(), login && unit.status() == Some(200)) {
        line.push_str(&format!(" {status}"));
    }
    let Some(message) = &unit.message else { return line };
    let said = match message.fault {
        Some(fault) => {
            let error = message.text_within(fault, b"errorcode");
            let code = message.fault_code(fault);
            format!("fault {}", if error.is_empty() { code } else { error })
        }
        None => answered(message),
    };
    if !said.is_empty() {
        line.push_str(": ");
        text::push_line(&mut line, &said, 2 * MAX_PART);
    }
    line
}

fn add(line: &mut String, part: &str) {
    if !part.is_empty() {
        line.push(' ');
        text::push_line(line, part, 2 * MAX_PART);
    }
}

fn many(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// Texts of elements of these names, each once.
fn texts(message: &Message<'_>, names: &[&str], max: usize) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for name in names {
        for node in message.all(name.as_bytes()) {
            let text = message.text(node);
            if !text.is_empty() && !found.contains(&text) {
                found.push(text);
            }
            if found.len() >= max {
                return found;
            }
        }
    }
    found
}

/// What a request is about.
fn asked<'s>(message: &Message<'_>, called: &dyn Fn(&str) -> Option<&'s str>) -> String {
    if let Some((_, mail)) = message.mail() {
        let party = |name: &[u8], what: &[u8]| {
            let node = message.header.and_then(|header| message.child(header, name));
            node.map(|node| message.attribute(node, what)).unwrap_or_default()
        };
        let mut line = format!("{} → {}: ", party(b"From", b"memberName"), party(b"To", b"memberName"));
        text::push_line(&mut line, &mail.text, MAX_PART);
        return line;
    }
    let ids = message.all(b"messageId").count();
    if ids > 0 {
        return match ids {
            1 => texts(message, &["messageId"], 1).join(""),
            _ => many(ids, "offline message"),
        };
    }
    let mut people = texts(message, &["passportName", "PassportName", "email", "Email", "PhoneNumber"], MAX_NAMED + 1);
    let names = ["contactId", "groupId", "guid"];
    // By their names in the address book; a group only where there is no contact.
    for id in names.iter().flat_map(|name| texts(message, &[name], MAX_NAMED + 1)) {
        if let Some(name) = called(&id).filter(|_| people.is_empty()) {
            people.push(name.to_owned());
        }
    }
    let mut parts = texts(message, &["MemberRole"], MAX_NAMED);
    match people.split_at_checked(MAX_NAMED) {
        Some((some, more)) if !more.is_empty() => parts.push(format!("{}, …", some.join(", "))),
        _ => parts.push(people.join(", ")),
    }
    if message.operation.is_some_and(|operation| operation.service == Service::AddressBook) {
        parts.extend(texts(message, &["name", "displayName"], 1));
    }
    if message.operation.is_some_and(|operation| operation.name == "CreateCircle") {
        parts.extend(texts(message, &["DisplayName"], 1));
    }
    if message.operation.is_some_and(|operation| operation.name == "UpdateProfile") {
        parts.extend(texts(message, &["DisplayName", "PersonalStatus"], 2));
    }
    parts.retain(|part| !part.is_empty());
    parts.join(" ")
}

/// What an answer gives.
fn answered(message: &Message<'_>) -> String {
    let tickets = message.all(b"BinarySecurityToken").count();
    if tickets > 0 {
        return many(tickets, "ticket");
    }
    if let Some((bytes, mail)) = message.mail() {
        let mut line = format!("{} → {}: ", mail.address(&bytes, "From"), mail.address(&bytes, "To"));
        text::push_line(&mut line, &mail.text, MAX_PART);
        return line;
    }
    match message.operation.map(|operation| operation.name) {
        Some("FindMembership" | "FindMembershipByRole") => members(message),
        Some("ABFindAll" | "ABFindContactsPaged" | "ABFindByContacts") => {
            let mut said = many(message.all(b"contactId").count(), "contact");
            for (name, what) in [(&b"groupInfo"[..], "group"), (b"CircleInverseInfo", "circle")] {
                let count = message.all(name).count();
                if count > 0 {
                    said = format!("{said}, {}", many(count, what));
                }
            }
            if message.stopped { format!("at least {said}") } else { said }
        }
        Some("GetMetadata") => many(message.listed().len(), "offline message"),
        Some("GetProfile") => texts(message, &["DisplayName"], 1).join(""),
        _ => String::new(),
    }
}

/// Most roles that are told apart; there are six.
const MAX_ROLES: usize = 16;

/// How many people there are in which roles; being in somebody else's list is no role that the owner gave.
fn members(message: &Message<'_>) -> String {
    let mut people: Vec<String> = Vec::new();
    let mut roles: Vec<(String, usize)> = Vec::new();
    let mut done = 0;
    for membership in message.all(b"Membership") {
        // One within another was counted with it.
        if membership < done {
            continue;
        }
        let role = message.child_text(membership, b"MemberRole").to_lowercase();
        let end = message.document.nodes.get(membership).map_or(0, |node| node.next);
        done = end;
        let mut count = 0;
        for member in (membership + 1..end).filter(|&node| message.is(node, b"Member")) {
            count += 1;
            work::done(1);
            let names = [&b"PassportName"[..], b"Email", b"PhoneNumber", b"CircleId", b"MembershipId"];
            let who = names.iter().map(|name| message.child_text(member, name)).find(|who| !who.is_empty());
            people.extend(who);
        }
        work::done(roles.len());
        let full = roles.len() >= MAX_ROLES;
        match roles.iter_mut().find(|row| row.0 == role) {
            Some(row) => row.1 += count,
            None if count > 0 && !full => roles.push((role, count)),
            None => {}
        }
    }
    people.sort_unstable();
    people.dedup();
    roles.retain(|(role, count)| *count > 0 && role != "reverse" && !role.is_empty());
    let said: Vec<String> = roles.iter().map(|(role, count)| format!("{count} {role}")).collect();
    let at_least = if message.stopped { "at least " } else { "" };
    let all = many(people.len(), "member");
    match said.is_empty() {
        true => format!("{at_least}{all}"),
        false => format!("{at_least}{all} ({})", said.join(", ")),
    }
}
