// SPDX-License-Identifier: GPL-2.0-or-later
//! What the server says: a word and all that is to be told, whatever of it the client's version has room for.

use msn_dissect_core::command::{Compose, ComposeError, layout::Known};
use msn_dissect_core::fields::Field;

/// A command that a version does not change; it is written when it is known who reads it.
#[derive(Clone, Debug)]
pub struct Say {
    word: String,
    trid: Option<u32>,
    values: Vec<(Field, String)>,
    payload: Option<Vec<u8>>,
}

impl Say {
    /// A command without transaction ID.
    pub fn new(word: &str) -> Say {
        Say { word: word.to_owned(), trid: None, values: Vec::new(), payload: None }
    }

    /// The answer to a request.
    pub fn answer(word: &str, trid: u32) -> Say {
        Say { trid: Some(trid), ..Say::new(word) }
    }

    /// An error reply.
    pub fn error(code: u32, trid: u32) -> Say {
        Say::answer(&format!("{code:03}"), trid)
    }

    /// The same with a transaction ID, if there is one.
    #[must_use]
    pub fn with_trid(self, trid: Option<u32>) -> Say {
        Say { trid, ..self }
    }

    /// With a value.
    #[must_use]
    pub fn value(mut self, field: Field, value: impl ToString) -> Say {
        self.values.push((field, value.to_string()));
        self
    }

    /// With a value, if there is one.
    #[must_use]
    pub fn maybe(self, field: Field, value: Option<impl ToString>) -> Say {
        match value {
            Some(value) => self.value(field, value),
            None => self,
        }
    }

    /// Without what is told by this field.
    #[must_use]
    pub fn without(mut self, field: Field) -> Say {
        self.values.retain(|(other, _)| *other != field);
        self
    }

    /// With a payload.
    #[must_use]
    pub fn payload(mut self, payload: impl Into<Vec<u8>>) -> Say {
        self.payload = Some(payload.into());
        self
    }

    /// The command for who knows this.
    ///
    /// # Errors
    /// When it cannot be said to them.
    pub fn write(&self, known: Known) -> Result<Vec<u8>, ComposeError> {
        let mut compose = Compose::new(&self.word, known);
        for (field, value) in &self.values {
            compose = compose.value(*field, value.as_str());
        }
        if let Some(trid) = self.trid {
            compose = compose.trid(trid);
        }
        if let Some(payload) = &self.payload {
            compose = compose.payload(payload);
        }
        compose.write()
    }

    /// The word.
    pub fn word(&self) -> &str {
        &self.word
    }
}
