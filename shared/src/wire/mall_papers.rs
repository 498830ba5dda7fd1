//! Papers as agents and dealers hand them in: the document has them for agents (#14 to #16), and dealers' are in their shape.

use super::{Example, Field, Fields, mall_user::TELEPHONE};
use crate::{
    domain::{
        account::PersonName,
        phone::Phone,
        reason::Failure,
        resident_id::{ResidentId, SubmittedId},
    },
    service::papers::{HandedIn, Submission},
};
use bytes::Bytes;
use jiff::civil::Date;
use serde::Serialize;

pub const REAL_NAME: Field<PersonName> =
    Field::new("realName", PersonName::real).about("真实姓名 · Real name").example("王小明").rule(PersonName::REAL);

/// Whether it is one depends on today.
pub const ID_NO: Field<String> =
    Field::text("idNo").about("身份证号 · ID number").example("11010519491231002X").rule(ResidentId::RULE);

pub const FRONT_IMG: Field<String> =
    Field::text("frontImg").about("身份证正面图片地址，#14 返回 · The address that #14 answered");

pub const QUALIFICATION: Field<String> =
    Field::text("qualification").about("资格证图片地址，#15 返回 · The address that #15 answered");

/// The one file of a request, under any field name.
pub const PICTURE: Field<String> = Field::text("file").shown(Example::File);

/// #14, #15
pub fn picture_of_papers(fields: &mut Fields) -> Result<(Phone, Bytes), Failure> {
    Ok((fields.required(&TELEPHONE)?, fields.picture()?))
}

/// #16
pub fn submission(fields: &mut Fields, today: Date) -> Result<Submission, Failure> {
    let (phone, real_name) = (fields.required(&TELEPHONE)?, fields.required(&REAL_NAME)?);
    let (id_no, front) = (fields.required(&ID_NO)?, fields.required(&FRONT_IMG)?);
    let qualification = fields.required(&QUALIFICATION)?;
    Ok(Submission { phone, real_name, id_no: SubmittedId::parse(&id_no, today)?, front, qualification })
}

/// #14
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct FrontPicture<'a> {
    pub front_img: &'a str,
}

/// #15
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Qualification<'a> {
    pub qualification: &'a str,
}

/// #16: the number is masked.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct PapersView<'a> {
    real_name: &'a str,
    id_no: &'a str,
    front_img: &'a str,
    qualification: &'a str,
    status: u8,
}

impl<'a> PapersView<'a> {
    pub fn of(papers: &'a HandedIn) -> Self {
        Self {
            real_name: papers.real_name.as_str(),
            id_no: &papers.id_no,
            front_img: &papers.front,
            qualification: &papers.qualification,
            status: papers.status.into(),
        }
    }
}
