// SPDX-License-Identifier: GPL-2.0-or-later
//! The list of components (CycloneDX 1.5): the crates whose code is in the plugin, and those that only help to build it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::{NAME, moment};
use crate::command;
use crate::project::{CORE, Project};

/// A crate as cargo names it, and whether its code is in the plugin.
type Reached = BTreeMap<String, bool>;

/// Writes the list of the crates that the core is made of.
pub fn list(metadata: &Value, lock: &str, version: &str, moment: u64) -> Result<Value> {
    let packages = metadata["packages"].as_array().context("cargo metadata names no packages")?;
    let package = |id: &str| packages.iter().find(|package| package["id"] == id);
    let core = packages.iter().find(|package| package["name"] == CORE).context("the core is missing")?;
    let core = core["id"].as_str().context("the core has no identity")?;
    let reached = reach(metadata, core, &package);
    let sums = checksums(lock);
    let reference = |package: &Value| format!("{}@{}", text(&package["name"]), text(&package["version"]));
    let mut components = Vec::new();
    let mut dependencies = Vec::new();
    for (id, linked) in &reached {
        let Some(package) = package(id) else { continue };
        let (name, release) = (text(&package["name"]), text(&package["version"]));
        let mut component = json!({
            "type": "library", "bom-ref": reference(package), "name": name, "version": release,
            "scope": if *linked { "required" } else { "excluded" },
        });
        if let Some(license) = package["license"].as_str() {
            component["licenses"] = json!([{ "expression": license.replace('/', " OR ").replace("  ", " ") }]);
        }
        if let Some(sum) = sums.get(&(name.to_owned(), release.to_owned())) {
            component["hashes"] = json!([{ "alg": "SHA-256", "content": sum }]);
            component["purl"] = json!(format!("pkg:cargo/{name}@{release}"));
        }
        components.push(component);
        let needs: BTreeSet<String> = needed(metadata, id)
            .filter(|(need, _)| reached.contains_key(*need))
            .filter_map(|(need, _)| package_of(packages, need))
            .map(reference)
            .collect();
        dependencies.push(json!({ "ref": reference(package), "dependsOn": needs }));
    }
    dependencies
        .push(json!({ "ref": NAME, "dependsOn": package(core).map(reference).into_iter().collect::<Vec<_>>() }));
    Ok(json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.5.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "timestamp": moment::iso(moment),
            "component": {
                "type": "library", "bom-ref": NAME, "name": NAME, "version": version,
                "licenses": [{ "expression": "GPL-2.0-or-later" }],
            },
        },
        "components": components,
        "dependencies": dependencies,
    }))
}

/// Writes the list beside the packages.
pub fn make(project: &Project, out: &Path, moment: u64) -> Result<PathBuf> {
    let mut cargo = project.cargo();
    cargo.args(["metadata", "--format-version=1", "--locked", "--filter-platform"]).arg(host(project)?);
    let metadata: Value = serde_json::from_str(&command::output(&mut cargo)?)?;
    let lock = std::fs::read_to_string(project.root.join("Cargo.lock"))?;
    let bom = list(&metadata, &lock, &project.version, moment)?;
    let file = out.join(format!("{NAME}-{}.cdx.json", project.version));
    super::write(&file, serde_json::to_string_pretty(&bom)? + "\n")?;
    Ok(file)
}

fn host(project: &Project) -> Result<String> {
    let text = command::output(project.cargo().arg("-vV"))?;
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.context("cargo names no host")?.to_owned())
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn package_of<'a>(packages: &'a [Value], id: &str) -> Option<&'a Value> {
    packages.iter().find(|package| package["id"] == id)
}

/// What a crate needs, and whether at run time.
fn needed<'a>(metadata: &'a Value, id: &'a str) -> impl Iterator<Item = (&'a str, bool)> {
    let nodes = metadata["resolve"]["nodes"].as_array().map_or(&[][..], Vec::as_slice);
    let own = nodes.iter().filter(move |node| node["id"] == id);
    let needs = own.flat_map(|node| node["deps"].as_array().map_or(&[][..], Vec::as_slice));
    needs.filter_map(|need| {
        let kinds = need["dep_kinds"].as_array()?;
        let is = |kind: &str| kinds.iter().any(|one| one["kind"].as_str().unwrap_or("normal") == kind);
        let used = is("normal") || is("build");
        used.then(|| (text(&need["pkg"]), is("normal")))
    })
}

/// Every crate that the core needs. What macros need when they are compiled is not in the plugin.
fn reach<'a>(metadata: &Value, core: &str, package: &impl Fn(&str) -> Option<&'a Value>) -> Reached {
    let mut reached = Reached::new();
    let mut next = vec![(core.to_owned(), true)];
    while let Some((id, linked)) = next.pop() {
        let is_macro = package(&id).is_some_and(|package| {
            let targets = package["targets"].as_array().map_or(&[][..], Vec::as_slice);
            targets.iter().any(|target| target["kind"][0] == "proc-macro")
        });
        let linked = linked && !is_macro;
        if reached.get(&id).is_some_and(|before| *before || !linked) {
            continue;
        }
        next.extend(needed(metadata, &id).map(|(need, run)| (need.to_owned(), linked && run)));
        reached.insert(id, linked);
    }
    reached
}

/// SHA-256 of the crates in the lock file, by name and version.
fn checksums(lock: &str) -> BTreeMap<(String, String), String> {
    let value = |block: &str, name: &str| {
        let line = block.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(" = \""))?;
        Some(line.trim_end_matches('"').to_owned())
    };
    let crates = lock.split("[[package]]").skip(1);
    crates
        .filter_map(|block| Some(((value(block, "name")?, value(block, "version")?), value(block, "checksum")?)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crates_of_the_plugin_are_told_from_those_that_build_it() {
        let package = |name: &str, kind: &str| json!({ "id": name, "name": name, "version": "1.0.0", "license": "MIT/Apache-2.0", "targets": [{ "kind": [kind] }] });
        let need = |name: &str, kind: Value| json!({ "pkg": name, "dep_kinds": [{ "kind": kind }] });
        let metadata = json!({
            "packages": [package(CORE, "lib"), package("run", "lib"), package("derive", "proc-macro"), package("syn", "lib"), package("dev", "lib")],
            "resolve": { "nodes": [
                { "id": CORE, "deps": [need("run", Value::Null), need("derive", Value::Null), need("dev", json!("dev"))] },
                { "id": "derive", "deps": [need("syn", Value::Null)] },
            ] },
        });
        let lock = "[[package]]\nname = \"run\"\nversion = \"1.0.0\"\nchecksum = \"abc\"\n";
        let bom = list(&metadata, lock, "0.1.0", 0).unwrap();
        let components = bom["components"].as_array().unwrap();
        let scope =
            |name: &str| components.iter().find(|one| one["name"] == name).map(|one| text(&one["scope"]).to_owned());
        assert_eq!(scope("run").as_deref(), Some("required"));
        assert_eq!((scope("derive").as_deref(), scope("syn").as_deref()), (Some("excluded"), Some("excluded")));
        assert_eq!(scope("dev"), None);
        let run = components.iter().find(|one| one["name"] == "run").unwrap();
        assert_eq!(run["hashes"][0]["content"], "abc");
        assert_eq!(run["licenses"][0]["expression"], "MIT OR Apache-2.0");
        assert_eq!(bom["dependencies"][0]["ref"], "derive@1.0.0");
    }
}
