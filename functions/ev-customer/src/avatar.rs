//! A driver's picture. The document prints the upload with a trailing slash and without, and behind the prefix of an earlier
//! gateway.

use crate::{
    App, DRIVERS, own,
    profile::{DRIVER, ME},
};
use shared::{
    domain::{
        account::AccountId,
        reason::{Failure, Reason},
        session::Caller,
    },
    wire::{
        Call, Endpoint, Example, Field, FieldPlace, Fields, before, envelope::PictureAnswer, ev_customer::Success, get,
        put,
    },
};
use std::sync::Arc;

const ID: Field<String> = Field::text("id").about("本人的用户 id · The driver's own id").whole(1004);
const FILE: Field<String> = Field::text("file")
    .about("头像，JPEG、PNG 或 WebP，最大 4 MiB · The picture: JPEG, PNG or WebP, at most 4 MiB")
    .shown(Example::File);
const IF_NONE_MATCH: Field<String> = Field::text("If-None-Match")
    .about("已有头像的 ETag，未变则返回 304 · The `ETag` of the picture that the caller has")
    .example("\"9d0f6ac1b3e24d57\"");

pub const UPLOAD_AVATAR: Endpoint = put("/zuul/customer/customers/uploadAvatar/")
    .number(3)
    .title("上传用户头像接口", "Set the driver's picture")
    .access(DRIVERS)
    .also_by(&["POST"])
    .also_at(&[
        "/zuul/customer/customers/uploadAvatar",
        "/customer/customers/uploadAvatar/",
        "/customer/customers/uploadAvatar",
    ])
    .as_picture()
    .zh(&["上传头像，字段名不限，也可直接以图片作为请求体。保存为不超过 512 像素的 JPEG，不含拍摄信息。"])
    .notes(&[
        "The screenshot that showed the field's name is lost: the one file counts, under any field name, or the picture as the body.",
        "The heading has a trailing slash, the sample none, and `/zuul` is an earlier gateway's: every combination leads here, PUT and POST.",
        "Kept as a JPEG of at most 512 pixels a side, without what the camera wrote into it.",
    ])
    .takes(&[ID.optional().left_out().at(FieldPlace::Query), FILE.required()])
    .refuses(&[Reason::NotYours, Reason::UnreadablePicture]);

pub const AVATAR: Endpoint = get("/customer/customers/{id}/avatar")
    .number(4)
    .title("获取用户头像接口", "A driver's picture")
    .access(DRIVERS)
    .zh(&["返回头像图片，任何已登录的车主都可查看。没有头像与用户不存在的结果相同。"])
    .notes(&[
        "Any signed-in driver may look at any other. Who has none answers like who does not exist.",
        "`private, no-cache`: the caller may keep it and asks with the `ETag` whether it is still the same.",
    ])
    .after(&[before(UPLOAD_AVATAR.way())])
    .path_from(&[("id", ME)])
    .in_path(&[("id", DRIVER)])
    .takes(&[IF_NONE_MATCH.header()])
    .refuses(&[Reason::NotYours]);

pub async fn upload_avatar(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let upload = call.read(Upload::parse)?;
    own(&caller, upload.id.as_deref())?;
    app.customers.set_avatar(&caller, upload.picture, call.now().real).await?;
    Ok(Success::Done)
}

/// #3: the one picture, under any field name.
struct Upload {
    id: Option<String>,
    picture: bytes::Bytes,
}

impl Upload {
    fn parse(fields: &mut Fields) -> Result<Self, Failure> {
        Ok(Self { id: fields.optional(&ID)?, picture: fields.picture()? })
    }
}

pub async fn avatar(app: Arc<App>, _: Caller, call: Call) -> Result<Success, Failure> {
    let account = AccountId::of_driver(call.path("id")).ok_or(Reason::NotYours)?;
    let key = app.customers.avatar(&account).await?;
    if call.has(&key.tag()) {
        return Ok(Success::Picture(PictureAnswer { tag: key.tag(), content: None, keep: PictureAnswer::PRIVATE }));
    }
    let (key, content) = app.customers.avatar_content(&account, key).await?;
    Ok(Success::Picture(PictureAnswer { tag: key.tag(), content: Some(content), keep: PictureAnswer::PRIVATE }))
}

/// What the reference shows of the answers.
#[cfg(feature = "openapi")]
pub mod reference {
    use super::{AVATAR, UPLOAD_AVATAR};
    use describe::{Answer, Answers, Operation, ev_customer};

    pub fn operations() -> Vec<Operation> {
        vec![
            UPLOAD_AVATAR.answers(ev_customer::done()),
            AVATAR
                .answers(Answer::of_type("image/jpeg").with("ETag").with("Cache-Control"))
                .or_answers("The caller has it already", Answer::empty(304).with("ETag").with("Cache-Control")),
        ]
    }
}
