// SPDX-License-Identifier: GPL-2.0-or-later
//! A server for experiments, in memory: dispatch, notification, switchboard, and the web services that clients need to come
//! online. It is no server for the public.

pub mod account;
mod gateway;
mod handle;
mod lists;
mod login;
mod members;
mod presence;

pub mod script;
mod soap;
mod switchboard;
mod sync;
mod web;
pub mod world;

use anyhow::{Context, Result};
use msn_dissect_core::command::{Dir, ServerKind};
use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;

use crate::channel::{self, BoxedStream, Limits, Trouble, Unit, Writer};
use crate::tls;
use crate::watch::Watch;
use account::Account;
use script::Script;
use world::{Id, Out, Places, Rules, World};

/// Most connections at a time.
const MAX_CONNECTIONS: usize = 1000;

/// Most things that wait to be sent to a client that does not read.
const MAX_QUEUE: usize = 4096;

/// Time in which a client closes that was told to go.
const LINGER: Duration = Duration::from_millis(500);

/// What a server is started with.
#[derive(Clone)]
pub struct Config {
    /// Address to listen on.
    pub address: IpAddr,
    /// Port of the notification server, 0 = any.
    pub port: u16,
    /// Port of a dispatch server, if there is to be one.
    pub dispatch: Option<u16>,
    /// Port of the switchboard; none: that of the notification server.
    pub switchboard: Option<u16>,
    /// Port of login, address book and gateway.
    pub web: u16,
    /// How it behaves.
    pub rules: Rules,
    /// Who has an account.
    pub accounts: Vec<Account>,
    /// What is answered otherwise.
    pub script: Script,
    /// Lines that an account is sent when it comes online.
    pub say: Vec<(String, String)>,
    /// How long and how much.
    pub limits: Limits,
}

impl Default for Config {
    fn default() -> Config {
        let limits = Limits { silence: Some(Duration::from_secs(300)), ..Limits::default() };
        Config {
            address: Ipv4Addr::LOCALHOST.into(),
            port: 0,
            dispatch: None,
            switchboard: None,
            web: 0,
            rules: Rules::default(),
            accounts: Vec::new(),
            script: Script::default(),
            say: Vec::new(),
            limits,
        }
    }
}

/// What all connections share.
struct Shared {
    world: Mutex<World>,
    outs: Mutex<HashMap<Id, mpsc::Sender<Out>>>,
    script: Mutex<Script>,
    say: Vec<(String, String)>,
    watch: Watch,
    limits: Limits,
    tls: TlsAcceptor,
    gateway: gateway::Gateways,
}

/// A server that runs until it is dropped.
pub struct Server {
    shared: Arc<Shared>,
    /// Where it is.
    pub places: Places,
    /// Its certificate (PEM).
    pub certificate: String,
    listeners: Vec<JoinHandle<()>>,
}

impl Drop for Server {
    fn drop(&mut self) {
        // With a listener end its connections.
        self.listeners.iter().for_each(JoinHandle::abort);
        self.shared.gateway.end();
    }
}

impl Server {
    /// Listens.
    ///
    /// # Errors
    /// When it cannot listen where it is to.
    pub async fn start(config: Config, watch: Watch) -> Result<Server> {
        let bind = async |port: u16| {
            let place = SocketAddr::new(config.address, port);
            TcpListener::bind(place).await.with_context(|| format!("cannot listen on {place}"))
        };
        let notification = bind(config.port).await?;
        let dispatch = match config.dispatch {
            Some(port) => Some(bind(port).await?),
            None => None,
        };
        let switchboard = match config.switchboard {
            Some(port) => Some(bind(port).await?),
            None => None,
        };
        let web = bind(config.web).await?;
        let place = |listener: &TcpListener| listener.local_addr();
        let places = Places {
            dispatch: dispatch.as_ref().map(place).transpose()?,
            notification: place(&notification)?,
            switchboard: place(switchboard.as_ref().unwrap_or(&notification))?,
            web: place(&web)?,
        };
        let names = [
            "localhost".to_owned(),
            "nexus.passport.com".to_owned(),
            "login.live.com".to_owned(),
            config.address.to_string(),
        ];
        let (acceptor, certificate) = tls::acceptor(names.to_vec())?;
        for account in &config.accounts {
            watch.keep_secret(&account.email, account.password.as_deref().unwrap_or_default(), "");
        }
        let shared = Arc::new(Shared {
            world: Mutex::new(World::new(config.rules, places, config.accounts)),
            outs: Mutex::default(),
            script: Mutex::new(config.script),
            say: config.say,
            watch,
            limits: config.limits,
            tls: acceptor,
            gateway: gateway::Gateways::default(),
        });
        let permits = Arc::new(Semaphore::new(MAX_CONNECTIONS));
        let mut listeners = Vec::new();
        let sockets = [
            (Some(notification), ServerKind::Notification),
            (dispatch, ServerKind::Dispatch),
            (switchboard, ServerKind::Switchboard),
        ];
        for (listener, kind) in sockets {
            if let Some(listener) = listener {
                listeners.push(tokio::spawn(listen(listener, Arc::clone(&shared), Arc::clone(&permits), Some(kind))));
            }
        }
        listeners.push(tokio::spawn(listen(web, Arc::clone(&shared), permits, None)));
        Ok(Server { shared, places, certificate, listeners })
    }

    /// Sends a line to all connections of an account, as it is; how many there are.
    pub fn say(&self, email: &str, line: &str) -> usize {
        self.shared.say(email, line)
    }

    /// Looks at what the server knows.
    pub fn world<T>(&self, look: impl FnOnce(&World) -> T) -> T {
        look(&self.shared.world())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    fn world(&self) -> MutexGuard<'_, World> {
        lock(&self.world)
    }

    fn say(&self, email: &str, line: &str) -> usize {
        let to = self.world().of(email);
        for id in &to {
            self.send(*id, Out::Bytes(format!("{line}\r\n").into_bytes()));
        }
        to.len()
    }

    fn send(&self, id: Id, out: Out) {
        let mut outs = lock(&self.outs);
        if outs.get(&id).is_some_and(|to| to.try_send(out).is_err()) {
            // It does not read: its writer ends when what waits is sent, or was not taken in time.
            outs.remove(&id);
        }
    }

    /// A command came: the world changes, and everybody concerned is told.
    fn command(&self, id: Id, unit: &Unit) {
        let (queue, troubles, arrived) = {
            let mut script = lock(&self.script);
            let mut world = self.world();
            let before = world.sessions.get(&id).is_some_and(|session| session.status.is_some());
            if !script.hides(unit) {
                world.handle(id, unit);
            }
            let queue = std::mem::take(&mut world.queue);
            let (own, others): (Vec<_>, Vec<_>) = queue.into_iter().partition(|(to, _)| *to == id);
            let own = script.apply(unit, own.into_iter().map(|(_, out)| out).collect());
            let queue: Vec<_> = own.into_iter().map(|out| (id, out)).chain(others).collect();
            let session = world.sessions.get(&id).filter(|session| session.status.is_some() && !before);
            let arrived = session.map(|session| session.email.clone());
            (queue, std::mem::take(&mut world.troubles), arrived)
        };
        for trouble in troubles {
            self.watch.remark(&format!("! {trouble}"));
        }
        for (to, out) in queue {
            self.send(to, out);
        }
        for (_, line) in self.say.iter().filter(|(email, _)| Some(email) == arrived.as_ref()) {
            self.send(id, Out::Bytes(format!("{line}\r\n").into_bytes()));
        }
    }

    /// A connection is gone.
    fn gone(&self, id: Id) {
        lock(&self.outs).remove(&id);
        self.world().gone(id);
        self.flush();
    }

    /// Sends what the world has to say.
    fn flush(&self) {
        let queue = std::mem::take(&mut self.world().queue);
        for (to, out) in queue {
            self.send(to, out);
        }
    }
}

async fn listen(listener: TcpListener, shared: Arc<Shared>, permits: Arc<Semaphore>, kind: Option<ServerKind>) {
    let mut connections = JoinSet::new();
    loop {
        let Ok((stream, client)) = listener.accept().await else {
            // Too many files are open, perhaps; some will be closed.
            sleep(LINGER).await;
            continue;
        };
        while connections.try_join_next().is_some() {}
        let Ok(permit) = Arc::clone(&permits).try_acquire_owned() else { continue };
        let shared = Arc::clone(&shared);
        connections.spawn(async move {
            let _permit = permit;
            if let Err(error) = accepted(&shared, stream, client, kind).await {
                shared.watch.remark(&format!("! {client}: {error:#}"));
            }
        });
    }
}

async fn accepted(shared: &Arc<Shared>, stream: TcpStream, client: SocketAddr, kind: Option<ServerKind>) -> Result<()> {
    stream.set_nodelay(true)?;
    let server = stream.local_addr()?;
    let mut first = [0];
    let silence = shared.limits.silence.unwrap_or(Duration::MAX);
    let read = timeout(silence, stream.peek(&mut first)).await.context("nothing came")??;
    let stream: BoxedStream = match (read, first) {
        // The first byte of a TLS handshake.
        (1, [0x16]) => {
            let accepted = timeout(shared.limits.patience, shared.tls.accept(stream)).await;
            Box::new(accepted.context("no TLS handshake in time")?.context("TLS handshake")?)
        }
        _ => Box::new(stream),
    };
    match kind {
        Some(kind) => Ok(converse(shared, stream, client, server, kind).await?),
        None => web::converse(shared, stream, client, server).await,
    }
}

/// Holds a conversation until it ends.
async fn converse(
    shared: &Arc<Shared>,
    stream: BoxedStream,
    client: SocketAddr,
    server: SocketAddr,
    kind: ServerKind,
) -> Result<(), Trouble> {
    // A switchboard shows itself by its first line, wherever that comes.
    let kind = if kind == ServerKind::Dispatch { kind } else { ServerKind::Notification };
    let id = shared.world().enter(kind, server.ip());
    let _leave = Leave(shared, id);
    let talk = shared.watch.open(&format!("#{id}"), client, server);
    let (mut reader, writer) = channel::split(stream, &shared.watch, talk, Dir::ToServer, shared.limits);
    let (to, queue) = mpsc::channel(MAX_QUEUE);
    lock(&shared.outs).insert(id, to);
    let mut sending = JoinSet::new();
    sending.spawn(send(writer, queue));
    let mut named = false;
    loop {
        let unit = tokio::select! {
            unit = reader.next() => unit?,
            ended = sending.join_next() => {
                // What the client still says is read, or it would not see the end of what it was told.
                let _ = timeout(LINGER, async { while let Ok(Some(_)) = reader.next().await {} }).await;
                return ended.and_then(Result::ok).unwrap_or(Ok(()));
            }
        };
        let Some(unit) = unit else { break };
        shared.command(id, &unit);
        let email = shared.world().sessions.get(&id).map(|session| session.email.clone()).unwrap_or_default();
        if !named && !email.is_empty() {
            named = true;
            shared.watch.rename(talk, &format!("#{id} {email}"));
        }
    }
    // What waits is still sent.
    lock(&shared.outs).remove(&id);
    let _ = timeout(LINGER, sending.join_next()).await;
    Ok(())
}

/// A connection that ends for whatever reason leaves the world.
struct Leave<'a>(&'a Arc<Shared>, Id);

impl Drop for Leave<'_> {
    fn drop(&mut self) {
        self.0.gone(self.1);
    }
}

async fn send(mut writer: Writer, mut queue: mpsc::Receiver<Out>) -> Result<(), Trouble> {
    while let Some(out) = queue.recv().await {
        match out {
            Out::Bytes(bytes) => drop(writer.send(&bytes).await?),
            Out::Wait(time) => sleep(Duration::from_millis(time)).await,
            Out::Close => break,
        }
    }
    writer.close().await;
    Ok(())
}
