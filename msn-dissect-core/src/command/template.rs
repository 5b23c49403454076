// SPDX-License-Identifier: GPL-2.0-or-later
//! Templates of the Info column, taken apart when the core is compiled: they are filled in for every command.

/// Most parameters that a template names.
pub const MAX_STEPS: usize = 6;

/// A text, and then a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    from: u8,
    to: u8,
    /// Number of the parameter in its row.
    pub parameter: u8,
    /// How it is told.
    pub form: Word,
}

/// How a parameter is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    /// As it stands on the wire, decoded.
    Plain,
    /// Its meaning.
    Name,
    /// Its meaning within a sentence.
    Lower,
    /// The same of a presence, as what somebody is.
    Is,
    /// All of its repetitions, with commas.
    List,
    /// Names of the bits that are set.
    Bits,
    /// `none` where it is missing.
    Value,
    /// The account of the contact that it names.
    Contact,
    /// The name of the group that it names.
    Group,
}

/// Forms by the word that stands for them in a template.
const FORMS: [(&str, Word); 8] = [
    ("name", Word::Name),
    ("lower", Word::Lower),
    ("is", Word::Is),
    ("list", Word::List),
    ("bits", Word::Bits),
    ("value", Word::Value),
    ("contact", Word::Contact),
    ("group", Word::Group),
];

/// The form whose word stands at `at`, up to a closing brace.
const fn form(bytes: &[u8], at: usize) -> Word {
    let mut row = 0;
    while row < FORMS.len() {
        let word = FORMS[row].0.as_bytes();
        let mut same = 0;
        while same < word.len() && bytes[at + same] == word[same] {
            same += 1;
        }
        if same == word.len() && bytes[at + same] == b'}' {
            return FORMS[row].1;
        }
        row += 1;
    }
    panic!("no such form");
}

/// A text in which `{n}` stands for parameter n of a row, and `{n:name}` for the same in a [`Word`].
#[derive(Clone, Copy, Debug)]
pub struct Template {
    text: &'static str,
    steps: [Step; MAX_STEPS],
    count: u8,
    tail: u8,
}

impl Template {
    /// Takes a template apart. One that is no template, or has too many steps, does not compile where it is constant.
    pub const fn new(text: &'static str) -> Self {
        let bytes = text.as_bytes();
        assert!(bytes.len() < u8::MAX as usize);
        let none = Step { from: 0, to: 0, parameter: 0, form: Word::Plain };
        let mut template = Template { text, steps: [none; MAX_STEPS], count: 0, tail: 0 };
        let mut at = 0;
        while at < bytes.len() {
            if bytes[at] == b'{' {
                assert!(bytes[at + 1].is_ascii_digit());
                let form = if bytes[at + 2] == b'}' { Word::Plain } else { form(bytes, at + 3) };
                let parameter = bytes[at + 1] - b'0';
                template.steps[template.count as usize] = Step { from: template.tail, to: at as u8, parameter, form };
                template.count += 1;
                while bytes[at] != b'}' {
                    at += 1;
                }
                template.tail = at as u8 + 1;
            }
            at += 1;
        }
        template
    }

    /// Whether there is nothing to fill in.
    pub const fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// The texts before each parameter, with the parameters.
    pub fn steps(&self) -> impl Iterator<Item = (&'static str, &Step)> {
        let text = self.text;
        let steps = self.steps.get(..usize::from(self.count)).unwrap_or_default();
        steps.iter().map(move |step| (text.get(usize::from(step.from)..usize::from(step.to)).unwrap_or_default(), step))
    }

    /// The text behind the last parameter.
    pub fn tail(&self) -> &'static str {
        self.text.get(usize::from(self.tail)..).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_are_taken_apart() {
        let template = Template::new("{2} is {0:name} → here");
        let steps: Vec<_> = template.steps().map(|(text, step)| (text, step.parameter, step.form)).collect();
        assert_eq!(steps, [("", 2, Word::Plain), (" is ", 0, Word::Name)]);
        assert_eq!((template.tail(), template.is_empty()), (" → here", false));
        let plain = Template::new("");
        assert_eq!((plain.steps().count(), plain.tail(), plain.is_empty()), (0, "", true));
    }
}
