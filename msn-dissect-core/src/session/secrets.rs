// SPDX-License-Identifier: GPL-2.0-or-later
//! What the user told about accounts, so that logins can be verified.

use base64::{Engine, engine::general_purpose::STANDARD};

use super::map::Map;

/// Most accounts.
pub const MAX_SECRETS: usize = 4096;

/// Secrets of an account.
#[derive(Clone, Debug, Default)]
pub struct Secret {
    /// Password, for MD5 logins.
    pub password: Option<Box<str>>,
    /// Secret of the login service, decoded, for single sign-on.
    pub sso: Option<Box<[u8]>>,
}

/// Secrets by account in lower case.
#[derive(Debug, Default)]
pub struct Secrets {
    by_account: Map<String, Secret>,
}

impl Secrets {
    /// Keeps the secrets of an account; empty texts say nothing. Returns false when the SSO secret is no base64 or
    /// the table is full.
    pub fn keep(&mut self, account: &str, password: &str, sso: &str) -> bool {
        let Ok(decoded) = STANDARD.decode(sso.trim()) else {
            return false;
        };
        if account.is_empty() || self.by_account.len() >= MAX_SECRETS {
            return false;
        }
        let secret = self.by_account.entry(account.to_lowercase()).or_default();
        if !password.is_empty() {
            secret.password = Some(password.into());
        }
        if !decoded.is_empty() {
            secret.sso = Some(decoded.into());
        }
        true
    }

    /// The secrets of an account.
    pub fn of(&self, account: &str) -> Option<&Secret> {
        if self.by_account.is_empty() { None } else { self.by_account.get(&account.to_lowercase()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_kept_by_account() {
        let mut secrets = Secrets::default();
        assert!(secrets.keep("Alice@example.com", "secret", ""));
        assert!(secrets.keep("alice@example.com", "", "AAEC"));
        assert!(!secrets.keep("bob@example.com", "", "not base64!"));
        let alice = secrets.of("ALICE@example.com").unwrap();
        assert_eq!((alice.password.as_deref(), alice.sso.as_deref()), (Some("secret"), Some(&[0, 1, 2][..])));
        assert!(secrets.of("bob@example.com").is_none());
    }
}
