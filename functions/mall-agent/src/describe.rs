//! What the reference says of these endpoints.

use crate::{routes, views};
use describe::{Described, Document, Input, Operation, Source, answer, mall, need, post, sms};
use serde_json::json;
use shared::{domain::reason::Reason, wire::mall::Spelling};

pub fn describe() -> Described {
    let operations = [accounts(), papers()].concat();
    Described::new("mall-agent", Document::MallAgents, &routes(), operations)
}

/// Signing in, and changing to another account.
fn accounts() -> Vec<Operation> {
    vec![
        post("/user/proxy/sendPhoneNum", "获取短信验证码", "Have an SMS code sent to an agent")
            .zh("向手机发送验证码，同一手机每分钟一条。无论号码是否已注册，响应都相同。")
            .number(10)
            .note("The answer is the same whether or not somebody has the number. Too many: HTTP 429 with `Retry-After`.")
            .note("Without a session the code signs in (#11); with an agent's it serves that agent's change (#13) alone.")
            .takes([
                need("openId", "微信用户唯一标识，1 至 128 个可见 ASCII 字符 · The WeChat user: 1–128 visible ASCII characters", "oGZUI0egBJY1zhBYw2KhdUfwVJJE"),
                need("telephone", "手机号码 · Mobile number", "13912345678"),
            ])
            .answers(mall::done(Spelling::Number)),
        post("/user/proxy/verifyPhoneNum", "验证短信", "Sign in as an agent")
            .zh("验证短信即登录，新号码自动创建账号，令牌在 `X-Access-Token` 中。每个验证码只能用一次。")
            .zh("注意：本文档中 `phoneNum` 是验证码，`telephone` 是手机号。")
            .number(11)
            .note("This is the sign-in: a right code is used up, a telephone that is new gets its account.")
            .note("The `openId` is bound to the telephone's account, away from whatever account had it.")
            .note("In this document `phoneNum` is the code, and `telephone` the number.")
            .takes([
                need("openId", "微信用户唯一标识 · The WeChat user", "oGZUI0egBJY1zhBYw2KhdUfwVJJE"),
                need("telephone", "手机号码 · Mobile number", "13912345678"),
                need("phoneNum", "短信验证码 · The SMS code", "123456").from(CODE),
            ])
            .refuses(&[Reason::WrongCode])
            .answers(mall::done(Spelling::Text).with_token()),
        post("/user/proxy/identifyPUser", "判断用户是否通过认证", "How far an agent is certified")
            .zh("返回认证状态：0 未认证，1 审核中，2 未通过，3 已通过。代理商只能查询自己的手机号。")
            .number(12)
            .note("`status` stands in `data`, as the example has it. An agent asks about its own telephone, staff about any.")
            .note("Staff read 0 of a telephone that nobody has; an agent is refused one that is not its own.")
            .takes([need("telephone", "手机号码 · Mobile number", "13912345678")])
            .refuses(&[Reason::NotYours])
            .answers(mall::data::<views::Certification>(Spelling::Text, &json!({ "status": 3 }))),
        post("/user/proxy/switchPUser", "切换账号", "Change to the account of another telephone")
            .zh("把 `openId` 切换到另一手机号的账号，没有则新建。当前会话结束，新账号的令牌在 `X-Access-Token` 中。")
            .zh("`phoneNum` 是发到新手机的验证码，为扩展的必填字段。")
            .number(13)
            .note("`phoneNum`, the code that this session had sent to the new number (#10), is ours and needed.")
            .note("The openId leaves this account for that of the new number, which is made if there is none.")
            .note("This session ends; the token is for the account of the new number.")
            .takes([
                need("telephone", "切换的新手机号码 · The number of the account to change to", "13800138000"),
                need("openId", "当前账号的 openId · The `openId` of this session's account", "oGZUI0egBJY1zhBYw2KhdUfwVJJE"),
                need("phoneNum", "发送给新手机的短信验证码 · The code sent to the new number", "123456").from(CODE),
            ])
            .refuses(&[Reason::WrongCode, Reason::PhoneTaken, Reason::NotYours])
            .answers(mall::done(Spelling::Text).with_token()),
    ]
}

/// The submission, and how it stands.
fn papers() -> Vec<Operation> {
    vec![
        post("/user/proxy/uploadFrontImg", "上传身份证正面照", "Upload the front of one's ID card")
            .zh("上传身份证正面照，返回图片地址，供 #16 使用。地址十分钟内有效；一天内未提交的图片会被删除。")
            .number(14)
            .as_picture()
            .note("The address opens the picture for ten minutes; the picture is gone after a day unless #16 names it.")
            .takes([need("telephone", "本人手机号码 · The caller's own mobile number", "13912345678"), picture("frontImg", "身份证正面照，JPEG、PNG 或 WebP，最大 4 MiB · Front of the ID card: JPEG, PNG or WebP, at most 4 MiB")])
            .refuses(PICTURES)
            .answers(mall::data::<views::Front>(Spelling::Text, &json!({ "frontImg": ADDRESS }))),
        post("/user/proxy/uploadQualification", "上传资格证", "Upload one's licence")
            .zh("上传资格证，返回图片地址，供 #16 使用。")
            .number(15)
            .as_picture()
            .note("As #14.")
            .takes([need("telephone", "本人手机号码 · The caller's own mobile number", "13912345678"), picture("qualification", "资格证，JPEG、PNG 或 WebP，最大 4 MiB · The licence: JPEG, PNG or WebP, at most 4 MiB")])
            .refuses(PICTURES)
            .answers(mall::data::<views::Qualification>(Spelling::Text, &json!({ "qualification": ADDRESS }))),
        post("/user/proxy/submitPUser", "提交认证信息", "Hand in papers")
            .zh("提交认证信息，进入审核中（`status` 为 1）。图片须为本人上传；返回的身份证号为掩码。")
            .zh("审核中可以重新提交；已通过后不能再提交（2021）。")
            .number(16)
            .note("Papers that wait are replaced and keep their place; those that have passed stay (2021).")
            .note("The pictures are the agent's own uploads; only what stands before the query of an address counts.")
            .note("The ID number is checked by GB 11643 (2023), one agent's alone (2021), and comes back masked.")
            .takes([
                need("telephone", "本人手机号码 · The caller's own mobile number", "13912345678"),
                need("realName", "真实姓名 · Real name", "王小明"),
                need("idNo", "身份证号 · ID number", "11010519491231002X"),
                need("frontImg", "身份证正面图片地址，#14 返回 · The address that #14 answered", ADDRESS).from(answer("POST /user/proxy/uploadFrontImg", "/data/frontImg")),
                need("qualification", "资格证图片地址，#15 返回 · The address that #15 answered", ADDRESS).from(answer("POST /user/proxy/uploadQualification", "/data/qualification")),
            ])
            .refuses(&[
                Reason::NotYours,
                Reason::PictureNotYours,
                Reason::BadIdNumber,
                Reason::IdNumberTaken,
                Reason::WrongState,
            ])
            .answers(mall::data::<views::Papers>(
                Spelling::Text,
                &json!({ "realName": "王小明", "idNo": "110105********002X", "frontImg": ADDRESS,
                    "qualification": ADDRESS, "status": 1 }),
            )),
        post("/user/proxy/info", "获取本人资料及认证状态", "Read one's own profile and how one's papers stand")
            .zh("扩展接口：返回本人资料、认证状态和未通过的原因 `reason`。身份证号为掩码，图片地址每次更新，十分钟内有效。")
            .note("`reason` is what the reviewer said of papers that were refused (`status` 2).")
            .note("The ID number is masked. The addresses are new with every call and open the pictures for ten minutes; `\"\"` once they are deleted.")
            .as_json()
            .refuses(&[Reason::WrongState])
            .answers(mall::data::<views::Info>(
                Spelling::Number,
                &json!({ "status": 2, "reason": "照片不清晰", "realName": "王小明", "idNo": "110105********002X",
                    "frontImg": ADDRESS, "qualification": ADDRESS, "telephone": "13912345678",
                    "openId": "oGZUI0egBJY1zhBYw2KhdUfwVJJE" }),
            )),
    ]
}

const CODE: Source = sms("POST /user/proxy/sendPhoneNum", "telephone");
const ADDRESS: &str = "https://bucket.s3.cn-north-1.amazonaws.com.cn/kyc/…?X-Amz-Signature=…";
const PICTURES: &[Reason] = &[Reason::NotYours, Reason::UnreadablePicture];

fn picture(name: &'static str, about: &'static str) -> Input {
    need(name, about, "").binary()
}
