//! What comes in under `/auth`.

use shared::{
    domain::{
        account::{LoginName, Realm},
        password::Password,
        reason::Failure,
    },
    wire::Fields,
};

pub struct Token {
    pub realm: Realm,
    pub name: LoginName,
    pub password: Password,
}

impl Token {
    pub fn parse(fields: &mut Fields) -> Result<Self, Failure> {
        let realm = Realm::parse(&fields.required("realm")?)?;
        let name = LoginName::read(&fields.required("username")?);
        Ok(Self { realm, name, password: Password::typed(&fields.required("password")?) })
    }
}
