// SPDX-License-Identifier: GPL-2.0-or-later
//! One command line: a word, then tokens between blanks, up to a line feed (fact base: commands 0.1).

use memchr::memchr;

use crate::wire::Span;

/// Bytes after which a line without line feed is no command. No limit was published; tickets make the longest lines.
pub const MAX_LINE: usize = 16 * 1024;

/// Tokens that are kept apart; further ones stay in one last token.
pub const MAX_TOKENS: usize = 32;

/// A command line cut into tokens. Spans count from the start of the line.
#[derive(Clone, Debug, Default)]
pub struct Line {
    /// The three bytes of the command word.
    pub word: [u8; 3],
    tokens: [(u16, u16); MAX_TOKENS],
    count: usize,
    /// The line without its end.
    pub text: Span,
    /// Bytes of the line with its end.
    pub total: usize,
    /// Whether the line ended in a line feed alone.
    pub bare_line_feed: bool,
    /// Whether several blanks stand between two tokens.
    pub blank_runs: bool,
}

/// Why no line starts here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineError {
    /// The line feed has not come yet.
    Partial,
    /// The first bytes are no command word.
    NoCommand,
    /// More than [`MAX_LINE`] bytes without line feed.
    TooLong,
}

impl Line {
    /// As [`parse_line`], into a line that was used before: a line is large, and every unit has one.
    pub fn read(&mut self, data: &[u8]) -> Result<(), LineError> {
        if !may_start(data) {
            return Err(LineError::NoCommand);
        }
        let window = data.get(..MAX_LINE).unwrap_or(data);
        let Some(feed) = memchr(b'\n', window) else {
            return Err(if data.len() >= MAX_LINE { LineError::TooLong } else { LineError::Partial });
        };
        let end = if feed > 0 && window.get(feed - 1) == Some(&b'\r') { feed - 1 } else { feed };
        self.take(data, end, feed + 1)
    }

    /// Cuts a line whose end is not there, as far as it goes: the capture cut it, or reassembly is off.
    pub fn read_unfinished(&mut self, data: &[u8]) -> Result<(), LineError> {
        if !may_start(data) {
            return Err(LineError::NoCommand);
        }
        let window = data.get(..MAX_LINE).unwrap_or(data);
        let end = window.strip_suffix(b"\r").unwrap_or(window).len();
        self.take(data, end, window.len())
    }

    /// Takes the line that ends before `end`; `total` counts its end too. That it begins with a word is known.
    fn take(&mut self, data: &[u8], end: usize, total: usize) -> Result<(), LineError> {
        self.text = Span::new(0, end);
        let whole = self.text.of(data);
        self.word = *whole.first_chunk().ok_or(LineError::NoCommand)?;
        self.count = 0;
        self.total = total;
        self.bare_line_feed = end + 1 == total;
        self.blank_runs = false;
        if whole.get(self.word.len()) == Some(&b' ') {
            self.cut(whole);
        }
        Ok(())
    }

    /// Cuts what follows the word at its blanks. Every line passes here, so eight bytes are looked at in one step.
    fn cut(&mut self, whole: &[u8]) {
        const BLANKS: u64 = u64::from_ne_bytes([b' '; 8]);
        const LOW: u64 = u64::from_ne_bytes([0x7f; 8]);
        let (mut at, mut start) = (self.word.len() + 1, self.word.len() + 1);
        while let Some(eight) = whole.get(at..at + 8).and_then(|eight| <[u8; 8]>::try_from(eight).ok()) {
            let odd = u64::from_le_bytes(eight) ^ BLANKS;
            // The highest bit of each byte that was a blank.
            let mut blanks = !(((odd & LOW) + LOW) | odd | LOW);
            while blanks != 0 {
                let stop = at + blanks.trailing_zeros() as usize / 8;
                self.push(start, stop);
                self.blank_runs |= start == stop;
                start = stop + 1;
                blanks &= blanks - 1;
            }
            at += 8;
        }
        for (stop, _) in whole.iter().enumerate().skip(at).filter(|(_, byte)| **byte == b' ') {
            self.push(start, stop);
            self.blank_runs |= start == stop;
            start = stop + 1;
        }
        self.push(start, whole.len());
    }

    /// Cuts the line again, at each blank: what stands between two of them may be a name that is empty.
    pub fn cut_at_each_blank(&mut self, data: &[u8]) {
        let mut start = self.word.len() + 1;
        self.count = 0;
        for token in self.text.of(data).get(start..).unwrap_or_default().trim_ascii_end().split(|&byte| byte == b' ') {
            self.keep(start, start + token.len());
            start += token.len() + 1;
        }
    }

    /// Keeps a token, unless nothing stands between two blanks.
    fn push(&mut self, start: usize, stop: usize) {
        if start < stop {
            self.keep(start, stop);
        }
    }

    fn keep(&mut self, start: usize, stop: usize) {
        if let Some(place) = self.tokens.get_mut(self.count) {
            *place = (start as u16, stop as u16);
            self.count += 1;
        } else if let Some(last) = self.tokens.last_mut() {
            last.1 = stop as u16;
        }
    }

    /// How many tokens follow the word.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether nothing follows the word.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Place of token `index`, counted after the word.
    pub fn token(&self, index: usize) -> Option<Span> {
        if index >= self.count {
            return None;
        }
        self.tokens.get(index).map(|&(start, end)| Span::new(start as usize, end as usize))
    }

    /// Place of the last token.
    pub fn last(&self) -> Option<Span> {
        self.count.checked_sub(1).and_then(|index| self.token(index))
    }

    /// The word as a number, if the line is an error reply.
    pub fn error(&self) -> Option<u32> {
        self.word.iter().try_fold(0, |sum, &byte| byte.is_ascii_digit().then(|| sum * 10 + u32::from(byte - b'0')))
    }
}

/// Whether `data` may be the beginning of a command line, as far as it goes.
pub fn may_start(data: &[u8]) -> bool {
    let head = data.get(..3).unwrap_or(data);
    (head.iter().all(u8::is_ascii_uppercase) || head.iter().all(u8::is_ascii_digit))
        && data.get(3).is_none_or(|byte| matches!(byte, b' ' | b'\r' | b'\n'))
}

/// Cuts the line at the start of `data` into tokens. Runs of blanks count as one, a blank at the end as none.
pub fn parse_line(data: &[u8]) -> Result<Line, LineError> {
    let mut line = Line::default();
    line.read(data).map(|()| line)
}

/// A token as an unsigned decimal number.
pub fn decimal(token: &[u8]) -> Option<u32> {
    if token.is_empty() || token.len() > 10 {
        return None;
    }
    let value =
        token.iter().try_fold(0u64, |sum, &byte| byte.is_ascii_digit().then(|| sum * 10 + u64::from(byte - b'0')))?;
    u32::try_from(value).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tokens(data: &[u8]) -> Vec<String> {
        let line = parse_line(data).unwrap();
        (0..line.len()).map(|i| String::from_utf8_lossy(line.token(i).unwrap().of(data)).into_owned()).collect()
    }

    #[test]
    fn lines_are_cut_at_blanks() {
        assert_eq!(tokens(b"VER 1 MSNP12 CVR0\r\n"), ["1", "MSNP12", "CVR0"]);
        assert_eq!(tokens(b"PRP 9 PHH \r\n"), ["9", "PHH"]);
        assert_eq!(tokens(b"PNG\n"), Vec::<String>::new());
        assert!(parse_line(b"PNG\n").unwrap().bare_line_feed);
        assert_eq!(parse_line(b"217 4\r\n").unwrap().error(), Some(217));
    }

    #[test]
    fn lines_can_be_cut_at_each_blank() {
        let data = b"NLN NLN a@b  7 \r\n";
        let mut line = parse_line(data).unwrap();
        assert!(line.blank_runs && !parse_line(b"PRP 9 PHH \r\n").unwrap().blank_runs);
        line.cut_at_each_blank(data);
        let tokens: Vec<_> = (0..line.len()).map(|at| line.token(at).unwrap().of(data)).collect();
        assert_eq!(tokens, [&b"NLN"[..], b"a@b", b"", b"7"]);
    }

    #[test]
    fn what_is_no_line_says_why() {
        assert_eq!(parse_line(b"VE").unwrap_err(), LineError::Partial);
        assert_eq!(parse_line(b"VER 1 MSNP12\r").unwrap_err(), LineError::Partial);
        assert_eq!(parse_line(b"ver 1\r\n").unwrap_err(), LineError::NoCommand);
        assert_eq!(parse_line(b"VERS\r\n").unwrap_err(), LineError::NoCommand);
        assert_eq!(parse_line(b"V1R 1\r\n").unwrap_err(), LineError::NoCommand);
        let mut long = b"MSG ".to_vec();
        long.resize(MAX_LINE, b'x');
        assert_eq!(parse_line(&long).unwrap_err(), LineError::TooLong);
    }

    #[test]
    fn too_many_tokens_stay_in_the_last_one() {
        let data = format!("VER {}\r\n", "a ".repeat(MAX_TOKENS + 5));
        let line = parse_line(data.as_bytes()).unwrap();
        assert_eq!(line.len(), MAX_TOKENS);
        assert_eq!(line.last().unwrap().of(data.as_bytes()), b"a a a a a a");
    }

    proptest! {
        #[test]
        fn tokens_are_what_stands_between_blanks(rest in "[ a\u{a0}!]{0,80}") {
            let line = format!("VER {rest}\r\n");
            let expected: Vec<_> = rest.split(' ').filter(|token| !token.is_empty()).collect();
            prop_assert!(expected.len() > MAX_TOKENS || tokens(line.as_bytes()) == expected);
        }

        #[test]
        fn tokens_lie_in_order_inside_the_line(data: Vec<u8>, head in "[A-Z]{3} ") {
            let data = [head.as_bytes(), &data].concat();
            if let Ok(line) = parse_line(&data) {
                let mut at = 3;
                for index in 0..line.len() {
                    let span = line.token(index).unwrap();
                    prop_assert!(span.start > at && span.end > span.start && span.end <= line.text.end);
                    at = span.end;
                }
                prop_assert!(line.total <= data.len());
            }
        }
    }
}
