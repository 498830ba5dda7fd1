//! What the agents' app sends.

use shared::{
    domain::{open_id::OpenId, otp::Code, phone::Phone, reason::Failure},
    service::mall_user::CodeGiven,
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
