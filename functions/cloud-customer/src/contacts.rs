//! Contacts (联系人), for everyone at the customer.

use crate::{
    App, MEMBERS, actor,
    ids::list_of_ids,
    page::{PAGE, page},
    views,
};
use shared::{
    domain::{
        account::Email,
        cloud::{Contact, ContactChange, ContactId, ContactKind, CredentialKind, Customer, PortalMember, Sex},
        phone::Phone,
        reason::{Failure, Reason},
    },
    wire::{Call, Endpoint, Field, Fields, Parameter, SampleSource, answer, cloud::Success, delete, get, post, put},
};
use std::sync::Arc;

const CONTACT: SampleSource = answer(ADD.way(), "/contact_id");
const NAME: Field<String> = Field::new("name", Contact::name).about("姓名 · Name").example("小李").rule(Contact::NAME);
const SEX: Field<Option<Sex>> =
    Field::new("sex", Contact::sex).about("性别：M 男，F 女 · Sex").example("M").one_of(&["M", "F", ""]);
const CONTACT_TEL: Field<String> = Field::new("tel", Contact::tel).about("固定电话 · Landline").rule(Customer::TEL);
const CONTACT_MOBILE: Field<Option<Phone>> =
    Field::new("mobile", Contact::mobile).about("手机 · Mobile number").example("15721460942").rule(Phone::RULE);
const CONTACT_EMAIL: Field<Option<Email>> =
    Field::new("email", Contact::email).about("邮箱 · E-mail").example("test2@heheda.net").rule(Email::RULE);
const CON_TYPE: Field<Option<ContactKind>> = Field::new("con_type", Contact::kind)
    .about("联系人类型 · Kind of contact")
    .example("STYPE")
    .one_of(&["STYPE", "JTYPE", ""]);
const CRED_TYPE: Field<Option<CredentialKind>> = Field::new("cred_type", Contact::credential_kind)
    .about("证件类型 · Kind of document")
    .example("IDENTITY")
    .one_of(&["IDENTITY", "MILITARY", "DRIVER", ""]);
const CONTACT_CREDENTIALS: Field<String> = Field::new("credentials", Contact::credentials)
    .about("证件号 · Document number")
    .example("728923198511293151")
    .rule(Customer::NUMBER);

const FIELDS: &[Parameter] = &[
    NAME.optional(),
    SEX.optional(),
    CONTACT_TEL.optional(),
    CONTACT_MOBILE.optional(),
    CONTACT_EMAIL.optional(),
    CON_TYPE.optional(),
    CRED_TYPE.optional(),
    CONTACT_CREDENTIALS.optional(),
];

const CONTACT_ID: Field<ContactId> = Field::new("contact_id", |text| Ok(ContactId::read(text)))
    .about("联系人 ID · The contact's id")
    .example("con_USBENSE");
const CONTACT_IDS: Field<String> = Field::text("contact_ids")
    .about(
        "联系人 ID 列表，逗号分隔；路径中没有时必填 · Contact ids with commas between; needed where the path has none",
    )
    .example("con_USEWFAB");

pub const LIST: Endpoint = get("/customer/contacts")
    .number(42)
    .title("获取用户联系人信息", "The customer's contacts")
    .access(MEMBERS)
    .also_at(&[zoned!("/customer/contacts")])
    .zh(&["按添加顺序列出联系人。主帐号看到完整证件号，子帐号看到掩码。"])
    .notes(&[
        "In the order in which they came. A sub account sees document numbers masked.",
        "The samples' ID numbers cannot be real ones: such a number is flagged, never refused.",
    ])
    .in_path(&[("zone", "ac1")])
    .takes(PAGE);

pub const ADD: Endpoint = post("/customer/contacts")
    .number(43)
    .title("增加联系人", "Add a contact")
    .access(MEMBERS)
    .also_at(&[zoned!("/customer/contacts")])
    .zh(&["所有字段都可不填，返回新联系人及其 `contact_id`。", "不合规的证件号只做标记，不会被拒绝。"])
    .notes(&["No field is needed. Ids are `con_` and more characters than the samples', which would run out."])
    .in_path(&[("zone", "ac1")])
    .takes(FIELDS)
    .refuses(&[Reason::CapReached]);

pub const CHANGE: Endpoint = put("/customer/contacts")
    .number(44)
    .title("修改联系人信息", "Change a contact")
    .access(MEMBERS)
    .also_at(&[zoned!("/customer/contacts")])
    .zh(&["不传的字段保持不变，空字符串清空；返回修改后的联系人。", "原样传回掩码后的证件号不会改变已保存的号码。"])
    .notes(&[
        "The table says fields, then NONE; the sample echoes, and so do we. What is absent stays, `\"\"` clears.",
        "A masked number that is sent back changes nothing. Another customer's contact answers like none.",
    ])
    .in_path(&[("zone", "ac1")])
    .takes(&[CONTACT_ID.required().from(CONTACT)])
    .takes(FIELDS)
    .refuses(&[Reason::NotYours]);

pub const DELETE: Endpoint = delete("/customer/contacts/{contact_ids}")
    .number(45)
    .title("删除联系人 支持批量", "Delete contacts")
    .access(MEMBERS)
    .also_at(&[zoned!("/customer/contacts/{contact_ids}"), "/customer/contacts", zoned!("/customer/contacts")])
    .zh(&["批量删除，返回实际删除的联系人；不存在的 ID 不算错误。"])
    .notes(&[
        "The table has the ids in the query, the sample in the path: both, or in a body as a list. At most 100.",
        "Those that were really deleted are echoed; one that does not exist is no mistake.",
    ])
    .path_from(&[("contact_ids", CONTACT)])
    .in_path(&[("contact_ids", "con_USEWFAB,con_OIHYDNV"), ("zone", "ac1")])
    .takes(&[CONTACT_IDS.optional().from(CONTACT)]);

/// #42
pub async fn list(app: Arc<App>, member: PortalMember, mut call: Call) -> Result<Success, Failure> {
    let page = call.read(page)?;
    let listing = app.portal.contacts(actor(&app, &member, &call), page).await?;
    Success::content(&views::Contacts::of(&listing, &member))
}

/// #43
pub async fn add(app: Arc<App>, member: PortalMember, mut call: Call) -> Result<Success, Failure> {
    let contact = call.read(contact)?.applied_to(Contact::default())?;
    let added = app.portal.add_contact(actor(&app, &member, &call), contact).await?;
    Success::content(&views::Person::as_sent(&added))
}

/// #43, #44: absent keeps, `""` clears.
fn contact(fields: &mut Fields) -> Result<ContactChange, Failure> {
    Ok(ContactChange {
        name: fields.given(&NAME)?,
        sex: fields.given(&SEX)?,
        tel: fields.given(&CONTACT_TEL)?,
        mobile: fields.given(&CONTACT_MOBILE)?,
        email: fields.given(&CONTACT_EMAIL)?,
        con_type: fields.given(&CON_TYPE)?,
        cred_type: fields.given(&CRED_TYPE)?,
        credentials: fields.given(&CONTACT_CREDENTIALS)?,
    })
}

/// #44
pub async fn change(app: Arc<App>, member: PortalMember, mut call: Call) -> Result<Success, Failure> {
    let (id, change) = call.read(|fields| Ok((fields.required(&CONTACT_ID)?, contact(fields)?)))?;
    let changed = app.portal.change_contact(actor(&app, &member, &call), &id, &change).await?;
    Success::content(&views::Person::of(&changed, &member))
}

/// #45
pub async fn remove(app: Arc<App>, member: PortalMember, mut call: Call) -> Result<Success, Failure> {
    let in_path = call.path("contact_ids").to_owned();
    let ids = call.read(|fields| list_of_ids(fields, &in_path, &CONTACT_IDS, ContactId::read))?;
    let deleted = app.portal.delete_contacts(actor(&app, &member, &call), &ids).await?;
    Success::content(&views::DeletedContacts::of(&deleted))
}

/// What the reference shows of the answers.
#[cfg(feature = "openapi")]
pub mod reference {
    use super::{ADD, CHANGE, DELETE, LIST};
    use crate::views;
    use describe::{Answers, Operation, cloud};
    use serde_json::{Value, json};

    pub fn operations() -> Vec<Operation> {
        vec![
            LIST.answers(cloud::content::<views::Contacts<'static>>(json!({
                "contacts": [
                    {
                        "contact_id": "con_YZAKUZF", "name": "小张", "sex": "M", "tel": "021-25228622",
                        "mobile": "13751247782", "email": "test@163.com", "con_type": "JTYPE", "cred_type": "IDENTITY",
                        "credentials": "330104598502150915"
                    },
                    person()
                ],
                "total_count": 2
            }))),
            ADD.answers(cloud::content::<views::Person<'static>>(person())),
            CHANGE.answers(cloud::content::<views::Person<'static>>(person())),
            DELETE.answers(cloud::content::<views::DeletedContacts<'static>>(json!({
                "contact_ids": ["con_USEWFAB", "con_OIHYDNV"]
            }))),
        ]
    }

    fn person() -> Value {
        json!({
            "contact_id": "con_USBENSE", "name": "小李", "sex": "M", "tel": "", "mobile": "15721460942",
            "email": "test2@heheda.net", "con_type": "STYPE", "cred_type": "IDENTITY", "credentials": "728923198511293151"
        })
    }
}
