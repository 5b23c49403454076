// SPDX-License-Identifier: GPL-2.0-or-later
//! Switchboards: connections that open because a server names them.

use anyhow::{Context, Result, bail};
use msn_dissect_core::command::{Dir, layout::Known};
use msn_dissect_core::fields::command as f;

use super::login::Line;
use super::{MAX_CHANNELS, Talker};
use crate::channel::Unit;
use crate::say::Say;

/// An invitation to a chat.
pub(super) struct Ring {
    pub session: String,
    pub place: String,
    pub cookie: String,
}

impl Talker {
    /// How the account is named on switchboards.
    pub(super) fn handle(&self) -> String {
        let version =
            self.channels.get("ns").map_or(0, |channel| self.watch.known(channel.talk, Dir::ToServer).version);
        match &self.config.login {
            Some(login) if version >= 16 => format!("{};{}", self.account, login.machine),
            _ => self.account.clone(),
        }
    }

    /// Joins the chat to which somebody called last.
    pub(super) async fn answer(&mut self) -> Result<()> {
        let ring = self.rings.pop_front().context("nobody calls")?;
        let say = Say::new("ANS").value(f::EMAIL, self.handle()).value(f::COOKIE, ring.cookie);
        self.switchboard(&ring.place, say.value(f::SESSION_ID, ring.session)).await
    }

    /// Opens a switchboard, on which is spoken from now on.
    pub(super) async fn switchboard(&mut self, place: &str, first: Say) -> Result<()> {
        if self.channels.len() >= MAX_CHANNELS {
            bail!("too many connections");
        }
        self.boards += 1;
        let name = format!("sb{}", self.boards);
        let limits = self.config.limits;
        let line = match Line::open(&self.config.road, place, "SB", &name, &self.watch, limits).await {
            Ok(line) => line,
            Err(error) => {
                self.watch.remark(&format!("# {error:#}"));
                return Ok(());
            }
        };
        let version =
            self.channels.get("ns").map_or(0, |channel| self.watch.known(channel.talk, Dir::ToServer).version);
        self.watch.set_known(line.talk, Known { version, ..Known::default() });
        self.keep(&name, line);
        self.say(&name, first).await?;
        self.current = name;
        Ok(())
    }
}

/// The place that a referral or an invitation names.
pub(crate) fn host(unit: &Unit) -> String {
    let host = unit.get("msn.server.address").unwrap_or_default();
    let host = if host.contains(':') { format!("[{host}]") } else { host.to_owned() };
    unit.get("msn.server.port").map_or_else(|| host.clone(), |port| format!("{host}:{port}"))
}
