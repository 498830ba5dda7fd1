//! Codes that go to a telephone, and pictures with letters that go before them.

use crate::{App, REALM, views};
use shared::{
    domain::{
        captcha::Guess,
        device::DeviceId,
        otp::Code,
        phone::Phone,
        reason::{Failure, Reason},
        session::Caller,
    },
    wire::{
        Access, Call, Endpoint, Field, Fields,
        mall::{Spelling, Success},
        mall_user::{PHONE_NUM, TELEPHONE},
        picture, post, sms,
    },
};
use std::sync::Arc;

pub const DEVICE: Field<DeviceId> = Field::new("deviceId", DeviceId::parse)
    .about("设备 ID，1 至 128 个字符，不含空格和 # · The device: 1–128 characters without spaces and `#`")
    .example("a3f0-77")
    .rule(DeviceId::RULE);

pub const LETTERS: Field<Guess> = Field::new("picCode", |text| Ok(Guess::read(text)))
    .about("图形验证码 · The letters of the picture")
    .example("k7wq");

pub const SEND_CODE: Endpoint = post("/user/dealer/sendPhoneNum")
    .number(19)
    .title("手机短信验证码请求", "Have an SMS code sent")
    .access(Access::Known(REALM))
    .zh(&[
        "向手机发送验证码。未登录时用于注册（#23），带会话时用于更换手机（#25）。",
        "同一设备一小时内第三次起需先通过图形验证（#22）。",
    ])
    .notes(&[
        "The answer is the same whether or not the number is known. Throttled: HTTP 429, `2019 请求过于频繁`.",
        "With a dealer's session the code serves #25, without one #23.",
        "After two codes in an hour (`CAPTCHA_AFTER_SENDS`) a device solves a picture (#22) for each further one.",
    ])
    .takes(&[DEVICE.required(), TELEPHONE.required()])
    .refuses(&[Reason::CaptchaWanted]);

pub const VERIFY_CODE: Endpoint = post("/user/dealer/verifyPhoneNum")
    .number(20)
    .title("手机短信验证码验证", "Check an SMS code")
    .access(Access::Known(REALM))
    .zh(&["校验短信验证码，计一次尝试，但不会使其失效，之后 #23 或 #25 还要再提交一次。"])
    .notes(&[
        "`phoneNum` is the code, `telephone` the number.",
        "A right answer counts as a try and uses nothing up: #23 and #25 send the code once more. Wrong, expired, used and tried too often are one answer.",
    ])
    .takes(&[DEVICE.required(), TELEPHONE.required(), PHONE_NUM.required().from(sms(SEND_CODE.way(), "telephone"))])
    .refuses(&[Reason::WrongCode]);

pub const SEND_PICTURE: Endpoint = post("/user/dealer/sendGraphCode")
    .number(21)
    .title("图形验证码请求", "Have a picture with letters made")
    .access(Access::Public)
    .zh(&["生成图形验证码，`picUrl` 两分钟内可打开，答案三分钟内有效。新的图片使旧的失效。"])
    .notes(&[
        "`picUrl` is a signed address of a private PNG and opens it for two minutes; the answer is taken for three. A new picture kills the old one.",
    ])
    .takes(&[DEVICE.required()]);

pub const VERIFY_PICTURE: Endpoint = post("/user/dealer/verifyPicCode")
    .number(22)
    .title("图形验证码验证", "Check what was read from the picture")
    .access(Access::Public)
    .zh(&["校验图形验证码，不区分大小写，最多三次，不会使其失效；之后可注册（#23）或再发一条短信（#19）。"])
    .notes(&[
        "No failure is documented: `2018 图形验证码错误`. Letters of either case; after three tries the picture is dead.",
        "Not used up: #23 sends it once more, and one more SMS (#19) may be had for it.",
    ])
    .takes(&[DEVICE.required(), LETTERS.required().from(picture(SEND_PICTURE.way()))])
    .refuses(&[Reason::WrongCaptcha]);

pub async fn send_code(app: Arc<App>, caller: Option<Caller>, mut call: Call) -> Result<Success, Failure> {
    let (device, phone) = call.read(device_and_phone)?;
    app.dealers.send_code(caller.as_ref(), (&device, phone), call.origin(), call.now().real).await?;
    Ok(Success::done(Spelling::Text))
}

/// #19
fn device_and_phone(fields: &mut Fields) -> Result<(DeviceId, Phone), Failure> {
    Ok((fields.required(&DEVICE)?, fields.required(&TELEPHONE)?))
}

pub async fn verify_code(app: Arc<App>, caller: Option<Caller>, mut call: Call) -> Result<Success, Failure> {
    let given = call.read(code_given)?;
    app.dealers.verify_code(caller.as_ref(), given, call.origin(), call.now().real).await?;
    Ok(Success::done(Spelling::Text))
}

/// #20
fn code_given(fields: &mut Fields) -> Result<(DeviceId, Phone, Code), Failure> {
    let (device, phone) = device_and_phone(fields)?;
    Ok((device, phone, fields.required(&PHONE_NUM)?))
}

pub async fn send_picture(app: Arc<App>, mut call: Call) -> Result<Success, Failure> {
    let device = call.read(|fields| fields.required(&DEVICE))?;
    let address = app.dealers.captchas.show(&device, call.origin(), call.now().real).await?;
    Success::data(Spelling::Text, &views::Picture { pic_url: &address })
}

pub async fn verify_picture(app: Arc<App>, mut call: Call) -> Result<Success, Failure> {
    let (device, guess) = call.read(device_and_guess)?;
    app.dealers.captchas.solve(&device, &guess, call.now().real).await?;
    Ok(Success::done(Spelling::Text))
}

/// #22
fn device_and_guess(fields: &mut Fields) -> Result<(DeviceId, Guess), Failure> {
    Ok((fields.required(&DEVICE)?, fields.required(&LETTERS)?))
}

/// What the reference shows of the answers.
#[cfg(feature = "openapi")]
pub mod reference {
    use super::{SEND_CODE, SEND_PICTURE, VERIFY_CODE, VERIFY_PICTURE};
    use crate::views;
    use describe::{Answers, Operation, mall};
    use serde_json::json;
    use shared::wire::mall::Spelling;

    pub fn operations() -> Vec<Operation> {
        vec![
            SEND_CODE.answers(mall::done(Spelling::Text)),
            VERIFY_CODE.answers(mall::done(Spelling::Text)),
            SEND_PICTURE.answers(mall::data::<views::Picture<'static>>(Spelling::Text, &json!({ "picUrl": CAPTCHA }))),
            VERIFY_PICTURE.answers(mall::done(Spelling::Text)),
        ]
    }

    const CAPTCHA: &str = "https://pictures.example.com/captcha/8f14e45fceea167a5a36dedd4bea2543.png?X-Amz-Signature=…";
}
