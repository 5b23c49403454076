// SPDX-License-Identifier: GPL-2.0-or-later
//! Elements of the documents that web services take and give, by local name: namespaces differ from program to program.

use quick_xml::Reader;
use quick_xml::events::Event;

/// Elements of a document in order, each with its local name and its own text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Elements(Vec<(String, String)>);

/// Most elements that are read of a request.
const MAX_ELEMENTS: usize = 20_000;

impl Elements {
    /// The elements of a document; none if it is not well-formed, or too much.
    pub fn read(document: &[u8]) -> Option<Elements> {
        let mut reader = Reader::from_reader(document);
        let (mut all, mut open): (Vec<(String, String)>, Vec<usize>) = (Vec::new(), Vec::new());
        loop {
            match reader.read_event().ok()? {
                Event::Start(element) => {
                    open.push(all.len());
                    all.push((String::from_utf8_lossy(element.local_name().as_ref()).into_owned(), String::new()));
                }
                Event::Empty(element) => {
                    all.push((String::from_utf8_lossy(element.local_name().as_ref()).into_owned(), String::new()));
                }
                Event::End(_) => {
                    let ended = open.pop().and_then(|at| all.get_mut(at))?;
                    ended.1 = ended.1.trim().to_owned();
                }
                Event::Text(text) => {
                    let text = text.decode().ok()?;
                    open.last().and_then(|at| all.get_mut(*at))?.1.push_str(&text);
                }
                Event::GeneralRef(name) => {
                    let name = format!("&{};", name.decode().ok()?);
                    let text = quick_xml::escape::unescape(&name).ok()?.into_owned();
                    open.last().and_then(|at| all.get_mut(*at))?.1.push_str(&text);
                }
                Event::CData(text) => {
                    let text = text.decode().ok()?;
                    open.last().and_then(|at| all.get_mut(*at))?.1.push_str(&text);
                }
                Event::Eof => return open.is_empty().then_some(Elements(all)),
                _ => {}
            }
            if all.len() > MAX_ELEMENTS || open.len() > 100 {
                return None;
            }
        }
    }

    /// The text of the first element of this name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|one| one.0 == name).map(|one| one.1.as_str())
    }

    /// The texts of all elements of this name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |one| one.0 == name).map(|one| one.1.as_str())
    }

    /// The text of the first element `name` behind the one called `mark` whose text is `text`.
    pub fn behind(&self, mark: &str, text: &str, name: &str) -> Option<&str> {
        let at = self.0.iter().position(|one| one.0 == mark && one.1 == text)?;
        self.0.iter().skip(at).find(|one| one.0 == name).map(|one| one.1.as_str())
    }

    /// The name of the first child of the body.
    pub fn operation(&self) -> &str {
        let body = self.0.iter().position(|one| one.0 == "Body");
        body.and_then(|at| self.0.get(at + 1)).map_or("", |one| one.0.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_found_whatever_their_prefix() {
        let text = b"<S:Envelope><S:Body><a:Do><x>1 &amp; 2</x><w:Address>b.example.com</w:Address><t>second</t></a:Do></S:Body></S:Envelope>";
        let found = Elements::read(text).unwrap();
        assert_eq!((found.operation(), found.get("x")), ("Do", Some("1 & 2")));
        assert_eq!(found.behind("Address", "b.example.com", "t"), Some("second"));
        assert_eq!(found.behind("Address", "c.example.com", "t"), None);
        assert_eq!(Elements::read(b"<a><b></a>"), None);
    }
}
