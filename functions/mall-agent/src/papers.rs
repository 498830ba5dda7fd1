//! Agents' papers: uploaded, handed in, and how they stand.

use crate::{AGENTS, App, views};
use shared::{
    domain::{
        day::local_day,
        reason::{Failure, Reason},
        session::Caller,
    },
    wire::{
        Call, Endpoint, Example, answer,
        mall::{Spelling, Success},
        mall_papers::{
            FRONT_IMG, FrontPicture, ID_NO, PapersView, QUALIFICATION, Qualification, REAL_NAME, picture_of_papers,
            submission,
        },
        mall_user::TELEPHONE,
        post,
    },
};
use std::sync::Arc;

const ADDRESS: &str = "https://bucket.s3.cn-north-1.amazonaws.com.cn/kyc/…?X-Amz-Signature=…";
const PICTURES: &[Reason] = &[Reason::NotYours, Reason::UnreadablePicture];

pub const UPLOAD_FRONT: Endpoint = post("/user/proxy/uploadFrontImg")
    .number(14)
    .title("上传身份证正面照", "Upload the front of one's ID card")
    .access(AGENTS)
    .as_picture()
    .zh(&["上传身份证正面照，返回图片地址，供 #16 使用。地址十分钟内有效；一天内未提交的图片会被删除。"])
    .notes(&["The address opens the picture for ten minutes; the picture is gone after a day unless #16 names it."])
    .takes(&[
        TELEPHONE.about("本人手机号码 · The caller's own mobile number").required(),
        FRONT_IMG
            .about(
                "身份证正面照，JPEG、PNG 或 WebP，最大 4 MiB · Front of the ID card: JPEG, PNG or WebP, at most 4 MiB",
            )
            .shown(Example::File)
            .required(),
    ])
    .refuses(PICTURES);

pub const UPLOAD_QUALIFICATION: Endpoint = post("/user/proxy/uploadQualification")
    .number(15)
    .title("上传资格证", "Upload one's licence")
    .access(AGENTS)
    .as_picture()
    .zh(&["上传资格证，返回图片地址，供 #16 使用。"])
    .notes(&["As #14."])
    .takes(&[
        TELEPHONE.about("本人手机号码 · The caller's own mobile number").required(),
        QUALIFICATION
            .about("资格证，JPEG、PNG 或 WebP，最大 4 MiB · The licence: JPEG, PNG or WebP, at most 4 MiB")
            .shown(Example::File)
            .required(),
    ])
    .refuses(PICTURES);

pub const SUBMIT: Endpoint = post("/user/proxy/submitPUser")
    .number(16)
    .title("提交认证信息", "Hand in papers")
    .access(AGENTS)
    .zh(&[
        "提交认证信息，进入审核中（`status` 为 1）。图片须为本人上传；返回的身份证号为掩码。",
        "审核中可以重新提交；已通过后不能再提交（2021）。",
    ])
    .notes(&[
        "Papers that wait are replaced and keep their place; those that have passed stay (2021).",
        "The pictures are the agent's own uploads; only what stands before the query of an address counts.",
        "The ID number is checked by GB 11643 (2023), one agent's alone (2021), and comes back masked.",
    ])
    .takes(&[
        TELEPHONE.about("本人手机号码 · The caller's own mobile number").required(),
        REAL_NAME.required(),
        ID_NO.required(),
        FRONT_IMG.example(ADDRESS).required().from(answer(UPLOAD_FRONT.way(), "/data/frontImg")),
        QUALIFICATION.example(ADDRESS).required().from(answer(UPLOAD_QUALIFICATION.way(), "/data/qualification")),
    ])
    .refuses(&[
        Reason::NotYours,
        Reason::PictureNotYours,
        Reason::BadIdNumber,
        Reason::IdNumberTaken,
        Reason::WrongState,
    ]);

pub const INFO: Endpoint = post("/user/proxy/info")
    .title("获取本人资料及认证状态", "Read one's own profile and how one's papers stand")
    .access(AGENTS)
    .as_json()
    .zh(&["扩展接口：返回本人资料、认证状态和未通过的原因 `reason`。身份证号为掩码，图片地址每次更新，十分钟内有效。"])
    .notes(&[
        "`reason` is what the reviewer said of papers that were refused (`status` 2).",
        "The ID number is masked. The addresses are new with every call and open the pictures for ten minutes; `\"\"` once they are deleted.",
    ])
    .refuses(&[Reason::WrongState]);

pub async fn upload_front(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let (phone, picture) = call.read(picture_of_papers)?;
    let address = app.papers.upload(&caller, &phone, picture, call.now().real).await?;
    Success::data(Spelling::Text, &FrontPicture { front_img: &address })
}

pub async fn upload_qualification(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let (phone, picture) = call.read(picture_of_papers)?;
    let address = app.papers.upload(&caller, &phone, picture, call.now().real).await?;
    Success::data(Spelling::Text, &Qualification { qualification: &address })
}

pub async fn submit(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let today = local_day(call.now().real);
    let submission = call.read(|fields| submission(fields, today))?;
    let papers = app.papers.hand_in(&caller, &submission, call.origin(), call.now()).await?;
    Success::data(Spelling::Text, &PapersView::of(&papers))
}

pub async fn info(app: Arc<App>, caller: Caller, call: Call) -> Result<Success, Failure> {
    let profile = app.agents.profile(&caller).await?;
    let papers = app.papers.own(&caller, call.now().real).await?;
    Success::data(Spelling::Number, &views::Info::of(&profile, &papers))
}

/// What the reference shows of the answers.
#[cfg(feature = "openapi")]
pub mod reference {
    use super::{ADDRESS, FrontPicture, INFO, PapersView, Qualification, SUBMIT, UPLOAD_FRONT, UPLOAD_QUALIFICATION};
    use crate::views;
    use describe::{Answers, Operation, mall};
    use serde_json::json;
    use shared::wire::mall::Spelling;

    pub fn operations() -> Vec<Operation> {
        vec![
            UPLOAD_FRONT.answers(mall::data::<FrontPicture>(Spelling::Text, &json!({ "frontImg": ADDRESS }))),
            UPLOAD_QUALIFICATION
                .answers(mall::data::<Qualification>(Spelling::Text, &json!({ "qualification": ADDRESS }))),
            SUBMIT.answers(mall::data::<PapersView>(
                Spelling::Text,
                &json!({ "realName": "王小明", "idNo": "110105********002X", "frontImg": ADDRESS,
                    "qualification": ADDRESS, "status": 1 }),
            )),
            INFO.answers(mall::data::<views::Info>(
                Spelling::Number,
                &json!({ "status": 2, "reason": "照片不清晰", "realName": "王小明", "idNo": "110105********002X",
                    "frontImg": ADDRESS, "qualification": ADDRESS, "telephone": "13912345678",
                    "openId": "oGZUI0egBJY1zhBYw2KhdUfwVJJE" }),
            )),
        ]
    }
}
