// SPDX-License-Identifier: GPL-2.0-or-later
//! Tools > Credentials, as `-z credentials` prints it: who signed in, how, and in which frame.

use libtest_mimic::{Arguments, Failed};
use msn_tests::trials::each;
use msn_tests::truth::{Truth, captures};
use msn_tests::tshark::{Options, Tshark};
use std::collections::BTreeSet;
use std::path::Path;

/// Fields that prove an account.
const PROOFS: [&str; 3] = ["msn.auth.ticket", "msn.auth.response", "msn.auth.password"];

/// The list has a row for each line with a proof, and everybody who signed in is in it.
fn listed(path: &Path) -> Result<(), Failed> {
    let tshark = Tshark::new()?;
    let stored = tshark.store_file(path)?;
    let options = Options::default().in_order();
    let mut rows = tshark.credentials(&stored, &options)?;
    // Clients also prove themselves to web services.
    rows.retain(|row| row.protocol == "MSNP");

    let fields = ["frame.number", "msn.account", "msn.auth.scheme"];
    let proven = Options::filter(&format!("msn.command && ({})", PROOFS.join(" || "))).in_order();
    let shown: BTreeSet<Vec<String>> =
        tshark.fields(&stored, &fields, &proven)?.into_iter().map(|row| row.concat()).collect();
    let of_rows = rows.iter().map(|row| vec![row.frame.to_string(), row.username.clone(), row.info.clone()]);
    assert_eq!(of_rows.collect::<BTreeSet<_>>(), shown);

    let names: BTreeSet<&str> = rows.iter().map(|row| row.username.as_str()).collect();
    let truth = Truth::of(path)?;
    for login in truth.logins.iter().filter(|login| login.result == "ok") {
        assert!(names.contains(login.account.as_str()), "{} is not in {names:?}", login.account);
    }
    Ok(())
}

fn main() {
    let paths = captures().expect("the folder of captures is in the package");
    libtest_mimic::run(&Arguments::from_args(), each(&paths, listed)).exit();
}
