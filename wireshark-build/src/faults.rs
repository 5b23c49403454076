// SPDX-License-Identifier: GPL-2.0-or-later
//! Whether the tests see faults of the C shim: a list of small ones is put in, one at a time, and each must make a test
//! fail.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::command;
use crate::compile::{self, Strictness};
use crate::programs::{self, Program};
use crate::project::{PLUGIN_FILE, Project};

/// The list, below the workspace.
const LIST: &str = "tests/faults.txt";

/// One fault: in which file, which test program must fail, what stands there and what is put there.
#[derive(Debug, Default, PartialEq, Eq)]
struct Fault {
    file: String,
    test: String,
    right: String,
    wrong: String,
}

/// Reads the list: blocks between empty lines; lines that begin with `#` are comments.
fn parse(text: &str) -> Result<Vec<Fault>> {
    let mut faults = Vec::new();
    for block in text.split("\n\n") {
        let mut fault = Fault::default();
        for line in block.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
            let (part, rest) = line.split_at(line.len().min(2));
            let text = match part.trim_end() {
                "-" => &mut fault.right,
                "+" => &mut fault.wrong,
                _ => {
                    let (file, test) = line.split_once(' ').with_context(|| format!("no test in {line:?}"))?;
                    (fault.file, fault.test) = (file.to_owned(), test.to_owned());
                    continue;
                }
            };
            *text += rest;
            text.push('\n');
        }
        fault.right.pop();
        fault.wrong.pop();
        if !fault.file.is_empty() {
            faults.push(fault);
        }
    }
    Ok(faults)
}

/// Puts in each fault and runs its test, which must pass without any.
///
/// # Errors
/// When a test fails without a fault or does not run to its end, when a fault cannot be put in, or survives; the message
/// names those that do.
pub fn run(project: &Project) -> Result<()> {
    let faults = parse(&fs::read_to_string(project.root.join(LIST)).context("no list of faults")?)?;
    let plugin = compile::build(project, Strictness::Usable)?;
    let library = compile::static_library(project)?;
    let programs = programs::end_to_end(project)?;
    let names: BTreeSet<&str> = faults.iter().map(|fault| fault.test.as_str()).collect();
    println!("without a fault: {} test programs", names.len());
    for name in names {
        if !passes(project, program(&programs, name)?, &project.plugin_dir())? {
            bail!("{name} fails without a fault, so it would find each");
        }
    }
    let mut survivors = Vec::new();
    for (number, fault) in faults.iter().enumerate() {
        let line = format!("{}: {}", fault.file, fault.wrong.trim());
        println!("fault {} of {}: {line}", number + 1, faults.len());
        let scratch = tempfile::Builder::new().prefix("msn-fault-").tempdir()?;
        let faulty = Project { root: scratch.path().to_owned(), ..project.clone() };
        put_in(&project.shim_dir(), &faulty.shim_dir(), fault)?;
        let folder = scratch.path().join("plugins").join(plugin.headers.version.folder()).join("epan");
        fs::create_dir_all(&folder)?;
        let inputs = compile::plugin_inputs(&faulty, library.clone())?;
        let compiler = compile::compiler(project)?;
        let output = folder.join(PLUGIN_FILE);
        let mut cc = compile::command_line(compiler, &faulty, &plugin.headers, &inputs, &output);
        command::run(cc.arg("-w")).with_context(|| format!("the fault does not compile: {line}"))?;
        if passes(project, program(&programs, &fault.test)?, &scratch.path().join("plugins"))? {
            println!("  SURVIVES: {} saw nothing", fault.test);
            survivors.push(line);
        }
    }
    if !survivors.is_empty() {
        bail!("{} of {} faults made no test fail:\n{}", survivors.len(), faults.len(), survivors.join("\n"));
    }
    println!("each of {} faults made a test fail", faults.len());
    Ok(())
}

fn program<'a>(programs: &'a [Program], name: &str) -> Result<&'a Program> {
    programs.iter().find(|program| program.name == name).with_context(|| format!("there is no test {name}"))
}

/// Whether a test program passes with the plugin in that folder. One that ends otherwise than with a verdict is an error.
fn passes(project: &Project, program: &Program, plugins: &Path) -> Result<bool> {
    let mut command = Command::new(&program.file);
    let package = project.root.join("tests");
    command.env("CARGO_MANIFEST_DIR", &package).current_dir(package).env("MSN_PLUGIN_DIR", plugins);
    command::announce(&command);
    let output = command.stdin(Stdio::null()).output().with_context(|| format!("cannot start {}", program.name))?;
    verdict(&String::from_utf8_lossy(&output.stdout))
        .with_context(|| format!("{} ended without a result ({})", program.name, output.status))
}

/// What the last result of a test program says.
fn verdict(text: &str) -> Option<bool> {
    let result = text.lines().rev().find_map(|line| line.strip_prefix("test result: "))?;
    Some(result.starts_with("ok."))
}

/// Copies the shim with the fault in it.
fn put_in(from: &Path, to: &Path, fault: &Fault) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        // The profile beside the sources is no part of the shim.
        if entry.file_type()?.is_file() {
            fs::copy(entry.path(), to.join(entry.file_name()))?;
        }
    }
    let file = to.join(&fault.file);
    let text = fs::read_to_string(&file).with_context(|| format!("no {}", fault.file))?;
    if text.matches(&fault.right).count() != 1 {
        bail!("{} does not hold once: {}", fault.file, fault.right);
    }
    Ok(fs::write(&file, text.replace(&fault.right, &fault.wrong))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_result_is_a_verdict() {
        assert_eq!(verdict("running 1 test\ntest result: ok. 1 passed; 0 failed"), Some(true));
        assert_eq!(verdict("test result: FAILED. 0 passed; 1 failed"), Some(false));
        assert_eq!(verdict("error: could not compile"), None);
    }

    /// The list keeps up with the shim: each fault can still be put in.
    #[test]
    fn every_fault_of_the_list_can_be_put_in() {
        let project = Project::load().unwrap();
        let faults = parse(&fs::read_to_string(project.root.join(LIST)).unwrap()).unwrap();
        assert!(faults.len() > 20);
        for fault in &faults {
            assert_ne!(fault.right, fault.wrong);
            let scratch = tempfile::tempdir().unwrap();
            put_in(&project.shim_dir(), scratch.path(), fault).unwrap();
            assert!(project.root.join("tests/tests").join(format!("{}.rs", fault.test)).is_file(), "{}", fault.test);
        }
    }
}
