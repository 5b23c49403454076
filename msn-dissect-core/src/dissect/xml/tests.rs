// SPDX-License-Identifier: GPL-2.0-or-later
//! Documents and the fields that they become.

use super::*;
use crate::{
    fields::{Field, Type, def},
    item::Item,
    session::contacts::MAX_ACCOUNT,
    wire::work,
};
use proptest::prelude::*;

pub(super) fn shown(data: &str) -> Tree {
    let mut tree = Tree::new(true);
    document(&mut tree, data.as_bytes(), Span::new(0, data.len()), None);
    tree
}

pub(super) fn all(tree: &Tree, field: Field) -> Vec<&str> {
    let leaf = |item: &&Item| item.kind == crate::item::Kind::Leaf as u8 && item.id == field.0;
    tree.items().iter().filter(leaf).filter_map(|item| tree.item_text(item)).collect()
}

fn notes(tree: &Tree, field: Field) -> Vec<&str> {
    let leaf = |item: &&Item| item.kind == crate::item::Kind::Leaf as u8 && item.id == field.0;
    tree.items().iter().filter(leaf).filter_map(|item| tree.item_note(item)).collect()
}

/// Bytes of the document that no named leaf covers, white space aside.
fn uncovered(data: &str, tree: &Tree) -> String {
    let mut bytes = data.as_bytes().to_vec();
    let mut open: Vec<bool> = Vec::new();
    for item in tree.items().iter().filter(|item| item.source == 0) {
        let leaf = item.kind == crate::item::Kind::Leaf as u8 && item.flags & crate::item::OPEN == 0;
        if leaf && item.id != f::PAYLOAD.0 {
            bytes[item.start as usize..(item.start + item.len) as usize].fill(b' ');
        }
        if item.flags & crate::item::OPEN != 0 {
            open.push(true);
        } else if item.kind == crate::item::Kind::Close as u8 {
            assert!(open.pop().is_some());
        }
    }
    assert!(open.is_empty());
    String::from_utf8(bytes).unwrap().trim().to_owned()
}

/// Whether a field can hold what a rule makes.
fn holds(rule: &Rule) -> bool {
    let is = |field: &Field, wanted: fn(&Type) -> bool| def(*field).is_some_and(|def| wanted(&def.kind));
    match rule {
        Rule::Number(field) => is(field, |kind| matches!(kind, Type::Uint(4, ..))),
        Rule::Bits(field) => is(field, |kind| matches!(kind, Type::Bits(..))),
        Rule::Guid(field) => is(field, |kind| *kind == Type::Guid),
        Rule::Bool(field) => is(field, |kind| *kind == Type::Bool),
        Rule::Time(field) => is(field, |kind| *kind == Type::Time),
        Rule::Text(field) | Rule::Percent(field) | Rule::Code(field, _) | Rule::Object(field) => {
            is(field, |kind| *kind == Type::Str)
        }
        Rule::Base64(field) | Rule::Base64Document(field) | Rule::Base64Sip(field) | Rule::Document(field) => {
            is(field, |kind| *kind == Type::Str)
        }
        _ => true,
    }
}

#[test]
fn table_rows_fit_their_fields() {
    for rule in table::ELEMENTS.iter().map(|row| &row.2).chain(table::ATTRIBUTES.iter().map(|row| &row.3)) {
        assert!(holds(rule), "{rule:?}");
    }
    assert!(def(x::XML_ELEMENT).is_some());
}

#[test]
fn contacts_get_their_domain() {
    let data = concat!(
        r#"<ml l="1"><d n="example.com"><c n="bob" l="3" t="1" f="Bob%20B"/></d>"#,
        r#"<t><c n="tel:+15550100" l="3"/></t><d n='live.com'><c n='x'><s n="IM" l="3"/></c></d></ml>"#
    );
    let tree = shown(data);
    assert_eq!(all(&tree, f::EMAIL), ["bob@example.com", "tel:+15550100", "x@live.com"]);
    assert_eq!(all(&tree, f::FRIENDLY_NAME), ["Bob B"]);
    assert_eq!(tree.number_of(f::LISTS), Some(3));
    assert_eq!(tree.number_of(f::NETWORK_ID), Some(1));
    assert_eq!(tree.number_of(x::INITIAL), Some(1));
    assert_eq!(all(&tree, x::SERVICE), ["IM"]);
    assert_eq!(uncovered(data, &tree), "");
}

#[test]
fn user_data_are_named() {
    let data = concat!(
        r"<Data><PSM>a &#x26; &lt;b&gt;</PSM><CurrentMedia>\0Music\01\0{0} - {1}\0Song\0Band\0Album\0\0</CurrentMedia>",
        r#"<MachineGuid>{1be99e6d-1c6e-4bea-8b3e-9c464006a774}</MachineGuid><ColorScheme>-3</ColorScheme>"#,
        r#"<UserTileLocation>&lt;msnobj Creator="a@example.com" Size="1"/&gt;</UserTileLocation><DDP></DDP>"#,
        r#"<EndpointData id="{1be99e6d-1c6e-4bea-8b3e-9c464006a774}"><Capabilities>2416181284:48</Capabilities></EndpointData>"#,
        r#"<PrivateEndpointData><EpName>vm</EpName><Idle>true</Idle><ClientType>1</ClientType><State>NLN</State></PrivateEndpointData></Data>"#
    );
    let tree = shown(data);
    assert_eq!(all(&tree, x::PSM), ["a & <b>"]);
    assert_eq!((all(&tree, x::MEDIA_TYPE), all(&tree, x::MEDIA_TITLE)), (vec!["Music"], vec!["Song"]));
    assert_eq!((all(&tree, x::MEDIA_ARTIST), all(&tree, x::MEDIA_ALBUM)), (vec!["Band"], vec!["Album"]));
    assert_eq!(all(&tree, x::MEDIA_TEXT), ["Song - Band"]);
    assert_eq!(tree.number_of(x::COLOR_SCHEME), Some(-3i64 as u64));
    assert_eq!(all(&tree, x::COLOR_SCHEME_RGB), ["#fdffff"]);
    assert_eq!(all(&tree, x::OBJECT_CREATOR), ["a@example.com"]);
    assert_eq!(tree.number_of(f::CAPABILITIES_EX), Some(48));
    assert_eq!((tree.number_of(x::EP_IDLE), tree.number_of(x::EP_CLIENT_TYPE)), (Some(1), Some(1)));
    assert_eq!(all(&tree, f::STATUS), ["NLN"]);
    assert_eq!(uncovered(data, &tree), "");
}

#[test]
fn service_data_are_named() {
    let data = concat!(
        r#"<user><s n="PE" ts="2026-11-22T14:12:50Z"><PSM>hi</PSM><RLT>0</RLT></s>"#,
        r#"<sep n="IM" epid="{b171be3e-1402-4fbc-b017-36f5a52d2c11}"/></user>"#
    );
    let tree = shown(data);
    assert_eq!(all(&tree, x::SERVICE), ["PE", "IM"]);
    assert_eq!(tree.number_of(x::SERVICE_TIME), Some(1_795_356_770_000_000_000));
    assert!(tree.find(f::ENDPOINT).is_some());
    assert_eq!(uncovered(data, &tree), "");
    let circle = "<circle><roster><id>IM</id><user><id>1:alice@example.com</id></user></roster></circle>";
    let tree = shown(circle);
    assert_eq!((all(&tree, x::ROSTER), all(&tree, f::EMAIL)), (vec!["IM"], vec!["alice@example.com"]));
    assert_eq!(uncovered(circle, &tree), "");
}

#[test]
fn documents_inside_documents_keep_their_places() {
    let data = concat!(
        r#"<NOTIFICATION id="0" siteid="45705" siteurl="http://example.com"><TO pid="0x1:0x2" name="bob@example.com"/>"#,
        "<MSG id=\"0\"><BODY>\n &lt;NotificationData a=\"b\"&gt;&lt;CID&gt;-88&lt;/CID&gt;",
        "&lt;HasNewItem&gt;false&lt;/HasNewItem&gt;&lt;/NotificationData&gt; </BODY></MSG></NOTIFICATION>"
    );
    let tree = shown(data);
    assert_eq!(all(&tree, x::CID), ["-88"]);
    let cid = tree.find(x::CID).unwrap();
    assert_eq!(&data[cid.start as usize..(cid.start + cid.len) as usize], "&lt;CID&gt;-88&lt;/CID&gt;");
    assert_eq!(tree.number_of(x::ALERT_NEW_ITEM), Some(0));
    assert_eq!(tree.number_of(f::SITE_ID), Some(45705));
    assert_eq!(uncovered(data, &tree), "");
}

#[test]
fn tickets_are_opened_twice() {
    let data =
        "<SignedTicket ver=\"1\"><Data>PFRpY2tldD48Q0lEPjc8L0NJRD48L1RpY2tldD4=</Data><Sig>AA==</Sig></SignedTicket>";
    let tree = shown(data);
    assert_eq!(all(&tree, x::CID), ["7"]);
    assert_eq!(tree.find(x::CID).unwrap().source, 1);
    assert_eq!(all(&tree, x::TICKET_SIGNATURE), ["AA=="]);
}

#[test]
fn policies_are_named() {
    let data = concat!(
        r#"<Policies><Policy type="SHIELDS" checksum="D9"><config><shield><cli maj="7" min="0" minbld="0" maxbld="9999" deny=" "/></shield>"#,
        r#"<block><regexp><imtext value="LipcLnBpZg=="/></regexp></block></config></Policy>"#,
        r#"<Policy type="ABCH"><policy><set id="push" service="ABCH" priority="200"><r id="pushstorage" threshold="0" timer="1" trigger="2"/></set>"#,
        r#"<c id="PC_BL">9</c></policy></Policy><Policy type="ERRORRESPONSETABLE"><Policy><Feature type="1" name="x"><Entry hr="0x8" action="3"/></Feature></Policy></Policy>"#,
        r#"<Policy type="P2P"><ObjStr SndDly="1"/></Policy></Policies>"#
    );
    let tree = shown(data);
    assert_eq!(all(&tree, x::SHIELD_EXPRESSION), [".*\\.pif"]);
    assert_eq!(all(&tree, x::POLICY_TYPE), ["SHIELDS", "ABCH", "ERRORRESPONSETABLE", "P2P"]);
    assert_eq!((all(&tree, x::POLICY_COUNTER), all(&tree, x::POLICY_VALUE)), (vec!["PC_BL"], vec!["9"]));
    assert_eq!((all(&tree, x::POLICY_TRIGGER), all(&tree, x::POLICY_ACTION)), (vec!["2"], vec!["3"]));
    assert_eq!(all(&tree, x::POLICY_SEND_DELAY), ["1"]);
    assert_eq!(uncovered(data, &tree), "");
}

#[test]
fn elements_are_told_apart() {
    let data = concat!(
        r#"<ml><d n="example.com"><c l="3" n="bob" t="1"/></d><t><c n="tel:+15550100"/></t></ml>"#,
        r#"<Policies><Policy type="P2P"><ObjStr SndDly="1"/></Policy></Policies>"#,
        r#"<Data><EndpointData id="{1}"><MachineGuid/></EndpointData><New id="n"/></Data>"#
    );
    let tree = shown(data);
    assert_eq!(
        notes(&tree, x::XML_ELEMENT),
        [
            "lists",
            "domain example.com",
            "contact bob@example.com",
            "phones",
            "phone tel:+15550100",
            "policies",
            "policy P2P",
            "object store",
            "user data",
            "endpoint {1}",
            "empty",
            "n"
        ]
    );
    let long = format!(r#"<Policies><Policy type="{}"/></Policies>"#, "é".repeat(1000));
    assert_eq!(notes(&shown(&long), x::XML_ELEMENT)[1].chars().count(), "policy ".len() + MAX_TITLE + 1);
}

#[test]
fn checksums_are_checked() {
    let shield =
        r#"<config><shield><cli maj="7" min="0" minbld="0" maxbld="9999" deny=" " /></shield><block></block></config>"#;
    let policy =
        |sum: &str| format!(r#"<Policies><Policy type="SHIELDS" checksum="{sum}">{shield}</Policy></Policies>"#);
    let status = |data: &str| shown(data).number_of(x::POLICY_CHECKSUM_STATUS);
    assert_eq!(status(&policy("94A347C122C483F8BEAD525832DB2F71")), Some(1));
    assert_eq!(status(&policy("94a347c122c483f8bead525832db2f71")), Some(1));
    let bad = policy("94A347C122C483F8BEAD525832DB2F72");
    assert_eq!(status(&bad), Some(0));
    assert!(shown(&bad).has_expert(x::POLICY_CHECKSUM_BAD));
    let cut = bad.split("</Policy>").next().unwrap();
    assert_eq!((status(cut), shown(cut).has_expert(x::POLICY_CHECKSUM_BAD)), (Some(2), false));
    assert_eq!(status(r#"<Policies><Policy checksum="A"/></Policies>"#), Some(2));
}

/// A document in another character set.
fn in_set(bytes: &[u8], charset: Option<&[u8]>) -> Tree {
    let mut tree = Tree::new(true);
    document(&mut tree, bytes, Span::new(0, bytes.len()), charset);
    tree
}

#[test]
fn documents_in_other_sets_are_converted() {
    let text = "\u{feff}<Data><PSM>ü ♥</PSM><DDP/></Data>";
    let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    for (bytes, name) in [(little, "UTF-16LE"), (big, "UTF-16BE")] {
        let tree = in_set(&bytes, None);
        assert_eq!((all(&tree, x::XML_ENCODING), all(&tree, x::PSM)), (vec![name], vec!["ü ♥"]));
        let psm = tree.find(x::PSM).unwrap();
        assert_eq!((psm.start, psm.len, psm.source), (2 + 2 * 6, 2 * 14, 0));
        assert!(!tree.has_expert(x::XML_MALFORMED) && tree.find(f::PAYLOAD).is_none());
    }
    let tree = in_set(b"<Data><PSM>\xef\xee\xea\xe0</PSM></Data>", Some(b"windows-1251"));
    assert_eq!(all(&tree, x::PSM), ["пока"]);
    let tree = in_set(b"<?xml version=\"1.0\" encoding=\"utf-16\"?><Data><PSM>x</PSM></Data>", None);
    assert_eq!((all(&tree, x::PSM), tree.find(x::XML_ENCODING).is_none()), (vec!["x"], true));
    assert!(in_set(b"<\0\0\xd8/\0", None).has_expert(mime::WRONG_CHARACTERS));
}

#[test]
fn what_is_unknown_is_still_shown() {
    let data =
        "<?xml version=\"1.0\"?><!-- c --><new:Thing xmlns:new='u' a=\"1\">text<Sub>more</Sub><Empty/></new:Thing>";
    let tree = shown(data);
    assert_eq!(all(&tree, x::XML_ELEMENT), ["new:Thing", "Sub", "Empty"]);
    assert_eq!(all(&tree, x::XML_ATTRIBUTE), ["xmlns:new='u'", "a=\"1\""]);
    assert_eq!(all(&tree, x::XML_TEXT), ["text", "more"]);
    assert_eq!(uncovered(data, &tree), "");
}

#[test]
fn malformed_documents_are_told() {
    let tree = shown("<Data><PSM>x</PSM><CurrentMedia></Data>");
    assert!(tree.has_expert(x::XML_MALFORMED));
    assert_eq!(all(&tree, x::PSM), ["x"]);
    assert!(tree.find(f::PAYLOAD).is_none());
    for text in ["I <3 you & me", "a <b> c", "&&&", "x > y < z", "</3", "<>"] {
        let tree = shown(&format!("<Data><PSM>{text}</PSM><CurrentMedia>m</CurrentMedia></Data>"));
        assert_eq!(all(&tree, x::PSM), [text]);
        assert_eq!(all(&tree, x::MEDIA).len(), 1, "{text}");
        assert_eq!(tree.has_expert(x::XML_MALFORMED), text.contains('<'), "{text}");
    }
    assert!(shown("<Data><ClientType>x</ClientType></Data>").has_expert(x::VALUE_MALFORMED));
    assert!(!shown("<Data><ClientType></ClientType></Data>").has_expert(x::VALUE_MALFORMED));
}

#[test]
fn a_tree_that_is_not_wanted_costs_nothing() {
    let mut tree = Tree::new(false);
    document(&mut tree, b"<a/>", Span::new(0, 4), None);
    assert!(tree.items().is_empty());
}

proptest! {
    #[test]
    fn well_formed_documents_are_covered(data in "<Data>(<PSM>[a-z &;]{0,5}</PSM>|<X a='b'/>|<CurrentMedia>[a-zM\\\\0]{0,9}</CurrentMedia>|<DDP>[&a-z=<>\"]{0,4}</DDP>|<ColorScheme>[0-9-]{0,12}</ColorScheme>){0,6}</Data>") {
        let tree = shown(&data);
        if !tree.has_expert(x::XML_MALFORMED) {
            prop_assert_eq!(uncovered(&data, &tree), "");
        }
    }

    #[test]
    fn documents_in_utf_16_show_the_same(data in "<Data>(<PSM>[a-zé♥ &;]{0,5}</PSM>|<X a='b'/>|<CurrentMedia>[a-zM\\\\0]{0,9}</CurrentMedia>){0,6}</Data>") {
        let wide: Vec<u8> = data.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let essence = |tree: &Tree| -> Vec<(u16, u64, Option<String>)> {
            let own = |item: &&Item| item.source == 0 && item.id != x::XML_ENCODING.0 && item.kind == crate::item::Kind::Leaf as u8;
            tree.items().iter().filter(own).map(|item| (item.id, item.number, tree.item_text(item).map(str::to_owned))).collect()
        };
        prop_assert_eq!(essence(&shown(&data)), essence(&in_set(&wide, None)));
    }

    #[test]
    fn anything_can_be_shown(data in prop::collection::vec(prop_oneof![any::<u8>(), Just(b'<'), Just(b'>'), Just(b'/'), Just(b'a'), Just(b'&')], 0..80)) {
        let tree = in_set(&data, None);
        prop_assert!(tree.items().iter().all(|item| item.source > 0 || (item.start + item.len) as usize <= data.len()));
    }
}

#[test]
fn a_domain_is_repeated_as_far_as_an_account_is_long() {
    let list =
        |domain: &str, contacts: usize| format!("<ml><d n='{domain}'>{}</d></ml>", "<c n='bob'/>".repeat(contacts));
    let longest = "d".repeat(MAX_ACCOUNT - 4);
    let tree = shown(&list(&longest, 2));
    assert_eq!(all(&tree, f::EMAIL), [format!("bob@{longest}"), format!("bob@{longest}")]);
    assert!(!tree.has_expert(x::VALUE_MALFORMED));
    let tree = shown(&list(&format!("{longest}d"), 2));
    assert_eq!((all(&tree, f::EMAIL), tree.has_expert(x::VALUE_MALFORMED)), (vec!["bob", "bob"], true));
    for (around, contact) in [("<d n='{}'>", "<c n='b'/>"), ("<d n='e' {}>", "<c n='b'/><d/>"), ("<{}:d>", "<c/>x")] {
        work::grows_like(|count| {
            let fill = if around.contains("' {") { "a='' ".repeat(count * 500) } else { "n".repeat(count * 2000) };
            let document = format!("<ml>{}{}", around.replace("{}", &fill), contact.repeat(count * 200));
            let tree = shown(&document);
            work::done(tree.items().len() + tree.arena().len());
            document.len()
        });
    }
}

#[test]
fn a_policy_is_hashed_once_however_often_its_checksum_is_given() {
    work::grows_like(|count| {
        let document = format!(
            "<Policies><Policy {}>{}</Policy></Policies>",
            "checksum='A' ".repeat(count * 500),
            "x".repeat(count * 9000)
        );
        let tree = shown(&document);
        assert_eq!(all(&tree, x::POLICY_CHECKSUM).len(), count * 500);
        document.len()
    });
}

#[test]
fn formats_are_filled_in_one_go() {
    for format in ["{", "{0", "{0}", "{1}{", "{99999999999"] {
        work::grows_like(|count| {
            let document = format!(
                "<Data><CurrentMedia>\\0Music\\01\\0{}\\0a\\0b</CurrentMedia></Data>",
                format.repeat(count * 1000)
            );
            let tree = shown(&document);
            assert_eq!(all(&tree, x::MEDIA_TEXT).len(), 1);
            document.len()
        });
    }
    let media = |format| shown(&format!("<Data><CurrentMedia>\\0Music\\01\\0{format}\\0a\\0b</CurrentMedia></Data>"));
    assert_eq!(all(&media("{0}, {01}{2}{x}{"), x::MEDIA_TEXT), ["a, b{x}{"]);
}

#[test]
fn numbers_that_do_not_fit_are_kept_as_they_stand() {
    for (number, fits) in [("4294967295", true), ("4294967296", false), ("99999999999999999999", false)] {
        let tree = shown(&format!("<ml><d n='e'><c n='b' t='{number}'/></d></ml>"));
        assert_eq!(
            (tree.find(f::NETWORK_ID).is_some(), tree.has_expert(x::VALUE_MALFORMED)),
            (fits, !fits),
            "{number}"
        );
    }
    let tree = shown("<Data><ColorScheme>-3</ColorScheme></Data>");
    assert_eq!(tree.number_of(x::COLOR_SCHEME), Some(-3i64 as u64));
}
