//! What shop staff read, spelt as the document's table spells it.

use jiff::Timestamp;
use serde::Serialize;
use shared::{
    domain::{
        phone::Phone,
        reason::Failure,
        resident_id::GivenId,
        shop::{IdAndName, SHOWN, ShopGender, ShopRecord, Tag, has_signed_in},
    },
    service::shop,
    wire::{ev_app::time, shop::Success},
};

/// #57, #60, #61: one record with its version.
pub fn record(customer: &ShopRecord, whole: bool) -> Result<Success, Failure> {
    Success::record(&Record::of(customer, whole), customer.version)
}

/// #62.
#[derive(Serialize)]
pub struct Nothing {}

/// All fields of the document's table; what is unset is `null`.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Record<'c> {
    id: String,
    version: u64,
    shop_id: &'c str,
    name: &'c str,
    mrn: &'c str,
    mobile: Option<&'c str>,
    #[cfg_attr(feature = "openapi", schemars(with = "String"))]
    gender: ShopGender,
    birthday: Option<String>,
    idcard: Option<String>,
    country: Option<&'c str>,
    province: Option<&'c str>,
    city: Option<&'c str>,
    county: Option<&'c str>,
    address: Option<&'c str>,
    balance: i64,
    credit: i64,
    wechat_nickname: Option<&'c str>,
    wechat_headimgurl: Option<&'c str>,
    #[serde(rename = "LastSigninAt")]
    last_signin_at: Option<String>,
    tag: Option<Vec<&'c str>>,
    from_channel: Option<&'c str>,
    from_referrer: Option<IdName<'c>>,
    from_activity: Option<IdName<'c>>,
    status: &'c str,
}

/// `IdName` of the document.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct IdName<'c> {
    id: &'c str,
    name: &'c str,
}

impl<'c> IdName<'c> {
    fn of(named: &'c IdAndName) -> Self {
        Self { id: &named.id, name: &named.name }
    }
}

impl<'c> Record<'c> {
    pub fn of(customer: &'c ShopRecord, whole: bool) -> Self {
        let residence = &customer.residence;
        let idcard = |id: &GivenId| if whole { id.as_str().to_owned() } else { id.masked(SHOWN) };
        Self {
            id: customer.id.to_string(),
            version: customer.version,
            shop_id: customer.id.shop.as_str(),
            name: &customer.name,
            mrn: &customer.mrn,
            mobile: customer.mobile.as_ref().map(Phone::digits),
            gender: customer.gender,
            birthday: customer.birthday.map(|day| day.to_string()),
            idcard: customer.idcard.as_ref().map(idcard),
            country: residence.country.as_deref(),
            province: residence.province.as_deref(),
            city: residence.city.as_deref(),
            county: residence.county.as_deref(),
            address: residence.address.as_deref(),
            balance: customer.balance.0,
            credit: customer.credit,
            wechat_nickname: customer.wechat_nickname.as_deref(),
            wechat_headimgurl: customer.wechat_picture.as_deref(),
            last_signin_at: customer.last_signin_at.map(time),
            tag: Some(customer.tags.iter().map(Tag::as_str).collect::<Vec<_>>()).filter(|tags| !tags.is_empty()),
            from_channel: customer.channel.as_deref(),
            from_referrer: customer.referrer.as_ref().map(IdName::of),
            from_activity: customer.activity.as_ref().map(IdName::of),
            status: &customer.status,
        }
    }
}

/// #58. Lists show ID numbers masked to everybody.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Page<'p> {
    items: Vec<Record<'p>>,
    next_cursor: Option<&'p str>,
}

impl<'p> Page<'p> {
    pub fn of(page: &'p shop::ShopRecordPage) -> Self {
        let items = page.customers.iter().map(|customer| Record::of(customer, false)).collect();
        Self { items, next_cursor: page.next.as_deref() }
    }
}

/// #59.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Accounts<'c> {
    items: Vec<LinkedAccount<'c>>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
struct LinkedAccount<'c> {
    id: String,
    name: &'c str,
    mobile: Option<&'c str>,
    shop_id: &'c str,
    #[serde(skip_serializing_if = "Option::is_none")]
    signin_status: Option<&'static str>,
}

impl<'c> Accounts<'c> {
    /// With today's sign-in state, if `now` is given.
    pub fn of(customers: &'c [ShopRecord], now: Option<Timestamp>) -> Self {
        let status = |customer| now.map(|now| if has_signed_in(customer, now) { "signed" } else { "unsigned" });
        let account = |customer: &'c ShopRecord| LinkedAccount {
            id: customer.id.to_string(),
            name: &customer.name,
            mobile: customer.mobile.as_ref().map(Phone::digits),
            shop_id: customer.id.shop.as_str(),
            signin_status: status(customer),
        };
        Self { items: customers.iter().map(account).collect() }
    }
}
