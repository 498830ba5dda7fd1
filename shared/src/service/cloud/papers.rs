//! A customer's papers (证件): numbers that are sealed, and two pictures.

use super::{Actor, Portal};
use crate::{
    domain::{
        account::Realm,
        cloud::{CredentialKind, Customer, DocumentNumber, NumberKind, PortalMember, PortalPapers, Tenant},
        day::local_day,
        image::{PictureKey, PicturePurpose},
        mask::Mask,
        reason::Failure,
        sealed::{Sealed, SealedPlace},
    },
    service::pictures::Relinked,
    store::{Action, Attempts, WriteOutcome, customer_place},
};
use bytes::Bytes;
use jiff::Timestamp;
use secrecy::ExposeSecret as _;

/// What is to be changed of the papers: what is absent stays, what is empty is cleared.
#[derive(Clone, Debug, Default)]
pub struct PapersForm {
    pub cred_type: Option<Option<CredentialKind>>,
    pub credentials: Option<String>,
    pub permit_number: Option<String>,
    pub organizationcode: Option<String>,
    pub permit: Option<PapersPicture>,
    pub organization: Option<PapersPicture>,
}

/// A new picture, or the address under which the present one was shown.
#[derive(Clone, Debug)]
pub enum PapersPicture {
    New(Bytes),
    Shown(String),
}

/// The papers as an admin reads them; empty is unset.
#[derive(Clone, Debug, Default)]
pub struct OpenPortalPapers {
    pub cred_type: Option<CredentialKind>,
    pub credentials: String,
    pub permit_number: String,
    /// An address that opens the picture for ten minutes.
    pub permit_addr: String,
    pub organizationcode: String,
    pub organization_addr: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum PapersRefused {
    Raced,
    Picture,
}

impl Portal {
    /// #39: the record and the papers. Numbers are whole for admins, whose reading of them is noted, and masked for others.
    pub async fn customer_with_papers(
        &self,
        actor: Actor<'_, &PortalMember>,
    ) -> Result<(Customer, OpenPortalPapers), Failure> {
        let (customer, papers) = self.open_customer(actor).await?;
        let numbers = [&papers.credentials, &papers.permit_number, &papers.organizationcode];
        if actor.who.is_admin() && numbers.iter().any(|number| !number.is_empty()) {
            self.note_numbers_read(actor).await?;
        }
        Ok((customer, papers))
    }

    /// The same for comparing it with what was sent, which shows it to no reader and is not noted.
    pub async fn open_customer(
        &self,
        actor: Actor<'_, &PortalMember>,
    ) -> Result<(Customer, OpenPortalPapers), Failure> {
        let PortalMember { tenant, .. } = actor.who;
        let customer = self.customer(actor.who).await?;
        let PortalPapers { cred_type, credentials, permit_number, organizationcode, .. } = &customer.papers;
        let shown = |number: &Option<DocumentNumber>, field| -> Result<String, Failure> {
            let whole = self.open_number(tenant, number.as_ref(), field)?;
            Ok(if actor.who.is_admin() { whole } else { Mask::Middle.of(&whole) })
        };
        let papers = OpenPortalPapers {
            cred_type: *cred_type,
            credentials: shown(credentials, CREDENTIALS)?,
            permit_number: shown(permit_number, PERMIT)?,
            permit_addr: self.address(customer.papers.permit_picture.as_ref(), actor.now.real).await?,
            organizationcode: shown(organizationcode, ORGANIZATION)?,
            organization_addr: self.address(customer.papers.organization_picture.as_ref(), actor.now.real).await?,
        };
        Ok((customer, papers))
    }

    /// Whole numbers are only shown when the trail has it.
    pub(super) async fn note_numbers_read(&self, actor: Actor<'_, &PortalMember>) -> Result<(), Failure> {
        self.store.audit_failure(&actor.entry(Action::NumbersRead, Realm::Cloud, &actor.who.caller.account)).await
    }

    /// `PUT /customer/papers`, an extension: without it no document's endpoint would set these fields of #39.
    pub async fn change_papers(&self, actor: Actor<'_, &PortalMember>, form: &PapersForm) -> Result<(), Failure> {
        let owner = (Realm::Cloud, &actor.who.caller.account);
        let permit = self.upload(actor, form.permit.as_ref()).await?;
        let organization = self.upload(actor, form.organization.as_ref()).await?;
        let mut attempts = Attempts::default();
        loop {
            attempts.begin()?;
            let before = self.customer(actor.who).await?;
            self.must_show(form.permit.as_ref(), before.papers.permit_picture.as_ref(), "permit_addr", actor.now.real)
                .await?;
            let organization_before = before.papers.organization_picture.as_ref();
            self.must_show(form.organization.as_ref(), organization_before, "organizationCode_addr", actor.now.real)
                .await?;
            let mut after = before.clone();
            after.papers = self.changed(actor, &before.papers, form)?;
            let mut relinked = Relinked::default();
            replace(&mut after.papers.permit_picture, permit.as_ref(), &mut relinked);
            replace(&mut after.papers.organization_picture, organization.as_ref(), &mut relinked);
            if after == before {
                return Ok(());
            }
            (after.version, after.updated_at) = (before.version + 1, actor.now.real);
            let writes = self.store.transaction();
            let mut writes = writes
                .change_cloud_customer(&actor.who.tenant, &after, before.version, PapersRefused::Raced)
                .audit(&actor.entry(Action::PapersSubmitted, Realm::Cloud, owner.1));
            for key in &relinked.linked {
                writes = writes.link_picture(owner, key, actor.now.real, PapersRefused::Picture);
            }
            for key in &relinked.dropped {
                writes = writes.drop_picture(key, actor.now.real);
            }
            match writes.commit().await? {
                WriteOutcome::Committed => {
                    self.pictures.follow(&relinked).await;
                    return Ok(());
                }
                WriteOutcome::ConditionFailed(PapersRefused::Raced, _) => {}
                WriteOutcome::ConditionFailed(PapersRefused::Picture, _) => {
                    return Err(Failure::internal("an upload could not be attached to its record"));
                }
            }
        }
    }

    /// An address that comes back is that of the present picture.
    async fn must_show(
        &self,
        sent: Option<&PapersPicture>,
        present: Option<&PictureKey>,
        field: &str,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let Some(PapersPicture::Shown(address)) = sent else { return Ok(()) };
        let is_present = match present {
            Some(key) => self.pictures.is_address_of(address.trim(), key, now).await?,
            None => false,
        };
        if is_present {
            Ok(())
        } else {
            Err(Failure::malformed("图片应为图片文件，或当前图片的地址").of(field))
        }
    }

    async fn upload(
        &self,
        actor: Actor<'_, &PortalMember>,
        picture: Option<&PapersPicture>,
    ) -> Result<Option<PictureKey>, Failure> {
        let Some(PapersPicture::New(picture)) = picture else { return Ok(None) };
        let owner = (Realm::Cloud, &actor.who.caller.account);
        self.pictures.upload(owner, PicturePurpose::Papers, picture.clone(), actor.now.real).await.map(Some)
    }

    fn changed(
        &self,
        actor: Actor<'_, &PortalMember>,
        before: &PortalPapers,
        form: &PapersForm,
    ) -> Result<PortalPapers, Failure> {
        let (tenant, today) = (&actor.who.tenant, local_day(actor.now.real));
        let cred_type = form.cred_type.unwrap_or(before.cred_type);
        let number = |before: &Option<DocumentNumber>, given: Option<&String>, field, kind: NumberKind| {
            let Some(given) = given else { return Ok(before.clone()) };
            let known = self.open_number(tenant, before.as_ref(), field)?;
            if Mask::Middle.is_unchanged(given, &known, called(field)).map_err(|no| no.of(field))? {
                return Ok(before.clone());
            }
            if given.is_empty() {
                return Ok(None);
            }
            let sealed = self.sealer.seal(&customer_place(tenant, field), given)?;
            Ok::<_, Failure>(Some(DocumentNumber { sealed, valid: kind.may_be(given, today) }))
        };
        let kind = NumberKind::Credentials(cred_type);
        Ok(PortalPapers {
            cred_type,
            credentials: number(&before.credentials, form.credentials.as_ref(), CREDENTIALS, kind)?,
            permit_number: number(&before.permit_number, form.permit_number.as_ref(), PERMIT, NumberKind::Permit)?,
            organizationcode: number(
                &before.organizationcode,
                form.organizationcode.as_ref(),
                ORGANIZATION,
                NumberKind::Organization,
            )?,
            ..before.clone()
        })
    }

    fn open_number(
        &self,
        tenant: &Tenant,
        number: Option<&DocumentNumber>,
        field: &'static str,
    ) -> Result<String, Failure> {
        number.map_or(Ok(String::new()), |number| self.opened(&customer_place(tenant, field), &number.sealed))
    }

    pub(super) fn opened(&self, place: &SealedPlace, sealed: &Sealed) -> Result<String, Failure> {
        Ok(self.sealer.open(place, sealed)?.expose_secret().to_owned())
    }

    pub(super) fn seal(&self, place: &SealedPlace, text: &str) -> Result<Sealed, Failure> {
        self.sealer.seal(place, text)
    }

    async fn address(&self, key: Option<&PictureKey>, now: Timestamp) -> Result<String, Failure> {
        match key {
            Some(key) => self.pictures.address(key, now).await,
            None => Ok(String::new()),
        }
    }
}

const CREDENTIALS: &str = "credentials";
const PERMIT: &str = "permit_number";
const ORGANIZATION: &str = "organizationcode";

/// What a refusal calls a number.
fn called(field: &str) -> &'static str {
    match field {
        PERMIT => "营业执照编号",
        ORGANIZATION => "组织机构代码证编号",
        _ => "证件号码",
    }
}

/// A new picture in the place of the old one.
fn replace(picture: &mut Option<PictureKey>, new: Option<&PictureKey>, relinked: &mut Relinked) {
    if let Some(new) = new {
        relinked.dropped.extend(picture.replace(new.clone()));
        relinked.linked.push(new.clone());
    }
}
