//! What the consumers' app sends.

use shared::{
    domain::{open_id::OpenId, otp::Code, phone::Phone, reason::Failure},
    service::mall_user::CodeGiven,
    wire::Fields,
};

/// #8
pub fn send_code(fields: &mut Fields) -> Result<(OpenId, Phone), Failure> {
    Ok((OpenId::parse(&fields.required("openId")?)?, Phone::parse(&fields.required("telephone")?)?))
}

/// #9. In this family `phoneNum` is the code, and `telephone` the number.
pub fn verify_code(fields: &mut Fields) -> Result<CodeGiven, Failure> {
    let (open_id, phone) = send_code(fields)?;
    Ok(CodeGiven { open_id, phone, code: Code::read(&fields.required("phoneNum")?)? })
}
