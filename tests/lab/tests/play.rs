// SPDX-License-Identifier: GPL-2.0-or-later
//! The transcripts of the lab: against the server here, against each other, and against what is not as it should be.

mod common;

use common::{PATIENCE, Printed, server};
use msn_lab::channel::Limits;
use msn_lab::play::{Config, Outcome, Part, Report, Script, play};
use msn_lab::serve::{self, Server};
use msn_lab::transport::Road;
use msn_lab::watch::Watch;
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use tokio::sync::oneshot;

fn files() -> Vec<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../transcripts/lab");
    let mut all: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    all.sort();
    assert!(all.len() >= 15, "{all:?}");
    all
}

fn script(name: &str) -> Script {
    let path = files().into_iter().find(|path| path.file_stem().unwrap() == name).unwrap();
    Script::parse(&fs::read_to_string(path).unwrap()).unwrap()
}

fn config(part: Part, server: &Server) -> Config {
    let web = server.places.web;
    Config {
        part,
        road: Road { patience: PATIENCE, ..Road::default() },
        set: BTreeMap::new(),
        nexus: format!("http://{web}/rdr/pprdr.asp"),
        service: Some(format!("http://{web}/RST.srf")),
        limits: Limits { silence: Some(PATIENCE), patience: PATIENCE, ..Limits::default() },
    }
}

async fn against_server(script: &Script, set: &[(&str, &str)], rules: serve::Config) -> Report {
    let server = server(rules, Watch::silent()).await;
    let mut config = config(Part::Client(server.places.notification.to_string()), &server);
    // Only single sign-on is told where; tickets are asked for at the nexus.
    config.service = config.service.filter(|_| script.steps.iter().any(|step| format!("{step:?}").contains("{sso:")));
    config.set = set.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    play(script, &config, &Watch::silent(), |_| ()).await.unwrap()
}

#[tokio::test]
async fn our_server_passes_all() {
    let all = files().into_iter().map(|path| {
        tokio::spawn(async move {
            let script = Script::parse(&fs::read_to_string(&path).unwrap()).unwrap();
            (path, against_server(&script, &[], serve::Config::default()).await)
        })
    });
    let mut wrong = String::new();
    for one in all.collect::<Vec<_>>() {
        let (path, report) = one.await.unwrap();
        if !report.passed() || report.rows.is_empty() {
            wrong += &format!("{}\n{report}\n", path.display());
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[tokio::test]
async fn both_sides_of_a_transcript_fit() {
    let server = server(serve::Config::default(), Watch::silent()).await;
    for path in files() {
        let script = Script::parse(&fs::read_to_string(&path).unwrap()).unwrap();
        let (to, place) = oneshot::channel();
        let (theirs, ours) = (script.clone(), config(Part::Server("127.0.0.1:0".parse().unwrap()), &server));
        let serving =
            tokio::spawn(async move { play(&theirs, &ours, &Watch::silent(), |place| to.send(place).unwrap()).await });
        let client = Part::Client(place.await.unwrap().to_string());
        let mut config = config(client, &server);
        config.service = config.service.filter(|_| path.to_string_lossy().contains("sso"));
        let printed = Printed::default();
        let report = play(&script, &config, &printed.watch(None, false), |_| ()).await.unwrap();
        let other = serving.await.unwrap().unwrap();
        assert!(
            report.passed() && other.passed(),
            "{}\nclient\n{report}\nserver\n{other}\n{}",
            path.display(),
            printed.text()
        );
    }
}

#[tokio::test]
async fn every_version_signs_in() {
    for version in 2..=18 {
        let name = match version {
            ..8 => "login-md5",
            8..15 => "login-twn",
            _ => "login-sso",
        };
        let machine = if version >= 16 { " {44bfd5a4-7450-4bba-ba6e-2a3d5f3c8e21}" } else { "" };
        let set = [("version", version.to_string()), ("machine", machine.to_owned())];
        let set: Vec<_> = set.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let report = against_server(&script(name), &set, serve::Config::default()).await;
        assert!(report.passed() && report.rows.len() > 8, "MSNP{version}\n{report}");
    }
}

fn rules(text: &str) -> serve::Config {
    serve::Config { script: serve::script::Script::parse(text).unwrap(), ..serve::Config::default() }
}

async fn outcomes(name: &str, text: &str) -> (Report, String) {
    let script = script(name);
    let server = server(rules(text), Watch::silent()).await;
    let mut config = config(Part::Client(server.places.notification.to_string()), &server);
    config.limits.silence = Some(std::time::Duration::from_millis(300));
    let report = play(&script, &config, &Watch::silent(), |_| ()).await.unwrap();
    let shown = report.to_string();
    assert!(!report.passed(), "{text}: {shown}");
    (report, shown)
}

#[tokio::test]
async fn what_is_not_as_it_should_be_is_told() {
    let (report, shown) = outcomes("ping", "PNG say QNG 1 2 3").await;
    let differed =
        report.rows.iter().filter(|row| matches!(&row.outcome, Outcome::Differed(what) if what.contains("QNG 1 2 3")));
    assert!(differed.count() > 0 || shown.contains("extra"), "{shown}");
    let (report, shown) = outcomes("ping", "PNG nothing").await;
    assert!(report.rows.iter().any(|row| matches!(row.outcome, Outcome::Never(_))), "{shown}");
    let (report, shown) = outcomes("login-md5", "INF error 500").await;
    assert!(
        report.rows.iter().any(|row| matches!(&row.outcome, Outcome::Differed(what) if what.contains("500"))),
        "{shown}"
    );
    let (report, shown) = outcomes("login-md5", "INF close").await;
    assert!(report.broken.is_some() && shown.contains("never came"), "{shown}");
    let (_, shown) = outcomes("lists-msnp12", "GCF length +3").await;
    assert!(shown.contains("line"), "{shown}");
    let (_, shown) = outcomes("login-md5", "VER cut 4").await;
    assert!(shown.contains("closed"), "{shown}");
}

#[tokio::test]
async fn secrets_of_others_are_not_told() {
    let (_, shown) = outcomes("login-twn", "CVR say USR 3 TWN S t=SeSaMe&p=OpEn").await;
    assert!(shown.contains("t=AAAAAA&p=AAAA") && !shown.contains("SeSaMe"), "{shown}");
    let (_, shown) = outcomes("ping", "PNG say QNG \u{1b}[2J").await;
    assert!(shown.contains("\\x1b[2J") && !shown.contains('\u{1b}'), "{shown}");
}
