// SPDX-License-Identifier: GPL-2.0-or-later
//! What becomes of an object whose bytes are all there: checked, described, given out for export.

use base64::{Engine, prelude::BASE64_STANDARD};
use sha1::{Digest, Sha1};
use sha2::Sha256;

use super::{export, walk::Show};
use crate::{
    crypto::hex,
    fields::ftp as f,
    item::{Handoff, Tree},
    output::{Content, Object},
    session::{
        assembly::MessageId,
        transfers::{Transfer, TransferKind},
    },
    values::objects::{BAD, GOOD, UNVERIFIED},
    wire::Span,
};

/// Called once for each object whose bytes are all there, where the last of them stands; on every pass, also without
/// a tree. `span` is the place of `bytes` in the current source.
pub(crate) fn completed(show: &mut Show<'_>, transfer: &Transfer, span: Span, bytes: &[u8]) {
    completed_in(show, transfer, span, bytes, None);
}

/// The same for `bytes` that are a whole `message`, which is not copied.
pub(crate) fn completed_in(
    show: &mut Show<'_>,
    transfer: &Transfer,
    span: Span,
    bytes: &[u8],
    message: Option<MessageId>,
) {
    let Show { session, packet, data, out, .. } = show;
    if !out.tree.wanted() && !packet.want_objects || out.tree.is_cut() {
        return;
    }
    let people = [transfer.sender, transfer.receiver].map(|who| session.names.get(who));
    let content = message.map_or_else(|| Content::of(bytes, data), Content::Message);
    let mut made = Object::new(&transfer.name, transfer.kind, people, bytes, content);
    let digest = Sha1::digest(bytes);
    made.verified = match transfer.sha1d {
        None => UNVERIFIED,
        Some(announced) if announced.as_slice() == digest.as_slice() => GOOD,
        Some(_) => BAD,
    };
    items(transfer, span, bytes, (&made, digest.as_slice()), &mut out.tree);
    // The other side of a switchboard carries the same bytes once more; they came out already.
    if transfer.repeats.is_none() && is_exported(transfer.kind) {
        out.objects.push(made);
    }
}

/// Sessions of these kinds carry negotiations, not objects.
fn is_exported(kind: TransferKind) -> bool {
    !matches!(
        kind,
        TransferKind::Webcam | TransferKind::VideoConference | TransferKind::Activity | TransferKind::SharedFolder
    )
}

fn items(transfer: &Transfer, span: Span, bytes: &[u8], (made, digest): (&Object, &[u8]), tree: &mut Tree) {
    if !tree.wanted() {
        return;
    }
    let none = Span::default();
    let heading = tree.bytes(f::TRANSFER, span);
    tree.generated(heading);
    tree.note(heading, transfer.kind.name());
    tree.open(heading);
    let mut text = |field, value: &str| {
        let shown = tree.text(field, none, value);
        tree.generated(shown);
    };
    text(f::TRANSFER_FILE, &made.name);
    text(f::TRANSFER_TYPE, made.content_type);
    let size = tree.number(f::TRANSFER_SIZE, none, bytes.len() as u64);
    tree.generated(size);
    // The size of ink is that of the message around it.
    let offered = transfer.size.filter(|&offered| offered != bytes.len() as u64 && transfer.kind != TransferKind::Ink);
    if let Some(offered) = offered {
        tree.expert_text(f::SIZE_DIFFERS, &format!("{offered} bytes were offered"));
    }
    hashes(bytes, digest, tree);
    if transfer.sha1d.is_some() {
        check(made.verified, digest, tree);
    }
    tree.close();
    if let Some(image) = export::image_type(made.content_type) {
        tree.handoff(span, Handoff::MediaType, image);
    }
}

/// Shows the hashes by which files are looked up; `digest` is the SHA-1 of the bytes.
pub(crate) fn hashes(bytes: &[u8], digest: &[u8], tree: &mut Tree) {
    for (field, value) in [(f::SHA1, hex(digest)), (f::SHA256, hex(&Sha256::digest(bytes)))] {
        let shown = tree.text(field, Span::default(), &value);
        tree.generated(shown);
    }
}

/// Shows the SHA-1 of the bytes as objects write it, and whether it is the one that was announced (fact base: p2p 9).
fn check(status: u64, digest: &[u8], tree: &mut Tree) {
    let none = Span::default();
    let computed = tree.text(f::SHA1D_COMPUTED, none, &BASE64_STANDARD.encode(digest));
    tree.generated(computed);
    let shown = tree.number(f::SHA1D_STATUS, none, status);
    tree.generated(shown);
    if status == BAD {
        tree.expert(f::HASH_MISMATCH);
    }
}
