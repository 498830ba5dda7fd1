//! Which type of the domain reads a field: what the reference says of its length and form is what that type refuses by.

use crate::{Bounds, Document, Operation};
use shared::domain::{
    account::{BatteryCapacity, Email, PersonName, Username},
    cloud::{Contact, Customer, LoginId},
    dealer::Nickname,
    device::DeviceId,
    garage::VehicleType,
    open_id::OpenId,
    otp::Code,
    papers::Why,
    password::Password,
    phone::Phone,
    resident_id::{GivenId, ResidentId},
    rule::{ONE_LINE, Rule},
    shop::{Booking, ShopId, Tag},
    station_id::StationId,
    vehicle::Plate,
    vin::Vin,
};

/// Anything but nothing: empty means missing.
const GIVEN: Rule = Rule::text(1, usize::MAX).matching(r"\S");

/// Has an operation's fields tell what they may hold, where they do not say it themselves.
pub fn tell(document: Document, operation: &mut Operation) {
    for input in operation.inputs.iter_mut().filter(|input| !input.is_told()) {
        let told = input.clone();
        let needed = Some(GIVEN).filter(|_| input.required);
        *input = match (rule(document, operation.path, input.name).or(needed), bounds(document, input.name)) {
            (_, Some(bounds)) if input.example.is_number() => told.bounded(bounds),
            (Some(rule), _) => told.ruled(rule),
            (None, _) => told,
        };
    }
}

/// The rule of a field; none where every text is read.
fn rule(document: Document, path: &str, field: &str) -> Option<Rule> {
    let registers = path == "/u/register" || path == "/operator/people";
    Some(match (document, field) {
        (Document::ChargingApp | Document::Operator, "username") if registers => Username::RULE,
        (_, "password") if registers || path.ends_with("/register") || path.ends_with("/reset") => Password::RULE,
        (_, "newPS" | "newPassword" | "passwd" | "new_passwd") => Password::RULE,
        (Document::ChargingCustomers, "phoneNum")
        | (_, "telephone" | "cell_number")
        | (Document::CloudCustomers | Document::ShopCustomers, "mobile") => Phone::RULE,
        (_, "phoneNum" | "code" | "verification_code" | "verify_code") => Code::RULE,
        (_, "email") => Email::RULE,
        (_, "license_plate" | "carPlate" | "plate") => Plate::RULE,
        (_, "vin") => Vin::RULE,
        (_, "vehicleType") => VehicleType::RULE,
        (_, "station_id") => StationId::RULE,
        (_, "openId") => OpenId::RULE,
        (_, "deviceId") => DeviceId::RULE,
        (_, "nickName") => Nickname::RULE,
        (Document::ChargingCustomers, "nickname") => PersonName::NICKNAME,
        (_, "realName") => PersonName::REAL,
        (_, "idNo") => ResidentId::RULE,
        (Document::MallAudit, "reason") => Why::RULE,
        _ => return of_records(document, field),
    })
}

/// Of the business portal and the shops.
fn of_records(document: Document, field: &str) -> Option<Rule> {
    Some(match (document, field) {
        (Document::CloudCustomers, "cus_name" | "login_id") => LoginId::RULE,
        (Document::CloudCustomers, "short_name") => Customer::SHORT_NAME,
        (Document::CloudCustomers, "tel" | "fax") => Customer::TEL,
        (Document::CloudCustomers, "address") => Customer::ADDRESS,
        (Document::CloudCustomers, "postcode") => Customer::POSTCODE,
        (Document::CloudCustomers, "authorization") => Customer::AUTHORIZATION,
        (Document::CloudCustomers, "credentials" | "permit_number" | "organizationcode") => Customer::NUMBER,
        (Document::CloudCustomers, "industry_application" | "main_business") => Customer::BUSINESS,
        (Document::CloudCustomers, "name" | "contact_name") => Contact::NAME,
        (Document::CloudCustomers, "addition") => Rule::text(1, 256).matching(r"\S"),
        (Document::CloudCustomers, "reason") => Rule::line(200),
        (Document::ShopCustomers, "shopId") => ShopId::RULE,
        (Document::ShopCustomers, "idcard") => GivenId::RULE,
        (Document::ShopCustomers, "tag") => Tag::RULE,
        (Document::ShopCustomers, "name" | "country" | "province" | "city" | "county" | "fromChannel") => {
            Rule::text(1, 64).matching(ONE_LINE)
        }
        (Document::ShopCustomers, "address" | "reason") => Rule::text(1, 200).matching(ONE_LINE),
        _ => return None,
    })
}

/// Of fields that are numbers.
fn bounds(document: Document, field: &str) -> Option<Bounds> {
    let whole = |least, most| Some(Bounds { least, most, step: None });
    match (document, field) {
        (_, "verification_code") => whole(0, 999_999),
        (_, "battery_capcity") => {
            Some(Bounds { least: 0, most: BatteryCapacity::LARGEST_KWH.into(), step: Some(0.001) })
        }
        (Document::CloudCustomers, "limit") => whole(0, 100),
        (Document::CloudCustomers, "offset") => whole(0, 1 << 53),
        (Document::ShopCustomers, "limit") => whole(1, 100),
        (Document::ShopCustomers, "amount") => whole(-Booking::LARGEST, Booking::LARGEST),
        _ => None,
    }
}
