//! What the charging app sends.

use shared::{
    domain::{
        account::{BatteryCapacity, Email, LoginName, Username},
        password::Password,
        reason::Failure,
        vehicle::Plate,
    },
    service::driver::Registration,
    wire::Fields,
};

/// #30: both fields are needed, whatever the document's table says.
pub struct Login {
    pub name: LoginName,
    pub password: Password,
}

impl Login {
    pub fn parse(fields: &mut Fields) -> Result<Self, Failure> {
        let name = LoginName::read(&fields.required("username")?);
        Ok(Self { name, password: Password::typed(&fields.required("password")?) })
    }
}

/// #31: the document spells it `battery_capcity` going in and `battery_capacity` coming out; both are read.
pub fn registration(fields: &mut Fields) -> Result<Registration, Failure> {
    let username = Username::parse(&fields.required("username")?)?;
    let password = fields.required("password")?;
    let email = Email::parse(&fields.required("email")?)?;
    let plate = fields.optional("license_plate")?.as_deref().map(Plate::parse).transpose()?;
    let battery = fields.optional_of(&["battery_capcity", "battery_capacity"])?;
    let battery = battery.as_deref().map(BatteryCapacity::parse).transpose()?;
    let password = Password::choose(&password, &[username.as_str(), email.as_str()])?;
    Ok(Registration { username, password, email, plate, battery })
}
