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
    /// Its meaning is wanted, not what stands on the wire.
    pub named: bool,
}

/// A text in which `{n}` stands for parameter n of a row, and `{n:name}` for its meaning.
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
        let none = Step { from: 0, to: 0, parameter: 0, named: false };
        let mut template = Template { text, steps: [none; MAX_STEPS], count: 0, tail: 0 };
        let mut at = 0;
        while at < bytes.len() {
            if bytes[at] == b'{' {
                assert!(bytes[at + 1].is_ascii_digit());
                let named = bytes[at + 2] != b'}';
                let parameter = bytes[at + 1] - b'0';
                template.steps[template.count as usize] = Step { from: template.tail, to: at as u8, parameter, named };
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
        let steps: Vec<_> = template.steps().map(|(text, step)| (text, step.parameter, step.named)).collect();
        assert_eq!(steps, [("", 2, false), (" is ", 0, true)]);
        assert_eq!((template.tail(), template.is_empty()), (" → here", false));
        let plain = Template::new("");
        assert_eq!((plain.steps().count(), plain.tail(), plain.is_empty()), (0, "", true));
    }
}
