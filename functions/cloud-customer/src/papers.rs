//! What #39 shows of papers is set here: an extension.

use crate::{
    ADMINS, App, actor,
    customer::{RECORD, must_match},
};
use shared::{
    domain::{
        cloud::{Contact, CredentialKind, Customer, PortalMember},
        reason::{Failure, Reason},
    },
    service::cloud::{PapersForm, PapersPicture},
    wire::{Call, Endpoint, Example, Field, Fields, Stated, Upload, cloud::Success, label, put},
};
use std::sync::Arc;

const DOCUMENT_KIND: Field<Option<CredentialKind>> = Field::new("cred_type", Contact::credential_kind)
    .about("证件类型 · Kind of document")
    .example("IDENTITY")
    .one_of(&["IDENTITY", "MILITARY", "DRIVER", ""]);
const CREDENTIALS: Field<String> = Field::new("credentials", |text| Customer::number(text, label("credentials")))
    .about("证件编号 · Document number")
    .example("11010519491231002X")
    .rule(Customer::NUMBER);
const PERMIT_NUMBER: Field<String> = Field::new("permit_number", |text| Customer::number(text, label("permit_number")))
    .about("营业执照编号 · Number of the business licence")
    .example("91350100M000100Y43")
    .rule(Customer::NUMBER);
const ORGANIZATIONCODE: Field<String> =
    Field::new("organizationcode", |text| Customer::number(text, label("organizationcode")))
        .about("组织机构代码证编号 · Organisation code")
        .example("D2143569-X")
        .rule(Customer::NUMBER);
const PERMIT_ADDR: Field<String> = Field::text("permit_addr")
    .about("营业执照图片，JPEG、PNG 或 WebP · Picture of the business licence")
    .shown(Example::File);
const ORGANIZATION_ADDR: Field<String> = Field::text("organizationCode_addr")
    .about("组织机构代码证图片，JPEG、PNG 或 WebP · Picture of the organisation code certificate")
    .shown(Example::File);

pub const PAPERS: Endpoint = put("/customer/papers")
    .title("提交证件", "Set what #39 shows of papers")
    .access(ADMINS)
    .also_at(&[zoned!("/customer/papers")])
    .as_upload()
    .zh(&["提交证件号和图片，之后由 #39 显示；以 `multipart/form-data` 上传，图片合计不超过 4 MiB。"])
    .notes(&[
        "Without it no endpoint would. What is absent stays, `\"\"` clears; numbers that cannot be right are flagged, never refused.",
        "Pictures come as files under the names of their addresses, together at most 4 MiB.",
    ])
    .in_path(&[("zone", "ac1")])
    .takes(&[
        DOCUMENT_KIND.optional(),
        CREDENTIALS.optional(),
        PERMIT_NUMBER.optional(),
        ORGANIZATIONCODE.optional(),
        PERMIT_ADDR.optional(),
        ORGANIZATION_ADDR.optional(),
    ])
    .refuses(&[Reason::UnreadablePicture]);

/// Extension: what #39 shows of papers is set here.
pub async fn papers(app: Arc<App>, member: PortalMember, mut call: Call) -> Result<Success, Failure> {
    let (form, stated) = call.read(form)?;
    must_match(&app, actor(&app, &member, &call), &stated).await?;
    app.portal.change_papers(actor(&app, &member, &call), &form).await?;
    Ok(Success::nothing())
}

/// The extension: fields as #39 shows them, the pictures as files under the names of their addresses.
fn form(fields: &mut Fields) -> Result<(PapersForm, Stated), Failure> {
    let (permit, organization) = (picture(fields, &PERMIT_ADDR)?, picture(fields, &ORGANIZATION_ADDR)?);
    let form = PapersForm {
        cred_type: fields.given(&DOCUMENT_KIND)?,
        credentials: fields.given(&CREDENTIALS)?,
        permit_number: fields.given(&PERMIT_NUMBER)?,
        organizationcode: fields.given(&ORGANIZATIONCODE)?,
        permit,
        organization,
    };
    Ok((form, fields.stated(RECORD)))
}

fn picture(fields: &mut Fields, field: &Field<String>) -> Result<Option<PapersPicture>, Failure> {
    let picture = fields.file_or_address(field)?;
    Ok(picture.map(|picture| match picture {
        Upload::New(file) => PapersPicture::New(file),
        Upload::Shown(address) => PapersPicture::Shown(address),
    }))
}

/// What the reference shows of the answers.
#[cfg(feature = "openapi")]
pub mod reference {
    use super::PAPERS;
    use describe::{Answers, Operation, cloud};

    pub fn operations() -> Vec<Operation> {
        vec![PAPERS.answers(cloud::nothing())]
    }
}
