// SPDX-License-Identifier: GPL-2.0-or-later
//! Signing in by itself: from VER to `USR … OK`, through as many servers as it takes (fact base: state 2, 5).

use anyhow::{Context, Result, bail, ensure};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use msn_dissect_core::command::Dir;
use msn_dissect_core::crypto::{self, login as proof};
use msn_dissect_core::fields::command as f;
use quick_xml::escape::escape;
use rand::RngExt;
use std::time::Duration;
use tokio::time::timeout;

use crate::channel::{self, Limits, Reader, Unit, Writer};
use crate::elements::Elements;
use crate::http::Message;
use crate::say::Say;
use crate::transport::{PORT, Road};
use crate::watch::{TalkId, Watch};

/// Most servers that refer to another one.
const MAX_REFERRALS: usize = 5;

/// Service whose ticket MSNP15 and later sign in with.
const SERVICE: &str = "messengerclear.live.com";

/// Who signs in, and where one does.
#[derive(Clone, Debug)]
pub struct Login {
    /// Account.
    pub account: String,
    /// Password.
    pub password: String,
    /// Versions that are offered, best first.
    pub offer: Vec<String>,
    /// Page that tells where one gets tickets (MSNP8 to MSNP14).
    pub nexus: String,
    /// Page that gives tickets; none: the one that the nexus tells, or the usual one for single sign-on.
    pub service: Option<String>,
    /// Machine GUID, with braces, of MSNP16 and later.
    pub machine: String,
}

/// The usual pages.
pub const NEXUS: &str = "https://nexus.passport.com/rdr/pprdr.asp";
const SINGLE_SIGN_ON: &str = "https://login.live.com/RST.srf";

/// A connection on which somebody is signed in, or nobody yet.
pub struct Line {
    /// What comes.
    pub reader: Reader,
    /// What goes.
    pub writer: Writer,
    /// Which connection it is.
    pub talk: TalkId,
    /// The transaction ID that was used last.
    pub trid: u32,
    watch: Watch,
    patience: Duration,
}

impl Line {
    /// Connects to a server.
    ///
    /// # Errors
    /// When that cannot be done.
    pub async fn open(road: &Road, to: &str, kind: &str, name: &str, watch: &Watch, limits: Limits) -> Result<Line> {
        let connected = road.connect(to, PORT, kind).await?;
        let talk = watch.open(name, connected.client, connected.server);
        let (reader, writer) = channel::split(connected.stream, watch, talk, Dir::ToClient, limits);
        Ok(Line { reader, writer, talk, trid: 0, watch: watch.clone(), patience: limits.patience })
    }

    /// Sends a command.
    ///
    /// # Errors
    /// When it cannot be said, or is not taken.
    pub async fn say(&mut self, say: Say) -> Result<u32> {
        self.trid += 1;
        let known = self.watch.known(self.talk, Dir::ToServer);
        let bytes = say.with_trid(Some(self.trid)).write(known)?;
        self.writer.send(&bytes).await?;
        Ok(self.trid)
    }

    /// Sends a request and waits for its answer; an error reply is an error.
    ///
    /// # Errors
    /// When there is none.
    pub async fn ask(&mut self, say: Say) -> Result<Unit> {
        let word = say.word().to_owned();
        let trid = self.say(say).await?;
        let wait = async {
            while let Some(unit) = self.reader.next().await? {
                if unit.trid() != Some(trid) || unit.word == "GCF" {
                    continue;
                }
                if let Some(code) = unit.error() {
                    bail!("{word} is refused: {}", refusal(code));
                }
                return Ok(unit);
            }
            bail!("the server closed the connection after {word}")
        };
        timeout(self.patience, wait).await.with_context(|| format!("{word} was not answered in time"))?
    }
}

/// An error reply in words.
pub fn refusal(code: u32) -> String {
    use msn_dissect_core::values::{errors, name};
    name(errors::ERRORS, code).map_or_else(|| format!("error {code}"), |text| format!("error {code}, {text}"))
}

/// Signs in, starting at a dispatch or notification server; gives the line to the latter, and where that is.
///
/// # Errors
/// When any step fails.
pub async fn sign_in(road: &Road, to: &str, login: &Login, watch: &Watch, limits: Limits) -> Result<(Line, String)> {
    let mut to = to.to_owned();
    for _ in 0..MAX_REFERRALS {
        let mut line = Line::open(road, &to, "NS", "ns", watch, limits).await?;
        let Some(next) = one_server(&mut line, road, login, watch).await? else { return Ok((line, to)) };
        line.writer.close().await;
        watch.remark(&format!("# on to {next}"));
        to = next;
    }
    bail!("servers refer to each other without end")
}

/// Signs in at one server; gives the place that it refers to.
async fn one_server(line: &mut Line, road: &Road, login: &Login, watch: &Watch) -> Result<Option<String>> {
    let offer = login.offer.iter().fold(Say::new("VER"), |say, version| say.value(f::OFFERED_VERSION, version));
    line.ask(offer).await?;
    let version = watch.known(line.talk, Dir::ToServer).version;
    ensure!(version != 0, "the server speaks none of {}", login.offer.join(" "));
    let scheme = match version {
        ..8 => "MD5",
        8..15 => "TWN",
        _ => "SSO",
    };
    match scheme {
        "MD5" => line.ask(Say::new("INF")).await?,
        _ => line.ask(program(&login.account)).await?,
    };
    let first = Say::new("USR").value(f::AUTH_SCHEME, scheme).value(f::AUTH_PHASE, "I").value(f::EMAIL, &login.account);
    let asked = line.ask(first).await?;
    if asked.word == "XFR" {
        let host = asked.get("msn.server.address").context("a referral to nowhere")?;
        let port = asked.get("msn.server.port").map_or(String::new(), |port| format!(":{port}"));
        return Ok(Some(format!("{}{port}", if host.contains(':') { format!("[{host}]") } else { host.to_owned() })));
    }
    let say = Say::new("USR").value(f::AUTH_SCHEME, scheme).value(f::AUTH_PHASE, "S");
    let say = match scheme {
        "MD5" => {
            let challenge = asked.get("msn.auth.challenge").context("no challenge came")?;
            say.value(f::AUTH_RESPONSE, proof::md5(challenge.as_bytes(), login.password.as_bytes()))
        }
        "TWN" => say.value(f::AUTH_TICKET, ticket(road, login, asked.token(3)).await?),
        _ => {
            let (policy, nonce) = (asked.token(3), asked.token(4));
            let (ticket, secret) = single_sign_on(road, login, policy).await?;
            watch.keep_secret(&login.account, "", &STANDARD.encode(&secret));
            let vector = rand::rng().random::<u64>().to_le_bytes();
            let say = say.value(f::AUTH_TICKET, ticket);
            let say = say.value(f::AUTH_RESPONSE, proof::sso_blob(&secret, nonce.as_bytes(), vector));
            say.maybe(f::MACHINE_GUID, (version >= 16).then_some(&login.machine))
        }
    };
    line.ask(say).await?;
    Ok(None)
}

/// What the client is.
fn program(account: &str) -> Say {
    Say::new("CVR")
        .value(f::LCID, "0x0409")
        .value(f::OS_TYPE, "winnt")
        .value(f::OS_VERSION, "5.1")
        .value(f::ARCHITECTURE, "i386")
        .value(f::CLIENT_NAME, "MSNMSGR")
        .value(f::CLIENT_VERSION, "8.5.1302")
        .value(f::CLIENT_BRAND, "msmsgs")
        .value(f::EMAIL, account)
}

fn percent_all(text: &str) -> String {
    let escape = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(escape).collect()
}

/// A ticket of the login service for the string that the server gave.
///
/// # Errors
/// When there is none.
pub async fn ticket(road: &Road, login: &Login, keys: &str) -> Result<String> {
    let page = match &login.service {
        Some(page) => page.clone(),
        None => {
            let answer = road.fetch(&login.nexus, Message::request("GET", "/")).await.context("nexus")?;
            let urls = answer.get("PassportURLs").context("the nexus does not tell where to sign in")?;
            let page = urls.split("DALogin=").nth(1).context("the nexus does not tell where to sign in")?;
            page.split(',').next().unwrap_or(page).to_owned()
        }
    };
    let credentials = format!(
        "Passport1.4 OrgVerb=GET,OrgURL=http%3A%2F%2Fmessenger%2Emsn%2Ecom,sign-in={},pwd={},{keys}",
        percent_all(&login.account),
        percent_all(&login.password)
    );
    let mut page = page;
    for _ in 0..MAX_REFERRALS {
        let request = Message::request("GET", "/").header("Authorization", &credentials);
        let answer = road.fetch(&page, request).await.context("login service")?;
        if let Some(next) = answer.get("Location").filter(|_| (300..400).contains(&answer.status)) {
            page = next.to_owned();
            continue;
        }
        let proof = answer.get("Authentication-Info").unwrap_or_default();
        let token = proof.split("from-PP='").nth(1).and_then(|rest| rest.split('\'').next());
        return token.map(str::to_owned).context("the login service refuses account and password");
    }
    bail!("login services refer to each other without end")
}

/// A ticket of single sign-on, and the secret behind it.
///
/// # Errors
/// When there is none.
pub async fn single_sign_on(road: &Road, login: &Login, policy: &str) -> Result<(String, Vec<u8>)> {
    let request = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Envelope xmlns=\"http://schemas.xmlsoap.org/soap/envelope/\" \
         xmlns:wsse=\"http://schemas.xmlsoap.org/ws/2003/06/secext\" xmlns:wsp=\"http://schemas.xmlsoap.org/ws/2002/12/policy\" \
         xmlns:wsa=\"http://schemas.xmlsoap.org/ws/2004/03/addressing\" xmlns:wst=\"http://schemas.xmlsoap.org/ws/2004/04/trust\" \
         xmlns:ps=\"http://schemas.microsoft.com/Passport/SoapServices/PPCRL\"><Header><wsse:Security>\
         <wsse:UsernameToken Id=\"user\"><wsse:Username>{}</wsse:Username><wsse:Password>{}</wsse:Password></wsse:UsernameToken>\
         </wsse:Security></Header><Body><ps:RequestMultipleSecurityTokens Id=\"RSTS\">{}{}</ps:RequestMultipleSecurityTokens>\
         </Body></Envelope>",
        escape(&login.account),
        escape(&login.password),
        token_request(0, "http://Passport.NET/tb", ""),
        token_request(1, SERVICE, policy),
    );
    let page = login.service.as_deref().unwrap_or(SINGLE_SIGN_ON);
    let request = Message::request("POST", "/").body("text/xml; charset=utf-8", request).header("SOAPAction", "\"\"");
    let answer = road.fetch(page, request).await.context("login service")?;
    let elements = Elements::read(&answer.body).context("the login service answers with no document")?;
    if let Some(fault) = elements.get("faultcode") {
        bail!("the login service refuses account and password ({fault})");
    }
    let token =
        elements.behind("Address", SERVICE, "BinarySecurityToken").context("the login service gives no ticket")?;
    let secret = elements.behind("Address", SERVICE, "BinarySecret").context("the login service gives no secret")?;
    Ok((token.to_owned(), STANDARD.decode(secret.trim()).context("the secret is no base64")?))
}

fn token_request(number: u32, address: &str, policy: &str) -> String {
    let policy =
        if policy.is_empty() { String::new() } else { format!("<wsse:PolicyReference URI=\"{}\"/>", escape(policy)) };
    format!(
        "<wst:RequestSecurityToken Id=\"RST{number}\"><wst:RequestType>http://schemas.xmlsoap.org/ws/2004/04/security/trust/Issue\
         </wst:RequestType><wsp:AppliesTo><wsa:EndpointReference><wsa:Address>{address}</wsa:Address></wsa:EndpointReference>\
         </wsp:AppliesTo>{policy}</wst:RequestSecurityToken>"
    )
}

/// The answer to a challenge of the server, and what answers.
pub fn response(challenge: &str, version: u8, product: Option<&str>) -> Option<(String, String)> {
    let usual = match version {
        ..11 => "msmsgs@msnmsgr.com",
        11..15 => "PROD0090YUAUV{2B",
        15..18 => "PROD0119GSJUC$18",
        _ => "PROD0120PW!CCV9@",
    };
    let product = product.unwrap_or(usual);
    let key = msn_dissect_core::values::products::find(product.as_bytes())?.key?;
    let answer = match version {
        ..11 => crypto::challenge::old(challenge.as_bytes(), key.as_bytes()),
        _ => crypto::challenge::new(challenge.as_bytes(), product.as_bytes(), key.as_bytes()),
    };
    Some((product.to_owned(), answer))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn challenges_are_answered_as_the_version_wants() {
        let answer = |version| response("15570131571988941333", version, None).unwrap();
        assert_eq!(answer(9).1, "8f2f5a91b72102cd28355e9fc9000d6e");
        assert_eq!(answer(11).0, "PROD0090YUAUV{2B");
        assert!(response("1", 9, Some("nobody")).is_none());
    }

    #[test]
    fn what_could_end_a_credential_is_escaped() {
        assert_eq!(percent_all("a@b,c d"), "a%40b%2Cc%20d");
    }
}
