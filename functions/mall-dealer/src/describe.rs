//! What the reference says of these endpoints.

use crate::{routes, views};
use describe::{
    Answer, Before, Described, Document, Input, Operation, Place, answer, before, get, last_part, mall, may, need,
    picture, post, sms,
};
use serde_json::{Value, json};
use shared::{domain::reason::Reason, wire::mall::Spelling};

const FAVICON: &str =
    "https://api.example.com/user/dealer/favicon/5d41402abc4b2a76b9719d911017c592-7d793037a0760186574b0282f2f435e7.jpg";
const FAVICON_NAME: &str = "5d41402abc4b2a76b9719d911017c592-7d793037a0760186574b0282f2f435e7.jpg";
const FRONT: &str = "https://pictures.example.com/kyc/5d41402abc4b2a76b9719d911017c592/1f3870be274f6c49b3e31a0c6728957f.jpg?X-Amz-Signature=…";
const CERTIFICATE: &str = "https://pictures.example.com/kyc/5d41402abc4b2a76b9719d911017c592/72b302bf297a228a75730123efef7c41.jpg?X-Amz-Signature=…";
const OWN_TELEPHONE: &str = "Ours. `telephone` is the dealer's own; any other is 403.";
const REGISTERED: &[Before] = &[before("POST /user/dealer/register")];
const PICTURE: &str = "https://pictures.example.com/captcha/8f14e45fceea167a5a36dedd4bea2543.png?X-Amz-Signature=…";
const OWN: &str = "`username` (账号), which nothing gives out, is the account's telephone or its id. Another one's, or nobody's: 403.";
const BOTH_METHODS: &str =
    "The document has no method: POST and PUT are taken, and GET, which any page's picture could send, is 405.";

pub fn describe() -> Described {
    let operations = [signing_in(), codes(), proven(), changes(), papers(), vec![favicon()]].concat();
    Described::new("mall-dealer", Document::MallDealers, &routes(), operations)
}

/// #18, #23
fn signing_in() -> Vec<Operation> {
    vec![
        post("/user/dealer/login", "用户登录", "Sign in as a dealer")
            .after(REGISTERED)
            .zh("用手机号和密码登录，返回资料，令牌在 `X-Access-Token` 中。`gender`：0 未知，1 男，2 女，3 第三性。")
            .number(18)
            .note("One text for a wrong password and an unknown telephone; the setting `MALL_TELL_UNKNOWN_USER` brings the document's second one back.")
            .note("`gender` is 0 unknown, 1 male, 2 female, 3 third: the table's «1:未知 1:男» is a slip. The example has full-width commas, the answer has not.")
            .takes([need("telephone", "手机号码 · Mobile number", "13912345678"), need("password", "密码 · The password", "123456wyc")])
            .refuses(&[Reason::WrongCredentials, Reason::SecondProofWanted])
            .may_say(Reason::WrongCredentials, "用户不存在")
            .answers(mall::data::<views::Dealer<'static>>(Spelling::Number, &dealer()).with_token()),
        post("/user/dealer/register", "用户注册", "Register as a dealer, and be signed in")
            .zh("注册成功即登录，令牌在 `X-Access-Token` 中。先校验图形验证码，再校验短信验证码；密码过弱时两个验证码都不会失效。")
            .number(23)
            .note("The failures that the document prints are those of #18. Here the letters are looked at first, then the code, then the telephone.")
            .note("Both codes are spent with the account that they make, or neither. A weak password spends none.")
            .takes([device(), telephone("手机号码 · Mobile number"), code("短信验证码 · The SMS code"), letters()])
            .takes([need("password", "密码，8 至 128 个字符，不能是常见密码 · The password: 8–128 characters, not a common one", "123456wyc")])
            .refuses(&[Reason::WrongCaptcha, Reason::WrongCode, Reason::UsernameTaken, Reason::WeakPassword])
            .answers(mall::data::<views::Dealer<'static>>(Spelling::Number, &dealer()).with_token()),
    ]
}

/// #19 to #22
fn codes() -> Vec<Operation> {
    vec![
        post("/user/dealer/sendPhoneNum", "手机短信验证码请求", "Have an SMS code sent")
            .zh("向手机发送验证码。未登录时用于注册（#23），带会话时用于更换手机（#25）。")
            .zh("同一设备一小时内第三次起需先通过图形验证（#22）。")
            .number(19)
            .note("The answer is the same whether or not the number is known. Throttled: HTTP 429, `2019 请求过于频繁`.")
            .note("With a dealer's session the code serves #25, without one #23.")
            .note("After two codes in an hour (`CAPTCHA_AFTER_SENDS`) a device solves a picture (#22) for each further one.")
            .takes([device(), telephone("手机号码 · Mobile number")])
            .refuses(&[Reason::CaptchaWanted])
            .answers(mall::done(Spelling::Text)),
        post("/user/dealer/verifyPhoneNum", "手机短信验证码验证", "Check an SMS code")
            .zh("校验短信验证码，计一次尝试，但不会使其失效，之后 #23 或 #25 还要再提交一次。")
            .number(20)
            .note("`phoneNum` is the code, `telephone` the number.")
            .note("A right answer counts as a try and uses nothing up: #23 and #25 send the code once more. Wrong, expired, used and tried too often are one answer.")
            .takes([device(), telephone("手机号码 · Mobile number"), code("短信验证码 · The SMS code")])
            .refuses(&[Reason::WrongCode])
            .answers(mall::done(Spelling::Text)),
        post("/user/dealer/sendGraphCode", "图形验证码请求", "Have a picture with letters made")
            .zh("生成图形验证码，`picUrl` 两分钟内可打开，答案三分钟内有效。新的图片使旧的失效。")
            .number(21)
            .note("`picUrl` is a signed address of a private PNG and opens it for two minutes; the answer is taken for three. A new picture kills the old one.")
            .takes([device()])
            .answers(mall::data::<views::Picture<'static>>(
                Spelling::Text,
                &json!({ "picUrl": PICTURE }),
            )),
        post("/user/dealer/verifyPicCode", "图形验证码验证", "Check what was read from the picture")
            .zh("校验图形验证码，不区分大小写，最多三次，不会使其失效；之后可注册（#23）或再发一条短信（#19）。")
            .number(22)
            .note("No failure is documented: `2018 图形验证码错误`. Letters of either case; after three tries the picture is dead.")
            .note("Not used up: #23 sends it once more, and one more SMS (#19) may be had for it.")
            .takes([device(), letters()])
            .refuses(&[Reason::WrongCaptcha])
            .answers(mall::done(Spelling::Text)),
    ]
}

/// #24, #25
fn proven() -> Vec<Operation> {
    vec![
        post("/user/dealer/reset", "重置密码", "Change the password")
            .after(REGISTERED)
            .zh("凭旧密码修改密码，无需登录。所有会话失效，新令牌在 `X-Access-Token` 中。忘记密码请用 `POST /auth/password/reset`。")
            .number(24)
            .note("Called «reset», but the old password proves it, with or without a session and under the throttle of #18. Forgotten ones: `POST /auth/password/reset`.")
            .note("`username` (账号) is the account's telephone or its id; an unknown one is answered like a wrong password.")
            .note("All sessions end; the answer brings a new one. The owner is told by SMS.")
            .takes([
                username(),
                need("oldPS", "旧密码 · The old password", "123456wyc"),
                need("newPS", "新密码，8 至 128 个字符，不能是常见密码 · The new password: 8–128 characters, not a common one", "another phrase 7"),
            ])
            .refuses(&[Reason::WrongOldPassword, Reason::SecondProofWanted, Reason::WeakPassword])
            .answers(mall::done(Spelling::Number).with_token()),
        post("/user/dealer/editPhone", "更换手机号码", "Change the telephone")
            .zh("更换手机号，要求十分钟内登录过，验证码发到新手机（#19，带会话）。所有会话失效，新令牌在 `X-Access-Token` 中。")
            .number(25)
            .note("With a sign-in of the last ten minutes, and a code that went to the new number (#19, with this session).")
            .note(OWN)
            .note("All sessions end; the answer brings a new one. The old number is told by SMS.")
            .takes([username(), new_telephone(), device(), code("发到新手机的短信验证码 · The code sent to the new number")])
            .refuses(&[Reason::RecentSignInWanted, Reason::NotYours, Reason::WrongCode, Reason::PhoneTaken])
            .answers(mall::done(Spelling::Number).with_token()),
    ]
}

/// #26 to #29
fn changes() -> Vec<Operation> {
    vec![
        post("/user/dealer/editGender", "编辑性别", "Set the gender")
            .zh("修改本人性别，字符串或数字都可以。`username` 是本人的手机号或账号 id，他人的返回 403。")
            .also("PUT", "/user/dealer/editGender")
            .number(26)
            .note(BOTH_METHODS)
            .note(OWN)
            .note("As a string, as the table has it, or as a number.")
            .takes([username(), need("gender", "性别：0 未知，1 男，2 女，3 第三性 · Gender: 0 unknown, 1 male, 2 female, 3 third", "1").one_of(&["0", "1", "2", "3"])])
            .refuses(&[Reason::NotYours])
            .answers(mall::done(Spelling::Number)),
        post("/user/dealer/editNickname", "设置昵称", "Set the name that is shown")
            .zh("修改本人昵称。`username` 是本人的手机号或账号 id，他人的返回 403。")
            .also("PUT", "/user/dealer/editNickname")
            .number(27)
            .note(BOTH_METHODS)
            .note(OWN)
            .takes([username(), need("nickName", "新的昵称，1 至 32 字 · The new name: 1–32 characters, no control characters", "老王车行")])
            .refuses(&[Reason::NotYours])
            .answers(mall::done(Spelling::Number)),
        post("/user/dealer/editFavicon", "设置新的头像", "Set the picture that is shown")
            .zh("把 #29 上传的图片设为头像，只能用本人上传的图片。")
            .also("PUT", "/user/dealer/editFavicon")
            .number(28)
            .note(BOTH_METHODS)
            .note(OWN)
            .note("Only a picture that this account uploaded (#29): its address, with or without the signature, or its name. Anything else is `2020`.")
            .takes([username(), need("favicon", "新头像地址，#29 返回 · The address that #29 answered", FAVICON).from(answer("POST /user/dealer/euploadFavicon", "/data/favicon"))])
            .refuses(&[Reason::NotYours, Reason::PictureNotYours])
            .answers(mall::done(Spelling::Number)),
        post("/user/dealer/euploadFavicon", "上传头像", "Upload a picture")
            .zh("上传图片并返回地址，设为头像要再调用 #28；一天内未使用的图片会被删除。")
            .also("PUT", "/user/dealer/euploadFavicon")
            .also("POST", "/user/dealer/uploadFavicon")
            .also("PUT", "/user/dealer/uploadFavicon")
            .number(29)
            .note("The heading has `euploadFavicon`, the sample `uploadFavicon`; both lead here.")
            .note(BOTH_METHODS)
            .note("Uploading sets nothing: #28 does. What no #28 names is gone after a day.")
            .note("`favicon` opens the picture for everybody who has it: for a day, and for as long as the account shows it.")
            .as_picture()
            .takes([need("file", "头像文件，JPEG、PNG 或 WebP，最大 4 MiB，字段名不限 · The picture: JPEG, PNG or WebP, at most 4 MiB; the one file of any field name", "").binary()])
            .refuses(&[Reason::UnreadablePicture])
            .answers(mall::data::<views::Favicon<'static>>(Spelling::Number, &json!({ "favicon": FAVICON }))),
    ]
}

/// A dealer's papers, in the shape of an agent's.
fn papers() -> Vec<Operation> {
    let upload = |path, chinese, english| {
        post(path, chinese, english)
            .note(OWN_TELEPHONE)
            .note(
                "The one file, whatever its field is called, or the picture as the body with `telephone` in the query.",
            )
            .note("The address opens the picture for ten minutes. What no papers name is gone after a day.")
            .as_picture()
            .takes([
                telephone("手机号码 · Mobile number"),
                need("file", "图片文件，JPEG、PNG 或 WebP，最大 4 MiB · The picture: JPEG, PNG or WebP, at most 4 MiB; at most 2,560 pixels a side are kept", "").binary(),
            ])
            .refuses(&[Reason::NotYours, Reason::UnreadablePicture])
    };
    vec![
        upload("/user/dealer/uploadFrontImg", "上传身份证正面照", "Upload the front of an ID card")
            .zh("扩展接口：上传身份证正面照，返回图片地址，供提交认证信息使用。").answers(
            mall::data::<views::Front<'static>>(Spelling::Text, &json!({ "frontImg": FRONT })),
        ),
        upload("/user/dealer/uploadQualification", "上传资格证", "Upload a certificate")
            .zh("扩展接口：上传资格证，返回图片地址，供提交认证信息使用。").answers(
            mall::data::<views::Qualification<'static>>(Spelling::Text, &json!({ "qualification": CERTIFICATE })),
        ),
        post("/user/dealer/submit", "提交认证信息", "Hand papers in")
            .zh("扩展接口：提交认证信息，进入审核中（`status` 为 1），返回的身份证号为掩码。已通过后不能再提交（2021）。")
            .note(OWN_TELEPHONE)
            .note("In the shape of #16: `status` is 1 (审核中), the ID number is masked, the addresses are new.")
            .note("Pictures are told by what stands before the query of their addresses. What waits is replaced and keeps its place; from 3 it is `2021`.")
            .note("An ID number is one dealer's; free again once it was refused or replaced.")
            .takes([
                telephone("手机号码 · Mobile number"),
                need("realName", "真实姓名 · Real name", "王小明"),
                need("idNo", "身份证号 · ID number", "11010519491231002X"),
                need("frontImg", "身份证正面图片地址，上传后返回 · The address that the upload of the ID card answered", FRONT)
                    .from(answer("POST /user/dealer/uploadFrontImg", "/data/frontImg")),
                need("qualification", "资格证图片地址，上传后返回 · The address that the upload of the certificate answered", CERTIFICATE)
                    .from(answer("POST /user/dealer/uploadQualification", "/data/qualification")),
            ])
            .refuses(&[Reason::NotYours, Reason::PictureNotYours, Reason::BadIdNumber])
            .refuses(&[Reason::IdNumberTaken, Reason::WrongState])
            .answers(mall::data::<views::Papers<'static>>(
                Spelling::Text,
                &json!({
                    "realName": "王小明", "idNo": "110105********002X", "frontImg": FRONT, "qualification": CERTIFICATE,
                    "status": 1
                }),
            )),
        post("/user/dealer/info", "获取本人资料及认证状态", "Read one's own profile and how one's papers stand")
            .zh("扩展接口：返回本人资料、认证状态和未通过的原因 `reason`。身份证号为掩码，图片地址每次更新，十分钟内有效。")
            .note("`status` is 0 (未认证), 1 (审核中), 2 (未通过) or 3 (已通过); `reason` is what the reviewer said of papers that were refused.")
            .note("The ID number is masked. The addresses of papers are new with every call and open the pictures for ten minutes; `\"\"` once they are deleted.")
            .as_json()
            .refuses(&[Reason::WrongState])
            .answers(mall::data::<views::Info<'static>>(
                Spelling::Number,
                &json!({
                    "status": 2, "reason": "照片不清晰", "realName": "王小明", "idNo": "110105********002X",
                    "frontImg": FRONT, "qualification": CERTIFICATE, "telephone": "13912345678",
                    "nickName": "老王车行", "favicon": FAVICON, "gender": 2
                }),
            )),
    ]
}

/// Where the addresses of #18, #23 and #29 lead.
fn favicon() -> Operation {
    get("/user/dealer/favicon/{name}", "查看头像", "Look at a favicon")
        .zh("扩展接口：#18、#23 和 #29 返回的头像地址指向这里，无需登录，可缓存一天。")
        .path_from("name", last_part("POST /user/dealer/euploadFavicon", "/data/favicon"))
        .note(
            "The addresses that #18, #23 and #29 answer lead here. They need no session, so that a page may show them.",
        )
        .note("A caller may keep the picture for a day: under one address there is never another one.")
        .in_path("name", FAVICON_NAME)
        .takes([may(
            "If-None-Match",
            "已有头像的 ETag，未变则返回 304 · The `ETag` of the picture that the caller has",
            "\"b3e24d579d0f6ac1\"",
        )
        .left_out()
        .at(Place::Header)])
        .answers(Answer::of_type("image/jpeg").with("ETag").with("Cache-Control"))
        .or_answers("The caller has it already", Answer::empty(304).with("ETag").with("Cache-Control"))
}

fn new_telephone() -> Input {
    need("telephone", "新手机号 · The new number", "13912345679")
}

fn device() -> Input {
    need(
        "deviceId",
        "设备 ID，1 至 128 个字符，不含空格和 # · The device: 1–128 characters without spaces and `#`",
        "a3f0-77",
    )
}

fn telephone(about: &'static str) -> Input {
    need("telephone", about, "13912345678")
}

/// In this family `phoneNum` is the code, and `telephone` the number.
fn code(about: &'static str) -> Input {
    need("phoneNum", about, "123456").from(sms("POST /user/dealer/sendPhoneNum", "telephone"))
}

fn letters() -> Input {
    need("picCode", "图形验证码 · The letters of the picture", "k7wq").from(picture("POST /user/dealer/sendGraphCode"))
}

fn username() -> Input {
    need("username", "账号，即手机号或账号 id · The account: its mobile number or id", "13912345678")
}

fn dealer() -> Value {
    json!({ "telephone": "13912345678", "nickName": "老王车行", "favicon": FAVICON, "gender": 2, "status": 0 })
}
