// SPDX-License-Identifier: GPL-2.0-or-later
//! The services and their operations (fact base: soap, endpoints; gaps, SOAP). A new operation is a row.

/// A service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// Login.
    Login,
    /// Who may do what: the roles of members.
    Sharing,
    /// Contacts and groups.
    AddressBook,
    /// Storing offline messages.
    OfflineStore,
    /// Fetching offline messages.
    OfflineFetch,
    /// Profiles and pictures.
    Storage,
    /// Documents that configure clients.
    Configuration,
    /// Contact cards.
    ContactCard,
}

impl Service {
    /// Its name, as `msnsoap.service` has it.
    pub fn name(self) -> &'static str {
        match self {
            Service::Login => "Login",
            Service::Sharing => "Sharing",
            Service::AddressBook => "Address book",
            Service::OfflineStore => "Offline message store",
            Service::OfflineFetch => "Offline message fetch",
            Service::Storage => "Storage",
            Service::Configuration => "Configuration",
            Service::ContactCard => "Contact card",
        }
    }
}

/// An operation.
#[derive(Debug, PartialEq, Eq)]
pub struct Operation {
    /// Its name: what `msnsoap.operation` says.
    pub name: &'static str,
    /// The service that has it.
    pub service: Service,
    /// First element of a request's body.
    pub request: &'static str,
    /// First element of an answer's body.
    pub response: &'static str,
    /// How it is called in the Info column.
    pub short: &'static str,
}

const fn row(service: Service, name: &'static str, request: &'static str, response: &'static str) -> Operation {
    Operation { name, service, request, response, short: name }
}

macro_rules! operations {
    ($($service:ident: $($name:literal)*;)*) => {
        &[$($(row(Service::$service, $name, $name, concat!($name, "Response")),)*)*]
    };
}

/// Login, which names its elements otherwise.
pub static RST: Operation = Operation {
    name: "RequestMultipleSecurityTokens",
    service: Service::Login,
    request: "RequestMultipleSecurityTokens",
    response: "RequestSecurityTokenResponseCollection",
    short: "RST",
};
/// A request for a single ticket.
pub static RST_ONE: Operation = Operation {
    name: "RequestSecurityToken",
    service: Service::Login,
    request: "RequestSecurityToken",
    response: "RequestSecurityTokenResponse",
    short: "RST",
};
/// Where to log in.
pub static NEXUS: Operation = row(Service::Login, "Nexus", "", "");
/// Login with headers.
pub static LOGIN: Operation = row(Service::Login, "Login", "", "");
/// Stores an offline message.
pub static STORE: Operation = row(Service::OfflineStore, "Store", "", "");
/// The same, since MSNP14.
pub static STORE2: Operation = row(Service::OfflineStore, "Store2", "", "");
/// A picture by its address.
pub static USER_TILE: Operation = row(Service::Storage, "UserTile", "", "");
/// Configuration of clients.
pub static CONFIG: Operation = row(Service::Configuration, "MsgrConfig", "", "MsgrConfig");

/// Operations that are known by the first element of the body.
static NAMED: &[Operation] = operations! {
    Sharing: "FindMembership" "FindMembershipByRole" "AddMember" "DeleteMember" "UpdateMember" "AddService" "UpdateService"
        "DeleteService";
    AddressBook: "ABFindAll" "ABFindContactsPaged" "ABFindByContacts" "ABFind" "ABAdd" "ABDelete" "ABContactAdd"
        "ABContactUpdate" "ABContactDelete" "ABGroupAdd" "ABGroupUpdate" "ABGroupDelete" "ABGroupContactAdd"
        "ABGroupContactDelete" "UpdateDynamicItem" "AddDynamicItem" "CreateContact" "DeleteContact" "UpdateContact"
        "CreateCircle" "ManageWLConnection" "BreakConnection" "FindFriendsInCommon" "GetContactsRecentActivity" "GetBatchRecentActivity";
    OfflineFetch: "GetMetadata" "GetMessage" "DeleteMessages" "GetItemInfo" "GetItemVersions";
    Storage: "GetProfile" "UpdateProfile" "CreateProfile" "FindDocuments" "FindDocument" "GetDocument" "CreateDocument"
        "UpdateDocument" "DeleteDocument" "CreateRelationships" "DeleteRelationships" "ShareItem" "GetRelationships" "FindItems";
    ContactCard: "GetXmlFeed";
};

/// Operations with elements of other names.
static OTHERS: [&Operation; 3] = [&RST, &RST_ONE, &CONFIG];

/// The operation that this element asks for.
pub fn of_request(element: &[u8]) -> Option<&'static Operation> {
    let is = |row: &&Operation| !row.request.is_empty() && row.request.as_bytes() == element;
    OTHERS.iter().copied().find(is).or_else(|| NAMED.iter().find(is))
}

/// The operation that this element answers.
pub fn of_response(element: &[u8]) -> Option<&'static Operation> {
    let is = |row: &&Operation| !row.response.is_empty() && row.response.as_bytes() == element;
    OTHERS.iter().copied().find(is).or_else(|| NAMED.iter().find(is))
}

/// The operation of a SOAPAction header, which ends with its name.
pub fn of_action(action: &[u8]) -> Option<&'static Operation> {
    let action = action.trim_ascii();
    let action = action.strip_prefix(b"\"").and_then(|action| action.strip_suffix(b"\"")).unwrap_or(action);
    let name = action.rsplit(|&byte| byte == b'/' || byte == b':').next().unwrap_or_default();
    match name {
        b"Store" => Some(&STORE),
        b"Store2" => Some(&STORE2),
        _ => of_request(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_are_found_by_elements_and_actions() {
        assert_eq!(of_request(b"FindMembership").map(|row| row.service), Some(Service::Sharing));
        assert_eq!(of_response(b"ABFindAllResponse").map(|row| row.name), Some("ABFindAll"));
        assert_eq!(of_response(b"RequestSecurityTokenResponseCollection").map(|row| row.short), Some("RST"));
        let store = of_action(b"\"http://messenger.live.com/ws/2006/09/oim/Store2\"");
        assert_eq!(store.map(|row| row.name), Some("Store2"));
        assert!(of_action(b"").is_none() && of_request(b"").is_none() && of_response(b"").is_none());
    }
}
