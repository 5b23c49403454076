// SPDX-License-Identifier: GPL-2.0-or-later
//! What one party can send to another, by whatever path (fact base: p2p 8 and 9).

/// What is transferred.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum TransferKind {
    /// Not known: the offer was not seen.
    #[default]
    Unknown,
    /// Display picture.
    DisplayPicture,
    /// Deluxe or dynamic display picture.
    DynamicPicture,
    /// Custom emoticon.
    Emoticon,
    /// Wink.
    Wink,
    /// Background, dynamic or not.
    Background,
    /// Voice clip.
    VoiceClip,
    /// Scene.
    Scene,
    /// Object of another type than the ones above.
    Object,
    /// File.
    File,
    /// Drawing.
    Ink,
    /// Webcam picture stream; what travels in the session is its negotiation.
    Webcam,
    /// Video conference negotiation.
    VideoConference,
    /// Activity or game.
    Activity,
    /// Photo sharing.
    PhotoSharing,
    /// Shared folder.
    SharedFolder,
}

impl TransferKind {
    /// Name for display, lower case.
    pub const fn name(self) -> &'static str {
        match self {
            TransferKind::Unknown => "unknown transfer",
            TransferKind::DisplayPicture => "display picture",
            TransferKind::DynamicPicture => "dynamic display picture",
            TransferKind::Emoticon => "emoticon",
            TransferKind::Wink => "wink",
            TransferKind::Background => "background",
            TransferKind::VoiceClip => "voice clip",
            TransferKind::Scene => "scene",
            TransferKind::Object => "object",
            TransferKind::File => "file",
            TransferKind::Ink => "ink",
            TransferKind::Webcam => "webcam",
            TransferKind::VideoConference => "video conference",
            TransferKind::Activity => "activity",
            TransferKind::PhotoSharing => "photo sharing",
            TransferKind::SharedFolder => "shared folder",
        }
    }

    /// The kind of an MSN object by its `Type` (fact base: p2p 9).
    pub const fn of_object_type(number: u32) -> Self {
        match number {
            2 => TransferKind::Emoticon,
            1 | 3 => TransferKind::DisplayPicture,
            4 => TransferKind::File,
            5 | 10 => TransferKind::Background,
            7 => TransferKind::DynamicPicture,
            8 => TransferKind::Wink,
            11 => TransferKind::VoiceClip,
            16 => TransferKind::Scene,
            _ => TransferKind::Object,
        }
    }
}
