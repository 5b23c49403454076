// SPDX-License-Identifier: GPL-2.0-or-later
//! Shows what stands on an MSNFTP connection.

use sha1::{Digest, Sha1};
use std::borrow::Cow;

use super::{
    framing::{Blocks, Line},
    object, state_of,
};
use crate::{
    dissect::{
        export, reassembled, transfer,
        walk::{Show, frame_link},
    },
    fields::{Proto, command as msn, ftp as f, link, p2p, reassembly},
    item::{Handoff, Tree},
    output::{Content, Object},
    session::{
        Session,
        ftp::{FtpState, Offer, Progress},
    },
    text,
    values::{
        self, ftp as numbers,
        objects::{BAD, GOOD, UNVERIFIED},
    },
    wire::{Span, ftp_blocks::Block},
};

/// Characters of a line in the Info column.
const MAX_INFO: usize = 120;

/// What was known behind a unit.
struct Known<'s> {
    session: &'s Session,
    state: FtpState,
    progress: Progress,
    from_sender: Option<bool>,
}

impl<'s> Known<'s> {
    fn of(show: &Show<'s>) -> Self {
        let state = state_of(show);
        Known {
            session: show.session,
            state,
            progress: show.session.ftp.progress.get(show.record.place()).copied().unwrap_or_default(),
            from_sender: state.sender_end.map(|end| end == show.packet.source),
        }
    }

    fn offer(&self) -> Option<&'s Offer> {
        self.session.ftp.offer(self.state.offer)
    }
}

/// Shows a line, or bytes of unknown place.
pub(super) fn line(show: &mut Show<'_>, line: Option<&Line<'_>>, len: usize) {
    let all = Span::new(0, len);
    let label = match line {
        Some(line) => summary(&Known::of(show), line),
        None => "Continuation".into(),
    };
    show.info(&label, MAX_INFO);
    let known = Known::of(show);
    let tree = &mut show.out.tree;
    if !tree.wanted() {
        return;
    }
    let mut heading = String::new();
    text::push_line(&mut heading, &label, MAX_INFO);
    tree.protocol(Proto::MsnFtp, all, &heading);
    match line {
        Some(line) => command(&known, line, tree),
        None => {
            tree.bytes(f::FTP_CONTINUATION, all);
            tree.expert(f::FTP_GAP);
        }
    }
    generated(&known, tree);
    tree.close();
}

/// The line, what the code of BYE means, and the file whose size FIL gives.
fn summary<'l>(known: &Known<'_>, line: &Line<'l>) -> Cow<'l, str> {
    if let (true, Some(size)) = (line.command == "FIL", line.number(0)) {
        return match known.offer().map(|offer| &*offer.invitation.name).filter(|name| !name.is_empty()) {
            Some(name) => format!("FIL \"{name}\", {size} bytes").into(),
            None => format!("FIL {size} bytes").into(),
        };
    }
    let shown = text::utf8(line.text).text;
    let code = line.number(0).filter(|_| line.command == "BYE").and_then(|code| u32::try_from(code).ok());
    match code.and_then(|code| values::name(numbers::BYE_CODES, code)) {
        Some(meaning) => format!("{shown} ({meaning})").into(),
        None => shown,
    }
}

fn command(known: &Known<'_>, line: &Line<'_>, tree: &mut Tree) {
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
                cookie(known, line, span, tree);
            }
        }
        "FIL" => {
            if let (Some(span), Some(size)) = (params.next(), line.number(0)) {
                tree.number(f::FTP_FILE_SIZE, span, size);
                let offered = known.offer().and_then(|offer| offer.invitation.size);
                if let Some(offered) = offered.filter(|&offered| offered != size) {
                    tree.expert_text(f::SIZE_DIFFERS, &format!("The invitation offered {offered} bytes"));
                }
            } else {
                malformed(line, line.params().next(), tree);
            }
        }
        "BYE" => {
            match (params.next(), line.number(0).map(u32::try_from)) {
                (Some(span), Some(Ok(code))) => {
                    tree.number(f::FTP_CODE, span, code.into());
                    ended(code, tree);
                }
                (span, _) => malformed(line, span, tree),
            }
            incomplete(known, tree);
        }
        "CCL" => {
            tree.expert(f::FTP_CANCELLED);
            incomplete(known, tree);
        }
        _ => {}
    }
    for span in params {
        tree.wire(f::FTP_PARAMETER, span, span.of(line.text));
    }
}

/// A parameter that is no number, or none that fits, is shown as it stands.
fn malformed(line: &Line<'_>, param: Option<Span>, tree: &mut Tree) {
    if let Some(span) = param {
        tree.wire(f::FTP_PARAMETER, span, span.of(line.text));
    }
    tree.expert(f::FTP_MALFORMED);
}

fn cookie(known: &Known<'_>, line: &Line<'_>, span: Span, tree: &mut Tree) {
    let cookie = text::utf8(span.of(line.text)).text;
    tree.text(f::FTP_COOKIE, span, &cookie);
    let status = match known.offer() {
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
fn incomplete(known: &Known<'_>, tree: &mut Tree) {
    let arrived = known.progress.arrived;
    let transfer = known.session.ftp.transfer(known.state.transfer);
    if let Some(transfer) = transfer.filter(|transfer| arrived < transfer.size) {
        let text = format!("File is incomplete: {arrived} of {} bytes arrived", transfer.size);
        tree.expert_text(f::TRANSFER_INCOMPLETE, &text);
    }
}

/// What is known of the file from elsewhere.
fn generated(known: &Known<'_>, tree: &mut Tree) {
    let none = Span::default();
    if let Some(from_sender) = known.from_sender {
        let shown =
            tree.text(f::FTP_DIRECTION, none, if from_sender { "Sender to receiver" } else { "Receiver to sender" });
        tree.generated(shown);
    }
    let Some(offer) = known.offer() else { return };
    if !offer.invitation.name.is_empty() {
        let shown = tree.text(f::FTP_FILE_NAME, none, &offer.invitation.name);
        tree.generated(shown);
    }
    for (field, name) in [(f::FTP_SENDER, offer.invitation.sender), (f::FTP_RECEIVER, offer.invitation.receiver)] {
        if !name.is_none() {
            let name = known.session.names.get(name);
            let alias = tree.text(msn::EMAIL, none, name);
            tree.generated(alias);
            tree.hidden(alias);
            let shown = tree.text(field, none, name);
            tree.generated(shown);
        }
    }
    for (field, frame) in [(f::FTP_OFFERED_IN, offer.invitation.key.0), (link::ANNOUNCED_IN, offer.frame)] {
        frame_link(tree, &known.session.frames, field, frame);
    }
}

/// Shows blocks, which stand in `span` of the data.
pub(super) fn blocks(show: &mut Show<'_>, blocks: &Blocks<'_>, span: Span) {
    let known = Known::of(show);
    let size = known.session.ftp.transfer(known.state.transfer).map_or(0, |transfer| transfer.size);
    if show.packet.want_info || show.out.tree.wanted() {
        let begins = blocks.first.left == 0 && blocks.first.have == 0;
        let only_end = begins && show.data.get(span.start) == Some(&1);
        let label = match only_end {
            true => "End of data".to_owned(),
            false => format!("Data, {} of {size} bytes so far", known.progress.arrived),
        };
        show.info(&label, MAX_INFO);
        show.out.tree.protocol(Proto::MsnFtp, Span::new(0, span.len()), &label);
    }
    for (one, number) in blocks.all.iter().zip(0..) {
        block(show, &known, size, one, number);
    }
    let knows_later = show.knows_later();
    let tree = &mut show.out.tree;
    if tree.wanted() {
        let progress = tree.number(f::FTP_PROGRESS, Span::default(), known.progress.arrived);
        tree.note(progress, &format!("of {size}"));
        tree.generated(progress);
        if known.progress.conflict {
            tree.expert(p2p::CONFLICT);
        }
        // Only a later pass knows that nothing more comes.
        let transfer = known.session.ftp.transfer(known.state.transfer).filter(|one| knows_later && !one.complete);
        if transfer.is_some_and(|transfer| transfer.last == show.record.place()) {
            incomplete(&known, tree);
        }
        generated(&known, tree);
        tree.close();
    }
}

/// Shows the file where this block, the one of that number in its unit, makes it whole; elsewhere where that is.
fn file(show: &mut Show<'_>, known: &Known<'_>, size: u64, block: &Block, number: u32) {
    let transfer = known.session.ftp.transfer(known.state.transfer);
    let Some(message) = transfer.and_then(|transfer| transfer.message) else { return };
    if known.progress.was_complete || block.data.is_empty() || block.offset + block.data.len() as u64 > size {
        return;
    }
    let key = (show.record.frame, show.record.unit, number);
    reassembled::show(show, &reassembly::MSN, message, key, |show, bytes| {
        if show.packet.want_objects || show.out.tree.wanted() {
            let made = object(known.session, known.state.transfer, bytes, Content::Message(message));
            whole(known, bytes, &made, &mut show.out.tree);
            show.out.objects.push(made);
        }
    });
}

fn block(show: &mut Show<'_>, known: &Known<'_>, size: u64, block: &Block, number: u32) {
    let tree = &mut show.out.tree;
    if !tree.wanted() {
        file(show, known, size, block, number);
        return;
    }
    let heading = tree.bytes(f::FTP_BLOCK, block.span());
    tree.open(heading);
    let header = block.header;
    match block.begins {
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
    if block.is_end() && known.progress.arrived < size {
        tree.expert(f::FTP_CANCELLED);
        let text = format!("File is incomplete: {} of {size} bytes arrived", known.progress.arrived);
        tree.expert_text(f::TRANSFER_INCOMPLETE, &text);
    }
    if !block.data.is_empty() {
        tree.bytes(f::FTP_DATA, block.data);
        if block.offset + block.data.len() as u64 > size {
            tree.expert(f::FTP_TOO_MUCH);
        } else if known.progress.was_complete {
            tree.expert(f::FTP_DUPLICATE);
        }
        let offset = tree.number(f::FTP_OFFSET, block.data, block.offset);
        tree.generated(offset);
        file(show, known, size, block, number);
    }
    show.out.tree.close();
}

/// Shows a file that is whole.
fn whole(known: &Known<'_>, bytes: &[u8], made: &Object, tree: &mut Tree) {
    if !tree.wanted() {
        return;
    }
    let all = Span::new(0, bytes.len());
    let none = Span::default();
    let heading = tree.bytes(f::TRANSFER, all);
    let heading = tree.generated(heading);
    tree.open(heading);
    let ftp = &known.session.ftp;
    let offer = ftp.transfer(known.state.transfer).and_then(|one| ftp.offer(one.offer));
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
    transfer::hashes(bytes, &Sha1::digest(bytes), tree);
    tree.close();
    if let Some(image) = export::image_type(made.content_type) {
        tree.handoff(all, Handoff::MediaType, image);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{dissect::Channel, output::Dissection, packet::Packet, session::Session};

    fn shown(line: &str) -> Dissection {
        let mut out = Dissection::default();
        out.reset(true);
        let text = format!("VER MSNFTP\r\n{line}\r\n");
        Channel::FileTransfer.dissect(&mut Session::default(), &Packet::example(), text.as_bytes(), &mut out);
        out
    }

    #[test]
    fn a_code_that_fits_no_field_is_not_cut() {
        let out = shown("BYE 16777989");
        assert_eq!((out.tree.number_of(f::FTP_CODE), out.tree.has_expert(f::FTP_MALFORMED)), (Some(16_777_989), false));
        assert!(out.info.ends_with("(Success)"), "{}", out.info);
        for code in ["4311745285", "18446744073709551616", "x"] {
            let out = shown(&format!("BYE {code}"));
            assert_eq!((out.tree.find(f::FTP_CODE).is_none(), out.tree.text_of(f::FTP_PARAMETER)), (true, Some(code)));
            assert!(out.tree.has_expert(f::FTP_MALFORMED) && out.info.ends_with(code));
        }
        let out = shown("FIL 18446744073709551616");
        assert_eq!(out.tree.text_of(f::FTP_PARAMETER), Some("18446744073709551616"));
    }
}
