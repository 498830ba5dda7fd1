//! What comes in under `/auth`.

use shared::{
    domain::{
        account::{LoginName, Realm},
        otp::{Binding, Code, Purpose},
        password::Password,
        phone::Phone,
        reason::{Failure, Reason},
        session::Caller,
    },
    wire::{Fields, missing},
};

/// A realm, and what proves that somebody is of it.
pub struct Token {
    pub realm: Realm,
    pub proof: Proof,
    /// Where an account of the portal signs in; elsewhere it says nothing.
    pub zone: String,
}

pub enum Proof {
    Password { name: LoginName, password: Password },
    Code { phone: Phone, code: Code },
}

impl Token {
    pub fn parse(fields: &mut Fields) -> Result<Self, Failure> {
        let realm = Realm::parse(&fields.required("realm")?)?;
        let (telephone, code) = (fields.optional("telephone")?, fields.optional("code")?);
        let (name, password) = (fields.optional("username")?, fields.optional("password")?);
        let proof = match (telephone, code) {
            (Some(telephone), Some(code)) => {
                // What cannot be a code is a wrong one, and answered as such.
                let code = Code::read(&code).map_err(|_| Reason::WrongCredentials)?;
                Proof::Code { phone: Phone::parse(&telephone)?, code }
            }
            _ => Proof::Password {
                name: LoginName::read(&name.ok_or_else(|| missing("username"))?),
                password: Password::typed(&password.ok_or_else(|| missing("password"))?),
            },
        };
        Ok(Self { realm, proof, zone: fields.optional("zone")?.unwrap_or_default() })
    }
}

/// What a code is wanted for: with a session of the realm, also for a change of that account.
pub fn code_for(fields: &mut Fields, caller: Option<&Caller>) -> Result<Binding, Failure> {
    let product = Realm::parse(&fields.required("realm")?)?;
    let phone = Phone::parse(&fields.required("telephone")?)?;
    let account = caller.filter(|caller| caller.realm == product).map(|caller| &caller.account);
    let purpose = Purpose::parse(&fields.required("purpose")?, account)?;
    Ok(Binding { product, purpose, phone, device: None })
}

pub struct Reset {
    pub realm: Realm,
    pub phone: Phone,
    pub code: Code,
    pub password: String,
}

impl Reset {
    pub fn parse(fields: &mut Fields) -> Result<Self, Failure> {
        Ok(Self {
            realm: Realm::parse(&fields.required("realm")?)?,
            phone: Phone::parse(&fields.required("telephone")?)?,
            code: Code::read(&fields.required("code")?)?,
            password: fields.required("password")?,
        })
    }
}
