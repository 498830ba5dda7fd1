//! What portal clients read, spelt as the document spells it.

use serde::Serialize;
use shared::{
    domain::{
        cloud::{self, AccountStatus, ContactId, LoginId, PortalMember},
        mask::Mask,
        phone::Phone,
    },
    service::cloud::{Joining, ListedContact, Listing, NewAccount as Created, OpenPortalPapers},
    wire::cloud::time,
};

/// #38
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Joined<'a> {
    cus_name: &'a str,
}

impl<'a> Joined<'a> {
    pub fn of(joining: &'a Joining) -> Self {
        Self { cus_name: joining.cus_name.as_str() }
    }
}

/// #56: `{}`
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Nothing {}

/// #47
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Accounts<'a> {
    accounts: Vec<Row<'a>>,
    total_count: usize,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct Row<'a> {
    login_id: &'a str,
    account_type: &'a str,
    contact_name: &'a str,
    last_logintime: String,
    last_loginip: String,
    status: &'a str,
}

impl<'a> Accounts<'a> {
    pub fn of(listing: &'a Listing<cloud::LoginAccount>) -> Self {
        let account = |account: &'a cloud::LoginAccount| Row {
            login_id: account.login_id.as_str(),
            account_type: account.account_type.as_str(),
            contact_name: &account.contact_name,
            last_logintime: account.last_login.map_or_else(String::new, time),
            last_loginip: account.last_address.map_or_else(String::new, |address| address.to_string()),
            status: account.status.as_str(),
        };
        Self { accounts: listing.entries.iter().map(account).collect(), total_count: listing.total_count }
    }
}

/// #48
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct NewAccount<'a> {
    login_id: &'a str,
}

impl<'a> NewAccount<'a> {
    pub fn of(new: &'a Created) -> Self {
        Self { login_id: new.login_id.as_str() }
    }
}

/// #49: those that were really deleted.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct DeletedAccounts<'a> {
    account_ids: Vec<&'a str>,
}

impl<'a> DeletedAccounts<'a> {
    pub fn of(deleted: &'a [LoginId]) -> Self {
        Self { account_ids: deleted.iter().map(LoginId::as_str).collect() }
    }
}

/// #50, #51
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Switched<'a> {
    account_id: &'a str,
    status: &'a str,
}

impl<'a> Switched<'a> {
    pub fn of(login_id: &'a LoginId, status: AccountStatus) -> Self {
        Self { account_id: login_id.as_str(), status: status.as_str() }
    }
}

/// #42
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Contacts<'a> {
    contacts: Vec<Person<'a>>,
    total_count: usize,
}

impl<'a> Contacts<'a> {
    pub fn of(listing: &'a Listing<ListedContact>, reader: &PortalMember) -> Self {
        let contacts = listing.entries.iter().map(|contact| Person::of(contact, reader)).collect();
        Self { contacts, total_count: listing.total_count }
    }
}

/// #43, #44: every field is there; what is unset is `""`.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Person<'a> {
    contact_id: &'a str,
    name: &'a str,
    sex: &'a str,
    tel: &'a str,
    mobile: &'a str,
    email: &'a str,
    con_type: &'a str,
    cred_type: &'a str,
    credentials: String,
}

impl<'a> Person<'a> {
    /// A sub account sees numbers of documents masked.
    pub fn of(listed: &'a ListedContact, reader: &PortalMember) -> Self {
        if reader.is_admin() { Self::as_sent(listed) } else { Self::masked(listed) }
    }

    fn masked(listed: &'a ListedContact) -> Self {
        let whole = Self::as_sent(listed);
        Self { credentials: Mask::Middle.of(&whole.credentials), ..whole }
    }

    /// To whom has just said all of it.
    pub fn as_sent(ListedContact { id, contact }: &'a ListedContact) -> Self {
        Self {
            contact_id: id.as_str(),
            name: &contact.name,
            sex: contact.sex.map_or("", cloud::Sex::as_str),
            tel: &contact.tel,
            mobile: contact.mobile.as_ref().map_or("", Phone::digits),
            email: contact.email.as_ref().map_or("", |email| email.as_str()),
            con_type: contact.con_type.map_or("", cloud::ContactKind::as_str),
            cred_type: contact.cred_type.map_or("", cloud::CredentialKind::as_str),
            credentials: contact.credentials.clone(),
        }
    }
}

/// #45: those that were really deleted.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct DeletedContacts<'a> {
    contact_ids: Vec<&'a str>,
}

impl<'a> DeletedContacts<'a> {
    pub fn of(deleted: &'a [ContactId]) -> Self {
        Self { contact_ids: deleted.iter().map(ContactId::as_str).collect() }
    }
}

/// #39: what is unset is left out, and the service authorisation code is for admins.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Customer<'a> {
    cus_name: &'a str,
    cus_type: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    tel: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    address: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    postcode: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    fax: &'a str,
    mobile: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    cred_type: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    credentials: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    permit_number: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    permit_addr: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    organizationcode: &'a str,
    #[serde(rename = "organizationCode_addr", skip_serializing_if = "str::is_empty")]
    organization_addr: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    authorization: &'a str,
}

impl<'a> Customer<'a> {
    pub fn of(customer: &'a cloud::Customer, papers: &'a OpenPortalPapers, reader: &PortalMember) -> Self {
        Self {
            cus_name: &customer.cus_name,
            cus_type: customer.cus_type.as_str(),
            tel: &customer.tel,
            address: &customer.address,
            postcode: &customer.postcode,
            fax: &customer.fax,
            mobile: customer.mobile.digits(),
            cred_type: papers.cred_type.map_or("", cloud::CredentialKind::as_str),
            credentials: &papers.credentials,
            permit_number: &papers.permit_number,
            permit_addr: &papers.permit_addr,
            organizationcode: &papers.organizationcode,
            organization_addr: &papers.organization_addr,
            authorization: if reader.is_admin() { &customer.authorization } else { "" },
        }
    }
}

/// Everything that an administrator knows of the customer's record, as it is compared with what comes back.
#[derive(Serialize)]
pub struct WholeCustomer<'a> {
    #[serde(flatten)]
    customer: Customer<'a>,
    #[serde(flatten)]
    profession: Profession<'a>,
    short_name: &'a str,
}

impl<'a> WholeCustomer<'a> {
    pub fn of(customer: &'a cloud::Customer, papers: &'a OpenPortalPapers, reader: &PortalMember) -> Self {
        Self {
            customer: Customer::of(customer, papers, reader),
            profession: Profession::of(customer),
            short_name: &customer.short_name,
        }
    }
}

/// #46: `{}` when none is named.
#[derive(Serialize, Default)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Manager<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    name: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    mobile: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    email: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    qq: &'a str,
}

impl<'a> Manager<'a> {
    pub fn of(customer: &'a cloud::Customer) -> Self {
        let manager = |manager: &'a cloud::Manager| Self {
            name: &manager.name,
            mobile: &manager.mobile,
            email: &manager.email,
            qq: &manager.qq,
        };
        customer.manager.as_ref().map(manager).unwrap_or_default()
    }
}

/// #41: the name when it is free, and nothing when it is not.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Available<'a> {
    available: Name<'a>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct Name<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    cus_name: Option<&'a str>,
}

impl<'a> Available<'a> {
    pub fn of(cus_name: &'a str, is_free: bool) -> Self {
        Self { available: Name { cus_name: is_free.then_some(cus_name) } }
    }
}

/// #52: what is unset is `""`.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Profession<'a> {
    industry_application: &'a str,
    main_business: &'a str,
    website: &'a str,
}

impl<'a> Profession<'a> {
    pub fn of(customer: &'a cloud::Customer) -> Self {
        Self {
            industry_application: &customer.industry_application,
            main_business: &customer.main_business,
            website: customer.website.as_ref().map_or("", cloud::Website::as_str),
        }
    }
}
