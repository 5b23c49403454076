// SPDX-License-Identifier: GPL-2.0-or-later
//! The prompt on a terminal: lines that are edited while others appear above, completion, history. Without a terminal lines
//! are read and written as they are.

use anyhow::Result;
use msn_dissect_core::command::layout::Known;
use rustyline::completion::{Completer, Pair};
use rustyline::error::ReadlineError;
use rustyline::history::DefaultHistory;
use rustyline::{Config, Context, Editor, ExternalPrinter, Helper, Highlighter, Hinter, Validator};
use std::io::{BufRead, IsTerminal};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use tokio::sync::mpsc;

use super::reference;
use crate::watch::Print;

/// What prompt and completion go by; whoever talks keeps it up to date.
#[derive(Clone, Debug)]
pub struct Now {
    /// The prompt.
    pub prompt: String,
    /// What is known of the current connection.
    pub known: Known,
    /// Names of all connections.
    pub channels: Vec<String>,
}

/// The prompt's state, shared with whoever talks.
pub type Shared = Arc<Mutex<Now>>;

#[derive(Helper, Highlighter, Hinter, Validator)]
struct Complete(Shared);

impl Completer for Complete {
    type Candidate = Pair;

    fn complete(&self, line: &str, at: usize, _: &Context<'_>) -> rustyline::Result<(usize, Vec<Pair>)> {
        let now = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let (start, found) = reference::complete(line.get(..at).unwrap_or(line), now.known, &now.channels);
        let pair = |one: reference::Candidate| Pair {
            display: format!("{} {}", one.text, one.meaning),
            replacement: one.text,
        };
        Ok((start, found.into_iter().map(pair).collect()))
    }
}

/// Lines that are typed, and how to print beside them.
pub struct Prompt {
    /// Lines.
    pub lines: mpsc::Receiver<String>,
    /// After each line that was dealt with, so that the next prompt is right.
    pub ready: std::sync::mpsc::Sender<()>,
}

/// How lines for people are printed: above the prompt, if there is one.
pub type Printer = Arc<Mutex<Option<Box<dyn ExternalPrinter + Send>>>>;

/// Prints through `printer` once that is there.
pub fn print(printer: &Printer) -> Print {
    let printer = Arc::clone(printer);
    Arc::new(move |text: &str| match &mut *printer.lock().unwrap_or_else(PoisonError::into_inner) {
        Some(printer) => drop(printer.print(format!("{text}\n"))),
        None => println!("{text}"),
    })
}

/// Begins to read lines.
///
/// # Errors
/// When the terminal cannot be used.
pub fn start(now: &Shared, printer: &Printer) -> Result<Prompt> {
    let (to, lines) = mpsc::channel(16);
    let (ready, turn) = std::sync::mpsc::channel();
    if !std::io::stdin().is_terminal() {
        thread::spawn(move || {
            for line in std::io::stdin().lock().lines().map_while(Result::ok) {
                if to.blocking_send(line).is_err() {
                    break;
                }
            }
        });
        return Ok(Prompt { lines, ready });
    }
    let config = Config::builder().completion_type(rustyline::CompletionType::List).build();
    let mut editor: Editor<Complete, DefaultHistory> = Editor::with_config(config)?;
    editor.set_helper(Some(Complete(Arc::clone(now))));
    *printer.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(editor.create_external_printer()?));
    let (now, printer) = (Arc::clone(now), Arc::clone(printer));
    thread::spawn(move || {
        loop {
            let prompt = now.lock().unwrap_or_else(PoisonError::into_inner).prompt.clone();
            match editor.readline(&prompt) {
                Ok(line) => {
                    let _ = editor.add_history_entry(&line);
                    if to.blocking_send(line).is_err() || turn.recv().is_err() {
                        break;
                    }
                }
                Err(ReadlineError::Interrupted | ReadlineError::Eof) => break,
                Err(_) => break,
            }
        }
        *printer.lock().unwrap_or_else(PoisonError::into_inner) = None;
    });
    Ok(Prompt { lines, ready })
}
