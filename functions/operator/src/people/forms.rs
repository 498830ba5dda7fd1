//! What operators send about people.

use shared::{
    domain::{
        account::{AccountId, LoginName, Realm, Role, Username},
        password::Password,
        reason::{Failure, Reason},
        text::halfwidth,
    },
    service::people::Appointment,
    wire::{Fields, Stated},
};

/// Roles that the operator gives.
const ROLES: [Role; 4] = [Role::Admin, Role::Auditor, Role::ShopManager, Role::ShopStaff];
/// A record that every request reads stays small.
const MOST_SHOPS: usize = 20;

/// `{"username","password","role","shops":"s1,s2"}`; the password is the first one, judged like any other.
pub fn appointment(fields: &mut Fields) -> Result<Appointment, Failure> {
    let username = Username::parse(&fields.required("username")?)?;
    let password = Password::choose(&fields.required("password")?, &[username.as_str()])?;
    let (role, shops) = role(fields, None)?;
    Ok(Appointment { username, password, role, shops })
}

/// A role with its shops: shop staff work in one at least, the platform's in none.
fn role(fields: &mut Fields, realm: Option<Realm>) -> Result<(Role, Vec<String>), Failure> {
    let name = halfwidth(&fields.required("role")?).to_ascii_lowercase();
    let role = ROLES.into_iter().find(|role| role.as_str() == name);
    let role = role.filter(|role| realm.is_none_or(|realm| role.realm() == realm));
    let role = role.ok_or_else(|| {
        Failure::malformed("role 应为 admin、auditor（平台）或 shop-manager、shop-staff（门店），且属于该账户的领域")
    })?;
    // Sent with commas, or as the list that is shown.
    let listed = fields.texts("shops")?.join(",");
    let mut shops: Vec<_> = listed.split(',').map(halfwidth).filter(|shop| !shop.is_empty()).collect();
    shops.sort();
    shops.dedup();
    let is_plain =
        |shop: &String| shop.len() <= 32 && shop.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    let fits = if role.realm() == Realm::Shop { (1..=MOST_SHOPS).contains(&shops.len()) } else { shops.is_empty() };
    if !fits || !shops.iter().all(is_plain) {
        return Err(Failure::malformed("shops 应为 1 至 20 个以逗号分隔的门店 id；平台人员没有门店"));
    }
    Ok((role, shops))
}

/// What of a member of staff can be changed, and what is only sent back.
pub fn change(fields: &mut Fields, realm: Realm) -> Result<(Role, Vec<String>, Stated), Failure> {
    let (role, shops) = role(fields, Some(realm))?;
    Ok((role, shops, fields.stated(&[("account_id", "账户编号"), ("realm", "用户群"), ("locked", "是否锁定")])))
}

/// An id that we gave. What cannot be one is nobody's.
pub fn account(text: &str) -> Result<AccountId, Failure> {
    let is_plain =
        !text.is_empty() && text.len() <= 64 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.@".contains(&b));
    if is_plain { Ok(AccountId::known(text)) } else { Err(Reason::NotYours.into()) }
}

pub enum Wanted {
    Staff { realm: Realm, after: Option<AccountId>, most: u8 },
    Named { realm: Realm, name: LoginName },
}

impl Wanted {
    /// `?realm=shop&after=…&limit=50` or `?realm=ev&username=wyc2002`
    pub fn parse(fields: &mut Fields) -> Result<Self, Failure> {
        let realm = Realm::parse(&fields.required("realm")?)?;
        let after = fields.optional("after")?.map(|after| account(&after)).transpose()?;
        let most = crate::most(fields)?;
        if let Some(name) = fields.optional("username")? {
            return Ok(Self::Named { realm, name: LoginName::read(&name) });
        }
        if !matches!(realm, Realm::Platform | Realm::Shop) {
            return Err(Failure::malformed("realm 应为 platform 或 shop；其他领域请给出 username"));
        }
        Ok(Self::Staff { realm, after, most })
    }
}

/// `{"locked":true,"reason":"…"}`
pub struct Lock {
    pub locked: bool,
    pub reason: String,
}

impl Lock {
    pub fn parse(fields: &mut Fields) -> Result<Self, Failure> {
        let locked = fields.flag("locked")?;
        let reason = fields.optional("reason")?.unwrap_or_default();
        if reason.chars().count() > 200 {
            return Err(Failure::malformed("reason 最多 200 个字符"));
        }
        Ok(Self { locked, reason })
    }
}
