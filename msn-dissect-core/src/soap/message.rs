// SPDX-License-Identifier: GPL-2.0-or-later
//! Takes SOAP bodies apart: which operation it is, whether it asks or answers, and where everything stands. Names count
//! without their prefixes; SOAP 1.1 and 1.2 differ in namespaces only (fact base: soap, where things stand).

use super::{
    mail::{self, Mail},
    operations::{self, Operation},
};
use crate::{
    text,
    view::View,
    wire::Span,
    xml::{Document, Kind, recover},
};

/// Most nodes of a body that are taken apart.
pub const MAX_NODES: usize = 300_000;

/// Whether a message asks or answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// It asks.
    Request,
    /// It answers.
    Response,
}

/// A SOAP body.
#[derive(Debug)]
pub struct Message<'a> {
    /// Its bytes.
    pub data: &'a [u8],
    /// Its nodes.
    pub document: Document,
    /// What is behind this was not taken apart, because there is too much.
    pub stopped: bool,
    /// The operation, as far as the body says.
    pub operation: Option<&'static Operation>,
    /// Whether it asks or answers, as far as the body says.
    pub side: Option<Side>,
    /// Number of the fault.
    pub fault: Option<usize>,
    /// Number of the body's element.
    pub body: Option<usize>,
    /// Number of the header's element.
    pub header: Option<usize>,
}

/// Whether bytes may be a SOAP body: a cheap look at how they begin.
pub fn may_be_soap(data: &[u8]) -> bool {
    let begin = data.get(..data.len().min(1024)).unwrap_or_default();
    let text = begin.trim_ascii_start();
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let names = [&b"Envelope"[..], operations::CONFIG.response.as_bytes()];
    text.first() == Some(&b'<') && names.iter().any(|name| memchr::memmem::find(begin, name).is_some())
}

impl<'a> Message<'a> {
    /// Reads a body; nothing if it has no envelope, and is no document that needs none.
    pub fn read(data: &'a [u8]) -> Option<Self> {
        if !may_be_soap(data) {
            return None;
        }
        let (document, stopped) = recover(data, MAX_NODES);
        let is = |at: usize, name: &[u8]| document.name(data, Some(at)) == name;
        let root = document.nodes.iter().position(|node| node.kind == Kind::Element)?;
        if is(root, operations::CONFIG.response.as_bytes()) {
            let (operation, side) = (Some(&operations::CONFIG), Some(Side::Response));
            return Some(Message { data, document, stopped, operation, side, fault: None, body: None, header: None });
        }
        let envelope = Some(root).filter(|&root| is(root, b"Envelope"))?;
        let find = |parent: usize, name: &[u8]| document.children(parent).find(|&at| is(at, name));
        let (header, body) = (find(envelope, b"Header"), find(envelope, b"Body"));
        let fault = find(envelope, b"Fault").or_else(|| find(body?, b"Fault"));
        let first = body.and_then(|body| document.children(body).next());
        let name = document.name(data, first.filter(|first| Some(*first) != fault));
        let (operation, side) = if let Some(operation) = operations::of_request(name) {
            (Some(operation), Some(Side::Request))
        } else if let Some(operation) = operations::of_response(name) {
            (Some(operation), Some(Side::Response))
        } else if matches!(name, b"MessageType" | b"Content") {
            (Some(&operations::STORE), Some(Side::Request))
        } else if name == b"StoreResponse" {
            (Some(&operations::STORE), Some(Side::Response))
        } else {
            (None, fault.map(|_| Side::Response))
        };
        Some(Message { data, document, stopped, operation, side, fault, body, header })
    }

    /// Name of an element, without prefix.
    pub fn name(&self, node: usize) -> &'a [u8] {
        self.document.name(self.data, Some(node))
    }

    /// The first element of this name inside another, at any depth.
    pub fn within(&self, node: usize, name: &[u8]) -> Option<usize> {
        let end = self.document.nodes.get(node)?.next;
        (node + 1..end).find(|&at| self.is(at, name))
    }

    /// All elements of this name in the document.
    pub fn all<'m>(&'m self, name: &'m [u8]) -> impl Iterator<Item = usize> + 'm {
        (0..self.document.nodes.len()).filter(move |&at| self.is(at, name))
    }

    /// Whether a node is an element of this name.
    pub fn is(&self, node: usize, name: &[u8]) -> bool {
        self.document.nodes.get(node).is_some_and(|found| found.kind == Kind::Element) && self.name(node) == name
    }

    /// Child of this name.
    pub fn child(&self, node: usize, name: &[u8]) -> Option<usize> {
        self.document.children(node).find(|&at| self.name(at) == name)
    }

    /// Where the text of an element stands.
    pub fn content(&self, node: usize) -> Span {
        let Some(found) = self.document.nodes.get(node) else { return Span::default() };
        let content = found.content();
        let bytes = content.of(self.data);
        match bytes.strip_prefix(b"<![CDATA[").and_then(|rest| rest.strip_suffix(b"]]>")) {
            Some(inner) => Span::new(content.start + 9, content.start + 9 + inner.len()),
            None => content,
        }
    }

    /// Text of an element with references decoded.
    pub fn text(&self, node: usize) -> String {
        self.decoded(self.content(node))
    }

    /// Text with references decoded.
    pub fn decoded(&self, span: Span) -> String {
        let view = View::new(self.data, span);
        text::utf8(view.xml().bytes().trim_ascii()).text.into_owned()
    }

    /// Text of a child; empty if there is none.
    pub fn child_text(&self, node: usize, name: &[u8]) -> String {
        self.child(node, name).map(|at| self.text(at)).unwrap_or_default()
    }

    /// Text of the first element of this name, at any depth; empty if there is none.
    pub fn text_within(&self, node: usize, name: &[u8]) -> String {
        self.within(node, name).map(|at| self.text(at)).unwrap_or_default()
    }

    /// The account of the contact, or the name of the group, that a request adds.
    pub fn adds(&self) -> Option<String> {
        let names: &[&[u8]] = match self.operation.map(|operation| operation.name)? {
            "ABContactAdd" | "CreateContact" => &[b"passportName", b"email", b"Email"],
            "ABGroupAdd" => &[b"name"],
            _ => return None,
        };
        let body = self.body?;
        names.iter().map(|name| self.text_within(body, name)).find(|text| !text.is_empty())
    }

    /// Text of an attribute; empty if there is none.
    pub fn attribute(&self, node: usize, name: &[u8]) -> String {
        self.document.value(self.data, node, name).map(|span| self.decoded(span)).unwrap_or_default()
    }

    /// The code of a fault, of either version of SOAP.
    pub fn fault_code(&self, fault: usize) -> String {
        let code = self.child_text(fault, b"faultcode");
        if !code.is_empty() {
            return code;
        }
        self.child(fault, b"Code").map(|code| self.child_text(code, b"Value")).unwrap_or_default()
    }

    /// Identifiers of the offline messages that an answer lists, escaped or not.
    pub fn listed(&self) -> Vec<String> {
        let Some(node) = self.all(b"GetMetadataResponse").next() else { return Vec::new() };
        let text = self.mail_list(node);
        mail::ids(&text)
    }

    /// The list of mails that stands in an element, unescaped.
    pub fn mail_list(&self, node: usize) -> Vec<u8> {
        match self.within(node, b"MD").and_then(|at| self.document.nodes.get(at)) {
            Some(list) => list.whole().of(self.data).to_vec(),
            None => {
                let inner = self.document.children(node).next().unwrap_or(node);
                self.text(inner).into_bytes()
            }
        }
    }

    /// The offline message that a message carries, with its sender and receiver.
    pub fn mail(&self) -> Option<(Vec<u8>, Mail)> {
        let stored = self.body.and_then(|body| self.child(body, b"Content"));
        let node = stored.or_else(|| self.all(b"GetMessageResult").next())?;
        let view = View::new(self.data, self.content(node));
        let bytes = view.xml().bytes().to_vec();
        let mail = Mail::read(&bytes);
        Some((bytes, mail))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(body: &str) -> (Option<&'static str>, Option<Side>, bool) {
        let message = Message::read(body.as_bytes()).unwrap();
        (message.operation.map(|row| row.name), message.side, message.fault.is_some())
    }

    #[test]
    fn bodies_tell_their_operation_whatever_the_prefix() {
        for prefix in ["soap:", "S:", "", "SOAP-ENV:"] {
            let body = |inner: &str| {
                format!("<{prefix}Envelope xmlns='x'><{prefix}Body>{inner}</{prefix}Body></{prefix}Envelope>")
            };
            assert_eq!(read(&body("<x:ABFindAll/>")), (Some("ABFindAll"), Some(Side::Request), false));
            assert_eq!(read(&body("<ABFindAllResponse/>")), (Some("ABFindAll"), Some(Side::Response), false));
            assert_eq!(read(&body("<S:Fault/>")), (None, Some(Side::Response), true));
        }
        assert_eq!(read("<S:Envelope><S:Fault/></S:Envelope>"), (None, Some(Side::Response), true));
        assert!(Message::read(b"<html>Envelope</html>").is_none() && Message::read(b"").is_none());
    }

    proptest! {
        #[test]
        fn any_body_can_be_read(inner in "(<[a-zA-Z:]{1,6}>|</[a-zA-Z:]{1,6}>|[a-z<>&;\"' ]|<Fault>|<Contact>){0,30}") {
            let body = format!("<Envelope><Body>{inner}");
            let message = Message::read(body.as_bytes());
            prop_assert!(message.is_some());
            let message = message.unwrap();
            for at in 0..message.document.nodes.len() {
                let _ = (message.text(at), message.attribute(at, b"a"), message.within(at, b"Fault"));
            }
        }
    }
}
