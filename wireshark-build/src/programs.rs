// SPDX-License-Identifier: GPL-2.0-or-later
//! The end-to-end test programs: built by cargo, run by others.

use std::path::PathBuf;
use std::process::Stdio;

use anyhow::{Result, bail};
use serde_json::Value;

use crate::command;
use crate::project::Project;

/// A test program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// Its name, as in `tests/tests`.
    pub name: String,
    /// The executable.
    pub file: PathBuf,
}

/// Compiles the end-to-end tests.
///
/// # Errors
/// When they do not compile, or there are none.
pub fn end_to_end(project: &Project) -> Result<Vec<Program>> {
    let mut cargo = project.cargo();
    cargo.args(["test", "--no-run", "--package", "msn-tests", "--message-format=json-render-diagnostics"]);
    command::announce(&cargo);
    let output = cargo.stdin(Stdio::null()).stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        bail!("the end-to-end tests do not compile");
    }
    let tests = in_messages(&String::from_utf8_lossy(&output.stdout));
    if tests.is_empty() {
        bail!("there are no end-to-end tests");
    }
    Ok(tests)
}

/// The test programs in cargo's messages, one JSON object on each line.
fn in_messages(messages: &str) -> Vec<Program> {
    let messages = messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let program = |message: Value| {
        let name = message["target"]["name"].as_str()?.to_owned();
        Some(Program { name, file: message["executable"].as_str()?.into() })
    };
    messages.filter(|message| message["profile"]["test"] == true).filter_map(program).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn test_programs_are_found_in_cargo_messages() {
        let messages = r#"{"reason":"compiler-artifact","target":{"name":"b"},"profile":{"test":false},"executable":"/t/b"}
{"reason":"compiler-artifact","target":{"name":"captures"},"profile":{"test":true},"executable":"/t/deps/captures-1"}
{"reason":"compiler-artifact","target":{"name":"x"},"profile":{"test":true},"executable":null}"#;
        let wanted = Program { name: "captures".into(), file: "/t/deps/captures-1".into() };
        assert_eq!(in_messages(messages), [wanted]);
    }
}
