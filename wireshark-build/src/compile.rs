// SPDX-License-Identifier: GPL-2.0-or-later
//! From sources to `msn.so`: static library, shim objects, shared library.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::UNIX_EPOCH;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::place::Place;
use crate::project::{CORE, PLUGIN_FILE, Project};
use crate::wireshark::Headers;
use crate::{check, command, paths};

/// What the Rust standard library needs of the system (`rustc --print native-static-libs`).
const RUST_LIBS: &[&str] = if cfg!(target_os = "macos") {
    &["-lSystem", "-lc", "-lm"]
} else {
    &["-lgcc_s", "-lutil", "-lrt", "-lpthread", "-lm", "-ldl"]
};

/// Only the shim's `plugin_*` symbols stay visible; nothing of the static library that they do not reach is kept.
const LINK_FLAGS: &[&str] = if cfg!(target_os = "macos") {
    &["-bundle", "-Wl,-exported_symbol,_plugin_*", "-Wl,-dead_strip", "-Wl,-x"]
} else {
    &[
        "-shared",
        "-Wl,--exclude-libs,ALL",
        "-Wl,--no-undefined",
        "-Wl,--gc-sections",
        "-Wl,-z,noseparate-code",
        "-Wl,-s",
    ]
};

/// Tables of strings need many relocations; linkers and C libraries of 2022 and later take them in a packed form.
const PACKED: &str = "-Wl,-z,pack-relative-relocs";

/// Compiles and links only where the packed form is understood when the plugin is loaded, too.
const PACKED_PROBE: &str = "#include <features.h>\n#if !__GLIBC_PREREQ(2, 36)\n#error\n#endif\nint probe;\n";

/// How strict a build is: users must not be stopped by what another compiler warns of, nor by goals of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strictness {
    /// What compiles and works is good.
    Usable,
    /// Warnings are errors, and the file keeps to its size.
    Strict,
}

/// A plugin file that passed the checks.
#[derive(Debug, Clone)]
pub struct Plugin {
    /// `target/plugins/<X.Y>/epan/msn.so`.
    pub file: PathBuf,
    /// What it was compiled against.
    pub headers: Headers,
}

/// Builds the plugin for the Wireshark of this machine, or does nothing when it is up to date, and checks it.
///
/// # Errors
/// When something does not compile, or when the result fails a check; the file of an earlier build then stays.
pub fn build(project: &Project, strictness: Strictness) -> Result<Plugin> {
    let headers = Headers::find(&Place::here()).context("Wireshark's development files are missing or incomplete")?;
    if !headers.version.supported() {
        bail!("this is Wireshark {}; the plugin needs 4.0 or newer", headers.version);
    }
    let library = static_library(project)?;
    let file = plugin_file(project, &headers);
    let work = project.target.join("plugin-build").join(headers.version.folder());
    fs::create_dir_all(&work)?;

    let stamp_file = work.join("inputs");
    let stamp = inputs(project, &headers, &library, strictness)?;
    let up_to_date = file.is_file() && fs::read_to_string(&stamp_file).is_ok_and(|old| old == stamp);
    if !up_to_date {
        let scratch = tempfile::tempdir_in(&work)?;
        let linked = scratch.path().join(PLUGIN_FILE);
        let compiler = compiler(project)?;
        let inputs = plugin_inputs(project, library)?;
        let mut extra = if strictness == Strictness::Strict { vec!["-Werror"] } else { Vec::new() };
        extra.extend(packed(self::compiler(project)?, scratch.path())?);
        let mut cc = command_line(compiler, project, &headers, &inputs, &linked);
        command::run(cc.args(extra)).context("the C shim does not compile or link")?;
        publish(&linked, &file)?;
        fs::write(&stamp_file, stamp)?;
    }
    let facts = check::check(&file)?;
    if strictness == Strictness::Strict {
        check::within_limit(facts.size)?;
    }
    println!(
        "{} {} for Wireshark {}: {}, {facts}",
        if up_to_date { "up to date" } else { "built" },
        Project::shorten(&file),
        headers.version.folder(),
        project.version,
    );
    Ok(Plugin { file, headers })
}

/// Where the plugin for these headers is put.
pub fn plugin_file(project: &Project, headers: &Headers) -> PathBuf {
    let folder = project.plugin_dir().join(headers.version.folder());
    folder.join("epan").join(PLUGIN_FILE)
}

/// Checks a linked file and moves it to its place in one step, so that no reader ever sees half a plugin.
pub fn publish(linked: &Path, file: &Path) -> Result<()> {
    check::check(linked)?;
    let folder = file.parent().context("the plugin has no folder")?;
    fs::create_dir_all(folder)?;
    fs::rename(linked, file).with_context(|| format!("cannot write {}", file.display()))
}

/// Compiles the core as a static library, optimised, and returns its path.
///
/// `cargo rustc --crate-type` is used rather than `cargo build` because link-time optimisation is left out when the
/// library is made in several forms at once.
pub fn static_library(project: &Project) -> Result<PathBuf> {
    let mut cargo = project.cargo();
    cargo.args(["rustc", "--release", "--package", CORE, "--lib", "--crate-type=staticlib"]);
    cargo.arg("--message-format=json-render-diagnostics");
    // Less inlining than LLVM's default takes a twentieth of the plugin's size away and costs no measurable time.
    cargo.args(["--", "-C", "llvm-args=-inline-threshold=60"]);
    cargo.env("CARGO_ENCODED_RUSTFLAGS", paths::rust_flags(project)?);
    command::announce(&cargo);
    let output = cargo
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("cannot start {}", command::shown(&cargo)))?;
    if !output.status.success() {
        bail!("the Rust core does not compile ({})", output.status);
    }
    artifact(&String::from_utf8_lossy(&output.stdout)).context("cargo made no static library")
}

/// Finds the static library in cargo's messages, one JSON object on each line.
fn artifact(messages: &str) -> Option<PathBuf> {
    let messages = messages.lines().rev().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let mut files = messages
        .filter(|message| message["reason"] == "compiler-artifact")
        .flat_map(|message| message["filenames"].as_array().cloned().unwrap_or_default());
    files.find_map(|file| file.as_str().filter(|file| file.ends_with(".a")).map(PathBuf::from))
}

/// The flag that packs relocations, if this compiler's linker does that and its C library reads them.
///
/// # Errors
/// When the scratch folder cannot be written.
pub fn packed(compiler: Command, scratch: &Path) -> Result<Option<&'static str>> {
    Ok(packs_relocations(compiler, scratch)?.then_some(PACKED))
}

fn packs_relocations(mut cc: Command, scratch: &Path) -> Result<bool> {
    if cfg!(not(target_os = "linux")) {
        return Ok(false);
    }
    let source = scratch.join("probe.c");
    fs::write(&source, PACKED_PROBE)?;
    cc.args(["-shared", "-fPIC", "-Wl,--fatal-warnings", PACKED, "-o"]).arg(scratch.join("probe.so")).arg(&source);
    Ok(command::succeeds(&mut cc))
}

/// The shim's sources and headers, sorted.
fn shim_files(project: &Project, extension: &str) -> Result<Vec<PathBuf>> {
    let folder = project.shim_dir();
    let entries = fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut files = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|found| found == extension) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// Every compiler flag for the shim.
fn compile_flags(project: &Project, headers: &Headers) -> Vec<String> {
    let own = "-O2 -fPIC -fvisibility=hidden -ffunction-sections -fdata-sections -Wall -Wextra";
    let mut flags: Vec<String> = own.split(' ').map(str::to_owned).collect();
    flags.push(format!("-DMSN_PLUGIN_VERSION=\"{}\"", project.version));
    flags.push(format!("-DMSN_WANT_MAJOR={}", headers.version.major));
    flags.push(format!("-DMSN_WANT_MINOR={}", headers.version.minor));
    flags.push(format!("-I{}", project.shim_dir().display()));
    flags.push(paths::c_flag(project));
    flags.extend(headers.cflags.iter().cloned());
    flags
}

/// The linker flags, and the libraries in the order in which they need each other.
fn link_flags(headers: &Headers) -> Vec<String> {
    let own = LINK_FLAGS.iter().chain(RUST_LIBS);
    own.map(|flag| (*flag).to_owned()).chain(headers.libs.iter().cloned()).collect()
}

/// One command that compiles C sources and links them to a plugin: the same on this machine and in another root.
///
/// `inputs` are the sources, then static libraries; `compiler` is a C compiler to which all paths are valid.
pub fn command_line(
    mut compiler: Command,
    project: &Project,
    headers: &Headers,
    inputs: &[PathBuf],
    output: &Path,
) -> Command {
    compiler.args(compile_flags(project, headers));
    compiler.arg("-o").arg(output).args(inputs);
    compiler.args(link_flags(headers));
    compiler
}

/// What the plugin is made of: the shim's sources and the core.
pub fn plugin_inputs(project: &Project, library: PathBuf) -> Result<Vec<PathBuf>> {
    let mut inputs = shim_files(project, "c")?;
    inputs.push(library);
    Ok(inputs)
}

/// This machine's C compiler; `CC` and `CFLAGS` are obeyed.
pub fn compiler(project: &Project) -> Result<Command> {
    let host = host_triple(project)?;
    let mut build = cc::Build::new();
    build.cargo_metadata(false).no_default_flags(true).opt_level(2).target(&host).host(&host);
    Ok(build.try_get_compiler()?.to_command())
}

fn host_triple(project: &Project) -> Result<String> {
    let mut cargo = project.cargo();
    let text = command::output(cargo.arg("-vV"))?;
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.context("cargo names no host")?.to_owned())
}

/// A description of everything that goes into the plugin: a file with the same description is up to date.
fn inputs(project: &Project, headers: &Headers, library: &Path, strictness: Strictness) -> Result<String> {
    let mut files = vec![library.to_owned(), headers.version_file.clone(), std::env::current_exe()?];
    files.extend(shim_files(project, "c")?);
    files.extend(shim_files(project, "h")?);

    let mut text = String::new();
    for file in files {
        let data = file.metadata().with_context(|| format!("cannot read {}", file.display()))?;
        let time = data.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
        writeln!(text, "{} {} {}", file.display(), data.len(), time.as_nanos())?;
    }
    for name in ["CC", "CFLAGS"] {
        writeln!(text, "{name}={}", std::env::var(name).unwrap_or_default())?;
    }
    writeln!(text, "{strictness:?}")?;
    text += &compile_flags(project, headers).join(" ");
    text += &link_flags(headers).join(" ");
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wireshark::Version;

    fn example() -> (Project, Headers) {
        let project = Project {
            root: "/src".into(),
            target: "/out".into(),
            version: "0.1.0".into(),
            rust_version: "1.85".into(),
        };
        let version = Version { major: 4, minor: 4, micro: 2 };
        let headers = Headers {
            version,
            version_file: "/usr/include/wireshark/ws_version.h".into(),
            cflags: vec!["-isystem".into(), "/usr/include/wireshark".into()],
            libs: vec!["-lwireshark".into(), "-lwsutil".into()],
        };
        (project, headers)
    }

    #[test]
    fn flags_carry_both_versions() {
        let (project, headers) = example();
        let flags = compile_flags(&project, &headers);
        for flag in [
            "-DMSN_PLUGIN_VERSION=\"0.1.0\"",
            "-DMSN_WANT_MAJOR=4",
            "-DMSN_WANT_MINOR=4",
            "-fvisibility=hidden",
            "-I/src/plugin-c",
            "-isystem",
            "-Wextra",
        ] {
            assert!(flags.iter().any(|found| found == flag), "{flag} in {flags:?}");
        }
        assert_eq!(plugin_file(&project, &headers), Path::new("/out/plugins/4.4/epan/msn.so"));
    }

    /// The C header is in the repository, so that users need not build what makes it. After a change of the C ABI:
    /// `MSN_WRITE_HEADER=1 cargo test -p wireshark-build header`.
    #[test]
    fn the_header_is_what_the_core_gives() {
        let project = Project::load().unwrap();
        let core = project.root.join(CORE);
        let mut config = cbindgen::Config::from_root_or_default(&core);
        config.language = cbindgen::Language::C;
        let mut made = Vec::new();
        cbindgen::Builder::new().with_crate(&core).with_config(config).generate().unwrap().write(&mut made);
        let file = project.shim_dir().join("msn_dissect.h");
        if std::env::var_os("MSN_WRITE_HEADER").is_some() {
            fs::write(&file, &made).unwrap();
        }
        let kept = fs::read_to_string(&file).unwrap();
        assert!(kept == String::from_utf8(made).unwrap(), "plugin-c/msn_dissect.h is not what the core gives");
    }

    #[test]
    fn a_linker_is_asked_before_relocations_are_packed() {
        let project = Project::load().unwrap();
        let scratch = tempfile::tempdir().unwrap();
        let packs = packs_relocations(compiler(&project).unwrap(), scratch.path()).unwrap();
        assert_eq!(packs, scratch.path().join("probe.so").is_file());
    }

    #[test]
    fn libraries_follow_what_needs_them() {
        let (project, headers) = example();
        let inputs = ["/src/shim.c", "/out/libcore.a"].map(PathBuf::from);
        let output = Path::new("/out/msn.so");
        let command = command_line(Command::new("cc"), &project, &headers, &inputs, output);
        let words: Vec<_> = command.get_args().collect();
        let place = |word: &str| words.iter().position(|found| *found == word).unwrap();
        assert!(place("/src/shim.c") < place("/out/libcore.a"));
        assert!(place("/out/libcore.a") < place("-lpthread"));
        assert!(place("/out/libcore.a") < place("-lwireshark"));
        assert_eq!(place("-o") + 1, place("/out/msn.so"));
    }

    #[test]
    fn static_library_is_found_in_cargo_messages() {
        let messages = r#"{"reason":"compiler-artifact","filenames":["/out/release/libother.rlib"]}
{"reason":"compiler-artifact","filenames":["/out/release/libmsn_dissect_core.a"]}
{"reason":"build-finished","success":true}"#;
        assert_eq!(artifact(messages).unwrap(), Path::new("/out/release/libmsn_dissect_core.a"));
        assert_eq!(artifact(r#"{"reason":"build-finished","success":true}"#), None);
    }
}
