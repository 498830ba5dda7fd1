//! Contacts (联系人), for everybody at the customer.

use crate::{App, actor, forms, views};
use shared::{
    domain::{
        cloud::{Contact, ContactId, Member},
        reason::Failure,
    },
    wire::{Call, cloud::Success},
};
use std::sync::Arc;

/// #42
pub async fn list(app: Arc<App>, member: Member, mut call: Call) -> Result<Success, Failure> {
    let page = call.read(forms::page)?;
    let listing = app.portal.contacts(actor(&app, &member, &call), page).await?;
    Success::content(&views::Contacts::of(&listing, &member))
}

/// #43
pub async fn add(app: Arc<App>, member: Member, mut call: Call) -> Result<Success, Failure> {
    let contact = call.read(forms::contact)?.applied_to(Contact::default())?;
    let added = app.portal.add_contact(actor(&app, &member, &call), contact).await?;
    Success::content(&views::Person::as_sent(&added))
}

/// #44
pub async fn change(app: Arc<App>, member: Member, mut call: Call) -> Result<Success, Failure> {
    let (id, change) = call.read(forms::contact_change)?;
    let changed = app.portal.change_contact(actor(&app, &member, &call), &id, &change).await?;
    Success::content(&views::Person::of(&changed, &member))
}

/// #45
pub async fn delete(app: Arc<App>, member: Member, mut call: Call) -> Result<Success, Failure> {
    let in_path = call.path("contact_ids").to_owned();
    let ids = call.read(|fields| forms::list(fields, &in_path, "contact_ids", ContactId::read))?;
    let deleted = app.portal.delete_contacts(actor(&app, &member, &call), &ids).await?;
    Success::content(&views::DeletedContacts::of(&deleted))
}
