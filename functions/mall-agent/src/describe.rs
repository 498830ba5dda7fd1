//! What the reference says of these endpoints.

use crate::{routes, views};
use describe::{Described, Document, Input, mall, need, post};
use serde_json::json;
use shared::{domain::reason::Reason, wire::mall::Spelling};

pub fn describe() -> Described {
    let operations = vec![
        post("/user/proxy/sendPhoneNum", "获取短信验证码", "Have an SMS code sent to an agent")
            .number(10)
            .note("The answer is the same whether or not somebody has the number. Too many: HTTP 429 with `Retry-After`.")
            .note("Without a session the code signs in (#11); with an agent's it serves that agent's change (#13) alone.")
            .takes([
                need("openId", "微信用户唯一标识: 1–128 visible ASCII characters", "oGZUI0egBJY1zhBYw2KhdUfwVJJE"),
                need("telephone", "电话号码", "13912345678"),
            ])
            .answers(mall::done(Spelling::Number)),
        post("/user/proxy/verifyPhoneNum", "验证短信", "Sign in as an agent")
            .number(11)
            .note("This is the sign-in: a right code is used up, a telephone that is new gets its account.")
            .note("The `openId` is bound to the telephone's account, away from whatever account had it.")
            .note("In this document `phoneNum` is the code, and `telephone` the number.")
            .takes([
                need("openId", "微信用户唯一标识", "oGZUI0egBJY1zhBYw2KhdUfwVJJE"),
                need("telephone", "手机号码", "13912345678"),
                need("phoneNum", "发送给手机的短信验证码", "123456"),
            ])
            .refuses(&[Reason::WrongCode])
            .answers(mall::done(Spelling::Text).with_token()),
        post("/user/proxy/identifyPUser", "判断用户是否通过认证", "How far an agent is certified")
            .number(12)
            .note("`status` stands in `data`, as the example has it. An agent asks about its own telephone, staff about any.")
            .note("Staff read 0 of a telephone that nobody has; an agent is refused one that is not its own.")
            .takes([need("telephone", "手机号码", "13912345678")])
            .refuses(&[Reason::NotYours])
            .answers(mall::data::<views::Certification>(Spelling::Text, &json!({ "status": 3 }))),
        post("/user/proxy/switchPUser", "切换账号", "Change to the account of another telephone")
            .number(13)
            .note("`phoneNum`, the code that this session had sent to the new number (#10), is ours and needed.")
            .note("The openId leaves this account for that of the new number, which is made if there is none.")
            .note("This session ends; the token is for the account of the new number.")
            .takes([
                need("telephone", "切换的新手机号码", "13800138000"),
                need("openId", "openId, of this session's account", "oGZUI0egBJY1zhBYw2KhdUfwVJJE"),
                need("phoneNum", "发送给新手机的短信验证码", "123456"),
            ])
            .refuses(&[Reason::WrongCode, Reason::PhoneTaken, Reason::NotYours])
            .answers(mall::done(Spelling::Text).with_token()),
        post("/user/proxy/uploadFrontImg", "上传身份证正面照", "Upload the front of one's ID card")
            .number(14)
            .as_picture()
            .note("The address opens the picture for ten minutes; the picture is gone after a day unless #16 names it.")
            .takes([need("telephone", "手机号码, one's own", "13912345678"), picture("frontImg", "身份证正面照")])
            .refuses(PICTURES)
            .answers(mall::data::<views::Front>(Spelling::Text, &json!({ "frontImg": ADDRESS }))),
        post("/user/proxy/uploadQualification", "上传资格证", "Upload one's licence")
            .number(15)
            .as_picture()
            .note("As #14.")
            .takes([need("telephone", "手机号码, one's own", "13912345678"), picture("qualification", "资格证")])
            .refuses(PICTURES)
            .answers(mall::data::<views::Qualification>(Spelling::Text, &json!({ "qualification": ADDRESS }))),
        post("/user/proxy/submitPUser", "提交认证信息", "Hand in papers")
            .number(16)
            .note("Papers that wait are replaced and keep their place; those that have passed stay (2021).")
            .note("The pictures are the agent's own uploads; only what stands before the query of an address counts.")
            .note("The ID number is checked by GB 11643 (2023), one agent's alone (2021), and comes back masked.")
            .takes([
                need("telephone", "手机号码, one's own", "13912345678"),
                need("realName", "真实姓名", "王小明"),
                need("idNo", "身份证号", "11010519491231002X"),
                need("frontImg", "身份证正面图片地址", ADDRESS),
                need("qualification", "资格证图片地址", ADDRESS),
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
    ];
    Described::new("mall-agent", Document::MallUsers, &routes(), operations)
}

const ADDRESS: &str = "https://bucket.s3.cn-north-1.amazonaws.com.cn/kyc/…?X-Amz-Signature=…";
const PICTURES: &[Reason] = &[Reason::NotYours, Reason::UnreadablePicture];

fn picture(name: &'static str, about: &'static str) -> Input {
    need(name, about, "").binary()
}
