// SPDX-License-Identifier: GPL-2.0-or-later
//! MSN objects: the elements `<msnobj …/>` that describe a picture, an emoticon, a wink (fact base: p2p 9).

use crate::{
    view::{View, base64},
    wire::{Span, work},
};
use nom::{
    IResult, Parser,
    branch::alt,
    bytes::complete::{tag, tag_no_case, take_till, take_while, take_while1},
    sequence::{delimited, preceded},
};
use sha1::{Digest, Sha1};

/// One attribute; ranges count within the decoded object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// Name.
    pub name: Span,
    /// What stands between the quotation marks.
    pub value: Span,
    /// Name, equals sign, quotation marks and value.
    pub whole: Span,
}

/// An object, taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Object {
    /// In the order they stand in.
    pub attributes: Vec<Attribute>,
    /// Bytes up to and with the closing bracket, or all of them if there is none.
    pub end: usize,
    /// Whether the closing bracket is there.
    pub closed: bool,
}

/// Result of checking `SHA1C`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// It is the hash of the other attributes.
    Good,
    /// It is another one; this is what it should be.
    Bad([u8; 20]),
    /// It is missing, or one of those it covers is.
    Unverified,
}

/// What `SHA1C` covers, in this order (fact base: p2p 9).
const COVERED: [&str; 6] = ["Creator", "Size", "Type", "Location", "Friendly", "SHA1D"];

/// The object at the start of the bytes, which must be decoded already; `None` if there is none.
pub fn parse(bytes: &[u8]) -> Option<Object> {
    let (mut rest, _) = start(bytes).ok()?;
    let mut object = Object::default();
    while let Ok((behind, (name, value))) = attribute(rest) {
        work::done(rest.len() - behind.len());
        let (name, value) = (place(bytes, name), place(bytes, value));
        let whole = Span::new(name.start, bytes.len() - behind.len());
        object.attributes.push(Attribute { name, value, whole });
        rest = behind;
    }
    match end(rest) {
        Ok((behind, _)) => {
            object.closed = true;
            object.end = bytes.len() - behind.len();
        }
        Err(_) => object.end = bytes.len(),
    }
    Some(object)
}

/// Hands `then` an object that is written raw, percent-encoded or escaped in XML (up to twice), decoded.
pub fn unwrap<T>(view: &View<'_>, then: impl FnOnce(&View<'_>) -> T) -> T {
    then(&unescape(&unescape(view)))
}

fn unescape<'v>(view: &'v View<'_>) -> View<'v> {
    let starts = |prefix: &[u8]| view.bytes().get(..prefix.len()).is_some_and(|head| head.eq_ignore_ascii_case(prefix));
    if starts(b"%3C") || starts(b"%26") {
        view.percent()
    } else if starts(b"&lt;") || starts(b"&#") {
        view.xml()
    } else {
        view.part(Span::new(0, view.bytes().len()))
    }
}

impl Object {
    /// The raw value of an attribute.
    pub fn value<'a>(&self, bytes: &'a [u8], name: &str) -> Option<&'a [u8]> {
        let found = self.attributes.iter().find(|one| one.name.of(bytes).eq_ignore_ascii_case(name.as_bytes()))?;
        Some(found.value.of(bytes))
    }

    /// Compares `SHA1C` with the hash of the attributes that it covers. aMSN writes the location percent-encoded and
    /// hashes it as it was before, so that is right too.
    pub fn check(&self, bytes: &[u8]) -> Check {
        let Some(claimed) = self.value(bytes, "SHA1C") else { return Check::Unverified };
        let Some(computed) = self.hash(bytes, false) else { return Check::Unverified };
        let claimed = base64(claimed);
        let is = |hash: &[u8; 20]| claimed.as_deref() == Some(&hash[..]);
        if is(&computed) || self.hash(bytes, true).as_ref().is_some_and(is) {
            Check::Good
        } else {
            Check::Bad(computed)
        }
    }

    fn hash(&self, bytes: &[u8], decoded: bool) -> Option<[u8; 20]> {
        let mut hash = Sha1::new();
        work::done(self.attributes.len());
        for name in COVERED {
            let value = self.value(bytes, name)?;
            work::done(value.len());
            hash.update(name.as_bytes());
            if decoded {
                hash.update(View::new(value, Span::new(0, value.len())).percent().bytes());
            } else {
                hash.update(value);
            }
        }
        Some(hash.finalize().into())
    }
}

fn place(bytes: &[u8], part: &[u8]) -> Span {
    let start = (part.as_ptr() as usize).saturating_sub(bytes.as_ptr() as usize);
    Span::new(start, start + part.len())
}

fn is_blank(byte: u8) -> bool {
    byte.is_ascii_whitespace()
}

fn start(input: &[u8]) -> IResult<&[u8], &[u8]> {
    tag_no_case(&b"<msnobj"[..]).parse(input)
}

fn end(input: &[u8]) -> IResult<&[u8], &[u8]> {
    preceded(take_while(is_blank), alt((tag(&b"/>"[..]), tag(&b">"[..])))).parse(input)
}

fn quoted(mark: u8) -> impl Fn(&[u8]) -> IResult<&[u8], &[u8]> {
    move |input| {
        let mark = [mark];
        let value = take_till(|byte| mark.contains(&byte));
        delimited(tag(&mark[..]), value, tag(&mark[..])).parse(input)
    }
}

fn attribute(input: &[u8]) -> IResult<&[u8], (&[u8], &[u8])> {
    let name = take_while1(|byte: u8| !is_blank(byte) && !b"=/><\"'".contains(&byte));
    let (rest, name) = preceded(take_while(is_blank), name).parse(input)?;
    let (rest, _) = (take_while(is_blank), tag(&b"="[..]), take_while(is_blank)).parse(rest)?;
    let bare = take_while1(|byte: u8| !is_blank(byte) && !b"></\"'".contains(&byte));
    let (rest, value) = alt((quoted(b'"'), quoted(b'\''), bare)).parse(rest)?;
    Ok((rest, (name, value)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const OWN: &str = concat!(
        r#"<msnobj Creator="alice@example.com" Size="30" Type="3" Location="TFR1.dat" Friendly="AAA=" "#,
        r#"SHA1D="/DjLtQ5YJBTb6LtOlgwHWdIh37o=" SHA1C="vUC/H5Klfp9COU2hCE3ZWtvohqs="/>"#
    );

    #[test]
    fn attributes_have_their_places() {
        let object = parse(OWN.as_bytes()).unwrap();
        assert_eq!(object.attributes.len(), 7);
        assert!(object.closed && object.end == OWN.len());
        let size = object.attributes[1];
        assert_eq!((&OWN[size.name.start..size.name.end], &OWN[size.value.start..size.value.end]), ("Size", "30"));
        assert_eq!(&OWN[size.whole.start..size.whole.end], "Size=\"30\"");
    }

    #[test]
    fn the_hash_of_the_attributes_is_checked() {
        let check = |text: &str| parse(text.as_bytes()).unwrap().check(text.as_bytes());
        assert_eq!(check(OWN), Check::Good);
        assert!(matches!(check(&OWN.replace("\"30\"", "\"31\"")), Check::Bad(_)));
        assert_eq!(check(&OWN.replace("SHA1C", "other")), Check::Unverified);
        assert_eq!(check(&OWN.replace("Friendly", "other")), Check::Unverified);
        let documented = concat!(
            r#"<msnobj Creator="buddy1@hotmail.com" Size="24539" Type="3" Location="TFR2C.tmp" Friendly="AAA=" "#,
            r#"SHA1D="trC8SlFx2sWQxZMIBAWSEnXc8oQ=" SHA1C="U32o6bosZzluJq82eAtMpx5dIEI="/>"#
        );
        assert_eq!(check(documented), Check::Good);
        let amsn = concat!(
            r#"<msnobj Creator="alice@example.com" Size="7028" Type="3" Location="dp%2Dalice.tmp" Friendly="AAA=" "#,
            r#"SHA1D="iP9mF4Va2DSuuY8TRQeFmJSdy8s=" SHA1C="IyHs6IN7f+MMhnuI31A/yP1XAwg="/>"#
        );
        assert_eq!(check(amsn), Check::Good);
        assert!(matches!(check(&amsn.replace("%2D", "%2E")), Check::Bad(_)));
    }

    #[test]
    fn encoded_objects_are_decoded() {
        let attributes = |text: &str| {
            let view = View::new(text.as_bytes(), Span::new(0, text.len()));
            unwrap(&view, |view| parse(view.bytes()).map(|object| object.attributes.len()))
        };
        assert_eq!(attributes(OWN), Some(7));
        assert_eq!(attributes("%3Cmsnobj%20Size%3D%221%22%2F%3E"), Some(1));
        assert_eq!(attributes("&lt;msnobj Size=&quot;1&quot;/&gt;"), Some(1));
        assert_eq!(attributes("%26lt;msnobj Size=&quot;1&quot;/&gt;"), Some(1));
        assert_eq!(attributes("<msnobj/>"), Some(0));
        assert_eq!(attributes("0"), None);
        assert_eq!(attributes("<msnobj Size='1' Type=3>"), Some(2));
    }

    proptest! {
        #[test]
        fn anything_can_be_parsed(text in "(<msnobj)?[ a-c=\"'/<>]{0,40}") {
            if let Some(object) = parse(text.as_bytes()) {
                prop_assert!(object.end <= text.len());
                for one in &object.attributes {
                    prop_assert!(one.whole.end <= object.end && one.whole.start <= one.value.start && one.value.end <= one.whole.end);
                }
                let _ = object.check(text.as_bytes());
            }
        }
    }
}
