//! What the agents' app sends.

use bytes::Bytes;
use jiff::civil::Date;
use shared::{
    domain::{
        account::PersonName, open_id::OpenId, otp::Code, phone::Phone, reason::Failure, resident_id::SubmittedId,
    },
    service::{mall_user::CodeGiven, papers::Submission},
    wire::Fields,
};

/// #10
pub fn send_code(fields: &mut Fields) -> Result<(OpenId, Phone), Failure> {
    Ok((OpenId::parse(&fields.required("openId")?)?, phone(fields)?))
}

/// #11, and #13, where the number is the new one. In this family `phoneNum` is the code, and `telephone` the number.
pub fn code_given(fields: &mut Fields) -> Result<CodeGiven, Failure> {
    let (open_id, phone) = send_code(fields)?;
    Ok(CodeGiven { open_id, phone, code: Code::read(&fields.required("phoneNum")?)? })
}

/// #12
pub fn phone(fields: &mut Fields) -> Result<Phone, Failure> {
    Phone::parse(&fields.required("telephone")?)
}

/// #14, #15: the one file of the request, whatever its field is called.
pub fn picture_of_papers(fields: &mut Fields) -> Result<(Phone, Bytes), Failure> {
    Ok((phone(fields)?, fields.picture()?))
}

/// #16
pub fn submission(fields: &mut Fields, today: Date) -> Result<Submission, Failure> {
    let (phone, real_name) = (phone(fields)?, PersonName::real(&fields.required("realName")?)?);
    let (id_no, front) = (fields.required("idNo")?, fields.required("frontImg")?);
    let qualification = fields.required("qualification")?;
    Ok(Submission { phone, real_name, id_no: SubmittedId::parse(&id_no, today)?, front, qualification })
}
