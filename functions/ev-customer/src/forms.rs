//! What the customer pages send.

use jiff::Timestamp;
use shared::{
    domain::{
        account::{Email, LoginName, PersonName, Realm},
        garage::{VehicleId, VehicleType},
        gender::Gender,
        origin::Origin,
        otp::Code,
        password::Password,
        phone::Phone,
        reason::Failure,
        session::Caller,
        vehicle::Plate,
        vin::Vin,
    },
    service::{
        customer::{NewPhone, NewVehicle, ProfileChange, SignInNames},
        password::PasswordChange,
    },
    wire::{Fields, Stated},
};

/// #1: these four can be written, and what else #2 shows may come back. What is missing stays, what is empty is cleared.
pub fn profile(fields: &mut Fields) -> Result<(ProfileChange, Stated), Failure> {
    let change = ProfileChange {
        real_name: given(fields, "realName", PersonName::real)?,
        nickname: given(fields, "nickname", PersonName::nickname)?,
        gender: given(fields, "gender", Gender::parse)?,
        email: given(fields, "email", Email::parse)?,
    };
    Ok((change, fields.stated(&[("id", "用户编号"), ("phoneNum", "手机号"), ("vehicles", "车辆")])))
}

/// A field that an empty text clears.
fn given<T: Default>(
    fields: &mut Fields,
    name: &str,
    parse: impl FnOnce(&str) -> Result<T, Failure>,
) -> Result<Option<T>, Failure> {
    let sent = fields.given(name)?;
    sent.map(|text| if text.trim().is_empty() { Ok(T::default()) } else { parse(&text) }).transpose()
}

/// #3: the one picture, whatever its field is called.
pub struct Upload {
    pub id: Option<String>,
    pub picture: bytes::Bytes,
}

impl Upload {
    pub fn parse(fields: &mut Fields) -> Result<Self, Failure> {
        Ok(Self { id: fields.optional("id")?, picture: fields.picture()? })
    }
}

/// #5.
pub struct Binding {
    pub customer: Option<String>,
    pub vehicle: NewVehicle,
}

impl Binding {
    pub fn parse(fields: &mut Fields) -> Result<Self, Failure> {
        let customer = fields.optional("customerId")?;
        let kind = fields.optional("vehicleType")?.as_deref().map(VehicleType::parse).transpose()?;
        let vin = fields.optional("vin")?.as_deref().map(Vin::parse).transpose()?;
        let plate = Plate::parse(&fields.required("carPlate")?)?;
        Ok(Self { customer, vehicle: NewVehicle { plate, kind: kind.unwrap_or_default(), vin } })
    }
}

/// #6: in the query, as the document shows it, or in a body.
pub struct Unbinding {
    pub customer: Option<String>,
    /// `None`: what was sent can be nobody's vehicle.
    pub vehicle: Option<VehicleId>,
}

impl Unbinding {
    pub fn parse(fields: &mut Fields) -> Result<Self, Failure> {
        let customer = fields.optional("customerId")?;
        Ok(Self { customer, vehicle: VehicleId::named(&fields.required("vehicleId")?) })
    }
}

/// Our extension: the number under the name that #2 has for it, and the code that went there.
pub fn new_phone(fields: &mut Fields) -> Result<NewPhone, Failure> {
    let phone = fields.optional_of(&["phoneNum", "telephone"])?;
    let phone = Phone::parse(&phone.ok_or_else(|| Failure::malformed("缺少手机号").of("phoneNum"))?)?;
    Ok(NewPhone { phone, code: Code::read(&fields.required("code")?)? })
}

/// Our extension: the old password and the new one.
pub struct Passwords {
    old: Password,
    new: Password,
}

impl Passwords {
    pub fn parse(fields: &mut Fields, known: &SignInNames) -> Result<Self, Failure> {
        let old = Password::typed(&fields.required("oldPassword")?);
        let new = fields.required("newPassword")?;
        let phone = known.phone.as_ref().map_or("", Phone::digits);
        Ok(Self { old, new: Password::choose(&new, &[known.username.as_str(), known.email.as_str(), phone])? })
    }

    pub fn change<'c>(
        self,
        caller: &'c Caller,
        known: &SignInNames,
        origin: &'c Origin,
        now: Timestamp,
    ) -> PasswordChange<'c> {
        let name = LoginName::from(&known.username);
        let Self { old, new } = self;
        PasswordChange { realm: Realm::Ev, name, account: Some(&caller.account), old, new, origin, now }
    }
}
