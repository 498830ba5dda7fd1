//! What auditors send.

use shared::{
    domain::{
        account::Realm,
        papers::{Decision, Status, Why},
        phone::Phone,
        reason::Failure,
        text::halfwidth,
    },
    wire::Fields,
};

/// Whose papers are meant: a telephone has one account of each kind.
pub struct Whose {
    pub realm: Realm,
    pub phone: Phone,
}

/// #17: `telephone` and `status`, which may be a number or a text; ours are `realm` (agents where it is missing),
/// `reason`, and `version`, that of the papers that the auditor saw.
pub fn decision(fields: &mut Fields) -> Result<(Whose, Decision), Failure> {
    let phone = Phone::parse(&fields.required("telephone")?)?;
    let status = Status::asked(&fields.required("status")?)?;
    let realm = fields.optional("realm")?.map_or(Ok(Realm::MallAgent), |realm| Realm::parse(&realm))?;
    if !matches!(realm, Realm::MallAgent | Realm::MallDealer) {
        return Err(Failure::malformed("用户群应为 mall-agent（代理商）或 mall-dealer（经销商）"));
    }
    let why = fields.optional("reason")?.map(|reason| Why::parse(&reason)).transpose()?;
    let version = fields
        .optional("version")?
        .map(|version| halfwidth(&version).parse().map_err(|_| Failure::malformed("版本号应为证件的版本号")));
    Ok((Whose { realm, phone }, Decision { status, why, version: version.transpose()? }))
}
