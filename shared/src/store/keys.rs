//! Every key string of the tables, and nowhere else one. docs/data-model.md lists them.

use crate::domain::{
    account::{AccountId, LoginName, Realm},
    charging::{Mode, Number},
    cloud::{ContactId, Tenant},
    day::Day,
    device::DeviceId,
    image::PictureKey,
    ledger::EntryKind,
    open_id::OpenId,
    otp::{Device, Purpose},
    payment::PaymentId,
    phone::Phone,
    sealed::BlindIndex,
    shop::{CustomerId, EntryKey, GroupId, ShopId},
    station_id::{StationId, StationNumber},
    vehicle::Plate,
};
use std::net::IpAddr;

pub(super) const PK: &str = "pk";
pub(super) const SK: &str = "sk";
/// Epoch seconds after which DynamoDB may delete an item. It does so late, so expiry is also checked on read.
pub(super) const TTL: &str = "ttl";
/// The sparse index of what is due: only items that have something due carry these two.
pub(super) const DUE_SHARD: &str = "due_shard";
pub(super) const DUE_AT: &str = "due_at";

/// What the sort keys of customers' records begin with.
pub(super) const CUSTOMER: &str = "CUSTOMER#";
/// What the sort keys of links between records begin with.
pub(super) const LINK: &str = "LINK#";
const CODES: &str = "CODES";

/// What the sort keys of detail records begin with.
pub(super) const RECORD: &str = "RECORD#";
/// What the sort keys of bills begin with. A bill on which nothing is owed moves to another range, so that what is open
/// costs the same however much has been paid.
pub(super) const BILL: &str = "BILL#";
pub(super) const OPEN_BILL: &str = "BILL#OPEN#";
/// Behind all open bills and before all others.
pub(super) const BEHIND_OPEN_BILLS: &str = "BILL#OPEN$";
pub(super) const OVERPAID_BILL: &str = "BILL#OVER#";
pub(super) const PAID_BILL: &str = "BILL#PAID#";
/// Sparse indexes of bills by their own sort keys: only a bill carries these.
pub(super) const ALL_BILLS: &str = "bill_all";
pub(super) const BILL_DAY: &str = "bill_day";
pub(super) const BILL_PLATE: &str = "bill_plate";
/// What stands in `bill_all`.
pub(super) const ALL: &str = "ALL";
/// Behind every millisecond that a key is made of.
const LAST_MILLI: i64 = 999_999_999_999_999;

/// What the sort keys of a station's days and of its price changes begin with.
pub(super) const DAY: &str = "DAY#";
pub(super) const PRICES: &str = "PRICES#";

/// The partition of papers that wait for an auditor: what is decided leaves it.
pub(super) const WAITING_PAPERS: &str = "PAPERS#WAITING";
/// What the sort keys of what happened to papers begin with. It sorts before the papers themselves, which lie beside
/// their account's record.
pub(super) const HISTORY: &str = "HISTORY#PAPERS#";

/// The partition that lists all stations.
pub(super) const STATIONS: &str = "STATIONS";
/// What its sort keys begin with.
pub(super) const LISTED: &str = "STATION#";

/// The partition that lists all shops.
pub(super) const SHOPS: &str = "SHOPS";
/// What its sort keys begin with.
pub(super) const LISTED_SHOP: &str = "SHOP#";

/// The primary key of one item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Key {
    pub pk: String,
    pub sk: String,
}

impl Key {
    fn new(pk: String, sk: &str) -> Self {
        Self { pk, sk: sk.to_owned() }
    }

    /// All that a sign-in needs lies under one name: the credential and the failures.
    pub fn login(realm: Realm, name: &LoginName) -> String {
        format!("LOGIN#{}#{}", realm.as_str(), name.as_str())
    }

    pub fn credential(realm: Realm, name: &LoginName) -> Self {
        Self::new(Self::login(realm, name), "CREDENTIAL")
    }

    pub fn failures(realm: Realm, name: &LoginName) -> Self {
        Self::new(Self::login(realm, name), "FAILURES")
    }

    pub fn sessions(realm: Realm, account: &AccountId) -> Self {
        Self::new(format!("ACCOUNT#{}#{}", realm.as_str(), account.as_str()), "SESSIONS")
    }

    pub fn driver(account: &AccountId) -> Self {
        Self::new(Self::ev_account(account), "PROFILE")
    }

    pub fn plate(plate: &Plate) -> Self {
        Self::new(format!("PLATE#{}", plate.as_str()), "HOLDER")
    }

    /// What one address did in one minute.
    pub fn address(action: &str, address: IpAddr, minute: i64) -> Self {
        Self::new(format!("ADDRESS#{action}#{}", network(address)), &format!("MINUTE#{minute}"))
    }

    /// Who has a phone in a realm.
    pub fn phone_holder(realm: Realm, phone: &Phone) -> Self {
        Self::new(format!("PHONE#{}#{}", realm.as_str(), phone.as_e164()), "HOLDER")
    }

    /// Codes of a phone over all products.
    pub fn phone_codes(phone: &Phone) -> Self {
        Self::new(format!("PHONE#{}", phone.as_e164()), CODES)
    }

    pub fn device_codes(realm: Realm, device: &Device) -> Self {
        Self::new(format!("DEVICE#{}#{}", realm.as_str(), device.as_str()), CODES)
    }

    pub fn address_codes(address: IpAddr) -> Self {
        Self::new(format!("ADDRESS#code#{}", network(address)), CODES)
    }

    pub fn product_codes(realm: Realm) -> Self {
        Self::new(format!("PRODUCT#{}", realm.as_str()), CODES)
    }

    /// The newest code for a purpose.
    pub fn code(product: Realm, phone: &Phone, purpose: &Purpose) -> Self {
        let account = purpose.account().map_or(String::new(), |account| format!("#{}", account.as_str()));
        let sk = format!("{}{account}", purpose.as_str().to_ascii_uppercase());
        Self::new(format!("CODE#{}#{}", product.as_str(), phone.as_e164()), &sk)
    }

    /// A message on its way.
    pub fn sms(id: &str) -> Self {
        Self::new(format!("SMS#{id}"), "JOB")
    }

    /// What a plate has in the queue.
    pub fn plate_charge(plate: &str) -> Self {
        Self::new(format!("PLATE#{plate}"), "CHARGE")
    }

    pub fn station(id: &StationId) -> Self {
        Self::new(Self::station_pk(id), "HEAD")
    }

    /// Which station an item of the index is.
    pub fn station_of(pk: &str) -> Option<&str> {
        pk.strip_prefix("STATION#")
    }

    /// A waiting car. Fast ones are sorted backwards, so that the fronts of both lines lie side by side and one query
    /// reads both.
    pub fn waiting(id: &StationId, Number { mode, n }: Number) -> Self {
        let place = match mode {
            Mode::Fast => 9_999_999_999 - u64::from(n),
            Mode::Slow => u64::from(n),
        };
        Self::new(Self::station_pk(id), &format!("WAITING#{mode}#{place:010}"))
    }

    /// What the piles of a station took in on one day.
    pub fn station_day(id: &StationId, day: Day) -> Self {
        Self::new(Self::station_pk(id), &format!("{DAY}{day}"))
    }

    /// What they have taken in since the station was made.
    pub fn station_total(id: &StationId) -> Self {
        Self::new(Self::station_pk(id), "TOTAL")
    }

    /// A price change, by when it counts, then by the version of the station that it made.
    pub fn prices(id: &StationId, from: i64, version: u64) -> Self {
        Self::new(Self::station_pk(id), &format!("{PRICES}{from:015}#{version:012}"))
    }

    /// The staff of the platform or of shops.
    pub fn staff_of(realm: Realm) -> String {
        format!("STAFF#{}", realm.as_str())
    }

    pub fn staff(realm: Realm, account: &AccountId) -> Self {
        Self::new(Self::staff_of(realm), &format!("MEMBER#{}", account.as_str()))
    }

    /// A station in the list of all.
    pub fn listed(id: &StationId) -> Self {
        Self::new(STATIONS.to_owned(), &format!("{LISTED}{}", id.as_str()))
    }

    pub fn station_pk(id: &StationId) -> String {
        format!("STATION#{}", id.as_str())
    }

    pub fn station_number(number: StationNumber) -> Self {
        Self::new(format!("STATION-NUMBER#{}", u32::from(number)), "STATION")
    }

    /// The first answer to an `Idempotency-Key` of a driver.
    pub fn first_answer(account: &AccountId, key: &str) -> Self {
        Self::new(Self::ev_account(account), &format!("ANSWER#{key}"))
    }

    /// A detail record: sorted by the millisecond in which it was closed, then by its number.
    pub fn record(account: &AccountId, closed: i64, id: u64) -> Self {
        Self::new(Self::ev_account(account), &format!("{RECORD}{closed:015}#{id:016}"))
    }

    /// A bill on which something is owed: sorted by the millisecond behind which it is in arrears.
    pub fn open_bill(account: &AccountId, from: i64, request: u64) -> Self {
        Self::new(Self::ev_account(account), &format!("{OPEN_BILL}{from:015}#{request:016}"))
    }

    /// A bill on which more was paid than is owed: the last one issued in front.
    pub fn overpaid_bill(account: &AccountId, ended: i64, request: u64) -> Self {
        Self::new(Self::ev_account(account), &format!("{OVERPAID_BILL}{:015}#{request:016}", LAST_MILLI - ended))
    }

    /// A bill on which nothing is owed: the last one issued in front.
    pub fn paid_bill(account: &AccountId, ended: i64, request: u64) -> Self {
        Self::new(Self::ev_account(account), &format!("{PAID_BILL}{:015}#{request:016}", LAST_MILLI - ended))
    }

    /// What the sort keys of a bill's entries begin with.
    pub fn entries(request: u64) -> String {
        format!("LEDGER#{request:016}#")
    }

    /// An entry of a bill's ledger.
    pub fn entry(account: &AccountId, request: u64, kind: EntryKind, key: &str) -> Self {
        Self::new(Self::ev_account(account), &format!("{}{}-{key}", Self::entries(request), kind.as_str()))
    }

    /// A payment at the provider.
    pub fn payment(id: &PaymentId) -> Self {
        Self::new(format!("PAYMENT#{}", id.as_str()), "PAYMENT")
    }

    /// The payment that was started last for a bill.
    pub fn last_payment(account: &AccountId, request: u64) -> Self {
        Self::new(Self::ev_account(account), &format!("PAYING#{request:016}"))
    }

    /// What was booked under a reference, whichever bill it was for.
    pub fn reference(reference: &str) -> Self {
        Self::new(format!("REFERENCE#{reference}"), "ENTRY")
    }

    pub fn ev_account(account: &AccountId) -> String {
        format!("ACCOUNT#{}#{}", Realm::Ev.as_str(), account.as_str())
    }

    /// Which driver an item is of.
    pub fn driver_of(pk: &str) -> Option<&str> {
        pk.strip_prefix("ACCOUNT#ev#")
    }

    /// What became of a picture.
    pub fn picture(key: &PictureKey) -> Self {
        Self::new(format!("PICTURE#{}", key.as_str()), "STATE")
    }

    /// Which picture an item of the index is.
    pub fn picture_of(pk: &str) -> Option<PictureKey> {
        PictureKey::named_in(pk.strip_prefix("PICTURE#")?)
    }

    /// What an account uploaded on one day.
    pub fn uploads(realm: Realm, account: &AccountId, day: i64) -> Self {
        Self::new(format!("ACCOUNT#{}#{}", realm.as_str(), account.as_str()), &format!("UPLOADS#{day}"))
    }

    pub fn shop(id: &ShopId) -> Self {
        Self::new(Self::shop_pk(id), "SHOP")
    }

    /// A shop in the list of all.
    pub fn listed_shop(id: &ShopId) -> Self {
        Self::new(SHOPS.to_owned(), &format!("{LISTED_SHOP}{}", id.as_str()))
    }

    pub fn shop_group(id: &GroupId) -> Self {
        Self::new(format!("SHOP-GROUP#{}", id.as_str()), "GROUP")
    }

    /// The last 病历号 that a shop gave.
    pub fn shop_counter(id: &ShopId) -> Self {
        Self::new(Self::shop_pk(id), "COUNTER")
    }

    /// A customer's record; those of a shop lie in the order in which they were made.
    pub fn customer(id: &CustomerId) -> Self {
        Self::new(Self::shop_pk(&id.shop), &format!("{CUSTOMER}{}", id.serial.as_str()))
    }

    /// Where a record goes when it is deleted: kept, and out of every list.
    pub fn deleted_customer(id: &CustomerId) -> Self {
        Self::new(Self::shop_pk(&id.shop), &format!("DELETED#{}", id.serial.as_str()))
    }

    /// A copy of the record in the order of names, which are folded.
    pub fn customer_by_name(id: &CustomerId, folded: &str) -> Self {
        Self::new(Self::shop_names(&id.shop), &format!("{folded}#{}", id.serial.as_str()))
    }

    /// A copy of the record in the order of phone numbers.
    pub fn customer_by_mobile(id: &CustomerId, digits: &str) -> Self {
        Self::new(Self::shop_mobiles(&id.shop), &format!("{digits}#{}", id.serial.as_str()))
    }

    /// A copy of the record under one of its tags, which the key does not tell.
    pub fn customer_by_tag(id: &CustomerId, tag: &BlindIndex) -> Self {
        Self::new(Self::shop_tag(&id.shop, tag), &format!("{CUSTOMER}{}", id.serial.as_str()))
    }

    /// Where a record is found by the last digits of its phone number.
    pub fn customer_by_last_digits(id: &CustomerId, digits: &str) -> Self {
        Self::new(Self::shop_last_digits(&id.shop), &format!("{digits}#{}", id.serial.as_str()))
    }

    /// Where a record is found by its 病历号, which the key does not tell.
    pub fn customer_by_mrn(id: &CustomerId, mrn: &BlindIndex) -> Self {
        Self::new(Self::shop_mrn(&id.shop, mrn), &format!("{CUSTOMER}{}", id.serial.as_str()))
    }

    pub fn shop_last_digits(shop: &ShopId) -> String {
        format!("{}#LAST-DIGITS", Self::shop_pk(shop))
    }

    pub fn shop_mrn(shop: &ShopId, mrn: &BlindIndex) -> String {
        format!("{}#MRN#{}", Self::shop_pk(shop), mrn.0)
    }

    pub fn shop_names(shop: &ShopId) -> String {
        format!("{}#NAME", Self::shop_pk(shop))
    }

    pub fn shop_mobiles(shop: &ShopId) -> String {
        format!("{}#MOBILE", Self::shop_pk(shop))
    }

    pub fn shop_tag(shop: &ShopId, tag: &BlindIndex) -> String {
        format!("{}#TAG#{}", Self::shop_pk(shop), tag.0)
    }

    /// What lies beside a record: its entries and links.
    pub fn beside_customer(id: &CustomerId) -> String {
        format!("{}#CUSTOMER#{}", Self::shop_pk(&id.shop), id.serial.as_str())
    }

    pub fn customer_entry(id: &CustomerId, key: &EntryKey) -> Self {
        Self::new(Self::beside_customer(id), &format!("ENTRY#{}", key.as_str()))
    }

    pub fn customer_link(id: &CustomerId, other: &CustomerId) -> Self {
        Self::new(Self::beside_customer(id), &format!("{LINK}{other}"))
    }

    /// How many links a record has: sorts right before them.
    pub fn customer_links(id: &CustomerId) -> Self {
        Self::new(Self::beside_customer(id), "LINK")
    }

    /// The record that an `Idempotency-Key` made.
    pub fn customer_made(shop: &ShopId, key: &str) -> Self {
        Self::new(Self::shop_pk(shop), &format!("MADE#{key}"))
    }

    pub fn shop_pk(id: &ShopId) -> String {
        format!("SHOP#{}", id.as_str())
    }

    /// The picture with letters that a device was shown last.
    pub fn captcha(device: &DeviceId) -> Self {
        Self::new(format!("CAPTCHA#{}", device.as_str()), "PICTURE")
    }

    pub fn dealer(account: &AccountId) -> Self {
        Self::profile(Realm::MallDealer, account)
    }

    /// The record of a consumer, an agent or a dealer.
    pub fn profile(realm: Realm, account: &AccountId) -> Self {
        Self::new(format!("ACCOUNT#{}#{}", realm.as_str(), account.as_str()), "PROFILE")
    }

    /// The papers of an agent or a dealer.
    pub fn papers(realm: Realm, account: &AccountId) -> Self {
        Self::new(format!("ACCOUNT#{}#{}", realm.as_str(), account.as_str()), "PAPERS")
    }

    /// What made this version of them.
    pub fn papers_event(realm: Realm, account: &AccountId, version: u64) -> Self {
        Self::new(Self::papers(realm, account).pk, &format!("{HISTORY}{version:012}"))
    }

    /// Their place among those that wait, by the millisecond since when they do.
    pub fn waiting_papers(realm: Realm, account: &AccountId, since: i64) -> Self {
        let sk = format!("{since:015}#{}#{}", realm.as_str(), account.as_str());
        Self::new(WAITING_PAPERS.to_owned(), &sk)
    }

    /// Who of a realm has an ID number, which the key does not tell.
    pub fn id_number(realm: Realm, number: &BlindIndex) -> Self {
        Self::new(format!("ID-NUMBER#{}#{}", realm.as_str(), number.0), "HOLDER")
    }

    /// Who has an openId in a realm.
    pub fn open_id_holder(realm: Realm, id: &OpenId) -> Self {
        Self::new(format!("OPENID#{}#{}", realm.as_str(), id.as_str()), "HOLDER")
    }

    /// A business customer's data lies in one partition, which carries its zone.
    fn tenant(Tenant { zone, customer }: &Tenant) -> String {
        format!("Z#{}#CUS#{}", zone.as_str(), customer.as_str())
    }

    pub fn cloud_customer(tenant: &Tenant) -> Self {
        Self::new(Self::tenant(tenant), "CUSTOMER")
    }

    /// How many accounts there are: sorts right before them.
    pub fn cloud_accounts(tenant: &Tenant) -> Self {
        Self::new(Self::tenant(tenant), "ACCOUNT")
    }

    pub fn cloud_account(tenant: &Tenant, name: &LoginName) -> Self {
        Self::new(Self::tenant(tenant), &format!("ACCOUNT#{}", name.as_str()))
    }

    /// How many contacts there are: sorts right before them.
    pub fn contacts(tenant: &Tenant) -> Self {
        Self::new(Self::tenant(tenant), "CONTACT")
    }

    pub fn contact(tenant: &Tenant, id: &ContactId) -> Self {
        Self::new(Self::tenant(tenant), &format!("CONTACT#{}", id.as_str()))
    }

    /// Which customer a name belongs to; lies beside what signs in under that name.
    pub fn customer_name(name: &LoginName) -> Self {
        Self::new(Self::login(Realm::Cloud, name), "CUSTOMER")
    }

    pub fn first_admin() -> Self {
        Self::new("PLATFORM".to_owned(), "FIRST-ADMIN")
    }
}

/// An IPv4 address as it is; of an IPv6 address the /64, since that much belongs to one caller.
fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{cloud::Zone, image::Purpose};

    #[test]
    fn keys_are_what_the_data_model_says() {
        let (name, id) = (LoginName::read("Wyc2002"), AccountId::known("1004"));
        let key = |pk: &str, sk: &str| Key { pk: pk.to_owned(), sk: sk.to_owned() };
        assert_eq!(Key::credential(Realm::Ev, &name), key("LOGIN#ev#wyc2002", "CREDENTIAL"));
        assert_eq!(Key::failures(Realm::Platform, &name), key("LOGIN#platform#wyc2002", "FAILURES"));
        assert_eq!(Key::sessions(Realm::Ev, &id), key("ACCOUNT#ev#1004", "SESSIONS"));
        assert_eq!(Key::driver(&id), key("ACCOUNT#ev#1004", "PROFILE"));
        assert_eq!(Key::plate(&Plate::parse("皖A12345").unwrap()), key("PLATE#皖A12345", "HOLDER"));
        assert_eq!(Key::dealer(&id), key("ACCOUNT#mall-dealer#1004", "PROFILE"));
        let open_id = OpenId::parse("oGZUI0eg").unwrap();
        assert_eq!(Key::open_id_holder(Realm::MallConsumer, &open_id), key("OPENID#mall-consumer#oGZUI0eg", "HOLDER"));
        assert_eq!(Key::captcha(&DeviceId::parse("d1").unwrap()), key("CAPTCHA#d1", "PICTURE"));
        assert_eq!(Key::first_admin(), key("PLATFORM", "FIRST-ADMIN"));
        let (phone, device) = (Phone::parse("13800138000").unwrap(), Device::known("d-1"));
        assert_eq!(Key::phone_holder(Realm::Ev, &phone), key("PHONE#ev#+8613800138000", "HOLDER"));
        assert_eq!(Key::phone_codes(&phone), key("PHONE#+8613800138000", "CODES"));
        assert_eq!(Key::device_codes(Realm::MallDealer, &device), key("DEVICE#mall-dealer#d-1", "CODES"));
        assert_eq!(Key::address_codes([203, 0, 113, 9].into()), key("ADDRESS#code#203.0.113.9", "CODES"));
        assert_eq!(Key::product_codes(Realm::Cloud), key("PRODUCT#cloud", "CODES"));
        let sign_in = crate::domain::otp::Purpose::SignIn;
        assert_eq!(Key::code(Realm::Ev, &phone, &sign_in), key("CODE#ev#+8613800138000", "LOGIN"));
        let change = crate::domain::otp::Purpose::Change(id.clone());
        assert_eq!(Key::code(Realm::Ev, &phone, &change), key("CODE#ev#+8613800138000", "CHANGE#1004"));
        assert_eq!(Key::sms("s-1"), key("SMS#s-1", "JOB"));
        let station = StationId::parse("S1").unwrap();
        let (fast, slow) = (Number { mode: Mode::Fast, n: 12 }, Number { mode: Mode::Slow, n: 12 });
        assert_eq!(Key::station(&station), key("STATION#S1", "HEAD"));
        assert_eq!(Key::waiting(&station, fast), key("STATION#S1", "WAITING#F#9999999987"));
        assert_eq!(Key::waiting(&station, slow), key("STATION#S1", "WAITING#T#0000000012"));
        assert_eq!(
            Key::record(&id, 1_780_000_000_000, 7),
            key("ACCOUNT#ev#1004", "RECORD#001780000000000#0000000000000007")
        );
        assert_eq!(
            Key::open_bill(&id, 1_780_000_000_000, 7),
            key("ACCOUNT#ev#1004", "BILL#OPEN#001780000000000#0000000000000007")
        );
        assert_eq!(
            Key::paid_bill(&id, 1_780_000_000_000, 7),
            key("ACCOUNT#ev#1004", "BILL#PAID#998219999999999#0000000000000007")
        );
        assert_eq!(
            Key::overpaid_bill(&id, 1_780_000_000_000, 7),
            key("ACCOUNT#ev#1004", "BILL#OVER#998219999999999#0000000000000007")
        );
        assert_eq!(
            Key::entry(&id, 7, EntryKind::Credit, "k-1"),
            key("ACCOUNT#ev#1004", "LEDGER#0000000000000007#credit-k-1")
        );
        let payment = "00000000000000000000000000000abc";
        assert_eq!(Key::payment(&PaymentId::drawn(0xabc)), key(&format!("PAYMENT#{payment}"), "PAYMENT"));
        assert_eq!(Key::last_payment(&id, 7), key("ACCOUNT#ev#1004", "PAYING#0000000000000007"));
        assert_eq!(Key::driver_of("ACCOUNT#ev#1004"), Some("1004"));
        assert_eq!(Key::reference("alipay-17"), key("REFERENCE#alipay-17", "ENTRY"));
        assert_eq!(Key::station_day(&station, Day::parse("2026-06-01").unwrap()), key("STATION#S1", "DAY#2026-06-01"));
        assert_eq!(Key::station_total(&station), key("STATION#S1", "TOTAL"));
        assert_eq!(
            Key::prices(&station, 1_780_000_000_000, 7),
            key("STATION#S1", "PRICES#001780000000000#000000000007")
        );
        assert_eq!(Key::staff(Realm::Shop, &id), key("STAFF#shop", "MEMBER#1004"));
        assert_eq!(Key::listed(&station), key("STATIONS", "STATION#S1"));
        assert_eq!(Key::first_answer(&id, "k"), key("ACCOUNT#ev#1004", "ANSWER#k"));
        assert_eq!(Key::plate_charge("皖A12345"), key("PLATE#皖A12345", "CHARGE"));
        let picture = PictureKey::drawn(Purpose::Avatar, &id, 7);
        let stored = "PICTURE#avatars/1004/00000000000000000000000000000007.jpg";
        assert_eq!(Key::picture(&picture), key(stored, "STATE"));
        assert_eq!(Key::picture_of(stored), Some(picture));
        assert_eq!(Key::uploads(Realm::MallAgent, &id, 20_000), key("ACCOUNT#mall-agent#1004", "UPLOADS#20000"));
        let tenant =
            Tenant { zone: Zone::parse("ac1").unwrap(), customer: crate::domain::cloud::CustomerId::new(0xabc) };
        let customer = "Z#ac1#CUS#00000000000000000000000000000abc";
        assert_eq!(Key::cloud_customer(&tenant), key(customer, "CUSTOMER"));
        assert_eq!(Key::cloud_accounts(&tenant), key(customer, "ACCOUNT"));
        assert_eq!(Key::cloud_account(&tenant, &name), key(customer, "ACCOUNT#wyc2002"));
        assert_eq!(Key::contacts(&tenant), key(customer, "CONTACT"));
        assert_eq!(Key::contact(&tenant, &ContactId::read("con_USBENSE")), key(customer, "CONTACT#con_USBENSE"));
        assert_eq!(Key::customer_name(&name), key("LOGIN#cloud#wyc2002", "CUSTOMER"));
    }

    #[test]
    fn keys_of_shops_are_what_the_data_model_says() {
        let key = |pk: &str, sk: &str| Key { pk: pk.to_owned(), sk: sk.to_owned() };
        let (shop, group) = (ShopId::parse("S1").unwrap(), GroupId::parse("G1").unwrap());
        let (serial, blind) = ("019e80b21ac8ffffffffffffffff", BlindIndex("x".into()));
        let id = CustomerId::parse(&format!("S1.{}", &serial[1..])).unwrap();
        let serial = &serial[1..];
        assert_eq!(Key::shop(&shop), key("SHOP#S1", "SHOP"));
        assert_eq!(Key::listed_shop(&shop), key("SHOPS", "SHOP#S1"));
        assert_eq!(Key::shop_group(&group), key("SHOP-GROUP#G1", "GROUP"));
        assert_eq!(Key::shop_counter(&shop), key("SHOP#S1", "COUNTER"));
        assert_eq!(Key::customer(&id), key("SHOP#S1", &format!("CUSTOMER#{serial}")));
        assert_eq!(Key::deleted_customer(&id), key("SHOP#S1", &format!("DELETED#{serial}")));
        assert_eq!(Key::customer_by_name(&id, "王小明"), key("SHOP#S1#NAME", &format!("王小明#{serial}")));
        assert_eq!(Key::customer_by_mobile(&id, "138"), key("SHOP#S1#MOBILE", &format!("138#{serial}")));
        assert_eq!(Key::customer_by_tag(&id, &blind), key("SHOP#S1#TAG#x", &format!("CUSTOMER#{serial}")));
        let by_digits = key("SHOP#S1#LAST-DIGITS", &format!("8000#{serial}"));
        assert_eq!(Key::customer_by_last_digits(&id, "8000"), by_digits);
        assert_eq!(Key::customer_by_mrn(&id, &blind), key("SHOP#S1#MRN#x", &format!("CUSTOMER#{serial}")));
        let beside = format!("SHOP#S1#CUSTOMER#{serial}");
        assert_eq!(Key::customer_entry(&id, &EntryKey::given("k").unwrap()), key(&beside, "ENTRY#given-k"));
        assert_eq!(Key::customer_link(&id, &id), key(&beside, &format!("LINK#S1.{serial}")));
        assert_eq!(Key::customer_links(&id), key(&beside, "LINK"));
        assert_eq!(Key::customer_made(&shop, "k"), key("SHOP#S1", "MADE#k"));
    }

    #[test]
    fn keys_of_papers_are_what_the_data_model_says() {
        let key = |pk: &str, sk: &str| Key { pk: pk.to_owned(), sk: sk.to_owned() };
        let (agent, id, blind) = (Realm::MallAgent, AccountId::known("00ff"), BlindIndex("x".into()));
        assert_eq!(Key::papers(agent, &id), key("ACCOUNT#mall-agent#00ff", "PAPERS"));
        assert_eq!(Key::profile(agent, &id), key("ACCOUNT#mall-agent#00ff", "PROFILE"));
        let event = Key::papers_event(agent, &id, 7);
        assert_eq!(event, key("ACCOUNT#mall-agent#00ff", "HISTORY#PAPERS#000000000007"));
        let waiting = Key::waiting_papers(agent, &id, 1_780_000_000_000);
        assert_eq!(waiting, key("PAPERS#WAITING", "001780000000000#mall-agent#00ff"));
        assert_eq!(Key::id_number(agent, &blind), key("ID-NUMBER#mall-agent#x", "HOLDER"));
        assert!(event.sk < Key::papers(agent, &id).sk, "the history does not lie between papers and record");
    }

    #[test]
    fn an_ipv6_caller_is_known_by_its_network() {
        let key = |address: &str| Key::address("login", address.parse().unwrap(), 7).pk;
        assert_eq!(key("203.0.113.9"), "ADDRESS#login#203.0.113.9");
        assert_eq!(key("::ffff:203.0.113.9"), "ADDRESS#login#203.0.113.9");
        assert_eq!(key("2001:db8:1:2:3:4:5:6"), "ADDRESS#login#2001:db8:1:2::/64");
        assert_eq!(key("2001:db8:1:2::1"), key("2001:db8:1:2:ffff::1"));
    }
}
