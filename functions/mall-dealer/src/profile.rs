//! What a dealer shows: gender, nickname, favicon.

use crate::{
    App, DEALERS,
    proof::{ACCOUNT, OWN},
    views,
};
use shared::{
    domain::{
        dealer::Nickname,
        gender::Gender,
        reason::{Failure, Reason},
        session::Caller,
    },
    service::dealer::favicon_named,
    wire::{
        Access, Call, Endpoint, Field, Fields, answer,
        envelope::PictureAnswer,
        get, last_part,
        mall::{Spelling, Success},
        mall_papers::PICTURE,
        post,
    },
};
use std::sync::Arc;

const BOTH_METHODS: &str =
    "The document has no method: POST and PUT are taken, and GET, which any page's picture could send, is 405.";
const FAVICON: &str =
    "https://api.example.com/user/dealer/favicon/5d41402abc4b2a76b9719d911017c592-7d793037a0760186574b0282f2f435e7.jpg";
const FAVICON_NAME: &str = "5d41402abc4b2a76b9719d911017c592-7d793037a0760186574b0282f2f435e7.jpg";
const GENDER: Field<Gender> = Field::new("gender", Gender::parse)
    .about("性别：0 未知，1 男，2 女，3 第三性 · Gender: 0 unknown, 1 male, 2 female, 3 third")
    .example("1")
    .one_of(&["0", "1", "2", "3"]);
const NICKNAME: Field<Nickname> = Field::new("nickName", Nickname::parse)
    .about("新的昵称，1 至 32 字 · The new name: 1–32 characters, no control characters")
    .example("老王车行")
    .rule(Nickname::RULE);
const FAVICON_ADDRESS: Field<String> =
    Field::text("favicon").about("新头像地址，#29 返回 · The address that #29 answered").example(FAVICON);
const IF_NONE_MATCH: Field<String> = Field::text("If-None-Match")
    .about("已有头像的 ETag，未变则返回 304 · The `ETag` of the picture that the caller has")
    .example("\"b3e24d579d0f6ac1\"");

pub const EDIT_GENDER: Endpoint = post("/user/dealer/editGender")
    .number(26)
    .title("编辑性别", "Set the gender")
    .access(DEALERS)
    .also_by(&["PUT"])
    .zh(&["修改本人性别，字符串或数字都可以。`username` 是本人的手机号或账号 id，他人的返回 403。"])
    .notes(&[BOTH_METHODS, OWN, "As a string, as the table has it, or as a number."])
    .takes(&[ACCOUNT.required(), GENDER.required()])
    .refuses(&[Reason::NotYours]);

pub const EDIT_NICKNAME: Endpoint = post("/user/dealer/editNickname")
    .number(27)
    .title("设置昵称", "Set the name that is shown")
    .access(DEALERS)
    .also_by(&["PUT"])
    .zh(&["修改本人昵称。`username` 是本人的手机号或账号 id，他人的返回 403。"])
    .notes(&[BOTH_METHODS, OWN])
    .takes(&[ACCOUNT.required(), NICKNAME.required()])
    .refuses(&[Reason::NotYours]);

pub const EDIT_FAVICON: Endpoint = post("/user/dealer/editFavicon")
    .number(28)
    .title("设置新的头像", "Set the picture that is shown")
    .access(DEALERS)
    .also_by(&["PUT"])
    .zh(&["把 #29 上传的图片设为头像，只能用本人上传的图片。"])
    .notes(&[
        BOTH_METHODS,
        OWN,
        "Only a picture that this account uploaded (#29): its address, with or without the signature, or its name. Anything else is `2020`.",
    ])
    .takes(&[ACCOUNT.required(), FAVICON_ADDRESS.required().from(answer(UPLOAD_FAVICON.way(), "/data/favicon"))])
    .refuses(&[Reason::NotYours, Reason::PictureNotYours]);

pub const UPLOAD_FAVICON: Endpoint = post("/user/dealer/euploadFavicon")
    .number(29)
    .title("上传头像", "Upload a picture")
    .access(DEALERS)
    .also_by(&["PUT"])
    .also_at(&["/user/dealer/uploadFavicon"])
    .as_picture()
    .zh(&["上传图片并返回地址，设为头像要再调用 #28；一天内未使用的图片会被删除。"])
    .notes(&[
        "The heading has `euploadFavicon`, the sample `uploadFavicon`; both lead here.",
        BOTH_METHODS,
        "Uploading sets nothing: #28 does. What no #28 names is gone after a day.",
        "`favicon` opens the picture for everybody who has it: for a day, and for as long as the account shows it.",
    ])
    .takes(&[
        PICTURE.about("头像文件，JPEG、PNG 或 WebP，最大 4 MiB，字段名不限 · The picture: JPEG, PNG or WebP, at most 4 MiB; the one file of any field name").required(),
    ])
    .refuses(&[Reason::UnreadablePicture]);

pub const SHOW_FAVICON: Endpoint = get("/user/dealer/favicon/{name}")
    .title("查看头像", "Look at a favicon")
    .access(Access::Public)
    .zh(&["扩展接口：#18、#23 和 #29 返回的头像地址指向这里，无需登录，可缓存一天。"])
    .notes(&[
        "The addresses that #18, #23 and #29 answer lead here. They need no session, so that a page may show them.",
        "A caller may keep the picture for a day: under one address there is never another one.",
    ])
    .path_from(&[("name", last_part(UPLOAD_FAVICON.way(), "/data/favicon"))])
    .in_path(&[("name", FAVICON_NAME)])
    .takes(&[IF_NONE_MATCH.header()]);

pub async fn edit_gender(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let (named, gender) = call.read(|fields| Ok((fields.required(&ACCOUNT)?, fields.required(&GENDER)?)))?;
    app.dealers.set_gender(&caller, &named, gender, call.now().real).await?;
    Ok(Success::done(Spelling::Number))
}

pub async fn edit_nickname(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let (named, name) = call.read(|fields| Ok((fields.required(&ACCOUNT)?, fields.required(&NICKNAME)?)))?;
    app.dealers.set_nickname(&caller, &named, name, call.now().real).await?;
    Ok(Success::done(Spelling::Number))
}

pub async fn edit_favicon(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let (named, address) = call.read(|fields| Ok((fields.required(&ACCOUNT)?, fields.required(&FAVICON_ADDRESS)?)))?;
    app.dealers.set_favicon(&caller, &named, &address, (call.origin(), call.now().real)).await?;
    Ok(Success::done(Spelling::Number))
}

/// The document prints this path in two spellings; both lead here.
pub async fn upload_favicon(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let picture = call.read(Fields::picture)?;
    let address = app.dealers.upload_favicon(&caller, picture, (call.origin(), call.now().real)).await?;
    Success::data(Spelling::Number, &views::Favicon { favicon: &address })
}

/// Anybody may look at a favicon who has its address.
pub async fn show_favicon(app: Arc<App>, call: Call) -> Result<PictureAnswer, Failure> {
    let key = favicon_named(call.path("name"))?;
    let content = if call.has(&key.tag()) { None } else { Some(app.dealers.favicon(&key).await?) };
    Ok(PictureAnswer { tag: key.tag(), content, keep: PictureAnswer::PUBLIC })
}

/// What the reference shows of the answers.
#[cfg(feature = "openapi")]
pub mod reference {
    use super::{EDIT_FAVICON, EDIT_GENDER, EDIT_NICKNAME, FAVICON, SHOW_FAVICON, UPLOAD_FAVICON};
    use crate::views;
    use describe::{Answer, Answers, Operation, mall};
    use serde_json::json;
    use shared::wire::mall::Spelling;

    pub fn operations() -> Vec<Operation> {
        vec![
            EDIT_GENDER.answers(mall::done(Spelling::Number)),
            EDIT_NICKNAME.answers(mall::done(Spelling::Number)),
            EDIT_FAVICON.answers(mall::done(Spelling::Number)),
            UPLOAD_FAVICON
                .answers(mall::data::<views::Favicon<'static>>(Spelling::Number, &json!({ "favicon": FAVICON }))),
            SHOW_FAVICON
                .answers(Answer::of_type("image/jpeg").with("ETag").with("Cache-Control"))
                .or_answers("The caller has it already", Answer::empty(304).with("ETag").with("Cache-Control")),
        ]
    }
}
