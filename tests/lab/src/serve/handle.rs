// SPDX-License-Identifier: GPL-2.0-or-later
//! Which command is for whom.

use msn_dissect_core::command::ServerKind;
use msn_dissect_core::fields::command as f;

use super::world::{Id, Stage, World};
use crate::channel::Unit;
use crate::say::Say;

const SYNTAX: u32 = 200;
const BAD_PARAMETER: u32 = 201;

/// What clients of MSNP11 and 12 ask for, and later ones are sent unasked.
const POLICIES: &str = "<?xml version=\"1.0\" encoding=\"utf-8\"?><config><shield><cli maj=\"7\" min=\"0\" minbld=\"0\" \
                        maxbld=\"9999\" deny=\" \" /></shield><block></block></config>";

impl World {
    /// A command came.
    pub fn handle(&mut self, id: Id, unit: &Unit) {
        let Some(session) = self.sessions.get(&id) else { return };
        let (stage, kind) = (session.stage.clone(), session.kind);
        // Of a word that is not known, the first number.
        let trid = unit.trid().or_else(|| unit.token(0).parse().ok()).unwrap_or(0);
        if unit.word.is_empty() {
            return self.close(id);
        }
        match (&stage, kind, unit.word.as_str()) {
            (_, _, "OUT") => self.close(id),
            (Stage::In, ServerKind::Switchboard, "CAL") => self.cal(id, unit, trid),
            (Stage::In, ServerKind::Switchboard, "MSG") => self.chat(id, unit, trid),
            (_, ServerKind::Switchboard, _) if stage == Stage::In => self.tell(id, &Say::error(SYNTAX, trid)),
            (Stage::New, _, "ANS") => self.open_chat(id, unit, trid),
            (Stage::New, _, "USR") if unit.token(1).contains('@') => self.open_chat(id, unit, trid),
            (_, _, "VER") => self.ver(id, unit, trid),
            (_, _, "CVR" | "CVQ") => self.cvr(id, unit, trid),
            (_, _, "INF") => self.inf(id, trid),
            (_, _, "USR") => self.usr(id, unit, trid),
            (_, _, "PNG") => self.png(id),
            (Stage::In, ..) => self.signed(id, unit, trid),
            // Nobody who did not sign in is listened to.
            _ => self.close(id),
        }
    }

    fn signed(&mut self, id: Id, unit: &Unit, trid: u32) {
        match unit.word.as_str() {
            "SYN" => self.syn(id, unit, trid),
            "LST" => self.lst(id, unit, trid),
            "ADD" | "ADC" => self.add(id, unit, trid),
            "REM" => self.rem(id, unit, trid),
            "REA" => self.rea(id, unit, trid),
            "PRP" | "SBP" => self.property(id, unit, trid),
            "BLP" | "GTC" => self.setting(id, unit, trid),
            "ADG" | "RMG" | "REG" => self.group(id, unit, trid),
            "ADL" | "RML" => self.memberships(id, unit, trid),
            "FQY" => self.fqy(id, unit, trid),
            "UUN" | "UUM" => self.pass_on(id, unit, trid),
            "CHG" => self.chg(id, unit, trid),
            "UUX" => self.uux(id, unit, trid),
            "QRY" => self.qry(id, unit, trid),
            "CHL" => self.challenge(id),
            "XFR" => self.xfr(id, unit, trid),
            "GCF" => {
                let answer = Say::answer("GCF", trid).maybe(f::FILE_NAME, unit.get("msn.policy_file"));
                self.tell(id, &answer.payload(POLICIES));
            }
            "URL" => {
                let page = format!("http://{}/", self.place(id, self.places.web));
                let answer = Say::answer("URL", trid).value(f::URL_PATH, "/").value(f::URL_LOGIN, page);
                self.tell(id, &answer.value(f::SITE_ID, 2));
            }
            "SND" | "SDC" => self.tell(id, &Say::answer(&unit.word, trid).value(f::RESULT, "OK")),
            "IMS" => {
                let answer = Say::answer("IMS", trid).value(f::UNKNOWN_ZERO, 0);
                self.tell(id, &answer.maybe(f::SWITCH, unit.get("msn.switch")));
            }
            "FND" => self.tell(id, &Say::answer("FND", trid).value(f::LIST_INDEX, 0).value(f::LIST_TOTAL, 0)),
            // Success has no answer, and nobody has a phone here.
            "PAG" | "PGD" => {}
            _ if trid != 0 => self.tell(id, &Say::error(SYNTAX, trid)),
            _ => self.tell(id, &Say::error(BAD_PARAMETER, 0)),
        }
    }
}
