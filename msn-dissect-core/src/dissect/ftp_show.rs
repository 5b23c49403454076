// SPDX-License-Identifier: GPL-2.0-or-later
//! Shows what stands on an MSNFTP connection.

use crate::{
    dissect::walk::frame_link,
    output::{Dissection, Object},
    packet::Packet,
};
use std::borrow::Cow;

use super::{export, ftp::Line};
use crate::{
    fields::{Proto, command as msn, ftp as f, link},
    item::{Handoff, Tree},
    session::{
        Session,
        ftp::{FtpNote, FtpWhat, NONE, Offer},
    },
    text,
    values::{
        self, ftp as numbers,
        objects::{BAD, GOOD, UNVERIFIED},
    },
    wire::{
        Span,
        ftp_blocks::{self, Piece, Place},
    },
};

/// Characters of a line in the Info column.
const MAX_INFO: usize = 120;

/// Shows a line, or bytes of unknown place.
pub(super) fn line(session: &Session, packet: &Packet, note: &FtpNote, unit: &[u8], out: &mut Dissection) {
    let all = Span::new(0, unit.len());
    let line = Line::parse(unit).filter(|_| note.what == FtpWhat::Line);
    let label = match &line {
        Some(line) => summary(line),
        None => "Continuation".into(),
    };
    info(packet, &label, out);
    let tree = &mut out.tree;
    if !tree.wanted() {
        return;
    }
    let mut heading = String::new();
    text::push_line(&mut heading, &label, MAX_INFO);
    tree.protocol(Proto::MsnFtp, all, &heading);
    match &line {
        Some(line) => command(session, note, line, tree),
        None => {
            tree.bytes(f::FTP_CONTINUATION, all);
            tree.expert(f::FTP_GAP);
        }
    }
    generated(session, note, tree);
    tree.close();
}

/// The line, and what the code of BYE means.
fn summary<'l>(line: &Line<'l>) -> Cow<'l, str> {
    let shown = text::utf8(line.text).text;
    let code = line.number(0).filter(|_| line.command == "BYE").and_then(|code| u32::try_from(code).ok());
    match code.and_then(|code| values::name(numbers::BYE_CODES, code)) {
        Some(meaning) => format!("{shown} ({meaning})").into(),
        None => shown,
    }
}

/// Separates the Info text of units.
fn info(packet: &Packet, label: &str, out: &mut Dissection) {
    if packet.want_info && out.info.len() < crate::output::MAX_INFO {
        if !out.info.is_empty() {
            out.info.push_str("; ");
        }
        text::push_line(&mut out.info, label, MAX_INFO);
    }
}

fn command(session: &Session, note: &FtpNote, line: &Line<'_>, tree: &mut Tree) {
    tree.text(f::FTP_COMMAND, Span::new(0, 3), line.command);
    let mut params = line.params();
    match line.command {
        "VER" => {
            let all = Span::new(params.next().map_or(line.text.len(), |first| first.start), line.text.len());
            tree.wire(f::FTP_VERSION, all, all.of(line.text));
            return;
        }
        "USR" => {
            if let Some(span) = params.next() {
                let alias = tree.wire(msn::EMAIL, span, span.of(line.text));
                tree.hidden(alias);
                tree.wire(f::FTP_EMAIL, span, span.of(line.text));
            }
            if let Some(span) = params.next() {
                cookie(session, note, line, span, tree);
            }
        }
        "FIL" => {
            if let (Some(span), Some(size)) = (params.next(), line.number(0)) {
                tree.number(f::FTP_FILE_SIZE, span, size);
                let offered = offer(session, note).and_then(|offer| offer.invitation.size);
                if let Some(offered) = offered.filter(|&offered| offered != size) {
                    tree.expert_text(f::SIZE_DIFFERS, &format!("The invitation offered {offered} bytes"));
                }
            } else {
                tree.expert(f::FTP_MALFORMED);
            }
        }
        "BYE" => {
            if let (Some(span), Some(code)) = (params.next(), line.number(0)) {
                tree.number(f::FTP_CODE, span, code);
                ended(code as u32, tree);
            } else {
                tree.expert(f::FTP_MALFORMED);
            }
            incomplete(session, note, tree);
        }
        "CCL" => {
            tree.expert(f::FTP_CANCELLED);
            incomplete(session, note, tree);
        }
        _ => {}
    }
    for span in params {
        tree.wire(f::FTP_PARAMETER, span, span.of(line.text));
    }
}

fn cookie(session: &Session, note: &FtpNote, line: &Line<'_>, span: Span, tree: &mut Tree) {
    let cookie = text::utf8(span.of(line.text)).text;
    tree.text(f::FTP_COOKIE, span, &cookie);
    let status = match offer(session, note) {
        None => UNVERIFIED,
        Some(offer) if *offer.cookie == *cookie => GOOD,
        Some(_) => BAD,
    };
    let shown = tree.number(f::FTP_COOKIE_STATUS, span, status);
    tree.generated(shown);
    if status == BAD {
        tree.expert(f::FTP_COOKIE_BAD);
    }
}

/// What the code of BYE means to an analyst.
fn ended(code: u32, tree: &mut Tree) {
    let meaning = values::name(numbers::BYE_CODES, code).unwrap_or("unknown code");
    if numbers::CANCELLED.contains(&code) {
        tree.expert_text(f::FTP_CANCELLED, meaning);
    } else if !numbers::SUCCESS.contains(&code) {
        tree.expert_text(f::FTP_FAILED, &format!("Transfer failed: {meaning}"));
    }
}

/// Whether the transfer is over and bytes are missing.
fn incomplete(session: &Session, note: &FtpNote, tree: &mut Tree) {
    if let Some(transfer) = session.ftp.transfer(note.transfer).filter(|transfer| note.arrived < transfer.size) {
        let text = format!("File is incomplete: {} of {} bytes arrived", note.arrived, transfer.size);
        tree.expert_text(f::TRANSFER_INCOMPLETE, &text);
    }
}

fn offer<'s>(session: &'s Session, note: &FtpNote) -> Option<&'s Offer> {
    session.ftp.offer(note.offer)
}

/// What is known of the file from elsewhere.
fn generated(session: &Session, note: &FtpNote, tree: &mut Tree) {
    let none = Span::default();
    if let Some(from_sender) = note.from_sender {
        let shown =
            tree.text(f::FTP_DIRECTION, none, if from_sender { "Sender to receiver" } else { "Receiver to sender" });
        tree.generated(shown);
    }
    let Some(offer) = offer(session, note) else { return };
    if !offer.invitation.name.is_empty() {
        let shown = tree.text(f::FTP_FILE_NAME, none, &offer.invitation.name);
        tree.generated(shown);
    }
    for (field, name) in [(f::FTP_SENDER, offer.invitation.sender), (f::FTP_RECEIVER, offer.invitation.receiver)] {
        if !name.is_none() {
            let name = session.names.get(name);
            let alias = tree.text(msn::EMAIL, none, name);
            tree.generated(alias);
            tree.hidden(alias);
            let shown = tree.text(field, none, name);
            tree.generated(shown);
        }
    }
    for (field, frame) in [(f::FTP_OFFERED_IN, offer.invitation.key.0), (link::ANNOUNCED_IN, offer.frame)] {
        frame_link(tree, &session.frames, field, frame);
    }
}

/// Shows blocks; `give` hands the bytes of each to the reassembly.
pub(super) fn data(
    session: &Session,
    packet: &Packet,
    note: &FtpNote,
    first: Place,
    unit: &[u8],
    out: &mut Dissection,
    mut give: impl FnMut(&mut Dissection, &Piece),
) {
    let size = session.ftp.transfer(note.transfer).map_or(0, |transfer| transfer.size);
    let mut place = first;
    let only_end = unit.first() == Some(&1) && first.left == 0 && first.have == 0;
    if packet.want_info || out.tree.wanted() {
        let label = match only_end {
            true => "End of data".to_owned(),
            false => format!("Data, {} of {size} bytes so far", note.arrived),
        };
        info(packet, &label, out);
        out.tree.protocol(Proto::MsnFtp, Span::new(0, unit.len()), &label);
    }
    let mut at = 0;
    while at < unit.len() {
        let Some(piece) = ftp_blocks::next(&mut place, unit, at) else { break };
        at = piece.span().end;
        block(note, size, &piece, out, &mut give);
    }
    let tree = &mut out.tree;
    if tree.wanted() {
        let progress = tree.number(f::FTP_PROGRESS, Span::default(), note.arrived);
        tree.note(progress, &format!("of {size}"));
        tree.generated(progress);
        unfinished(session, packet, note, tree);
        generated(session, note, tree);
        tree.close();
    }
}

/// Says at the last blocks of a file that it is not whole. Only a later pass knows that nothing more comes.
fn unfinished(session: &Session, packet: &Packet, note: &FtpNote, tree: &mut Tree) {
    let transfer = session.ftp.transfer(note.transfer).filter(|one| !one.complete && !packet.first_pass);
    if transfer.is_some_and(|transfer| (transfer.last.0, transfer.last.1) == (packet.frame, note.unit)) {
        incomplete(session, note, tree);
    }
}

fn block(
    note: &FtpNote,
    size: u64,
    piece: &Piece,
    out: &mut Dissection,
    give: &mut impl FnMut(&mut Dissection, &Piece),
) {
    let tree = &mut out.tree;
    if !tree.wanted() {
        give(out, piece);
        return;
    }
    let heading = tree.bytes(f::FTP_BLOCK, piece.span());
    tree.open(heading);
    let header = piece.header;
    match piece.begins {
        Some((kind, len)) => {
            // A header that began in the segment before is shown as far as it is here.
            let (first, second) = match header.len() {
                3 => (Span::new(header.start, header.start + 1), Span::new(header.start + 1, header.end)),
                _ => (Span::new(header.start, header.start), header),
            };
            tree.number(f::FTP_BLOCK_TYPE, first, u64::from(kind));
            tree.number(f::FTP_BLOCK_LENGTH, second, u64::from(len));
        }
        None if !header.is_empty() => {
            tree.label(header, "Beginning of a block header that continues in the next segment");
        }
        None => {
            tree.label(Span::new(header.start, header.start), "Continues a block of an earlier segment");
        }
    }
    if piece.is_end() && note.arrived < size {
        tree.expert(f::FTP_CANCELLED);
        let text = format!("File is incomplete: {} of {size} bytes arrived", note.arrived);
        tree.expert_text(f::TRANSFER_INCOMPLETE, &text);
    }
    if !piece.data.is_empty() {
        tree.bytes(f::FTP_DATA, piece.data);
        if piece.offset + piece.data.len() as u64 > size {
            tree.expert(f::FTP_TOO_MUCH);
        } else if note.was_complete {
            tree.expert(f::FTP_DUPLICATE);
        }
        let offset = tree.number(f::FTP_OFFSET, piece.data, piece.offset);
        tree.generated(offset);
        give(out, piece);
    }
    out.tree.close();
}

/// Shows a file that is whole.
pub(super) fn whole(session: &Session, transfer: u32, bytes: &[u8], made: &Object, out: &mut Dissection) {
    let tree = &mut out.tree;
    if !tree.wanted() {
        return;
    }
    let all = Span::new(0, bytes.len());
    let none = Span::default();
    let heading = tree.bytes(f::TRANSFER, all);
    let heading = tree.generated(heading);
    tree.open(heading);
    let offer =
        session.ftp.transfer(transfer).filter(|one| one.offer != NONE).and_then(|one| session.ftp.offer(one.offer));
    let rows = [
        (f::FTP_FILE_NAME, offer.map_or("", |offer| &offer.invitation.name)),
        (f::TRANSFER_FILE, made.name.as_str()),
        (f::TRANSFER_TYPE, made.content_type),
    ];
    for (field, value) in rows.into_iter().filter(|row| !row.1.is_empty()) {
        let shown = tree.text(field, none, value);
        tree.generated(shown);
    }
    let size = tree.number(f::TRANSFER_SIZE, none, bytes.len() as u64);
    tree.generated(size);
    tree.close();
    if let Some(image) = export::image_type(made.content_type) {
        tree.handoff(all, Handoff::MediaType, image);
    }
}
