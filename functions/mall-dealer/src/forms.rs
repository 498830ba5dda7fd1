//! What the dealers' app sends.

use bytes::Bytes;
use jiff::civil::Date;
use shared::{
    domain::{
        account::PersonName,
        captcha::Guess,
        dealer::{Named, Nickname},
        device::DeviceId,
        gender::Gender,
        otp::Code,
        password::Password,
        phone::Phone,
        reason::Failure,
        resident_id::SubmittedId,
    },
    service::{
        dealer::{NewPassword, NewPhone, Registration},
        papers::Submission,
    },
    wire::Fields,
};

/// #18
pub struct Login {
    pub phone: Phone,
    pub password: Password,
}

impl Login {
    pub fn parse(fields: &mut Fields) -> Result<Self, Failure> {
        Ok(Self { phone: phone(fields)?, password: Password::typed(&fields.required("password")?) })
    }
}

/// #21
pub fn device(fields: &mut Fields) -> Result<DeviceId, Failure> {
    DeviceId::parse(&fields.required("deviceId")?)
}

/// #19
pub fn send_code(fields: &mut Fields) -> Result<(DeviceId, Phone), Failure> {
    Ok((device(fields)?, phone(fields)?))
}

/// #20
pub fn verify_code(fields: &mut Fields) -> Result<(DeviceId, Phone, Code), Failure> {
    Ok((device(fields)?, phone(fields)?, code(fields)?))
}

/// #22
pub fn guess(fields: &mut Fields) -> Result<(DeviceId, Guess), Failure> {
    Ok((device(fields)?, Guess::read(&fields.required("picCode")?)))
}

/// #23
pub fn registration(fields: &mut Fields) -> Result<Registration, Failure> {
    let (device, phone, code) = (device(fields)?, phone(fields)?, fields.required("phoneNum")?);
    let guess = Guess::read(&fields.required("picCode")?);
    let password = Password::choose(&fields.required("password")?, &[phone.digits()])?;
    Ok(Registration { device, phone, code: Code::read(&code)?, guess, password })
}

/// #24
pub fn new_password(fields: &mut Fields) -> Result<NewPassword, Failure> {
    let named = named(fields)?;
    let old = Password::typed(&fields.required("oldPS")?);
    Ok(NewPassword { named, old, new: fields.required("newPS")? })
}

/// #25
pub fn new_phone(fields: &mut Fields) -> Result<NewPhone, Failure> {
    Ok(NewPhone { named: named(fields)?, phone: phone(fields)?, device: device(fields)?, code: code(fields)? })
}

/// #26: the document has the number as a string; both are read.
pub fn gender(fields: &mut Fields) -> Result<(Named, Gender), Failure> {
    Ok((named(fields)?, Gender::parse(&fields.required("gender")?)?))
}

/// #27
pub fn nickname(fields: &mut Fields) -> Result<(Named, Nickname), Failure> {
    Ok((named(fields)?, Nickname::parse(&fields.required("nickName")?)?))
}

/// #28
pub fn favicon(fields: &mut Fields) -> Result<(Named, String), Failure> {
    Ok((named(fields)?, fields.required("favicon")?))
}

/// A picture of papers, in the shape of #14 and #15: the one file of the request, whatever its field is called.
pub fn picture_of_papers(fields: &mut Fields) -> Result<(Phone, Bytes), Failure> {
    Ok((phone(fields)?, fields.picture()?))
}

/// Papers, in the shape of #16.
pub fn submission(fields: &mut Fields, today: Date) -> Result<Submission, Failure> {
    let (phone, real_name) = (phone(fields)?, PersonName::real(&fields.required("realName")?)?);
    let (id_no, front) = (fields.required("idNo")?, fields.required("frontImg")?);
    let qualification = fields.required("qualification")?;
    Ok(Submission { phone, real_name, id_no: SubmittedId::parse(&id_no, today)?, front, qualification })
}

fn phone(fields: &mut Fields) -> Result<Phone, Failure> {
    Phone::parse(&fields.required("telephone")?)
}

/// In this family `phoneNum` is the code, and `telephone` the number.
fn code(fields: &mut Fields) -> Result<Code, Failure> {
    Code::read(&fields.required("phoneNum")?)
}

fn named(fields: &mut Fields) -> Result<Named, Failure> {
    Ok(Named::read(&fields.required("username")?))
}
