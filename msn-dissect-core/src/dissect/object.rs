// SPDX-License-Identifier: GPL-2.0-or-later
//! Shows MSN objects, wherever they occur.

use crate::{
    crypto::hex,
    fields::{Field, command as f, xml as x},
    item::{Subject, Tree},
    object::{self, Attribute, Check, Object},
    text,
    values::objects::{BAD, GOOD, UNVERIFIED},
    view::{View, base64, utf16le},
    wire::Span,
};

/// What the value of an attribute is.
#[derive(Clone, Copy)]
enum Value {
    Text,
    Number,
    Account,
    Name,
    Hash,
    Check,
}

/// Attributes (fact base: p2p 9); names are compared without case.
static ATTRIBUTES: &[(&str, Field, Value)] = &[
    ("Creator", x::OBJECT_CREATOR, Value::Account),
    ("Size", x::OBJECT_SIZE, Value::Number),
    ("Type", x::OBJECT_TYPE, Value::Number),
    ("Location", x::OBJECT_LOCATION, Value::Text),
    ("Friendly", x::OBJECT_FRIENDLY, Value::Name),
    ("SHA1D", x::OBJECT_SHA1D, Value::Hash),
    ("SHA1C", x::OBJECT_SHA1C, Value::Check),
    ("contenttype", x::OBJECT_CONTENT_TYPE, Value::Text),
    ("stamp", x::OBJECT_STAMP, Value::Text),
    ("avatarid", x::OBJECT_AVATAR_ID, Value::Text),
    ("avatarcontentid", x::OBJECT_AVATAR_CONTENT_ID, Value::Text),
    ("partnerid", x::OBJECT_PARTNER_ID, Value::Text),
    ("Url", x::OBJECT_URL, Value::Text),
    ("Url1", x::OBJECT_URL1, Value::Text),
];

/// Shows the object in `span` of `data`, which may be raw, percent-encoded or escaped in XML, and may be `0` or empty
/// for none. Does nothing when the tree is not wanted.
pub(crate) fn show(tree: &mut Tree, data: &[u8], span: Span) {
    tree.again(Subject::Object, span.of(data), span.start, |tree| {
        show_view(tree, f::OBJECT, &View::new(data, span), span);
    });
}

/// The same for bytes that were decoded already, as the value of `field`, which covers `place`.
pub(crate) fn show_view(tree: &mut Tree, field: Field, view: &View<'_>, place: Span) {
    object::unwrap(view, |view| {
        let handle = tree.checked_wire(field, place, view.bytes());
        match object::parse(view.bytes()) {
            Some(object) => {
                if !object.closed {
                    tree.expert(x::OBJECT_MALFORMED);
                }
                tree.open(handle);
                if field != f::OBJECT {
                    let alias = tree.wire(f::OBJECT, place, view.bytes());
                    tree.hidden(alias);
                }
                attributes(tree, &object, view);
                tree.close();
            }
            None if matches!(view.bytes(), b"0" | b"") => {
                tree.note(handle, "none");
            }
            None if field == f::OBJECT => tree.expert(x::OBJECT_MALFORMED),
            None => {}
        }
    });
}

/// Ends an object that does not end itself.
const CLOSING: &[u8] = b"</msnobj>";

/// Shows the attributes; the brackets and the name before and behind them are hidden.
fn attributes(tree: &mut Tree, object: &Object, view: &View<'_>) {
    let mut at = 0;
    let mut checked = false;
    for attribute in &object.attributes {
        let before = Span::new(at, attribute.whole.start);
        // The blanks between attributes, escaped or not, go with the one that follows.
        let blank = before.of(view.bytes()).iter().all(u8::is_ascii_whitespace);
        if !blank {
            markup(tree, view, before);
        }
        let start = if blank { before.start } else { before.end };
        at = attribute.whole.end;
        let place = view.span(Span::new(start, at));
        let name = attribute.name.of(view.bytes());
        match ATTRIBUTES.iter().find(|row| name.eq_ignore_ascii_case(row.0.as_bytes())) {
            Some(&(_, field, value)) => {
                known(tree, view, attribute, place, (field, value));
                // The first counts; to check each would hash all the others each time.
                if matches!(value, Value::Check) && !std::mem::replace(&mut checked, true) {
                    check(tree, object, view, place);
                }
            }
            None => other(tree, view, attribute, place),
        }
    }
    markup(tree, view, Span::new(at, object.end));
    let rest = Span::new(object.end, view.bytes().len());
    if rest.of(view.bytes()).trim_ascii().eq_ignore_ascii_case(CLOSING) {
        markup(tree, view, rest);
    } else if !rest.is_empty() {
        tree.wire(x::OBJECT_ATTRIBUTE, view.span(rest), rest.of(view.bytes()));
    }
}

fn markup(tree: &mut Tree, view: &View<'_>, span: Span) {
    let shown = text::utf8(span.of(view.bytes())).text;
    if !shown.trim().is_empty() {
        let handle = tree.text(x::OBJECT_TAG, view.span(span), shown.trim());
        tree.hidden(handle);
    }
}

fn known(tree: &mut Tree, view: &View<'_>, attribute: &Attribute, place: Span, (field, value): (Field, Value)) {
    let part = view.part(attribute.value);
    let plain = part.xml();
    let shown = text::utf8(plain.bytes()).text;
    match value {
        Value::Text => {
            tree.text(field, place, &shown);
        }
        Value::Account => {
            let alias = tree.text(f::EMAIL, place, &shown);
            tree.hidden(alias);
            tree.text(field, place, &shown);
        }
        Value::Number => {
            let most = if field == x::OBJECT_SIZE { u64::MAX } else { u64::from(u32::MAX) };
            match shown.parse().ok().filter(|&number| number <= most) {
                Some(number) => {
                    tree.number(field, place, number);
                }
                None => {
                    other(tree, view, attribute, place);
                    tree.expert(x::VALUE_MALFORMED);
                }
            }
        }
        Value::Name => match base64(plain.bytes()) {
            Some(name) => {
                let name = utf16le(&name);
                let handle = tree.wire(field, place, name.as_bytes());
                tree.note(handle, &format!("sent as {shown}"));
            }
            None => {
                tree.text(field, place, &shown);
                tree.expert(x::BASE64_MALFORMED);
            }
        },
        Value::Hash => hash(tree, field, place, &shown),
        Value::Check => hash(tree, field, place, &shown),
    }
}

/// Shows a hash, and its hexadecimal form, by which it can be compared with other tools.
fn hash(tree: &mut Tree, field: Field, place: Span, shown: &str) {
    let handle = tree.text(field, place, shown);
    match base64(shown.as_bytes()) {
        Some(bytes) if bytes.len() == 20 => {
            tree.note(handle, &hex(&bytes));
        }
        Some(_) => tree.expert(x::VALUE_MALFORMED),
        None => tree.expert(x::BASE64_MALFORMED),
    }
}

fn check(tree: &mut Tree, object: &Object, view: &View<'_>, place: Span) {
    let (status, right) = match object.check(view.bytes()) {
        Check::Bad(right) => (BAD, Some(right)),
        Check::Good => (GOOD, None),
        Check::Unverified => (UNVERIFIED, None),
    };
    let handle = tree.number(x::OBJECT_SHA1C_STATUS, place, status);
    tree.generated(handle);
    if let Some(right) = right {
        let right = hex(&right);
        tree.expert_text(x::OBJECT_HASH, &format!("Hash of the object's attributes is wrong, it should be {right}"));
    }
}

fn other(tree: &mut Tree, view: &View<'_>, attribute: &Attribute, place: Span) {
    tree.wire(x::OBJECT_ATTRIBUTE, place, attribute.whole.of(view.bytes()));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(text: &str) -> Tree {
        let mut tree = Tree::new(true);
        show(&mut tree, text.as_bytes(), Span::new(0, text.len()));
        tree
    }

    #[test]
    fn attributes_become_fields() {
        let text = concat!(
            r#"<msnobj Creator="alice@example.com" Size="30" Type="3" Location="TFR1.dat" Friendly="QQBsAAAA" "#,
            r#"SHA1D="/DjLtQ5YJBTb6LtOlgwHWdIh37o=" SHA1C="vUC/H5Klfp9COU2hCE3ZWtvohqs=" stamp="x" new="y"/>"#
        );
        let tree = tree(text);
        assert_eq!(tree.text_of(x::OBJECT_CREATOR), Some("alice@example.com"));
        assert_eq!(tree.text_of(f::EMAIL), Some("alice@example.com"));
        assert_eq!(tree.number_of(x::OBJECT_SIZE), Some(30));
        assert_eq!(tree.number_of(x::OBJECT_TYPE), Some(3));
        assert_eq!(tree.text_of(x::OBJECT_FRIENDLY), Some("Al"));
        assert_eq!(tree.text_of(x::OBJECT_STAMP), Some("x"));
        assert_eq!(tree.text_of(x::OBJECT_ATTRIBUTE), Some("new=\"y\""));
        // The friendly name was changed, so the hash is wrong.
        assert_eq!(tree.number_of(x::OBJECT_SHA1C_STATUS), Some(0));
        assert!(tree.has_expert(x::OBJECT_HASH));
    }

    #[test]
    fn places_are_those_on_the_wire() {
        let tree = tree("%3Cmsnobj%20Creator%3D%22a%40example.com%22%2F%3E");
        let creator = tree.find(x::OBJECT_CREATOR).unwrap();
        assert_eq!((creator.start, creator.len), (12, 31));
        assert_eq!(tree.text_of(x::OBJECT_CREATOR), Some("a@example.com"));
        assert_eq!(tree.text_of(f::OBJECT), Some("<msnobj Creator=\"a@example.com\"/>"));
    }

    #[test]
    fn escaped_blanks_belong_to_what_follows() {
        let text = "%3Cmsnobj%20Creator%3D%22a%22%20Size%3D%221%22%20%2F%3E";
        let tree = tree(text);
        let size = tree.find(x::OBJECT_SIZE).unwrap();
        assert_eq!(&text[size.start as usize..(size.start + size.len) as usize], "%20Size%3D%221%22");
    }

    #[test]
    fn what_ends_an_object_is_no_attribute() {
        for text in ["<msnobj Size=\"1\"></MSNOBJ> ", "%3Cmsnobj%20Size%3D%221%22%3E%3C%2Fmsnobj%3E"] {
            assert_eq!(tree(text).text_of(x::OBJECT_ATTRIBUTE), None);
        }
        assert_eq!(tree("<msnobj Size=\"1\"></a>").text_of(x::OBJECT_ATTRIBUTE), Some("</a>"));
    }

    #[test]
    fn no_object_is_no_error() {
        for text in ["0", ""] {
            assert!(!tree(text).has_expert(x::OBJECT_MALFORMED));
        }
        assert!(tree("nonsense").has_expert(x::OBJECT_MALFORMED));
        assert!(!tree("%3Cmsnobj%2F%3E").has_expert(x::OBJECT_MALFORMED));
    }
}
