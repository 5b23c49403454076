// SPDX-License-Identifier: GPL-2.0-or-later
//! The SOAP calls without which no client of MSNP13 and later comes online: tickets, memberships, the address book.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use quick_xml::escape::escape;

use super::Shared;
use super::account::{Account, MAX_GROUPS, list};
use super::world::World;
use crate::elements::Elements;
use crate::http::Message;

const XML: &str = "text/xml; charset=utf-8";

fn envelope(status: u16, body: &str) -> Message {
    let text = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\">{body}</soap:Envelope>"
    );
    Message::answer(status).body(XML, text)
}

fn fault(code: &str, text: &str) -> Message {
    let fault = format!("<soap:Fault><faultcode>{code}</faultcode><faultstring>{text}</faultstring></soap:Fault>");
    envelope(500, &format!("<soap:Body>{fault}</soap:Body>"))
}

/// RST.srf: a ticket for each service that is asked for.
pub(super) fn tokens(shared: &Shared, request: &Message) -> Message {
    let Some(elements) = Elements::read(&request.body) else { return fault("wsse:InvalidRequest", "Invalid Request") };
    let email = elements.get("Username").unwrap_or_default();
    let password = elements.get("Password").unwrap_or_default();
    let mut answers = String::new();
    for (at, address) in elements.all("Address").enumerate().take(32) {
        let Some((token, ticket)) = shared.world().sign_in(email, password) else {
            return Message::answer(200).body(
                XML,
                "<?xml version=\"1.0\" encoding=\"utf-8\"?><S:Envelope xmlns:S=\"http://schemas.xmlsoap.org/soap/envelope/\" \
                 xmlns:wsse=\"http://schemas.xmlsoap.org/ws/2003/06/secext\" xmlns:psf=\"http://schemas.microsoft.com/Passport/SoapServices/SOAPFault\">\
                 <S:Header><psf:pp><psf:authstate>0x80048800</psf:authstate><psf:reqstatus>0x80048823</psf:reqstatus></psf:pp></S:Header>\
                 <S:Fault><faultcode>wsse:FailedAuthentication</faultcode><faultstring>Authentication Failure</faultstring></S:Fault></S:Envelope>",
            );
        };
        answers += &format!(
            "<wst:RequestSecurityTokenResponse><wst:TokenType>urn:passport:compact</wst:TokenType>\
             <wsp:AppliesTo><wsa:EndpointReference><wsa:Address>{address}</wsa:Address></wsa:EndpointReference></wsp:AppliesTo>\
             <wst:LifeTime><wsu:Created>2026-01-01T00:00:00Z</wsu:Created><wsu:Expires>2037-01-01T00:00:00Z</wsu:Expires></wst:LifeTime>\
             <wst:RequestedSecurityToken><wsse:BinarySecurityToken Id=\"Compact{at}\">t={token}&amp;p=</wsse:BinarySecurityToken>\
             </wst:RequestedSecurityToken><wst:RequestedProofToken><wst:BinarySecret>{secret}</wst:BinarySecret>\
             </wst:RequestedProofToken></wst:RequestSecurityTokenResponse>",
            address = escape(address),
            secret = STANDARD.encode(&ticket.secret),
        );
    }
    let text = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><S:Envelope xmlns:S=\"http://schemas.xmlsoap.org/soap/envelope/\" \
         xmlns:wsse=\"http://schemas.xmlsoap.org/ws/2003/06/secext\" xmlns:wst=\"http://schemas.xmlsoap.org/ws/2004/04/trust\" \
         xmlns:wsp=\"http://schemas.xmlsoap.org/ws/2002/12/policy\" xmlns:wsa=\"http://schemas.xmlsoap.org/ws/2004/03/addressing\" \
         xmlns:wsu=\"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd\"><S:Body>\
         <wst:RequestSecurityTokenResponseCollection>{answers}</wst:RequestSecurityTokenResponseCollection></S:Body></S:Envelope>"
    );
    Message::answer(200).body(XML, text)
}

const NAMESPACE: &str = "http://www.msn.com/webservices/AddressBook";

/// The address book's calls.
pub(super) fn address_book(shared: &Shared, request: &Message) -> Message {
    let Some(elements) = Elements::read(&request.body) else { return fault("soap:Client", "not well-formed") };
    let answer = answer(&mut shared.world(), &elements);
    // A change of lists is news to others.
    shared.flush();
    answer
}

fn answer(world: &mut World, elements: &Elements) -> Message {
    let ticket = elements.get("TicketToken").and_then(|token| world.ticket(token)).cloned();
    let Some(email) = ticket.map(|ticket| ticket.email) else {
        return fault("soap:Client", "Authentication failed");
    };
    let operation = elements.operation().to_owned();
    let result = match operation.as_str() {
        "FindMembership" => world.accounts.get(&email).map(memberships),
        "ABFindAll" | "ABFindContactsPaged" => world.accounts.get(&email).map(contacts),
        _ => change(world, &email, &operation, elements),
    };
    match result {
        Some(result) => {
            let result =
                if result.is_empty() { result } else { format!("<{operation}Result>{result}</{operation}Result>") };
            let answer = format!("<{operation}Response xmlns=\"{NAMESPACE}\">{result}</{operation}Response>");
            envelope(200, &format!("<soap:Body>{answer}</soap:Body>"))
        }
        None => fault("soap:Client", "not done"),
    }
}

fn memberships(account: &Account) -> String {
    let mut roles = String::new();
    for (role, bit) in [("Allow", list::AL), ("Block", list::BL), ("Reverse", list::RL), ("Pending", list::PL)] {
        let members = account.contacts.iter().filter(|(_, contact)| contact.lists & bit != 0).map(|(email, contact)| {
            format!(
                "<Member xsi:type=\"PassportMember\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><MembershipId>{role}/{}</MembershipId>\
                 <Type>Passport</Type><State>Accepted</State><PassportName>{}</PassportName></Member>",
                contact.guid,
                escape(email)
            )
        });
        let members: String = members.collect();
        roles += &format!("<Membership><MemberRole>{role}</MemberRole><Members>{members}</Members></Membership>");
    }
    format!(
        "<Services><Service><Memberships>{roles}</Memberships><Info><Handle><Id>1</Id><Type>Messenger</Type><ForeignId/></Handle>\
         </Info><LastChange>2026-01-01T00:00:00Z</LastChange></Service></Services>"
    )
}

fn contacts(account: &Account) -> String {
    let groups: String = account
        .groups
        .iter()
        .map(|group| {
            format!(
                "<Group><groupId>{}</groupId><groupInfo><name>{}</name></groupInfo></Group>",
                group.guid,
                escape(&group.name)
            )
        })
        .collect();
    let one = |guid: &str, kind: &str, email: &str, name: &str, groups: &str| {
        format!(
            "<Contact><contactId>{guid}</contactId><contactInfo><contactType>{kind}</contactType><passportName>{}</passportName>\
             <displayName>{}</displayName><groupIds>{groups}</groupIds><isMessengerUser>true</isMessengerUser></contactInfo></Contact>",
            escape(email),
            escape(name)
        )
    };
    let mut contacts = one(&super::account::guid(3, 1), "Me", &account.email, &account.name, "");
    for (email, contact) in account.contacts.iter().filter(|(_, contact)| contact.lists & list::FL != 0) {
        let of = account.groups.iter().filter(|group| contact.groups.contains(&group.number));
        let ids: String = of.map(|group| format!("<guid>{}</guid>", group.guid)).collect();
        contacts += &one(&contact.guid, "Regular", email, &contact.name, &ids);
    }
    format!("<groups>{groups}</groups><contacts>{contacts}</contacts>")
}

fn change(world: &mut World, email: &str, operation: &str, elements: &Elements) -> Option<String> {
    let named = elements.get("passportName").or(elements.get("PassportName")).or(elements.get("email"));
    let named = named.map(str::to_lowercase);
    let role = match elements.get("MemberRole") {
        Some("Allow") => list::AL,
        Some("Block") => list::BL,
        Some("Pending") => list::PL,
        Some("Reverse") => list::RL,
        _ => 0,
    };
    if matches!(operation, "ABContactAdd" | "AddMember") {
        // Those that the server does not serve are nobody it could tell.
        let _ = world.account(named.as_deref()?);
    }
    let account = world.accounts.get_mut(email)?;
    account.version += 1;
    let contact_id = elements.get("contactId").map(str::to_owned);
    let who = contact_id.as_deref().and_then(|guid| account.find(guid)).or(named);
    match operation {
        "ABContactAdd" => {
            let who = who.filter(|who| who.contains('@'))?;
            let contact = account.contact(&who, None)?;
            contact.lists |= list::FL;
            let guid = contact.guid.clone();
            world.reverse(email, &who, true);
            Some(format!("<guid>{guid}</guid>"))
        }
        "ABContactDelete" => {
            let who = who?;
            account.contacts.get_mut(&who)?.lists &= !list::FL;
            world.reverse(email, &who, false);
            Some(String::new())
        }
        "ABContactUpdate" => {
            let name = elements.get("displayName").map(str::to_owned);
            match (who.and_then(|who| account.contacts.get_mut(&who)), name) {
                (Some(contact), Some(name)) => contact.name = name,
                (None, Some(name)) => account.name = name,
                _ => {}
            }
            Some(String::new())
        }
        "AddMember" | "DeleteMember" => {
            let id = elements.get("MembershipId").and_then(|id| account.find(id.rsplit('/').next().unwrap_or(id)));
            let contact = account.contact(&id.or(who)?, None)?;
            contact.lists = if operation == "AddMember" { contact.lists | role } else { contact.lists & !role };
            Some(String::new())
        }
        "ABGroupAdd" if account.groups.len() < MAX_GROUPS => {
            Some(format!("<guid>{}</guid>", account.add_group(elements.get("name")?).guid))
        }
        "ABGroupUpdate" | "ABGroupDelete" | "ABGroupContactAdd" | "ABGroupContactDelete" => {
            let number = elements
                .all("guid")
                .chain(elements.all("groupId"))
                .find_map(|id| account.group(id))
                .map(|group| group.number)?;
            match operation {
                "ABGroupDelete" => account.groups.retain(|group| group.number != number),
                "ABGroupUpdate" => {
                    let name = elements.get("name")?;
                    account
                        .groups
                        .iter_mut()
                        .filter(|group| group.number == number)
                        .for_each(|group| name.clone_into(&mut group.name));
                }
                _ => {
                    let contact = account.contacts.get_mut(&who?)?;
                    contact.groups.retain(|other| *other != number);
                    contact.groups.extend((operation == "ABGroupContactAdd").then_some(number));
                }
            }
            Some(String::new())
        }
        _ => None,
    }
}
