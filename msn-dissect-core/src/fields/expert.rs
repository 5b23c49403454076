// SPDX-License-Identifier: GPL-2.0-or-later
//! Expert infos: what an analyst would want to be told.

/// An expert info of the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expert(pub u16);

/// How much it matters, as Wireshark grades.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Severity {
    /// Worth knowing.
    Chat = 0,
    /// Unusual but not wrong.
    Note = 1,
    /// Wrong, and survivable.
    Warn = 2,
    /// Broken.
    Error = 3,
    /// A remark.
    Comment = 4,
}

/// What it is about, as Wireshark groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Group {
    /// Bytes that break the rules.
    Malformed = 0,
    /// Protocol broken or used oddly.
    Protocol = 1,
    /// Something is out of order or missing.
    Sequence = 2,
    /// The answer says that something went wrong.
    Response = 3,
    /// Not decoded.
    Undecoded = 4,
    /// Pieces do not make a whole.
    Reassemble = 5,
    /// A check sum or hash does not fit.
    Checksum = 6,
    /// Matters for security.
    Security = 7,
    /// Inferred, not read.
    Assumption = 8,
    /// A request.
    Request = 9,
    /// Decrypting.
    Decryption = 10,
}

/// A catalogue entry.
#[derive(Debug)]
pub struct ExpertDef {
    /// Filter name.
    pub filter: &'static str,
    /// What it is about.
    pub group: Group,
    /// How much it matters.
    pub severity: Severity,
    /// Standard wording.
    pub text: &'static str,
}

/// Lists expert infos: a constant and a catalogue entry for each.
macro_rules! experts {
    ($first:expr; $($id:ident = $filter:literal $group:ident $severity:ident $text:literal;)*) => {
        #[allow(non_camel_case_types, clippy::upper_case_acronyms, dead_code)]
        #[repr(u16)]
        enum ExpertOrder { $($id,)* END }
        $(#[doc = $text] pub const $id: $crate::fields::Expert = $crate::fields::Expert($first + ExpertOrder::$id as u16);)*
        /// The number after the last expert info of this group.
        pub const EXPERT_END: u16 = $first + ExpertOrder::END as u16;
        /// The expert infos of this group.
        pub static EXPERTS: &[$crate::fields::expert::ExpertDef] = &[
            $($crate::fields::expert::ExpertDef {
                filter: $filter,
                group: $crate::fields::expert::Group::$group,
                severity: $crate::fields::expert::Severity::$severity,
                text: $text,
            },)*
        ];
    };
}
pub(crate) use experts;

experts! { 0;
    MALFORMED_LINE = "msn.expert.malformed_line" Malformed Error "Command line is malformed";
    UNKNOWN_COMMAND = "msn.expert.unknown_command" Undecoded Warn "Unknown command";
    PARAMETER_COUNT = "msn.expert.parameter_count" Protocol Warn "More parameters than this command is known to have";
    UNKNOWN_PARAMETER = "msn.expert.unknown_parameter" Undecoded Note "Parameter of an unknown command";
    WRONG_SIDE = "msn.expert.wrong_side" Protocol Warn "Command of the other direction";
    PARAMETER_MISSING = "msn.expert.parameter_missing" Protocol Warn "Fewer parameters than this command needs";
    OTHER_LAYOUT = "msn.expert.other_layout" Protocol Note "Layout of another protocol version or kind of server than that of this connection";
    LINE_CUT = "msn.expert.line_cut" Reassemble Note "Line is cut short: its end is in a later segment";
    PAYLOAD_CUT = "msn.expert.payload_cut" Reassemble Note "Payload is cut short: its end is in a later segment";
    PAYLOAD_TOO_LONG = "msn.expert.payload_too_long" Malformed Error "Payload length is more than the protocol allows";
    LINE_TOO_LONG = "msn.expert.line_too_long" Malformed Error "Line is longer than any command";
    CAPTURE_CUT = "msn.expert.capture_cut" Undecoded Note "Packet was cut when it was captured";
    CONTINUATION = "msn.expert.continuation" Sequence Note "Bytes that belong to no known command (capture began late, or a segment is missing)";
    INFERRED = "msn.expert.inferred" Assumption Note "Inferred from the shape of the command";
    ERROR_REPLY = "msn.expert.error_reply" Response Warn "Server reports an error";
    FATAL_ERROR_REPLY = "msn.expert.fatal_error_reply" Response Error "Server reports an error and closes the connection";
    UNKNOWN_ERROR = "msn.expert.unknown_error" Undecoded Warn "Unknown error code";
    NOT_UTF8 = "msn.expert.not_utf8" Protocol Warn "Text is not valid UTF-8, shown escaped";
    VERSION_REFUSED = "msn.expert.version_refused" Response Warn "Server supports none of the offered protocol versions";
    PAYLOAD_SHORT = "msn.expert.payload_short" Protocol Warn "Payload ends before its announced length";
    STRAY = "msn.expert.stray" Protocol Warn "Bytes that are no command, although nothing is missing";
    UNEXPECTED = "msn.expert.unexpected" Protocol Warn "Not a value that is known in this place";
    HABIT = "msn.expert.habit" Protocol Chat "Habit of a known client or server";
    FORCED_OUT = "msn.expert.forced_out" Response Warn "Server ended the connection";
    BARE_LINE_FEED = "msn.expert.bare_line_feed" Protocol Note "Line ends in a bare line feed";
    TREE_FULL = "msn.expert.tree_full" Undecoded Warn "Too much to show for one frame: the rest of it is left out";
    INTERNAL = "msn.expert.internal_error" Malformed Error "Internal error of the dissector, please report";
}

/// All groups in the order of their numbers.
pub fn groups() -> [&'static [ExpertDef]; 10] {
    [
        EXPERTS,
        super::mime::EXPERTS,
        super::xml::EXPERTS,
        super::login::EXPERTS,
        super::link::EXPERTS,
        super::p2p::EXPERTS,
        super::slp::EXPERTS,
        super::ftp::EXPERTS,
        super::transport::EXPERTS,
        super::soap::EXPERTS,
    ]
}

/// The entry of an expert info.
pub fn expert(expert: Expert) -> Option<&'static ExpertDef> {
    groups().into_iter().flatten().nth(expert.0 as usize)
}

/// Whether it tells that bytes, lengths or characters are not as they should be: what is cut short need not be.
pub fn is_of_form(expert: Expert) -> bool {
    expert == NOT_UTF8
        || expert == super::mime::WRONG_CHARACTERS
        || expert == super::mime::CHARSET_UNKNOWN
        || expert == super::p2p::LENGTH_LIES
        || self::expert(expert).is_some_and(|entry| entry.group == Group::Malformed)
}
