// SPDX-License-Identifier: GPL-2.0-or-later
//! The MSN PDUs in a dissected capture.

use crate::pcap::Side;
use crate::tshark::{Dissected, Field, Options};

/// Protocols whose node starts a PDU, on whatever carries them.
const STARTS: [&str; 4] = ["msn", "msnftp", "msncam", "msnsoap"];
/// Marks an item of the protocol that only says how its units are carried.
const CARRIERS: [&str; 2] = ["msn.gateway", "msn.gateway.part"];
/// Starts a PDU only where no text command carries it, that is on a direct connection.
const STARTS_ON_ITS_OWN: &str = "msnp2p";

/// One MSN PDU: a command with its payload, or what took its place.
#[derive(Clone, Debug)]
pub struct Pdu {
    /// Frame in which the PDU ends, where Wireshark shows it.
    pub frame: u32,
    /// Wireshark's number of the TCP stream.
    pub stream: u32,
    /// TCP source port.
    pub source_port: u16,
    /// TCP destination port.
    pub destination_port: u16,
    /// The protocol nodes that belong to the PDU: the one that starts it and those that follow it.
    pub protos: Vec<Field>,
}

impl Pdu {
    /// All nodes with this filter name, in tree order.
    pub fn all(&self, name: &str) -> Vec<&Field> {
        self.protos.iter().flat_map(|proto| proto.all(name)).collect()
    }

    /// The `show` of the first node with this filter name.
    pub fn show(&self, name: &str) -> Option<&str> {
        self.all(name).first().map(|field| field.show.as_str())
    }

    /// Whether it belongs to the protocol of the servers; connections between clients have protocols of their own.
    pub fn is_command_protocol(&self) -> bool {
        self.protos.first().is_some_and(|proto| proto.name == "msn")
    }

    /// The command word, or the error number; `None` for bytes that are no command.
    pub fn word(&self) -> Option<&str> {
        self.show("msn.command").or_else(|| self.show("msn.error"))
    }

    /// Who sent it, by `msn.direction`, or for a message of a web service by what it is.
    pub fn side(&self) -> Option<Side> {
        let direction = self.all("msn.direction").first().map(|field| field.text());
        match direction.or_else(|| self.show("msnsoap.side"))? {
            "Client to server" | "Request" => Some(Side::Client),
            "Server to client" | "Response" => Some(Side::Server),
            _ => None,
        }
    }

    /// Whether Wireshark gave up on it. Hidden, the name only stands for an expert info of that group.
    pub fn is_malformed(&self) -> bool {
        self.all("_ws.malformed").iter().any(|field| !field.hide)
    }

    /// Expert infos below a hidden node, where nobody sees them.
    pub fn unseen_experts(&self) -> Vec<&str> {
        let mut found = Vec::new();
        for proto in &self.protos {
            proto.walk(&mut |field| {
                if field.hide {
                    let infos = field.all("_ws.expert").into_iter().flat_map(|info| info.all("_ws.expert.message"));
                    found.extend(infos.map(|message| message.show.as_str()));
                }
            });
        }
        found
    }

    /// A line that says what this is, for messages.
    pub fn label(&self) -> String {
        let name = self.protos.first().map_or("", |p| p.name.as_str());
        let words = ["msn.command", "msn.error", "msn.trid"].iter().filter_map(|f| self.show(f));
        let words = words.collect::<Vec<_>>().join(" ");
        format!("frame {} stream {} {name} {words}", self.frame, self.stream)
    }

    /// What the PDU says, without what depends on how it was captured: every node as `name=show`, leaving out links
    /// to frames, times, and Wireshark's own protocols.
    pub fn content(&self) -> Vec<String> {
        let mut out = Vec::new();
        for proto in &self.protos {
            proto.walk(&mut |field| {
                let ours = field.name.starts_with("msn") && !varies(&field.name);
                if ours && field.proto {
                    out.push(format!("{} ({} bytes)", field.name, field.size));
                } else if ours {
                    out.push(format!("{}={} [{}]", field.name, field.show, field.value));
                }
            });
        }
        out
    }
}

/// Whether a field rightly differs when the same bytes are captured differently: numbers of frames and times, pieces of
/// what Wireshark puts together, what only a second pass knows; and what a conversation that the capture holds several
/// times causes by being repeated.
fn varies(name: &str) -> bool {
    VARYING.contains(&name) || name.contains(".fragment") || ["_in", "_to"].iter().any(|ending| name.ends_with(ending))
}

/// Fields that vary and whose names do not end like the others.
const VARYING: [&str; 18] = [
    "msn.message.copy_of",
    "msn.expert.state_evicted",
    "msn.stream",
    "msn.time",
    "msnp2p.repeats",
    "msnp2p.time",
    "msnslp.time",
    "msn.response_count",
    "msn.chat.other_side",
    "msn.earlier_connection",
    "msn.later_connection",
    "msn.expert.no_answer",
    "msn.expert.login_given_up",
    "msn.login_step_in",
    "msn.expert.transfer_incomplete",
    "msn.expert.cookie_reused",
    "msn.expert.cookie_wrong",
    "msn.expert.version_downgrade",
];

impl Field {
    /// The value as people read it: what follows the colon of the shown line, without a number in brackets behind a
    /// name; the filter value when there is no such line.
    pub fn text(&self) -> &str {
        let Some((_, text)) = self.showname.split_once(": ") else {
            return &self.show;
        };
        match text.rsplit_once(" (") {
            Some((name, number)) if number.ends_with(')') && !name.is_empty() => name,
            _ => text,
        }
    }
}

/// Whether the node of a protocol is no PDU, but says how PDUs are carried.
pub fn is_carrier(proto: &Field) -> bool {
    proto.children.iter().any(|field| CARRIERS.contains(&field.name.as_str()))
}

/// Options that keep PDML to the protocols that [`pdus`] needs.
pub fn only_msn(options: &Options) -> Options {
    let options = Options { filter: Some("msn || msnp2p || msnftp || msncam || msnsoap".into()), ..options.clone() };
    options.arg("-J").arg("frame tcp tcp.segments msn msnp2p msnslp msnftp msncam msnsoap _ws.malformed")
}

/// The PDUs of a capture, in the order in which Wireshark shows them.
pub fn pdus(packets: &[Dissected]) -> Vec<Pdu> {
    let mut out: Vec<Pdu> = Vec::new();
    for packet in packets {
        let frame = packet.frame();
        let number = |name| packet.number(name).unwrap_or(0);
        let stream = number("tcp.stream") as u32;
        let (source_port, destination_port) = (number("tcp.srcport") as u16, number("tcp.dstport") as u16);
        // Whether a text command of this frame is open, to which what follows belongs.
        let mut open = None;
        for proto in &packet.protos {
            if is_carrier(proto) {
                if let Some(pdu) = out.last_mut().filter(|_| open.is_some()) {
                    pdu.protos.extend(proto.children.iter().cloned());
                }
                continue;
            }
            let starts = STARTS.contains(&proto.name.as_str());
            let alone = proto.name == STARTS_ON_ITS_OWN && open != Some("msn");
            if starts || alone {
                open = Some(if proto.name == "msn" { "msn" } else { "" });
                let protos = vec![proto.clone()];
                out.push(Pdu { frame, stream, source_port, destination_port, protos });
            } else if let Some(pdu) = out.last_mut().filter(|_| open.is_some()) {
                pdu.protos.push(proto.clone());
            }
        }
    }
    out
}
