//! What portal clients send.

use shared::{
    domain::{
        account::LoginName,
        cloud::{
            Account, AccountStatus, AccountType, Contact, ContactChange, ContactId, Customer, CustomerKind,
            CustomerPatch, Filter, LoginId, Page, ProfessionPatch, Website,
        },
        otp::Code,
        password::Password,
        phone::Phone,
        reason::{Failure, Reason},
        text::halfwidth,
    },
    service::cloud::{Joining, NewAccount, NewPassword, NewPhone, PapersForm, PapersPicture},
    wire::{Fields, Stated, Upload, label, missing},
};

/// Ids that one request may name.
const MOST_IDS: usize = 100;

pub fn page(fields: &mut Fields) -> Result<Page, Failure> {
    Page::parse(fields.optional("offset")?.as_deref(), fields.optional("limit")?.as_deref())
}

/// #47: an empty filter is none.
pub fn account_list(fields: &mut Fields) -> Result<(Filter, Page), Failure> {
    let login_id = fields.optional("login_id")?;
    let status = fields.optional("status")?.as_deref().map(AccountStatus::parse).transpose()?;
    Ok((Filter { login_id, status }, page(fields)?))
}

/// #48, and `contact_name`, which no document's endpoint would set otherwise.
pub fn account(fields: &mut Fields, shortest: usize) -> Result<NewAccount, Failure> {
    let login_id = LoginId::parse(&fields.required("login_id")?)?;
    let password = fields.required("passwd")?;
    let account_type = AccountType::parse(&fields.required("account_type")?)?;
    let contact_name = Account::contact_name(&fields.given("contact_name")?.unwrap_or_default())?;
    let password = Password::choose_of(shortest, &password, &[login_id.as_str(), &contact_name])?;
    Ok(NewAccount { login_id, password, account_type, contact_name })
}

/// #50, #51: the reason is optional, whatever the table says; an id in the body must be the one in the path.
pub fn switch(fields: &mut Fields, name: &LoginName) -> Result<String, Failure> {
    if fields.optional("account_id")?.is_some_and(|id| LoginName::read(&id) != *name) {
        return Err(Failure::malformed("登录帐号与路径中的不一致").of("account_id"));
    }
    Account::reason(&fields.given("reason")?.unwrap_or_default())
}

/// #45, #49: a comma-separated list, in the path as the samples have it, or under its name in the query or body.
pub fn list<T: PartialEq>(
    fields: &mut Fields,
    in_path: &str,
    name: &str,
    read: impl Fn(&str) -> T,
) -> Result<Vec<T>, Failure> {
    let elsewhere = fields.texts(name)?;
    let texts = if in_path.is_empty() { elsewhere } else { vec![in_path.to_owned()] };
    let mut ids = Vec::new();
    for text in texts.iter().flat_map(|text| text.split([',', '，'])).filter(|text| !text.trim().is_empty()) {
        let id = read(text);
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    match ids.len() {
        0 => Err(missing(name)),
        1..=MOST_IDS => Ok(ids),
        _ => Err(Failure::malformed(format!("{}一次最多 {MOST_IDS} 个", label(name))).of(name)),
    }
}

/// #43, #44: absent keeps, `""` clears.
pub fn contact(fields: &mut Fields) -> Result<ContactChange, Failure> {
    Ok(ContactChange {
        name: given(fields, "name", Contact::name)?,
        sex: given(fields, "sex", Contact::sex)?,
        tel: given(fields, "tel", Contact::tel)?,
        mobile: given(fields, "mobile", Contact::mobile)?,
        email: given(fields, "email", Contact::email)?,
        con_type: given(fields, "con_type", Contact::kind)?,
        cred_type: given(fields, "cred_type", Contact::credential_kind)?,
        credentials: given(fields, "credentials", Contact::credentials)?,
    })
}

/// #44
pub fn contact_change(fields: &mut Fields) -> Result<(ContactId, ContactChange), Failure> {
    let id = ContactId::read(&fields.required("contact_id")?);
    Ok((id, contact(fields)?))
}

/// #40: what is to be changed, and what is only sent back.
pub struct CustomerChange {
    pub patch: CustomerPatch,
    pub mobile: Option<(Phone, Code)>,
    pub stated: Stated,
}

/// #40: `post_field` says whether the service authorisation code or the mobile can be changed; else they are sent back.
pub fn customer_change(fields: &mut Fields) -> Result<CustomerChange, Failure> {
    let post_field = fields.optional("post_field")?.map(|text| halfwidth(&text).to_ascii_lowercase());
    let code = fields.optional("verification_code")?;
    let (authorization, mobile) = match post_field.as_deref() {
        None => (None, None),
        Some("auth") => (given(fields, "authorization", Customer::authorization)?, None),
        Some("phone") => {
            let phone = Phone::parse(&fields.required("mobile")?)?;
            (None, Some((phone, Code::read(&code.ok_or_else(|| missing("verification_code"))?)?)))
        }
        Some(_) => return Err(Failure::malformed("修改类型应为 phone 或 auth").of("post_field")),
    };
    let patch = CustomerPatch {
        tel: given(fields, "tel", Customer::tel)?,
        address: given(fields, "address", Customer::address)?,
        postcode: given(fields, "postcode", Customer::postcode)?,
        fax: given(fields, "fax", Customer::fax)?,
        authorization,
    };
    Ok(CustomerChange { patch, mobile, stated: fields.stated(RECORD) })
}

/// What a customer's record shows in #39 and #52, and what joining said: each call changes a part of it.
const RECORD: &[(&str, &str)] = &[
    ("cus_name", "用户名"),
    ("short_name", "昵称"),
    ("cus_type", "用户类型"),
    ("tel", "固定电话"),
    ("address", "地址"),
    ("postcode", "邮编"),
    ("fax", "传真"),
    ("mobile", "手机号"),
    ("cred_type", "证件类型"),
    ("credentials", "证件号码"),
    ("permit_number", "营业执照编号"),
    ("permit_addr", "营业执照图片"),
    ("organizationcode", "组织机构代码证编号"),
    ("organizationCode_addr", "组织机构代码证图片"),
    ("authorization", "授权码"),
    ("industry_application", "行业应用"),
    ("main_business", "主营业务"),
    ("website", "用户网址"),
];

/// #38: the code may come as a number, which loses its zeros on the left.
pub fn joining(fields: &mut Fields, shortest: usize) -> Result<Joining, Failure> {
    let cus_name = LoginId::parse(&fields.required("cus_name")?)?;
    let password = fields.required("passwd")?;
    let cus_type = CustomerKind::parse(&fields.required("cus_type")?)?;
    let mobile = Phone::parse(&fields.required("mobile")?)?;
    let code = Code::read(&fields.required("verification_code")?)?;
    let short_name = Customer::short_name(&fields.given("short_name")?.unwrap_or_default())?;
    let tel = Customer::tel(&fields.given("tel")?.unwrap_or_default())?;
    let password = Password::choose_of(shortest, &password, &[cus_name.as_str(), mobile.digits(), &short_name])?;
    Ok(Joining { cus_name, short_name, password, cus_type, tel, mobile, code })
}

/// #56. The document spells `smsype` in its table and `smstype` in its sample.
pub struct AskForCode {
    pub phone: Phone,
    pub addition: String,
}

impl AskForCode {
    const LONGEST_ADDITION: usize = 256;

    pub fn parse(fields: &mut Fields) -> Result<Self, Failure> {
        let addition = fields.required("addition")?;
        if addition.chars().count() > Self::LONGEST_ADDITION {
            return Err(Failure::malformed("附加字段最多 256 个字符").of("addition"));
        }
        match fields.optional_of(&["smsype", "smstype"])?.map(|text| halfwidth(&text).to_ascii_lowercase()).as_deref() {
            Some("certify") => Ok(Self { phone: Phone::parse(&fields.required("mobile")?)?, addition }),
            None => Err(missing("smsype")),
            Some(_) => Err(Failure::malformed("验证类型应为 certify").of("smsype")),
        }
    }
}

/// #54
pub fn new_password(fields: &mut Fields) -> Result<NewPassword, Failure> {
    let login_id = LoginName::read(&fields.required("login_id")?);
    let old = Password::typed(&fields.required("old_passwd")?);
    let new = fields.required("new_passwd")?;
    let verify_type = fields.required("verify_type")?;
    let (cell_number, verify_code) = (fields.required("cell_number")?, fields.required("verify_code")?);
    match halfwidth(&verify_type).to_ascii_lowercase().as_str() {
        "phone" => {}
        "wechat" => return Err(Reason::UnsupportedVerifyType.into()),
        _ => return Err(Failure::malformed("验证方式应为 phone 或 wechat").of("verify_type")),
    }
    Ok(NewPassword { login_id, old, new, phone: Phone::parse(&cell_number)?, code: Code::read(&verify_code)? })
}

/// #55
pub fn new_phone(fields: &mut Fields) -> Result<NewPhone, Failure> {
    let phone = Phone::parse(&fields.required("mobile")?)?;
    let code = fields.required("verification_code")?;
    let bind = match halfwidth(&fields.required("action_type")?).as_str() {
        "0" => true,
        "1" => false,
        _ => return Err(Failure::malformed("动作应为 0（绑定）或 1（解除绑定）").of("action_type")),
    };
    Ok(NewPhone { phone, code: Code::read(&code)?, bind })
}

/// The extension: fields as #39 shows them, the pictures as files under the names of their addresses.
pub fn papers(fields: &mut Fields) -> Result<(PapersForm, Stated), Failure> {
    let number = |name: &'static str| move |text: &str| Customer::number(text, label(name));
    let (permit, organization) = (picture(fields, "permit_addr")?, picture(fields, "organizationCode_addr")?);
    let form = PapersForm {
        cred_type: given(fields, "cred_type", Contact::credential_kind)?,
        credentials: given(fields, "credentials", number("credentials"))?,
        permit_number: given(fields, "permit_number", number("permit_number"))?,
        organizationcode: given(fields, "organizationcode", number("organizationcode"))?,
        permit,
        organization,
    };
    Ok((form, fields.stated(RECORD)))
}

fn picture(fields: &mut Fields, name: &str) -> Result<Option<PapersPicture>, Failure> {
    let picture = fields.file_or_address(name)?;
    Ok(picture.map(|picture| match picture {
        Upload::New(file) => PapersPicture::New(file),
        Upload::Shown(address) => PapersPicture::Shown(address),
    }))
}

/// #53
pub fn profession_change(fields: &mut Fields) -> Result<(ProfessionPatch, Stated), Failure> {
    let business = |name: &'static str| move |text: &str| Customer::business(text, label(name));
    let patch = ProfessionPatch {
        industry_application: given(fields, "industry_application", business("industry_application"))?,
        main_business: given(fields, "main_business", business("main_business"))?,
        website: given(fields, "website", Website::parse)?,
    };
    Ok((patch, fields.stated(RECORD)))
}

/// #41: a name that could be somebody's.
pub fn name_to_look_for(text: &str) -> Result<LoginName, Failure> {
    Ok(LoginId::parse(text)?.name())
}

fn given<T>(
    fields: &mut Fields,
    name: &str,
    parse: impl FnOnce(&str) -> Result<T, Failure>,
) -> Result<Option<T>, Failure> {
    fields.given(name)?.as_deref().map(parse).transpose().map_err(|refused| refused.of(name))
}
