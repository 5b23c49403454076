// SPDX-License-Identifier: GPL-2.0-or-later
//! Client capabilities, both words (fact base: values 5.1 and 5.2).

/// One bit: mask, filter name below the word's own, label.
pub type Bit = (u32, &'static str, &'static str);

/// First word; the top four bits are the MSNC version.
pub static FIRST: &[Bit] = &[
    (0x00000001, "mobile", "Online through a mobile device"),
    (0x00000002, "texas", "MSN 8 / Explorer client"),
    (0x00000004, "ink_gif", "Ink as GIF"),
    (0x00000008, "ink_isf", "Ink as ISF"),
    (0x00000010, "webcam", "Webcam present and shared"),
    (0x00000020, "chunked", "Multi-packet messages"),
    (0x00000040, "paging", "MSN Mobile enabled (paging)"),
    (0x00000080, "direct", "MSN Direct watch enabled"),
    (0x00000100, "activities", "Activities"),
    (0x00000200, "web", "Web messenger"),
    (0x00000400, "mobile_device", "Mobile device"),
    (0x00000800, "federated", "Federated, office gateway"),
    (0x00001000, "space", "Has a Space"),
    (0x00002000, "media_center", "Media Center"),
    (0x00004000, "direct_im", "Direct IM over TCP"),
    (0x00008000, "winks", "Winks"),
    (0x00010000, "search", "Shared search"),
    (0x00020000, "bot", "Bot"),
    (0x00040000, "voice_clips", "Voice clips"),
    (0x00080000, "secure_channel", "Secure channel"),
    (0x00100000, "sip", "SIP invitations"),
    (0x00200000, "tunneled_sip", "Tunnelled SIP / multi-party media"),
    (0x00400000, "shared_folders", "Shared folders"),
    (0x00800000, "page_mode", "Page-mode messaging"),
    (0x01000000, "onecare", "OneCare"),
    (0x02000000, "p2p_turn", "P2P over TURN"),
    (0x04000000, "p2p_uun", "P2P bootstrap through UUN"),
    (0x08000000, "alias", "Uses an alias"),
];

/// Second word, behind the colon, from MSNP16.
pub static SECOND: &[Bit] = &[
    (0x00000001, "sms_only", "SMS only"),
    (0x00000002, "voice", "Voice over MSNP"),
    (0x00000004, "uccp_sip", "UUCP SIP stack"),
    (0x00000008, "application", "Application messages"),
    (0x00000010, "rtc_video", "RTC video"),
    (0x00000020, "p2pv2", "P2P version 2"),
    (0x00000040, "web_user", "Authenticated web IM user"),
    (0x00000080, "group_1_1", "One-to-one through a group"),
    (0x00000100, "offline_im", "Offline IM"),
    (0x00000200, "sharing_video", "Sharing video"),
    (0x00000400, "nudges", "Nudges"),
    (0x00000800, "circle_voice", "Circle voice IM"),
    (0x00001000, "sharing", "Sharing"),
    (0x00002000, "mobile_fanout", "Mobile: suspending IM fan-out disabled"),
    (0x00004000, "bit14", "Unknown bit 14"),
    (0x00008000, "p2p_mixer", "P2P mixer relay"),
    (0x00010000, "bit16", "Unknown bit 16"),
    (0x00020000, "file_in_window", "File transfer in the conversation window"),
    (0x00040000, "video_16_9", "16:9 video call"),
    (0x00080000, "p2p_envelope", "P2P enveloping"),
    (0x00100000, "bit20", "Unknown bit 20"),
    (0x00200000, "bit21", "Unknown bit 21"),
    (0x00400000, "yahoo_disabled", "Yahoo IM disabled"),
    (0x00800000, "sip_v2", "SIP tunnel version 2"),
    (0x01000000, "voice_clip_wma", "Voice clip as WMA"),
    (0x02000000, "voice_clip_circle", "Voice clip in circles"),
    (0x04000000, "social", "Social news object types"),
    (0x08000000, "custom_emoticons", "Custom emoticons"),
    (0x10000000, "utf8_moods", "UTF-8 mood messages"),
    (0x20000000, "fturn", "FTURN"),
    (0x40000000, "p4_activity", "P4 activity"),
    (0x80000000, "multiparty", "Multi-party conversations"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_covered_without_overlap() {
        let sum = |bits: &[Bit]| {
            bits.iter().fold(0u32, |sum, bit| {
                assert_eq!(sum & bit.0, 0);
                sum | bit.0
            })
        };
        assert_eq!(sum(FIRST), 0x0fff_ffff);
        assert_eq!(sum(SECOND), u32::MAX);
    }
}
