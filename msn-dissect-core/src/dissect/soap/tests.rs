// SPDX-License-Identifier: GPL-2.0-or-later
//! Messages of the services as they come from HTTP.

use super::message;
use crate::{
    dissect::stream,
    fields::{Field, command as f, link, login as l, mime as m, soap as s},
    item::Kind,
    output::Dissection,
    packet::Packet,
    session::{Session, challenge::Status},
    soap::Head,
};
use std::time::{Duration, Instant};

/// A conversation: heads with bodies, request and answer by turns.
#[derive(Default)]
struct Talk {
    session: Session,
    frame: u32,
}

impl Talk {
    fn packet(frame: u32, first_pass: bool) -> Packet {
        let time = u64::from(frame) * 1_000_000;
        Packet { number: frame, connection: if first_pass { 1 } else { 0 }, time, first_pass, ..Packet::example() }
    }

    fn again(&mut self, frame: u32, head: &str, body: &str, first_pass: bool) -> Dissection {
        let mut out = Dissection::default();
        out.reset(true);
        let head = format!("{head}\r\n\r\n");
        message(
            &mut self.session,
            &Self::packet(frame, first_pass),
            Head::at_start(head.as_bytes()),
            body.as_bytes(),
            &mut out,
        );
        out
    }

    fn say(&mut self, head: &str, body: &str) -> Dissection {
        self.frame += 1;
        self.again(self.frame, head, body, true)
    }

    fn post(&mut self, path: &str, header: &str, body: &str) -> Dissection {
        self.say(&format!("POST {path} HTTP/1.1"), &envelope(header, body))
    }

    fn answer(&mut self, status: u16, body: &str) -> Dissection {
        self.say(&format!("HTTP/1.1 {status} x"), &envelope("", body))
    }
}

fn envelope(header: &str, body: &str) -> String {
    format!("<s:Envelope xmlns:s='x'><s:Header>{header}</s:Header><s:Body>{body}</s:Body></s:Envelope>")
}

/// All texts of a field.
fn texts(out: &Dissection, field: Field) -> Vec<&str> {
    let leaves = out.tree.items().iter().filter(|item| item.kind == Kind::Leaf as u8 && item.id == field.0);
    leaves.filter_map(|item| out.tree.item_text(item)).collect()
}

const BOOK: &str = "/abservice/abservice.asmx";
const TICKET: &str = "<ABAuthHeader><TicketToken>t=abc&amp;p=</TicketToken></ABAuthHeader>";

fn log_in(talk: &mut Talk) -> Dissection {
    let user = "<UsernameToken><Username>alice@example.com</Username><Password>x</Password></UsernameToken>";
    let asked = talk.post("//RST.srf", user, "<RequestMultipleSecurityTokens/>");
    assert_eq!(asked.info, "RST alice@example.com");
    assert!(asked.tree.has_expert(s::PASSWORD_CLEAR));
    let given = "<RequestSecurityTokenResponseCollection><RequestSecurityTokenResponse>\
        <AppliesTo><EndpointReference><Address>messengerclear.live.com</Address></EndpointReference></AppliesTo>\
        <BinarySecurityToken>t=abc&amp;p=</BinarySecurityToken><BinarySecret>AAECAwQFBgcICQoLDA0ODxAREhMUFRYX</BinarySecret>\
        </RequestSecurityTokenResponse></RequestSecurityTokenResponseCollection>";
    talk.answer(200, given)
}

#[test]
fn tickets_tie_calls_to_the_login_and_its_account() {
    let mut talk = Talk::default();
    let given = log_in(&mut talk);
    assert_eq!(given.info, "RST alice@example.com: 1 ticket");
    let asked = talk.post(BOOK, TICKET, "<ABContactAdd><passportName>erin@live.com</passportName></ABContactAdd>");
    assert_eq!(asked.info, "ABContactAdd erin@live.com");
    assert_eq!(
        (asked.tree.number_of(s::ISSUED_IN), asked.tree.text_of(f::ACCOUNT)),
        (Some(2), Some("alice@example.com"))
    );
    assert_eq!(texts(&asked, l::TICKET_T), ["abc"]);
    let fault = "<s:Fault><faultcode>soap:Client</faultcode><detail><errorcode>InvalidPassportUser</errorcode></detail></s:Fault>";
    let answer = talk.answer(500, fault);
    assert_eq!(answer.info, "ABContactAdd 500: fault InvalidPassportUser");
    assert_eq!(
        (answer.tree.number_of(link::RESPONSE_TO), answer.tree.number_of(link::TIME)),
        (Some(3), Some(1_000_000))
    );
    assert!(answer.tree.has_expert(s::FAULTY));
    let login = talk.again(2, "HTTP/1.1 200 x", &envelope("", ""), false);
    assert_eq!(login.tree.number_of(s::USED_IN), Some(3));
}

#[test]
fn a_login_is_proved_by_the_secret_that_came_with_its_ticket() {
    const NONCE: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4v";
    const BLOB: &str = "HAAAAAEAAAADZgAABIAAAAgAAAAUAAAASAAAAAAAAAAAAAAA5/b6UPUTyMkbVgyWJivzLXG/cLl1LUbMswHDZQOTW2qheXO+\
        oMl024Pd0/Qp2Ikhncicdsr1ZuVHe6faTtyhpF/m08gyWF+w8WAo2gAzX5IfDfTywxhqbs2uoVc=";
    let mut talk = Talk::default();
    log_in(&mut talk);
    let mut line = |frame, from_server, line: String| {
        let mut packet = Packet { connection: 9, ..Talk::packet(frame, true) };
        if from_server {
            std::mem::swap(&mut packet.source, &mut packet.destination);
        }
        let mut out = Dissection::default();
        out.reset(true);
        stream(&mut talk.session, &packet, line.as_bytes(), &mut out);
        out
    };
    line(3, false, "VER 1 MSNP15\r\n".into());
    line(4, false, "USR 2 SSO I alice@example.com\r\n".into());
    line(5, true, format!("USR 2 SSO S MBI_KEY_OLD {NONCE}\r\n"));
    let proof = line(6, false, format!("USR 3 SSO S t=abc {BLOB}\r\n"));
    assert_eq!(proof.tree.number_of(link::AUTH_STATUS), Some(Status::Good as u64));
    assert_eq!((proof.tree.number_of(s::ISSUED_IN), proof.tree.number_of(s::SECRET_IN)), (Some(2), Some(2)));
    let status = proof.tree.find(link::AUTH_STATUS).and_then(|item| proof.tree.item_note(item));
    assert_eq!(status, Some("SSO proof: good, by the secret in frame 2"));
}

#[test]
fn refused_logins_say_why() {
    let mut talk = Talk::default();
    let user = "<Username>bob@example.com</Username>";
    talk.post("/RST2.srf", user, "<RequestMultipleSecurityTokens/>");
    let body =
        "<S:Envelope xmlns:S='x'><S:Fault><faultcode>wsse:FailedAuthentication</faultcode></S:Fault></S:Envelope>";
    let refused = talk.say("HTTP/1.1 200 OK", body);
    assert_eq!(refused.info, "RST bob@example.com refused: wrong password");
    assert!(refused.tree.has_expert(s::REFUSED));
    let head = "GET /login HTTP/1.1\r\nAuthorization: Passport1.4 OrgVerb=GET,sign-in=bob%40example.com,pwd=secret";
    assert_eq!(talk.say(head, "").info, "Login bob@example.com");
    let head = "HTTP/1.1 401 x\r\nWWW-Authenticate: Passport1.4 da-status=failed";
    assert_eq!(talk.say(head, "").info, "Login bob@example.com refused: wrong password");
}

#[test]
fn lock_keys_are_checked_and_offline_messages_opened() {
    let mut talk = Talk::default();
    let header = |key: &str| {
        format!(
            "<From memberName='alice@example.com'/><To memberName='bob@example.com'/>\
             <Ticket passport='t=abc' appid='msmsgs@msnmsgr.com' lockkey='{key}'/>"
        )
    };
    let body = "<MessageType>text</MessageType><Content>Content-Transfer-Encoding: base64\n\nb2ZmbGluZSBtZXNzYWdlIG9uZQ==</Content>";
    let store = |talk: &mut Talk, key: &str| {
        let head = "POST /OimWS/oim.asmx HTTP/1.1\r\nSOAPAction: \"http://messenger.live.com/ws/2006/09/oim/Store2\"";
        talk.say(head, &envelope(&header(key), body))
    };
    let asked = store(&mut talk, "");
    assert_eq!(asked.info, "Store2 alice@example.com → bob@example.com: offline message one");
    assert_eq!(texts(&asked, m::TEXT), ["offline message one"]);
    assert_eq!(
        (asked.tree.text_of(s::MESSAGE_FROM), asked.tree.text_of(s::MESSAGE_TO)),
        (Some("alice@example.com"), Some("bob@example.com"))
    );
    talk.answer(500, "<s:Fault><faultcode>q0:AuthenticationFailed</faultcode><detail><LockKeyChallenge>15570131571988941333</LockKeyChallenge></detail></s:Fault>");
    let good = store(&mut talk, "8f2f5a91b72102cd28355e9fc9000d6e");
    assert_eq!((good.tree.number_of(s::LOCK_STATUS), good.tree.number_of(s::LOCK_IN)), (Some(1), Some(2)));
    talk.answer(200, "<StoreResponse/>");
    let bad = store(&mut talk, "8f2f5a91b72102cd28355e9fc9000d6f");
    assert!(bad.tree.number_of(s::LOCK_STATUS) == Some(0) && bad.tree.has_expert(s::LOCK_KEY_BAD));
}

#[test]
fn operations_that_no_capture_has_are_known() {
    let mut talk = Talk::default();
    for (path, body, service) in [
        (BOOK, "<ManageWLConnection><contactId>1</contactId></ManageWLConnection>", "Address book"),
        (BOOK, "<CreateCircle/>", "Address book"),
        ("/abservice/SharingService.asmx", "<FindMembershipByRole/>", "Sharing"),
        ("/storageservice/SchematizedStore.asmx", "<ShareItem/>", "Storage"),
    ] {
        let out = talk.post(path, "", body);
        assert_eq!(out.tree.text_of(s::SERVICE), Some(service), "{body}");
        assert!(!out.tree.has_expert(s::UNKNOWN_OPERATION));
    }
    assert!(talk.post(BOOK, "", "<Unheard/>").tree.has_expert(s::UNKNOWN_OPERATION));
    let circle = "<ABFindContactsPagedResponse><CircleResult><CircleTicket>&lt;SignedTicket&gt;x&lt;/SignedTicket&gt;\
        </CircleTicket></CircleResult></ABFindContactsPagedResponse>";
    talk.session.soap = crate::session::soap::Soap::new(&talk.session.losses);
    talk.post(BOOK, "", "<ABFindContactsPaged/>");
    let out = talk.answer(200, circle);
    assert_eq!(out.tree.text_of(s::CIRCLE_TICKET), Some("<SignedTicket>x</SignedTicket>"));
}

#[test]
fn what_is_none_of_this_is_left_alone() {
    let mut talk = Talk::default();
    for (head, body) in [
        ("GET / HTTP/1.1", String::new()),
        ("POST /other.asmx HTTP/1.1", envelope("", "<AddMember/>")),
        ("HTTP/1.1 200 OK", "<html>Envelope</html>".to_owned()),
        ("HTTP/1.1 200 OK", envelope("", "<AddMemberResponse/>")),
        ("GET /abservice/abservice.asmx?wsdl HTTP/1.1", String::new()),
        ("HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=x", String::new()),
    ] {
        let out = talk.say(head, &body);
        assert!(out.units == 0 && out.tree.items().is_empty() && out.info.is_empty(), "{head}");
    }
}

#[test]
fn long_lists_and_bombs_are_bounded() {
    let mut talk = Talk::default();
    let member = "<Member><PassportName>a@example.com</PassportName><State>Accepted</State></Member>";
    let list = format!(
        "<FindMembershipResponse><Membership><MemberRole>Allow</MemberRole><Members>{}",
        member.repeat(100_000)
    );
    let begun = Instant::now();
    talk.post("/abservice/SharingService.asmx", "", "<FindMembership/>");
    let out = talk.answer(200, &list);
    assert!(out.tree.has_expert(s::TOO_LARGE) && out.info.contains("at least"), "{}", out.info);
    let bomb =
        format!("<!DOCTYPE a [<!ENTITY b '{}'>]>{}", "x".repeat(1000), envelope("", &"<AddMember>&b;".repeat(2000)));
    talk.post(BOOK, "", "<ABFindAll/>");
    let out = talk.say("HTTP/1.1 200 OK", &bomb);
    assert!(out.tree.arena().len() < 4 * bomb.len());
    assert!(begun.elapsed() < Duration::from_secs(60));
}

/// What stands around, and the piece that a body is made of, over and over; `#` is its number.
const SHAPES: [(&str, &str, &str); 8] = [
    ("<GetMessageResponse>", "<GetMessageResult>From: a&#10;&#10;x</GetMessageResult>", "</GetMessageResponse>"),
    ("<Content>", "x", "</Content>"),
    ("", "<Content>From: a@example.com&#10;&#10;hi</Content>", ""),
    ("<FindMembershipResponse>", "<Membership><MemberRole>r#</MemberRole></Membership>", "</FindMembershipResponse>"),
    (
        "<FindMembershipResponse><Membership><Membership><Membership><Membership>",
        "<Member><Email>a#@example.com</Email></Member>",
        "</Membership></Membership></Membership></Membership></FindMembershipResponse>",
    ),
    ("<ABFindAllResponse>", "<Contact><contactId>#</contactId></Contact>", "</ABFindAllResponse>"),
    ("<ABFindAllResponse>", "<a>", ""),
    (
        "<RequestSecurityTokenResponse>",
        "<BinarySecurityToken>t=#</BinarySecurityToken>",
        "</RequestSecurityTokenResponse>",
    ),
];

#[test]
fn twice_the_body_is_twice_the_work() {
    for (before, piece, behind) in SHAPES {
        crate::wire::work::grows_like(|parts| {
            let count = parts * 2000 / piece.len().max(3);
            let middle: String = (0..count).map(|number| piece.replace('#', &format!("{number:06}"))).collect();
            let body = format!("{before}{middle}{behind}");
            let mut talk = Talk::default();
            talk.post(BOOK, "", "<FindMembership/>");
            assert!(!talk.answer(200, &body).tree.items().is_empty());
            body.len()
        });
    }
}

/// Names of an address book are looked for once something is known of one.
#[test]
fn a_long_domain_is_not_read_for_each_of_its_contacts() {
    crate::wire::work::grows_like(|parts| {
        let mut talk = Talk::default();
        talk.post(BOOK, "", "<ABFindAll/>");
        let domain = "d".repeat(parts * 1000);
        let list = format!("<ml><d n='{domain}'>{}</d></ml>", "<c n='b' t='1' l='1'/>".repeat(parts * 50));
        let bytes = format!("ADL 1 {}\r\n{list}", list.len());
        let mut out = Dissection::default();
        out.reset(true);
        let packet = Packet { number: 90, connection: 9, reported_len: bytes.len(), ..Packet::example() };
        crate::dissect::stream(&mut talk.session, &packet, bytes.as_bytes(), &mut out);
        assert_eq!(out.units, 1);
        bytes.len()
    });
}
