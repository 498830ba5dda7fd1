//! Dealers' papers, an extension in the shape of the agents' (#14 to #16).

use crate::{App, DEALERS, views};
use shared::{
    domain::{
        day::local_day,
        reason::{Failure, Reason},
        session::Caller,
    },
    wire::{
        Call, Endpoint, answer,
        mall::{Spelling, Success},
        mall_papers::{
            FRONT_IMG, FrontPicture, ID_NO, PICTURE, PapersView, QUALIFICATION, Qualification, REAL_NAME,
            picture_of_papers, submission,
        },
        mall_user::TELEPHONE,
        post,
    },
};
use std::sync::Arc;

const FRONT: &str = "https://pictures.example.com/kyc/5d41402abc4b2a76b9719d911017c592/1f3870be274f6c49b3e31a0c6728957f.jpg?X-Amz-Signature=…";
const CERTIFICATE: &str = "https://pictures.example.com/kyc/5d41402abc4b2a76b9719d911017c592/72b302bf297a228a75730123efef7c41.jpg?X-Amz-Signature=…";
const OWN_TELEPHONE: &str = "Ours. `telephone` is the dealer's own; any other is 403.";

pub const UPLOAD_FRONT: Endpoint = post("/user/dealer/uploadFrontImg")
    .title("上传身份证正面照", "Upload the front of an ID card")
    .access(DEALERS)
    .as_picture()
    .zh(&["扩展接口：上传身份证正面照，返回图片地址，供提交认证信息使用。"])
    .notes(&[
        OWN_TELEPHONE,
        "The one file, under any field name, or the picture as the body with `telephone` in the query.",
        "The address opens the picture for ten minutes. What no papers name is gone after a day.",
    ])
    .takes(&[
        TELEPHONE.required(),
        PICTURE.about("图片文件，JPEG、PNG 或 WebP，最大 4 MiB · The picture: JPEG, PNG or WebP, at most 4 MiB; at most 2,560 pixels a side are kept").required(),
    ])
    .refuses(&[Reason::NotYours, Reason::UnreadablePicture]);

pub const UPLOAD_QUALIFICATION: Endpoint = post("/user/dealer/uploadQualification")
    .title("上传资格证", "Upload a certificate")
    .access(DEALERS)
    .as_picture()
    .zh(&["扩展接口：上传资格证，返回图片地址，供提交认证信息使用。"])
    .notes(&[
        OWN_TELEPHONE,
        "The one file, under any field name, or the picture as the body with `telephone` in the query.",
        "The address opens the picture for ten minutes. What no papers name is gone after a day.",
    ])
    .takes(&[
        TELEPHONE.required(),
        PICTURE.about("图片文件，JPEG、PNG 或 WebP，最大 4 MiB · The picture: JPEG, PNG or WebP, at most 4 MiB; at most 2,560 pixels a side are kept").required(),
    ])
    .refuses(&[Reason::NotYours, Reason::UnreadablePicture]);

pub const SUBMIT: Endpoint = post("/user/dealer/submit")
    .title("提交认证信息", "Hand papers in")
    .access(DEALERS)
    .zh(&["扩展接口：提交认证信息，进入审核中（`status` 为 1），返回的身份证号为掩码。已通过后不能再提交（2021）。"])
    .notes(&[
        OWN_TELEPHONE,
        "In the shape of #16: `status` is 1 (审核中), the ID number is masked, the addresses are new.",
        "Pictures are told by what stands before the query of their addresses. What waits is replaced and keeps its place; from 3 it is `2021`.",
        "An ID number is one dealer's; free again once it was refused or replaced.",
    ])
    .takes(&[
        TELEPHONE.required(),
        REAL_NAME.required(),
        ID_NO.required(),
        FRONT_IMG.about("身份证正面图片地址，上传后返回 · The address that the upload of the ID card answered").example(FRONT).required().from(answer(UPLOAD_FRONT.way(), "/data/frontImg")),
        QUALIFICATION.about("资格证图片地址，上传后返回 · The address that the upload of the certificate answered").example(CERTIFICATE).required().from(answer(UPLOAD_QUALIFICATION.way(), "/data/qualification")),
    ])
    .refuses(&[
        Reason::NotYours,
        Reason::PictureNotYours,
        Reason::BadIdNumber,
        Reason::IdNumberTaken,
        Reason::WrongState,
    ]);

pub const INFO: Endpoint = post("/user/dealer/info")
    .title("获取本人资料及认证状态", "Read one's own profile and how one's papers stand")
    .access(DEALERS)
    .as_json()
    .zh(&["扩展接口：返回本人资料、认证状态和未通过的原因 `reason`。身份证号为掩码，图片地址每次更新，十分钟内有效。"])
    .notes(&[
        "`status` is 0 (未认证), 1 (审核中), 2 (未通过) or 3 (已通过); `reason` is what the reviewer said of papers that were refused.",
        "The ID number is masked. The addresses of papers are new with every call and open the pictures for ten minutes; `\"\"` once they are deleted.",
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
    let profile = app.dealers.profile(&caller.account, call.origin()).await?;
    let papers = app.papers.own(&caller, call.now().real).await?;
    Success::data(Spelling::Number, &views::Info::of(&profile, &papers))
}

/// What the reference shows of the answers.
#[cfg(feature = "openapi")]
pub mod reference {
    use super::{
        CERTIFICATE, FRONT, FrontPicture, INFO, PapersView, Qualification, SUBMIT, UPLOAD_FRONT, UPLOAD_QUALIFICATION,
    };
    use crate::views;
    use describe::{Answers, Operation, mall};
    use serde_json::json;
    use shared::wire::mall::Spelling;

    pub fn operations() -> Vec<Operation> {
        vec![
            UPLOAD_FRONT.answers(mall::data::<FrontPicture<'static>>(Spelling::Text, &json!({ "frontImg": FRONT }))),
            UPLOAD_QUALIFICATION.answers(mall::data::<Qualification<'static>>(
                Spelling::Text,
                &json!({ "qualification": CERTIFICATE }),
            )),
            SUBMIT.answers(mall::data::<PapersView<'static>>(
                Spelling::Text,
                &json!({
                    "realName": "王小明", "idNo": "110105********002X", "frontImg": FRONT, "qualification": CERTIFICATE,
                    "status": 1
                }),
            )),
            INFO.answers(mall::data::<views::Info<'static>>(
                Spelling::Number,
                &json!({
                    "status": 2, "reason": "照片不清晰", "realName": "王小明", "idNo": "110105********002X",
                    "frontImg": FRONT, "qualification": CERTIFICATE, "telephone": "13912345678",
                    "nickName": "老王车行", "favicon": FAVICON, "gender": 2
                }),
            )),
        ]
    }

    const FAVICON: &str = "https://api.example.com/user/dealer/favicon/5d41402abc4b2a76b9719d911017c592-7d793037a0760186574b0282f2f435e7.jpg";
}
