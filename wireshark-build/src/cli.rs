// SPDX-License-Identifier: GPL-2.0-or-later
//! The command line: what can be asked of the build tool.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::compile::Strictness;
use crate::packages::Consent;
use crate::project::Project;
use crate::{
    bench, command, compile, demo, doctor, faults, fuzz, install, matrix, mutate, package, packages, test_run,
};

/// Builds, installs, tests and measures the MSN dissector plugin for Wireshark
#[derive(Parser)]
#[command(name = "cargo plugin", bin_name = "cargo plugin", version)]
struct Arguments {
    /// Print every program that is started, with its arguments
    #[arg(short, long, global = true)]
    verbose: bool,
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Compile and check the plugin: target/plugins/<X.Y>/epan/msn.so
    ///
    /// Compiles the Rust core as a static library, compiles the C shim against the installed
    /// Wireshark headers and links both. Then checks that only plugin_* symbols are exported. Nothing is installed into
    /// Wireshark: try the result, not as root, with `WIRESHARK_PLUGIN_DIR=target/plugins tshark …`.
    Build(Agreement),
    /// Build the plugin and copy it into Wireshark's plugin folder
    ///
    /// Root installs into the global folder, anybody else into the personal one; `tshark -G folders` names both. The
    /// profile MSN goes beside the other profiles, as far as it is not there. A file msn.so that is not this plugin is not
    /// overwritten. An installation that fails leaves nothing behind.
    Install {
        #[command(flatten)]
        agreement: Agreement,
        /// For packagers: put the file below this folder, at the place of the global plugin folder, and start no tshark
        #[arg(long, value_name = "FOLDER")]
        destdir: Option<PathBuf>,
    },
    /// Remove the plugin from Wireshark's plugin folder
    ///
    /// Removes msn.so from the folder that `install` uses for this user, also of other Wireshark versions and when there
    /// is no tshark any more; and the files of the profile MSN that are as they were installed. A file msn.so that is not
    /// this plugin stays.
    Uninstall,
    /// Make an archive and a Debian package of the plugin, with checksums and a list of components
    ///
    /// Leaves in target/packages a .tar.gz (plugin, profile, licence, INSTALL), a .deb where there is dpkg, SHA256SUMS and
    /// a software bill of materials. Every time in them is that of the commit, or SOURCE_DATE_EPOCH; the same sources give
    /// the same bytes.
    Package {
        #[command(flatten)]
        agreement: Agreement,
        #[command(flatten)]
        options: package::Options,
    },
    /// Install what is needed, build, install, and decode a real capture
    ///
    /// Missing Debian packages are installed (as root, or with sudo), then the plugin is built and installed, and a
    /// bundled capture is printed: a summary line for each packet, and one packet decoded in full.
    Demo,
    /// Install what is needed, build, and run every check and test
    ///
    /// Formatting, clippy, documentation tests, and all tests of the workspace (with cargo-nextest if it is
    /// installed). The end-to-end tests drive tshark with the plugin that was just built; nothing is installed into
    /// Wireshark's folders.
    Test {
        /// Only see whether the tests notice faults: put those of tests/faults.txt into the C shim, one by one
        #[arg(long)]
        faults: bool,
    },
    /// Say what is missing, and the exact command that mends it
    ///
    /// One line for each thing. The exit code is not zero when something required is missing.
    Doctor,
    /// Run the end-to-end tests on Wireshark 4.0, 4.4 and 4.6, each in a Debian root of its own
    ///
    /// Debian 12, trixie and sid roots are made with debootstrap under target/matrix and used again by later runs.
    /// The core and the test programs are built once, here; only the C shim is compiled in each root. Runs as root;
    /// a root takes about a minute and 1 GB. One line for each release is printed at the end.
    Matrix(matrix::Options),
    /// Measure what decoding costs in tshark, against the built-in dissector
    ///
    /// Reads a generated capture with this plugin, with the built-in msnms, and with a plugin that claims the port and
    /// decodes nothing. Prints processor time (user and system), its ratio to msnms, the goals, and peak memory.
    Bench(bench::Options),
    /// Run every fuzz target in turn, keep what reaches something new, say executions and coverage
    ///
    /// Needs cargo-fuzz, and no nightly toolchain. The corpus grows in target/fuzz; the one that is checked in is read, too,
    /// and not changed. What makes a target fail is left in msn-dissect-core/fuzz/artifacts.
    Fuzz(fuzz::Options),
    /// Read captures with bytes changed at random; report crashes, hangs, memory and bugs
    ///
    /// Changes each capture of tests/captures with editcap -E, and reads it with tshark in two passes.
    Mutate(mutate::Options),
    /// Talk to a server, be a server, play a conversation: `cargo plugin lab --help`
    #[command(disable_help_flag = true)]
    Lab {
        /// What the lab is asked for
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<std::ffi::OsString>,
    },
}

#[derive(clap::Args)]
struct Agreement {
    /// Install missing Debian packages with apt-get, without a question
    #[arg(short, long)]
    yes: bool,
}

impl Agreement {
    fn consent(&self) -> Consent {
        if self.yes { Consent::Given } else { Consent::Ask }
    }
}

/// Parses the command line and does what it asks.
pub fn run() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    command::set_verbose(arguments.verbose);
    let project = Project::load()?;
    match arguments.action {
        Action::Build(agreement) => {
            packages::ensure(packages::BUILD, agreement.consent())?;
            compile::build(&project, Strictness::Usable)?;
        }
        Action::Install { agreement, destdir: Some(folder) } => {
            packages::ensure(packages::BUILD, agreement.consent())?;
            install::stage(&project, &folder)?;
        }
        Action::Install { agreement, destdir: None } => {
            packages::ensure(packages::INSTALL, agreement.consent())?;
            install::install(&project)?;
        }
        Action::Package { agreement, options } => package::package(&project, &options, agreement.consent())?,
        Action::Uninstall => install::uninstall()?,
        Action::Demo => demo::demo(&project)?,
        Action::Test { faults: true } => faults::run(&project)?,
        Action::Test { faults: false } => test_run::test(&project)?,
        Action::Matrix(options) => matrix::matrix(&project, &options)?,
        Action::Bench(options) => bench::bench(&project, &options)?,
        Action::Fuzz(options) => fuzz::fuzz(&project, &options)?,
        Action::Mutate(options) => mutate::mutate(&project, &options)?,
        Action::Lab { arguments } => {
            let mut lab = project.cargo();
            let status = lab.args(["run", "--quiet", "--package", "msn-lab", "--"]).args(arguments).status()?;
            return Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE });
        }
        Action::Doctor => return doctor::doctor(&project),
    }
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn command_line_is_well_formed() {
        Arguments::command().debug_assert();
    }
}
