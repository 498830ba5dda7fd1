//! Every key string of the tables is built in this file. docs/data-model.md lists them.

use crate::domain::{
    account::{AccountId, LoginName, Realm},
    charging::{Mode, Number, PileId, PileSessionId},
    cloud::{ContactId, Tenant},
    day::Day,
    device::{DeviceId, KnownDevice},
    image::PictureKey,
    ledger::EntryKind,
    open_id::OpenId,
    otp::{AskLane, Device, Purpose, Share},
    payment::PaymentId,
    phone::Phone,
    place::{Cell, Coordinates, GEOHASH_LENGTH},
    sealed::BlindIndex,
    shop::{GroupId, ShopEntryKey, ShopId, ShopRecordId, folded},
    station_id::{StationId, StationNumber},
    vehicle::Plate,
};
use std::net::IpAddr;

pub(super) const PK: &str = "pk";
pub(super) const SK: &str = "sk";
/// Epoch seconds after which DynamoDB may delete an item. It does so late, so expiry is also checked on read.
pub(super) const TTL: &str = "ttl";
/// The sparse index of due items: only an item with something due carries these two attributes.
pub(super) const DUE_SHARD: &str = "due_shard";
pub(super) const DUE_AT: &str = "due_at";

/// Prefix of the sort keys of shop records.
pub(super) const CUSTOMER: &str = "CUSTOMER#";
/// Prefix of the sort keys of links between shop records.
pub(super) const LINK: &str = "LINK#";
const CODES: &str = "CODES";

/// Prefix of the sort keys of detail records.
pub(super) const RECORD: &str = "RECORD#";
/// Prefix of the sort keys of bills. A bill without an outstanding amount moves to another range, so that reading the
/// open bills costs the same however many have been paid.
pub(super) const BILL: &str = "BILL#";
pub(super) const OPEN_BILL: &str = "BILL#OPEN#";
/// Sorts after all open bills and before all other bills.
pub(super) const BEHIND_OPEN_BILLS: &str = "BILL#OPEN$";
pub(super) const OVERPAID_BILL: &str = "BILL#OVER#";
pub(super) const PAID_BILL: &str = "BILL#PAID#";
/// Sparse indexes of bills, sorted by the bills' own sort keys: only a bill carries these attributes.
pub(super) const BILL_SHARD: &str = "bill_shard";
pub(super) const BILL_PLATE: &str = "bill_plate";
/// The number of partitions of the index over all bills. `local/stack/backfill_bills.py` has it, too.
pub(super) const BILL_SHARDS: u8 = 16;
/// Sorts after every millisecond that a key can contain.
pub(super) const LAST_MILLI: i64 = 999_999_999_999_999;

/// Prefixes of the sort keys of a station's days and of its price changes.
pub(super) const DAY: &str = "DAY#";
pub(super) const PRICES: &str = "PRICES#";
/// Prefix of the sort keys of a metered station's piles, and, in a pile's own partition, of what its register is accounted for.
pub(super) const PILE: &str = "PILE#";
pub(super) const REGISTER: &str = "REGISTER#";

/// The partition of submissions that wait for a reviewer. A decided submission is removed from it.
pub(super) const WAITING_PAPERS: &str = "PAPERS#WAITING";
/// Prefix of the sort keys of a submission's history. It sorts before the submission itself, which lies beside the
/// account's record.
pub(super) const HISTORY: &str = "HISTORY#PAPERS#";

/// The partition that lists all stations.
pub(super) const STATIONS: &str = "STATIONS";
/// Prefix of its sort keys.
pub(super) const LISTED: &str = "STATION#";
/// Prefix of the sort keys of names there: keys only, so that a search by the beginning of a name is one range.
pub(super) const NAMED: &str = "NAME#";
/// Stations by geohash are in a partition for each cell of this size, some 130 km wide: large enough that a search reads few
/// of them, small enough that a city's searches are not one partition's.
pub(crate) const PARTITION_CELL: u8 = 3;

/// The partition that lists all shops.
pub(super) const SHOPS: &str = "SHOPS";
/// Prefix of its sort keys.
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

    /// The partition that a sign-in reads: the credential and the failed tries of one login name.
    pub fn login(realm: Realm, name: &LoginName) -> String {
        format!("LOGIN#{}#{}", realm.as_str(), name.as_str())
    }

    pub fn credential(realm: Realm, name: &LoginName) -> Self {
        Self::new(Self::login(realm, name), "CREDENTIAL")
    }

    pub fn failures(realm: Realm, name: &LoginName) -> Self {
        Self::new(Self::login(realm, name), "FAILURES")
    }

    /// The failed tries of one login name from one network.
    pub fn network_failures(realm: Realm, name: &LoginName, address: IpAddr) -> Self {
        Self::new(format!("TRIES#{}#{}#{}", realm.as_str(), wide_network(address), name.as_str()), "FAILURES")
    }

    /// The failed tries of one known device.
    pub fn device_failures(KnownDevice { realm, account, id }: &KnownDevice) -> Self {
        Self::new(format!("KNOWN-DEVICE#{}#{}#{id}", realm.as_str(), account.as_str()), "FAILURES")
    }

    /// The second factor of a login name, beside the credential, so that one query reads both.
    pub fn second_factor(realm: Realm, name: &LoginName) -> Self {
        Self::new(Self::login(realm, name), "SECOND-FACTOR")
    }

    /// The codes of an account that were tried from one network, or from all, in one period.
    pub fn second_factor_tries(realm: Realm, account: &AccountId, from: Option<IpAddr>, period: i64) -> Self {
        let from = from.map_or_else(|| "ALL".to_owned(), |address| format!("NETWORK#{}", network(address)));
        Self::new(format!("SECOND-FACTOR#{}#{}", realm.as_str(), account.as_str()), &format!("{from}#{period}"))
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

    /// The calls of one address in one minute.
    pub fn address(action: &str, address: IpAddr, minute: i64) -> Self {
        Self::new(format!("ADDRESS#{action}#{}", network(address)), &format!("MINUTE#{minute}"))
    }

    /// The account that holds a phone in a realm.
    pub fn phone_holder(realm: Realm, phone: &Phone) -> Self {
        Self::new(Self::realm_phone(realm, phone), "HOLDER")
    }

    /// The codes that a phone was sent, over all realms.
    pub fn phone_codes(phone: &Phone) -> Self {
        Self::new(format!("PHONE#{}", phone.as_e164()), CODES)
    }

    pub fn device_codes(realm: Realm, device: &Device) -> Self {
        Self::new(format!("DEVICE#{}#{}", realm.as_str(), device.as_str()), CODES)
    }

    pub fn address_codes(address: IpAddr) -> Self {
        Self::new(format!("ADDRESS#code#{}", network(address)), CODES)
    }

    /// The messages of a realm, by share. Known numbers have the place of the release before, which knew no shares.
    pub fn product_codes(realm: Realm, share: Share) -> Self {
        let sk = match share {
            Share::KnownDevice => "CODES#KNOWN-DEVICE",
            Share::KnownNumber => CODES,
            Share::UnknownNumber => "CODES#UNKNOWN-NUMBER",
        };
        Self::new(format!("PRODUCT#{}", realm.as_str()), sk)
    }

    /// The partition of a phone in a realm: its account, and the codes that were asked for.
    pub fn realm_phone(realm: Realm, phone: &Phone) -> String {
        format!("PHONE#{}#{}", realm.as_str(), phone.as_e164())
    }

    /// The codes that were asked for, and the tries of a known device's.
    pub fn asks(realm: Realm, phone: &Phone, lane: AskLane) -> Self {
        let sk = match lane {
            AskLane::KnownDevice => "ASKS#KNOWN-DEVICE",
            AskLane::AccountsOnly => "ASKS#ACCOUNTS-ONLY",
            AskLane::Open => "ASKS#OPEN",
        };
        Self::new(Self::realm_phone(realm, phone), sk)
    }

    /// The code for a purpose, of the device that asked for one while no other device had a live one there.
    pub fn code(product: Realm, phone: &Phone, purpose: &Purpose) -> Self {
        let account = purpose.account().map_or(String::new(), |account| format!("#{}", account.as_str()));
        let sk = format!("{}{account}", purpose.as_str().to_ascii_uppercase());
        Self::new(format!("CODE#{}#{}", product.as_str(), phone.as_e164()), &sk)
    }

    /// The notices to a phone on a day, over all realms.
    pub fn notices(phone: &Phone, day: i64) -> Self {
        Self::new(format!("PHONE#{}", phone.as_e164()), &format!("NOTICES#{day}"))
    }

    /// The code of a device whose ask met a live code of another device.
    pub fn code_of_device(product: Realm, phone: &Phone, purpose: &Purpose, device: Option<&Device>) -> Self {
        let Self { pk, sk } = Self::code(product, phone, purpose);
        Self { pk, sk: format!("{sk}@{}", device.map_or("", Device::as_str)) }
    }

    /// An SMS job.
    pub fn sms(id: &str) -> Self {
        Self::new(format!("SMS#{id}"), "JOB")
    }

    /// The live charge request of a plate.
    pub fn plate_charge(plate: &str) -> Self {
        Self::new(format!("PLATE#{plate}"), "CHARGE")
    }

    pub fn station(id: &StationId) -> Self {
        Self::new(Self::station_pk(id), "HEAD")
    }

    /// The station id in the partition key of an item of the due index.
    pub fn station_of(pk: &str) -> Option<&str> {
        pk.strip_prefix("STATION#")
    }

    /// A waiting car. Fast cars are sorted backwards, so that the fronts of both lines are adjacent and one query reads
    /// both.
    pub fn waiting(id: &StationId, Number { mode, n }: Number) -> Self {
        let place = match mode {
            Mode::Fast => 9_999_999_999 - u64::from(n),
            Mode::Slow => u64::from(n),
        };
        Self::new(Self::station_pk(id), &format!("WAITING#{mode}#{place:010}"))
    }

    /// The takings of a station's piles on one day.
    pub fn station_day(id: &StationId, day: Day) -> Self {
        Self::new(Self::station_pk(id), &format!("{DAY}{day}"))
    }

    /// The takings of a station's piles since the station was created.
    pub fn station_total(id: &StationId) -> Self {
        Self::new(Self::station_pk(id), "TOTAL")
    }

    /// A price change, sorted by the time from which it applies, then by the station version that made it.
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

    /// Name, address, hours, phone and coordinates of a station. It sorts right behind the station, so that one query
    /// reads both.
    pub fn station_place(id: &StationId) -> Self {
        Self::new(Self::station_pk(id), "PLACE")
    }

    /// A station under its name.
    pub fn named_station(name: &str, id: &StationId) -> Self {
        Self::new(STATIONS.to_owned(), &format!("{}#{}", Self::name_prefix(name), id.as_str()))
    }

    /// What the sort keys of names begin with that begin like this.
    pub fn name_prefix(name: &str) -> String {
        format!("{NAMED}{}", folded(name))
    }

    /// The station id in the sort key of a name or a geohash.
    pub fn station_at_end(sk: &str) -> Option<&str> {
        sk.rsplit_once('#').map(|(_, id)| id)
    }

    /// A station under its geohash.
    pub fn located_station(at: Coordinates, id: &StationId) -> Self {
        let hash = Cell::around(at, GEOHASH_LENGTH).hash();
        Self::new(Self::locations(&hash), &format!("{hash}#{}", id.as_str()))
    }

    /// The partition of the stations in and around a cell.
    pub fn locations(hash: &str) -> String {
        format!("LOCATION#{}", hash.get(..usize::from(PARTITION_CELL)).unwrap_or(hash))
    }

    /// The coordinates in the sort key of a station under its geohash.
    pub fn location_of(sk: &str) -> Option<Coordinates> {
        Cell::point(sk.split_once('#')?.0)
    }

    pub fn station_pk(id: &StationId) -> String {
        format!("STATION#{}", id.as_str())
    }

    /// A metered pile, beside its station.
    pub fn pile(id: &StationId, pile: PileId) -> Self {
        Self::new(Self::station_pk(id), &format!("{PILE}{pile}"))
    }

    /// The partition of a pile, by its integer id.
    pub fn pile_pk(pile: u64) -> String {
        format!("PILE#{pile}")
    }

    pub fn pile_key(pile: u64) -> Self {
        Self::new(Self::pile_pk(pile), "KEY")
    }

    /// A session's name, which its pile never uses again.
    pub fn pile_session(pile: u64, session: &PileSessionId) -> Self {
        Self::new(Self::pile_pk(pile), &format!("SESSION#{session}"))
    }

    /// What is accounted for from this register on, in millijoules.
    pub fn register(pile: u64, from: u64) -> Self {
        Self::new(Self::pile_pk(pile), &format!("{REGISTER}{from:020}"))
    }

    pub fn station_number(number: StationNumber) -> Self {
        Self::new(format!("STATION-NUMBER#{}", u32::from(number)), "STATION")
    }

    /// The first answer to an `Idempotency-Key` of a driver.
    pub fn first_answer(account: &AccountId, key: &str) -> Self {
        Self::new(Self::ev_account(account), &format!("ANSWER#{key}"))
    }

    /// A detail record, sorted by the millisecond in which it was closed, then by its number.
    pub fn record(account: &AccountId, closed: i64, id: u64) -> Self {
        Self::new(Self::ev_account(account), &format!("{RECORD}{closed:015}#{id:016}"))
    }

    /// A bill with an outstanding amount, sorted by the millisecond after which it is in arrears.
    pub fn open_bill(account: &AccountId, from: i64, request: u64) -> Self {
        Self::new(Self::ev_account(account), &format!("{OPEN_BILL}{from:015}#{request:016}"))
    }

    /// An overpaid bill, sorted with the last one issued first.
    pub fn overpaid_bill(account: &AccountId, ended: i64, request: u64) -> Self {
        Self::new(Self::ev_account(account), &format!("{OVERPAID_BILL}{:015}#{request:016}", LAST_MILLI - ended))
    }

    /// A settled bill, sorted with the last one issued first.
    pub fn paid_bill(account: &AccountId, ended: i64, request: u64) -> Self {
        Self::new(Self::ev_account(account), &format!("{PAID_BILL}{:015}#{request:016}", LAST_MILLI - ended))
    }

    /// Prefix of the sort keys of a bill's ledger entries.
    pub fn entries(request: u64) -> String {
        format!("LEDGER#{request:016}#")
    }

    /// An entry of a bill's ledger.
    pub fn entry(account: &AccountId, request: u64, kind: EntryKind, key: &str) -> Self {
        Self::new(Self::ev_account(account), &format!("{}{}-{key}", Self::entries(request), kind.as_str()))
    }

    /// A payment that was started at the provider.
    pub fn payment(id: &PaymentId) -> Self {
        Self::new(format!("PAYMENT#{}", id.as_str()), "PAYMENT")
    }

    /// The last payment that was started for a bill.
    pub fn last_payment(account: &AccountId, request: u64) -> Self {
        Self::new(Self::ev_account(account), &format!("PAYING#{request:016}"))
    }

    /// The ledger entry of a payment reference. A reference is used once over all bills.
    pub fn reference(reference: &str) -> Self {
        Self::new(format!("REFERENCE#{reference}"), "ENTRY")
    }

    pub fn ev_account(account: &AccountId) -> String {
        format!("ACCOUNT#{}#{}", Realm::Ev.as_str(), account.as_str())
    }

    /// The driver in the partition key of an item.
    pub fn driver_of(pk: &str) -> Option<&str> {
        pk.strip_prefix("ACCOUNT#ev#")
    }

    /// The state of a picture: kept, or due for deletion.
    pub fn picture(key: &PictureKey) -> Self {
        Self::new(format!("PICTURE#{}", key.as_str()), "STATE")
    }

    /// The picture in the partition key of an item of the due index.
    pub fn picture_of(pk: &str) -> Option<PictureKey> {
        PictureKey::named_in(pk.strip_prefix("PICTURE#")?)
    }

    /// The uploads of an account on one day.
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

    /// The counter of record numbers (病历号) of a shop.
    pub fn shop_counter(id: &ShopId) -> Self {
        Self::new(Self::shop_pk(id), "COUNTER")
    }

    /// A shop record. The records of a shop sort in the order of their creation.
    pub fn customer(id: &ShopRecordId) -> Self {
        Self::new(Self::shop_pk(&id.shop), &format!("{CUSTOMER}{}", id.serial.as_str()))
    }

    /// A deleted shop record: kept, and in no list.
    pub fn deleted_customer(id: &ShopRecordId) -> Self {
        Self::new(Self::shop_pk(&id.shop), &format!("DELETED#{}", id.serial.as_str()))
    }

    /// A copy of the record, sorted by the folded name.
    pub fn customer_by_name(id: &ShopRecordId, folded: &str) -> Self {
        Self::new(Self::shop_names(&id.shop), &format!("{folded}#{}", id.serial.as_str()))
    }

    /// A copy of the record, sorted by phone number.
    pub fn customer_by_mobile(id: &ShopRecordId, digits: &str) -> Self {
        Self::new(Self::shop_mobiles(&id.shop), &format!("{digits}#{}", id.serial.as_str()))
    }

    /// A copy of the record under one of its tags. The key holds a blind index, not the tag.
    pub fn customer_by_tag(id: &ShopRecordId, tag: &BlindIndex) -> Self {
        Self::new(Self::shop_tag(&id.shop, tag), &format!("{CUSTOMER}{}", id.serial.as_str()))
    }

    /// A pointer to the record by the last digits of its phone number.
    pub fn customer_by_last_digits(id: &ShopRecordId, digits: &str) -> Self {
        Self::new(Self::shop_last_digits(&id.shop), &format!("{digits}#{}", id.serial.as_str()))
    }

    /// A pointer to the record by its record number. The key holds a blind index, not the number.
    pub fn customer_by_mrn(id: &ShopRecordId, mrn: &BlindIndex) -> Self {
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

    /// The partition of a record's ledger entries and links.
    pub fn beside_customer(id: &ShopRecordId) -> String {
        format!("{}#CUSTOMER#{}", Self::shop_pk(&id.shop), id.serial.as_str())
    }

    pub fn customer_entry(id: &ShopRecordId, key: &ShopEntryKey) -> Self {
        Self::new(Self::beside_customer(id), &format!("ENTRY#{}", key.as_str()))
    }

    pub fn customer_link(id: &ShopRecordId, other: &ShopRecordId) -> Self {
        Self::new(Self::beside_customer(id), &format!("{LINK}{other}"))
    }

    /// The number of links of a record. It sorts right before them.
    pub fn customer_links(id: &ShopRecordId) -> Self {
        Self::new(Self::beside_customer(id), "LINK")
    }

    /// The record that an `Idempotency-Key` made.
    pub fn customer_made(shop: &ShopId, key: &str) -> Self {
        Self::new(Self::shop_pk(shop), &format!("MADE#{key}"))
    }

    pub fn shop_pk(id: &ShopId) -> String {
        format!("SHOP#{}", id.as_str())
    }

    /// The last captcha that a device was shown.
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

    /// The submission of an agent or a dealer.
    pub fn papers(realm: Realm, account: &AccountId) -> Self {
        Self::new(format!("ACCOUNT#{}#{}", realm.as_str(), account.as_str()), "PAPERS")
    }

    /// The event that made this version of a submission.
    pub fn papers_event(realm: Realm, account: &AccountId, version: u64) -> Self {
        Self::new(Self::papers(realm, account).pk, &format!("{HISTORY}{version:012}"))
    }

    /// The place of a submission in the waiting list, sorted by the millisecond since which it waits.
    pub fn waiting_papers(realm: Realm, account: &AccountId, since: i64) -> Self {
        let sk = format!("{since:015}#{}#{}", realm.as_str(), account.as_str());
        Self::new(WAITING_PAPERS.to_owned(), &sk)
    }

    /// The account that has an ID number in a realm. The key holds a blind index, not the number.
    pub fn id_number(realm: Realm, number: &BlindIndex) -> Self {
        Self::new(format!("ID-NUMBER#{}#{}", realm.as_str(), number.0), "HOLDER")
    }

    /// The account that has an openId in a realm.
    pub fn open_id_holder(realm: Realm, id: &OpenId) -> Self {
        Self::new(format!("OPENID#{}#{}", realm.as_str(), id.as_str()), "HOLDER")
    }

    /// The partition of a business customer, which includes the zone.
    fn tenant(Tenant { zone, customer }: &Tenant) -> String {
        format!("Z#{}#CUS#{}", zone.as_str(), customer.as_str())
    }

    pub fn cloud_customer(tenant: &Tenant) -> Self {
        Self::new(Self::tenant(tenant), "CUSTOMER")
    }

    /// The number of login accounts. It sorts right before them.
    pub fn cloud_accounts(tenant: &Tenant) -> Self {
        Self::new(Self::tenant(tenant), "ACCOUNT")
    }

    pub fn cloud_account(tenant: &Tenant, name: &LoginName) -> Self {
        Self::new(Self::tenant(tenant), &format!("ACCOUNT#{}", name.as_str()))
    }

    /// The number of contacts. It sorts right before them.
    pub fn contacts(tenant: &Tenant) -> Self {
        Self::new(Self::tenant(tenant), "CONTACT")
    }

    pub fn contact(tenant: &Tenant, id: &ContactId) -> Self {
        Self::new(Self::tenant(tenant), &format!("CONTACT#{}", id.as_str()))
    }

    /// The customer that has a name. It lies beside the login of the same name.
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

/// What one person or provider can draw addresses from: /24 of IPv4, /48 of IPv6.
fn wide_network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            format!("{a}.{b}.{c}.0/24")
        }
        IpAddr::V6(v6) => {
            let [a, b, c, ..] = v6.segments();
            format!("{a:x}:{b:x}:{c:x}::/48")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{cloud::PortalZone, image::PicturePurpose};

    #[test]
    fn keys_are_what_the_data_model_says() {
        let (name, id) = (LoginName::read("Wyc2002"), AccountId::known("1004"));
        let key = |pk: &str, sk: &str| Key { pk: pk.to_owned(), sk: sk.to_owned() };
        assert_eq!(Key::credential(Realm::Ev, &name), key("LOGIN#ev#wyc2002", "CREDENTIAL"));
        assert_eq!(Key::failures(Realm::Platform, &name), key("LOGIN#platform#wyc2002", "FAILURES"));
        let from = |address: &str| Key::network_failures(Realm::Ev, &name, address.parse().unwrap());
        assert_eq!(from("203.0.113.9"), key("TRIES#ev#203.0.113.0/24#wyc2002", "FAILURES"));
        assert_eq!(from("::ffff:203.0.113.7"), from("203.0.113.9"));
        assert_eq!(from("2001:db8:1:2::3"), key("TRIES#ev#2001:db8:1::/48#wyc2002", "FAILURES"));
        let device = KnownDevice { realm: Realm::Ev, account: id.clone(), id: "d".to_owned() };
        assert_eq!(Key::device_failures(&device), key("KNOWN-DEVICE#ev#1004#d", "FAILURES"));
        assert_eq!(Key::sessions(Realm::Ev, &id), key("ACCOUNT#ev#1004", "SESSIONS"));
        assert_eq!(Key::driver(&id), key("ACCOUNT#ev#1004", "PROFILE"));
        assert_eq!(Key::plate(&Plate::parse("皖A12345").unwrap()), key("PLATE#皖A12345", "HOLDER"));
        assert_eq!(Key::dealer(&id), key("ACCOUNT#mall-dealer#1004", "PROFILE"));
        let open_id = OpenId::parse("oGZUI0eg").unwrap();
        assert_eq!(Key::open_id_holder(Realm::MallConsumer, &open_id), key("OPENID#mall-consumer#oGZUI0eg", "HOLDER"));
        assert_eq!(Key::captcha(&DeviceId::parse("d1").unwrap()), key("CAPTCHA#d1", "PICTURE"));
        assert_eq!(Key::second_factor(Realm::Shop, &name), key("LOGIN#shop#wyc2002", "SECOND-FACTOR"));
        let tries = |from| Key::second_factor_tries(Realm::Shop, &id, from, 7);
        let from = Some(IpAddr::from([203, 0, 113, 7]));
        assert_eq!(tries(from), key("SECOND-FACTOR#shop#1004", "NETWORK#203.0.113.7#7"));
        assert_eq!(tries(None), key("SECOND-FACTOR#shop#1004", "ALL#7"));
        assert_eq!(Key::first_admin(), key("PLATFORM", "FIRST-ADMIN"));
        let (phone, device) = (Phone::parse("13800138000").unwrap(), Device::known("d-1"));
        assert_eq!(Key::phone_holder(Realm::Ev, &phone), key("PHONE#ev#+8613800138000", "HOLDER"));
        assert_eq!(Key::phone_codes(&phone), key("PHONE#+8613800138000", "CODES"));
        assert_eq!(Key::device_codes(Realm::MallDealer, &device), key("DEVICE#mall-dealer#d-1", "CODES"));
        assert_eq!(Key::address_codes([203, 0, 113, 9].into()), key("ADDRESS#code#203.0.113.9", "CODES"));
        assert_eq!(Key::product_codes(Realm::Cloud, Share::KnownNumber), key("PRODUCT#cloud", "CODES"));
        let asks = key("PHONE#cloud#+8613800138000", "ASKS#OPEN");
        assert_eq!(Key::asks(Realm::Cloud, &phone, AskLane::Open), asks);
        let sign_in = crate::domain::otp::Purpose::SignIn;
        assert_eq!(Key::code(Realm::Ev, &phone, &sign_in), key("CODE#ev#+8613800138000", "LOGIN"));
        let change = crate::domain::otp::Purpose::Change(id.clone());
        assert_eq!(Key::code(Realm::Ev, &phone, &change), key("CODE#ev#+8613800138000", "CHANGE#1004"));
        let of_device = Key::code_of_device(Realm::Ev, &phone, &change, Some(&device));
        assert_eq!(of_device, key("CODE#ev#+8613800138000", "CHANGE#1004@d-1"));
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
        assert_eq!(Key::station_place(&station), key("STATION#S1", "PLACE"));
        let named = Key::named_station("人民 广场#Ａ", &station);
        assert_eq!(named, key("STATIONS", "NAME#人民广场#a#S1"));
        assert_eq!(Key::station_at_end(&named.sk), Some("S1"));
        let square = Coordinates::parse("31.230416,121.473701").unwrap();
        let located = Key::located_station(square, &station);
        assert_eq!(located, key("LOCATION#wtw", "wtw3sjq6q7s2#S1"));
        assert_eq!((Key::location_of(&located.sk), Key::station_at_end(&located.sk)), (Some(square), Some("S1")));
        assert_eq!(Key::first_answer(&id, "k"), key("ACCOUNT#ev#1004", "ANSWER#k"));
        assert_eq!(Key::plate_charge("皖A12345"), key("PLATE#皖A12345", "CHARGE"));
        let picture = PictureKey::drawn(PicturePurpose::Avatar, &id, 7);
        let stored = "PICTURE#avatars/1004/00000000000000000000000000000007.jpg";
        assert_eq!(Key::picture(&picture), key(stored, "STATE"));
        assert_eq!(Key::picture_of(stored), Some(picture));
        assert_eq!(Key::uploads(Realm::MallAgent, &id, 20_000), key("ACCOUNT#mall-agent#1004", "UPLOADS#20000"));
        let tenant =
            Tenant { zone: PortalZone::parse("ac1").unwrap(), customer: crate::domain::cloud::CustomerId::new(0xabc) };
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
        let id = ShopRecordId::parse(&format!("S1.{}", &serial[1..])).unwrap();
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
        assert_eq!(Key::customer_entry(&id, &ShopEntryKey::given("k").unwrap()), key(&beside, "ENTRY#given-k"));
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
