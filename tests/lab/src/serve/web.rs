// SPDX-License-Identifier: GPL-2.0-or-later
//! The web server beside MSNP: the login services of three eras, the address book, and the HTTP gateway.

use anyhow::Result;
use std::net::SocketAddr;
use std::sync::Arc;

use super::world::Ticket;
use super::{Shared, gateway, soap};
use crate::channel::BoxedStream;
use crate::http::{Http, Message, percent_decoded};

/// Longest password that is shown to be wrong.
const MAX_CREDENTIAL: usize = 256;

/// Answers requests until the client closes.
pub(super) async fn converse(
    shared: &Arc<Shared>,
    stream: BoxedStream,
    client: SocketAddr,
    server: SocketAddr,
) -> Result<()> {
    let mut http = Http::new(stream, shared.limits.silence.unwrap_or(shared.limits.patience));
    while let Some(request) = http.receive().await? {
        let (path, query) = request.target();
        let lower = path.to_lowercase();
        let answer = match lower.as_str() {
            "/rdr/pprdr.asp" => nexus(server),
            "/login2.srf" | "/login.srf" | "/login" => login(shared, &request),
            "/rst.srf" | "/rst2.srf" => soap::tokens(shared, &request),
            "/abservice/sharingservice.asmx" | "/abservice/abservice.asmx" => soap::address_book(shared, &request),
            "/gateway/gateway.dll" => gateway::request(shared, &query, request.body, (client, server)).await,
            _ => Message::answer(404),
        };
        let host = request.request.map(|request| request.0).unwrap_or_default();
        shared.watch.remark(&format!("# {host} {path} {}", answer.status));
        http.send(&answer).await?;
    }
    Ok(())
}

/// Where one signs in with a ticket.
fn nexus(server: SocketAddr) -> Message {
    let urls =
        format!("DARealm=Passport.Net,DALogin=http://{server}/login2.srf,DAReg=http://{server}/,ConfigVersion=11");
    // Clients look for the one key and take what follows up to a comma, or all of the header.
    let login = urls.split(',').find(|part| part.starts_with("DALogin=")).unwrap_or_default().to_owned();
    Message::answer(200).header("PassportURLs", login)
}

/// The value of a key in an Authorization header.
fn credential(header: &str, key: &str) -> Option<String> {
    let (_, rest) = header.split_once(&format!("{key}="))?;
    let value = rest.split(',').next().unwrap_or(rest);
    (value.len() <= MAX_CREDENTIAL).then(|| percent_decoded(value))
}

/// Signs in with a ticket (fact base: state 5).
fn login(shared: &Shared, request: &Message) -> Message {
    let header = request.get("Authorization").unwrap_or_default();
    let found = credential(header, "sign-in").zip(credential(header, "pwd"));
    let ticket = found.and_then(|(email, password)| shared.world().sign_in(&email, &password));
    match ticket {
        Some((token, Ticket { .. })) => {
            let proof = format!(
                "Passport1.4 da-status=success,tname=MSPAuth,tname=MSPProf,from-PP='t={token}&p=',ru=http://messenger.msn.com"
            );
            Message::answer(200).header("Authentication-Info", proof)
        }
        None => {
            let why = "Passport1.4 da-status=failed,srealm=Passport.NET,ts=-3,prompt,cburl=http://www.example.com,cbtxt=Type%20your%20password";
            Message::answer(401).header("WWW-Authenticate", why)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_found() {
        let header = "Passport1.4 OrgVerb=GET,OrgURL=http%3A%2F%2Fmessenger%2Emsn%2Ecom,sign-in=alice%40example.com,pwd=a%2Cb,lc=1033";
        assert_eq!(credential(header, "sign-in").as_deref(), Some("alice@example.com"));
        assert_eq!(credential(header, "pwd").as_deref(), Some("a,b"));
        assert_eq!(credential("Basic", "pwd"), None);
    }
}
