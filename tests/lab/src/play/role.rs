// SPDX-License-Identifier: GPL-2.0-or-later
//! Connections of a side, and values that have to be computed.

use anyhow::{Context, Result};
use msn_dissect_core::command::Dir;
use msn_dissect_core::crypto::login as proof;
use std::collections::{BTreeMap, VecDeque};
use tokio::net::TcpListener;
use tokio::time::timeout;

use super::pattern::{Piece, Values, call_key, pieces};
use super::{Config, Part};
use crate::channel::{self, Reader, Unit, Writer};
use crate::talk::login::{self, Line, Login};
use crate::watch::{TalkId, Watch};

/// A connection of the side that is played.
pub struct End {
    /// What comes.
    pub reader: Reader,
    /// What goes.
    pub writer: Writer,
    /// Which it is.
    pub talk: TalkId,
    /// What came and was not asked for yet.
    pub early: VecDeque<Unit>,
    /// The transaction ID that was used last.
    pub trid: u32,
}

/// A side that is played.
pub struct Role<'a> {
    config: &'a Config,
    watch: &'a Watch,
    listener: Option<TcpListener>,
    /// Connections by name.
    pub ends: BTreeMap<String, End>,
    /// Servers that were named, in order.
    pub places: VecDeque<String>,
    /// Values by name.
    pub values: Values,
    secrets: BTreeMap<String, Vec<u8>>,
}

impl<'a> Role<'a> {
    /// A side without connections.
    pub fn new(config: &'a Config, watch: &'a Watch, listener: Option<TcpListener>) -> Result<Role<'a>> {
        let mut values = Values::new();
        if let Some(listener) = &listener {
            values.insert("here".to_owned(), listener.local_addr()?.to_string());
        }
        let (ends, places, secrets) = (BTreeMap::new(), VecDeque::new(), BTreeMap::new());
        Ok(Role { config, watch, listener, ends, places, values, secrets })
    }

    /// Opens a connection, or takes the next that comes.
    ///
    /// # Errors
    /// When there is none.
    pub async fn open(&mut self, name: &str) -> Result<()> {
        let limits = self.config.limits;
        let end = match (&self.listener, &self.config.part) {
            (None, Part::Client(server)) => {
                let to = self.places.pop_front().unwrap_or_else(|| server.clone());
                let line = Line::open(&self.config.road, &to, "NS", name, self.watch, limits).await?;
                End { reader: line.reader, writer: line.writer, talk: line.talk, early: VecDeque::new(), trid: 0 }
            }
            (Some(listener), _) => {
                let accepted = timeout(limits.silence.unwrap_or(limits.patience), listener.accept()).await;
                let (stream, client) = accepted.context("no client came")??;
                let talk = self.watch.open(name, client, stream.local_addr()?);
                let (reader, writer) = channel::split(Box::new(stream), self.watch, talk, Dir::ToServer, limits);
                End { reader, writer, talk, early: VecDeque::new(), trid: 0 }
            }
            (None, Part::Server(_)) => anyhow::bail!("nothing listens"),
        };
        self.ends.insert(name.to_owned(), end);
        Ok(())
    }

    /// Computes what the calls of a text want, as far as it is known here.
    ///
    /// # Errors
    /// When a login service gives no ticket.
    pub async fn compute(&mut self, end: &str, text: &str) -> Result<()> {
        let value = |values: &Values, name: &str| values.get(name).cloned().unwrap_or_default();
        for piece in pieces(text) {
            let Piece::Call(name, arguments) = piece else { continue };
            let argument = |at: usize, other: &str| {
                let name = arguments.get(at).copied().unwrap_or(other);
                value(&self.values, name)
            };
            let is_client = self.listener.is_none();
            let found = match name {
                "md5" => Some(proof::md5(argument(0, "challenge").as_bytes(), argument(1, "password").as_bytes())),
                "ticket" if is_client => {
                    let login = self.login(argument(1, "account"), argument(2, "password"));
                    Some(login::ticket(&self.config.road, &login, &argument(0, "keys")).await?)
                }
                "sso" if is_client => {
                    let login = self.login(argument(1, "account"), argument(2, "password"));
                    let (ticket, secret) =
                        login::single_sign_on(&self.config.road, &login, &argument(0, "policy")).await?;
                    self.secrets.insert(login.account, secret);
                    Some(ticket)
                }
                "blob" if is_client => {
                    let secret = self.secrets.get(&argument(1, "account")).context("no ticket was fetched before")?;
                    Some(proof::sso_blob(secret, argument(0, "nonce").as_bytes(), rand::random::<u64>().to_le_bytes()))
                }
                "answer" => {
                    let version = self.ends.get(end).map_or(0, |end| self.watch.known(end.talk, Dir::ToServer).version);
                    let product = self.values.get("product").map(String::as_str);
                    login::response(&argument(0, "challenge"), version, product).map(|found| found.1)
                }
                _ => None,
            };
            if let Some(found) = found {
                self.values.insert(call_key(name, &arguments), found);
            }
        }
        Ok(())
    }

    /// What came on a connection, without secrets unless they are shown.
    pub fn plain(&self, talk: TalkId, bytes: &[u8]) -> Vec<u8> {
        let dir = if self.listener.is_some() { Dir::ToServer } else { Dir::ToClient };
        self.watch.plain(talk, dir, bytes)
    }

    fn login(&self, account: String, password: String) -> Login {
        Login {
            account,
            password,
            offer: Vec::new(),
            nexus: self.config.nexus.clone(),
            service: self.config.service.clone(),
            machine: String::new(),
        }
    }

    /// Something came: servers that it names are connected to next.
    pub fn look(&mut self, unit: &Unit) {
        let names_server = unit.get("msn.server.address").is_some() && matches!(unit.word.as_str(), "XFR" | "RNG");
        if names_server && self.listener.is_none() {
            self.places.push_back(crate::talk::host(unit));
        }
    }
}
