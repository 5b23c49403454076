// SPDX-License-Identifier: GPL-2.0-or-later
//! What can be asked of the lab, and doing it.

mod serve;

use anyhow::{Context, Result};
use clap::{Args, Parser, Subcommand};
use msn_lab::channel::Limits;
use msn_lab::play::{self, Script};
use msn_lab::record::Recorder;
use msn_lab::serve::script::time;
use msn_lab::talk::login::{Login, NEXUS};
use msn_lab::talk::{Config as TalkConfig, Talker, prompt};
use msn_lab::tls::Trust;
use msn_lab::transport::Road;
use msn_lab::watch::{Show, Watch};
use std::fs;
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::Instant;

/// Talks to MSN servers, is one, and plays conversations
#[derive(Parser)]
#[command(name = "lab", bin_name = "cargo plugin lab", version)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// A prompt on a live connection: what is typed is sent, what comes is explained
    ///
    /// Signs in by itself with --account, answers challenges, pings, and opens switchboards. A line that announces a payload
    /// takes the lines behind it as that, up to one with a dot alone. /help tells the commands. Everything can be piped.
    Talk(Talk),
    /// A server for experiments, in memory
    ///
    /// It is no server for the public: it listens on loopback unless told otherwise. Lines typed as `ADDRESS LINE` are sent
    /// to that account.
    Serve(Serve),
    /// Play a transcript, as client or as server, and tell which of its lines came as they should
    ///
    /// As client the lines behind `>>>` are sent and what comes is compared with those behind `<<<`; as server the other way
    /// round. Servers that an XFR or RNG names are followed. The exit code is not zero when something was not as it should be.
    Play(Play),
}

#[derive(Args)]
struct Watching {
    /// Write what is said as a capture
    #[arg(long, value_name = "FILE")]
    pcap: Option<PathBuf>,
    /// Show passwords, tickets and what is made of them, also in the capture
    #[arg(long)]
    show_secrets: bool,
    /// How much is printed of each command
    #[arg(long, value_enum, default_value_t)]
    show: Show,
    /// Time in which a command that began must be whole, and connections must stand
    #[arg(long, value_name = "TIME", default_value = "30s", value_parser = time)]
    patience: Duration,
}

#[derive(Args)]
struct Way {
    /// Connect inside of TLS
    #[arg(long)]
    tls: bool,
    /// Believe servers with these certificates (PEM) only; without it anybody is believed
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// Connect through a SOCKS 5 proxy
    #[arg(long, value_name = "HOST:PORT")]
    socks: Option<String>,
    /// Connect through an HTTP gateway
    #[arg(long, value_name = "HOST:PORT")]
    gateway: Option<String>,
}

#[derive(Args)]
struct Talk {
    /// Server, `HOST[:PORT]`
    server: String,
    /// Sign in with this account
    #[arg(long)]
    account: Option<String>,
    /// Its password; asked for where it is not given
    #[arg(long)]
    password: Option<String>,
    /// Versions to offer, best first
    #[arg(long, value_delimiter = ',', default_value = "MSNP12,CVR0")]
    offer: Vec<String>,
    /// Page that tells where one gets tickets (MSNP8 to 14)
    #[arg(long, value_name = "URL", default_value = NEXUS)]
    nexus: String,
    /// Page that gives tickets: login.srf (MSNP8 to 14) or RST.srf (MSNP15 and later)
    #[arg(long, value_name = "URL")]
    login: Option<String>,
    /// Answer challenges as this product
    #[arg(long, value_name = "ID")]
    product: Option<String>,
    /// Machine GUID of MSNP16 and later
    #[arg(long, value_name = "GUID", default_value = "{44bfd5a4-7450-4bba-ba6e-2a3d5f3c8e21}")]
    machine: String,
    /// Do not answer challenges, do not ping
    #[arg(long)]
    manual: bool,
    /// Join every chat to which somebody calls
    #[arg(long)]
    answer: bool,
    #[command(flatten)]
    way: Way,
    #[command(flatten)]
    watching: Watching,
}

#[derive(Args)]
struct Play {
    /// Transcript
    file: PathBuf,
    /// Server to play against, `HOST[:PORT]`
    #[arg(required_unless_present = "listen", conflicts_with = "listen")]
    server: Option<String>,
    /// Play the server on this port of loopback
    #[arg(long, value_name = "PORT")]
    listen: Option<u16>,
    /// Value in place of one that the transcript sets, `NAME=VALUE`
    #[arg(long, value_name = "NAME=VALUE")]
    set: Vec<String>,
    /// Time in which a line must come
    #[arg(long, value_name = "TIME", default_value = "5s", value_parser = time)]
    within: Duration,
    /// Page that tells where one gets tickets (MSNP8 to 14)
    #[arg(long, value_name = "URL", default_value = NEXUS)]
    nexus: String,
    /// Page that gives tickets: login.srf (MSNP8 to 14) or RST.srf (MSNP15 and later)
    #[arg(long, value_name = "URL")]
    login: Option<String>,
    #[command(flatten)]
    way: Way,
    #[command(flatten)]
    watching: Watching,
}

#[derive(Args)]
struct Serve {
    /// Address to listen on
    #[arg(long, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    address: IpAddr,
    /// Port of the notification server
    #[arg(long, default_value_t = 1863)]
    port: u16,
    /// Port of a dispatch server, which refers to the notification server
    #[arg(long)]
    dispatch: Option<u16>,
    /// Port of the switchboard; without it the notification server's
    #[arg(long)]
    switchboard: Option<u16>,
    /// Port of login, address book and gateway, with and without TLS
    #[arg(long, default_value_t = 8080)]
    web: u16,
    /// Accounts, one a line: ADDRESS PASSWORD NAME +CONTACT … -BLOCKED …
    #[arg(long, value_name = "FILE")]
    accounts: Option<PathBuf>,
    /// Only these accounts may sign in; otherwise others are made up
    #[arg(long, requires = "accounts")]
    strict: bool,
    /// Versions that are spoken, FIRST-LAST
    #[arg(long, default_value = "2-18")]
    versions: String,
    /// Do not challenge clients
    #[arg(long)]
    no_challenge: bool,
    /// What is answered otherwise: lines such as `CHG error 201`, `SYN later 2s`, `MSG nothing`, `GCF cut 20`, `UBX length +3`
    #[arg(long, value_name = "FILE")]
    script: Option<PathBuf>,
    /// Send a line when an account comes online: `ADDRESS LINE`
    #[arg(long, value_name = "TEXT")]
    say: Vec<String>,
    /// Close connections on which nothing came for this time
    #[arg(long, value_name = "TIME", default_value = "300s", value_parser = time)]
    silence: Duration,
    /// Write the certificate for TLS (PEM)
    #[arg(long, value_name = "FILE")]
    certificate: Option<PathBuf>,
    #[command(flatten)]
    watching: Watching,
}

/// Does what is asked.
pub fn run(arguments: Arguments) -> Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let code = match arguments.action {
        Action::Talk(talk) => runtime.block_on(talk.run()),
        Action::Serve(serve) => runtime.block_on(serve.run()),
        Action::Play(play) => runtime.block_on(play.run()),
    };
    // A thread that waits for a line to be typed is not waited for.
    runtime.shutdown_background();
    code
}

impl Watching {
    fn watch(&self, print: msn_lab::watch::Print) -> Watch {
        Watch::new(print, self.show, self.pcap.clone().map(Recorder::new), self.show_secrets)
    }

    fn limits(&self, silence: Option<Duration>) -> Limits {
        Limits { silence, patience: self.patience, ..Limits::default() }
    }
}

fn read(file: &PathBuf) -> Result<String> {
    fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))
}

impl Way {
    fn road(&self, patience: Duration) -> Result<Road> {
        Ok(Road {
            tls: self.tls,
            trust: self.ca.as_ref().map(read).transpose()?.map_or(Trust::Anybody, Trust::These),
            socks: self.socks.clone(),
            gateway: self.gateway.clone(),
            patience,
            ..Road::default()
        })
    }
}

impl Play {
    async fn run(self) -> Result<ExitCode> {
        let script = Script::parse(&read(&self.file)?).with_context(|| self.file.display().to_string())?;
        let pair = |text: &String| {
            let (name, value) = text.split_once('=').context("--set wants NAME=VALUE")?;
            anyhow::Ok((name.to_owned(), value.to_owned()))
        };
        let config = play::Config {
            part: match (&self.server, self.listen) {
                (Some(server), _) => play::Part::Client(server.clone()),
                (None, port) => play::Part::Server((Ipv4Addr::LOCALHOST, port.unwrap_or(0)).into()),
            },
            road: self.way.road(self.watching.patience)?,
            set: self.set.iter().map(pair).collect::<Result<_>>()?,
            nexus: self.nexus.clone(),
            service: self.login.clone(),
            limits: self.watching.limits(Some(self.within)),
        };
        let watch = self.watching.watch(Arc::new(|text: &str| println!("{text}")));
        let report = play::play(&script, &config, &watch, |place| println!("clients are expected at {place}")).await?;
        watch.write()?;
        println!("{report}");
        Ok(if report.passed() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

impl Talk {
    fn config(&self) -> Result<TalkConfig> {
        let login = match &self.account {
            Some(account) => {
                let asked = || rpassword::prompt_password(format!("Password of {account}: "));
                Some(Login {
                    account: account.clone(),
                    password: self.password.clone().map_or_else(asked, Ok).context("no password")?,
                    offer: self.offer.clone(),
                    nexus: self.nexus.clone(),
                    service: self.login.clone(),
                    machine: self.machine.clone(),
                })
            }
            None => None,
        };
        Ok(TalkConfig {
            server: self.server.clone(),
            road: self.way.road(self.watching.patience)?,
            login,
            product: self.product.clone(),
            automatic: !self.manual,
            answer: self.answer,
            limits: self.watching.limits(None),
        })
    }

    async fn run(self) -> Result<ExitCode> {
        let printer = prompt::Printer::default();
        let watch = self.watching.watch(prompt::print(&printer));
        let talked = self.talk(&watch, &printer).await;
        watch.write()?;
        talked.map(|()| ExitCode::SUCCESS)
    }

    async fn talk(&self, watch: &Watch, printer: &prompt::Printer) -> Result<()> {
        let mut talker = Talker::start(self.config()?, watch.clone()).await?;
        let now =
            |talker: &Talker| prompt::Now { prompt: talker.prompt(), known: talker.known(), channels: talker.names() };
        let shared = Arc::new(Mutex::new(now(&talker)));
        let mut typed = prompt::start(&shared, printer)?;
        // One listener for all the time: a signal that comes while nobody listens is lost.
        let mut interrupted = signal(SignalKind::interrupt())?;
        loop {
            *shared.lock().unwrap_or_else(PoisonError::into_inner) = now(&talker);
            let far = Instant::now() + Duration::from_secs(3600);
            tokio::select! {
                line = typed.lines.recv() => {
                    let Some(line) = line else { break };
                    let done = tokio::select! {
                        done = talker.type_line(&line) => done,
                        _ = interrupted.recv() => break,
                    };
                    match done {
                        Ok(true) => {}
                        Ok(false) => break,
                        Err(error) => watch.remark(&format!("# {error:#}")),
                    }
                    *shared.lock().unwrap_or_else(PoisonError::into_inner) = now(&talker);
                    let _ = typed.ready.send(());
                }
                event = talker.event(far) => {
                    let reaction = match &event {
                        Some(event) => talker.react(event).await,
                        None => Ok(()),
                    };
                    if let Err(error) = reaction {
                        watch.remark(&format!("# {error:#}"));
                    }
                    if talker.names().is_empty() {
                        break;
                    }
                }
                _ = interrupted.recv() => break,
            }
        }
        talker.end_of_input().await?;
        talker.leave().await;
        Ok(())
    }
}
