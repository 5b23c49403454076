// SPDX-License-Identifier: GPL-2.0-or-later
//! Whether the tests see faults of the C shim: a list of small ones is put in, one at a time, and each must make a test
//! fail.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::command;
use crate::compile;
use crate::place::Place;
use crate::project::{PLUGIN_FILE, Project};
use crate::wireshark::Headers;

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

/// Puts in each fault and runs its test.
///
/// # Errors
/// When a fault cannot be put in, or survives; the message names those that do.
pub fn run(project: &Project) -> Result<()> {
    let faults = parse(&fs::read_to_string(project.root.join(LIST)).context("no list of faults")?)?;
    let headers = Headers::find(&Place::here())?;
    let library = compile::static_library(project)?;
    let mut survivors = Vec::new();
    for (number, fault) in faults.iter().enumerate() {
        let line = format!("{}: {}", fault.file, fault.wrong.trim());
        println!("fault {} of {}: {line}", number + 1, faults.len());
        let scratch = tempfile::Builder::new().prefix("msn-fault-").tempdir()?;
        let faulty = Project { root: scratch.path().to_owned(), ..project.clone() };
        put_in(&project.shim_dir(), &faulty.shim_dir(), fault)?;
        let folder = scratch.path().join("plugins").join(headers.version.folder()).join("epan");
        fs::create_dir_all(&folder)?;
        let inputs = compile::plugin_inputs(&faulty, library.clone())?;
        let compiler = compile::compiler(project)?;
        let output = folder.join(PLUGIN_FILE);
        let mut cc = compile::command_line(compiler, &faulty, &headers, &inputs, &output);
        command::run(cc.arg("-w")).with_context(|| format!("the fault does not compile: {line}"))?;
        let mut test = project.cargo();
        test.args(["test", "--quiet", "--package", "msn-tests", "--test", &fault.test]);
        if command::succeeds(test.env("MSN_PLUGIN_DIR", scratch.path().join("plugins"))) {
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
