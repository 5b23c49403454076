// SPDX-License-Identifier: GPL-2.0-or-later
//! Address books and memberships: from MSNP13 on contacts, their names and groups, and who is on which list are told by web
//! services (fact base: soap).

use super::{
    context::{Context, account},
    items::Items,
};
use crate::{
    event::{Change, Contact, Fact, Lists, LoginStep},
    fields::{Field, command as f, link, soap as s},
    item::{Item, Kind},
    session::Place,
};

/// The forward list: those of the address book that use Messenger.
const FORWARD: Lists = 1;

/// Lists by the roles of members.
static ROLES: &[(&str, Lists)] = &[("Allow", 2), ("Block", 4), ("Reverse", 8), ("Pending", 16)];

/// What a document does to the owner's contacts.
#[derive(Clone, Copy)]
enum What {
    /// It lists the address book.
    Book,
    /// It names contacts that come, change or go.
    Contacts(Change),
    /// It names contacts that come into a group, or leave it.
    Group(bool),
    /// It names groups: they have a name, or go.
    Groups(bool),
    /// It names members of roles: they have them, or lose them.
    Members(bool),
}

/// Operation, whether it is the answer that tells, and what.
static ROWS: &[(&str, bool, What)] = &[
    ("ABFindAll", true, What::Book),
    ("ABFindContactsPaged", true, What::Book),
    ("ABFindByContacts", true, What::Book),
    ("FindMembership", true, What::Members(true)),
    ("FindMembershipByRole", true, What::Members(true)),
    ("AddMember", false, What::Members(true)),
    ("DeleteMember", false, What::Members(false)),
    ("ABContactAdd", false, What::Contacts(Change::Add(FORWARD))),
    ("ABContactAdd", true, What::Contacts(Change::Keep)),
    ("ABContactUpdate", false, What::Contacts(Change::Keep)),
    ("ABContactDelete", false, What::Contacts(Change::Remove(FORWARD))),
    ("ABGroupAdd", true, What::Groups(true)),
    ("ABGroupUpdate", false, What::Groups(true)),
    ("ABGroupDelete", false, What::Groups(false)),
    ("ABGroupContactAdd", false, What::Group(true)),
    ("ABGroupContactAdd", true, What::Contacts(Change::Keep)),
    ("ABGroupContactDelete", false, What::Group(false)),
];

/// Tells of contacts and groups. What a request asks for counts once the answer has come.
pub(super) fn tell(context: &Context<'_>, facts: &mut Vec<Fact>) {
    let items = &context.items;
    let answers = items.text(s::SIDE).is_some_and(|side| side == "Response");
    if answers {
        let good = items.number(s::STATUS).is_some_and(|status| status == 200) && !items.has(s::FAULT);
        let asked = items.number(link::RESPONSE_TO);
        facts.extend(asked.map(|frame| Fact::Answer { trid: frame as u32, good }));
        facts.extend(denied(context).map(|why| Fact::Login(LoginStep::Denied(why))));
        if !good {
            return;
        }
    }
    if context.owner.is_empty() {
        return;
    }
    let asked = (!answers).then_some(context.frame);
    for &(.., what) in ROWS.iter().filter(|row| row.0 == context.word && row.1 == answers) {
        match what {
            What::Book => {
                groups(context, true, asked, facts);
                contacts(context, facts, asked, |contact| {
                    let uses = flag(contact, "isMessengerUser") != Some(false);
                    let gone = flag(contact, "fDeleted") == Some(true);
                    match (gone, uses) {
                        (true, _) => Change::Remove(FORWARD),
                        (false, true) => Change::Add(FORWARD),
                        (false, false) => Change::Keep,
                    }
                });
            }
            What::Contacts(change) => contacts(context, facts, asked, |_| change),
            What::Group(comes) => in_group(context, comes, asked, facts),
            What::Groups(stay) => groups(context, stay, asked, facts),
            What::Members(come) => members(context, come, asked, facts),
        }
    }
}

/// Why the login service gave no ticket, if it gave none.
fn denied(context: &Context<'_>) -> Option<String> {
    let place = Place::new(context.record.frame, context.record.unit);
    let note = context.session.soap.notes.get(place).filter(|_| context.items.has_expert(s::REFUSED))?;
    note.refusal.map(|why| why.words().to_owned())
}

impl<'a> Items<'a> {
    /// The elements of this name.
    fn elements(&self, name: &'static str) -> impl Iterator<Item = Items<'a>> {
        self.groups(s::ELEMENT).filter(move |(item, group)| group.string(item) == name).map(|(_, group)| group)
    }

    /// The first string of a field that stands in no element of this name.
    fn text_outside(&self, field: Field, name: &'static str) -> Option<String> {
        let inside: Vec<&[Item]> = self.elements(name).map(|group| group.items).collect();
        let is_inside =
            |item: &Item| inside.iter().any(|items| items.as_ptr_range().contains(&std::ptr::from_ref(item)));
        let found = self.all(field).find(|item| !is_inside(item))?;
        Some(self.string(found).into_owned()).filter(|text| !text.is_empty())
    }
}

/// What an element without a field of its own says, which is true or false.
fn flag(items: &Items<'_>, name: &str) -> Option<bool> {
    let item = items.all(s::VALUE).find(|item| items.note(item) == Some(name))?;
    Some(items.string(item) == "true")
}

/// A contact that is named by address, by identifier, or by one whose address is known from before.
fn contact(context: &Context<'_>, items: &Items<'_>, change: Change, asked: Option<u32>) -> Option<Contact> {
    let id = items.first(f::CONTACT_ID);
    let known = id.and_then(|id| items.note(id)).filter(|note| note.contains('@'));
    let email = items.text(f::EMAIL).filter(|email| !email.is_empty()).or_else(|| known.map(str::to_owned));
    let made = Contact {
        owner: context.owner.to_owned(),
        email: email.map(|email| account(&email)).unwrap_or_default(),
        id: id.map(|id| items.string(id).to_ascii_lowercase()).unwrap_or_default(),
        name: items.text_outside(f::FRIENDLY_NAME, "MessengerMemberInfo"),
        change,
        groups: Vec::new(),
        left: Vec::new(),
        asked,
    };
    (!made.email.is_empty() || !made.id.is_empty()).then_some(made)
}

fn group_ids(items: &Items<'_>) -> Vec<String> {
    items.texts(f::GROUP_ID).into_iter().map(|id| id.to_ascii_lowercase()).filter(|id| !id.is_empty()).collect()
}

fn contacts(context: &Context<'_>, facts: &mut Vec<Fact>, asked: Option<u32>, change: impl Fn(&Items<'_>) -> Change) {
    let mut any = false;
    for items in context.items.elements("Contact") {
        any = true;
        // The owner has an entry, too.
        if items.text(s::CONTACT_TYPE).is_some_and(|kind| kind == "Me") {
            continue;
        }
        let made = contact(context, &items, change(&items), asked);
        facts.extend(made.map(|contact| Fact::Contact(Contact { groups: group_ids(&items), ..contact })));
    }
    if !any {
        // An answer that gives no more than the identifier.
        let id =
            context.items.items.iter().position(|item| item.kind == Kind::Leaf as u8 && item.id == f::CONTACT_ID.0);
        let only = id.and_then(|at| context.items.items.get(at..=at)).unwrap_or_default();
        let only = Items { items: only, ..context.items };
        facts.extend(contact(context, &only, change(&only), asked).map(Fact::Contact));
    }
}

fn in_group(context: &Context<'_>, comes: bool, asked: Option<u32>, facts: &mut Vec<Fact>) {
    let ids: Vec<String> = context.items.elements("groupFilter").flat_map(|items| group_ids(&items)).collect();
    for items in context.items.elements("Contact") {
        let Some(made) = contact(context, &items, Change::Keep, asked) else { continue };
        facts.push(Fact::Contact(match comes {
            true => Contact { groups: ids.clone(), ..made },
            false => Contact { left: ids.clone(), ..made },
        }));
    }
}

fn groups(context: &Context<'_>, stay: bool, asked: Option<u32>, facts: &mut Vec<Fact>) {
    let mut tell = |id: &str, name: Option<String>| {
        if !id.is_empty() && (name.is_some() || !stay) {
            facts.push(Fact::Group { owner: context.owner.to_owned(), id: id.to_ascii_lowercase(), name, asked });
        }
    };
    if !stay {
        group_ids(&context.items).iter().for_each(|id| tell(id, None));
        return;
    }
    let mut any = false;
    for items in context.items.elements("Group") {
        any = true;
        tell(&items.word(f::GROUP_ID), items.text(f::GROUP_NAME));
    }
    if let (false, Some(item)) = (any, context.items.first(f::GROUP_ID)) {
        // The answer to a new group gives no more than the identifier; its name is known from the request.
        tell(&context.items.string(item), context.items.note(item).map(str::to_owned));
    }
}

fn members(context: &Context<'_>, come: bool, asked: Option<u32>, facts: &mut Vec<Fact>) {
    for role in context.items.elements("Membership") {
        let named = role.text(f::LIST).and_then(|word| ROLES.iter().find(|row| row.0 == word));
        let Some(&(_, list)) = named else { continue };
        for items in role.elements("Member") {
            let gone = !come || flag(&items, "Deleted") == Some(true);
            let change = if gone { Change::Remove(list) } else { Change::Add(list) };
            let made = contact(context, &items, change, asked).filter(|made| !made.email.is_empty());
            // What a member is called is its own choice, not the owner's.
            facts.extend(made.map(|contact| Fact::Contact(Contact { name: None, ..contact })));
        }
    }
}
