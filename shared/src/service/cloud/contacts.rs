//! Contacts: listed, added, changed and deleted by everybody at the customer.

use super::{Actor, Portal};
use crate::{
    domain::{
        cloud::{Contact, ContactChange, ContactId, DocumentNumber, NumberKind, Page, PortalMember, Tenant},
        day::local_day,
        reason::{Failure, Reason},
    },
    store::{Attempts, ContactItem, WriteOutcome, contact_place},
};

/// A stretch of a list, and how many entries the whole list has.
#[derive(Clone, Debug)]
pub struct Listing<T> {
    pub entries: Vec<T>,
    pub total_count: usize,
}

/// A contact with its id.
#[derive(Clone, Debug)]
pub struct ListedContact {
    pub id: ContactId,
    pub contact: Contact,
}

/// Contacts that one transaction deletes, beside their count.
const AT_ONCE: usize = 50;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ContactRefused {
    Full,
    Exists,
    Raced,
}

impl Portal {
    /// #42
    pub async fn contacts(
        &self,
        actor: Actor<'_, &PortalMember>,
        page: Page,
    ) -> Result<Listing<ListedContact>, Failure> {
        let cap = usize::try_from(self.settings.most_contacts).unwrap_or(usize::MAX);
        let tenant = &actor.who.tenant;
        let counted = self.store.contacts(tenant, page.end(cap)).await?;
        let entries = page.of(counted.list).into_iter().map(|kept| self.open_contact(tenant, kept));
        let entries: Vec<_> = entries.map(|kept| kept.map(ListedContact::from)).collect::<Result<_, _>>()?;
        if actor.who.is_admin() && entries.iter().any(|entry| !entry.contact.credentials.is_empty()) {
            self.note_numbers_read(actor).await?;
        }
        Ok(Listing { entries, total_count: counted.total })
    }

    /// #43
    pub async fn add_contact(
        &self,
        actor: Actor<'_, &PortalMember>,
        contact: Contact,
    ) -> Result<ListedContact, Failure> {
        let contact_id = ContactId::new(actor.now.real, self.random().u128());
        let kept = ContactItem { contact_id, version: 1, contact, number: None };
        let kept = self.seal_contact(actor, kept)?;
        let (full, exists) = (ContactRefused::Full, ContactRefused::Exists);
        let writes = self.store.transaction();
        let writes = writes.create_contact(&actor.who.tenant, &kept, self.settings.most_contacts, full, exists);
        match writes.commit().await? {
            WriteOutcome::Committed => Ok(kept.into()),
            WriteOutcome::ConditionFailed(ContactRefused::Full, _) => Err(Reason::CapReached.into()),
            WriteOutcome::ConditionFailed(_, _) => Err(Failure::internal("a new contact id was already in use")),
        }
    }

    /// #44: what is absent stays. The answer shows an administrator the whole number, which is noted unless it has just
    /// been said.
    pub async fn change_contact(
        &self,
        actor: Actor<'_, &PortalMember>,
        id: &ContactId,
        change: &ContactChange,
    ) -> Result<ListedContact, Failure> {
        let changed = self.changed_contact(actor, id, change).await?;
        let number = &changed.contact.credentials;
        let is_news = change.credentials.as_ref() != Some(number);
        if actor.who.is_admin() && !number.is_empty() && is_news {
            self.note_numbers_read(actor).await?;
        }
        Ok(changed)
    }

    async fn changed_contact(
        &self,
        actor: Actor<'_, &PortalMember>,
        id: &ContactId,
        change: &ContactChange,
    ) -> Result<ListedContact, Failure> {
        let tenant = &actor.who.tenant;
        let mut attempts = Attempts::default();
        loop {
            attempts.begin()?;
            let before = self.store.contact(tenant, id).await?.ok_or(Reason::NotYours)?;
            let before = self.open_contact(tenant, before)?;
            let contact = change.applied_to(before.contact.clone())?;
            if contact == before.contact {
                return Ok(before.into());
            }
            let after = ContactItem { version: before.version + 1, contact, ..before.clone() };
            let after = self.seal_contact(actor, after)?;
            let writes = self.store.transaction();
            let writes = writes.change_contact(tenant, &after, before.version, ContactRefused::Raced);
            match writes.commit().await? {
                WriteOutcome::Committed => return Ok(after.into()),
                WriteOutcome::ConditionFailed(_, _) => {}
            }
        }
    }

    /// With the credentials in the clear, which stay in memory.
    fn open_contact(&self, tenant: &Tenant, mut kept: ContactItem) -> Result<ContactItem, Failure> {
        if let Some(number) = &kept.number {
            kept.contact.credentials = self.opened(&contact_place(tenant, &kept.contact_id), &number.sealed)?;
        }
        Ok(kept)
    }

    /// With the credentials sealed, and flagged when they cannot be right.
    fn seal_contact(&self, actor: Actor<'_, &PortalMember>, mut kept: ContactItem) -> Result<ContactItem, Failure> {
        let Contact { credentials, cred_type, .. } = &kept.contact;
        kept.number = if credentials.is_empty() {
            None
        } else {
            let sealed = self.seal(&contact_place(&actor.who.tenant, &kept.contact_id), credentials)?;
            let valid = NumberKind::Credentials(*cred_type).may_be(credentials, local_day(actor.now.real));
            Some(DocumentNumber { sealed, valid })
        };
        Ok(kept)
    }

    /// #45: deletes what exists of `ids`, and says which. Which do not is told by the write itself, so nothing is read.
    pub async fn delete_contacts(
        &self,
        actor: Actor<'_, &PortalMember>,
        ids: &[ContactId],
    ) -> Result<Vec<ContactId>, Failure> {
        let mut deleted = Vec::new();
        for part in ids.chunks(AT_ONCE) {
            deleted.extend(self.delete_contacts_together(actor, part.to_vec()).await?);
        }
        Ok(deleted)
    }

    async fn delete_contacts_together(
        &self,
        actor: Actor<'_, &PortalMember>,
        mut part: Vec<ContactId>,
    ) -> Result<Vec<ContactId>, Failure> {
        let tenant = &actor.who.tenant;
        let mut attempts = Attempts::default();
        loop {
            attempts.begin()?;
            if part.is_empty() {
                return Ok(part);
            }
            let mut writes = self.store.transaction();
            for (place, id) in part.iter().enumerate() {
                writes = writes.delete_contact(tenant, id, place);
            }
            let missing = writes.uncount_contacts(tenant, part.len()).commit_with_every_failure().await?;
            if missing.is_empty() {
                return Ok(part);
            }
            let mut place = 0..;
            part.retain(|_| place.next().is_some_and(|place| missing.iter().all(|(gone, _)| *gone != place)));
        }
    }
}

impl From<ContactItem> for ListedContact {
    fn from(kept: ContactItem) -> Self {
        Self { id: kept.contact_id, contact: kept.contact }
    }
}
