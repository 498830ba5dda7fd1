use crate::views;
use describe::{Input, Operation, cloud, may, need, post, put, sms};
use serde_json::json;
use shared::domain::reason::Reason;

/// #38, #56
pub fn joining() -> Vec<Operation> {
    vec![
        post("/join", "注册", "Become a customer, and be signed in")
            .zh("注册企业客户，同时创建第一个主帐号：帐号名即 `cus_name`，绑定手机即 `mobile`。")
            .zh("成功后令牌在响应头 `X-Access-Token` 中。")
            .number(38)
            .note("The sample lacks the code that the table asks for: without it, 400. As a number it gets its zeros back.")
            .note("Makes the customer and its first admin account, whose name is `cus_name` and whose bound phone is `mobile`. The session comes in `X-Access-Token`.")
            .note("Names are unique on the platform whatever their case. A customer's name stays its own when the account of that name is deleted.")
            .note("Passwords from eight characters (`CLOUD_PASSWORD_MIN`): the sample's `123abc` is refused.")
            .takes([
                need("cus_name", "用户名，2 至 64 个字符，不含空格、逗号、# 和 / · The customer's name: 2–64 characters without space, comma, `#` and `/`", "51idc"),
                may("short_name", "昵称 · Short name", "idc"),
                need("passwd", "密码，至少 8 位，不能是常见密码 · The password: from 8 characters, not a common one", "a phrase for 51"),
                need("cus_type", "用户类型：FIRM 企业，SELF 个人 · Firm or individual", "FIRM").one_of(&["FIRM", "SELF"]),
                may("tel", "固定电话 · Landline", "021-9621312"),
                need("mobile", "手机号 · Mobile number", "13312345864"),
                code("verification_code"),
            ])
            .refuses(&[Reason::WrongCode, Reason::WeakPassword, Reason::UsernameTaken, Reason::PhoneTaken])
            .may_say(Reason::NotYours, "区域不存在")
            .answers(cloud::content::<views::Joined<'static>>(json!({ "cus_name": "51idc" })).with_token()),
        post("/verification_code", "获取验证码", "Have an SMS code sent")
            .zh("向手机发送验证码。未登录时用于注册（#38），带会话时只用于该帐号的修改（#40、#54、#55）。")
            .zh("无论号码是否已注册，响应都相同；发送过于频繁返回 429。")
            .number(56)
            .note("The sample spells `smstype` and posts to `/join`: the heading's path counts, both spellings are read.")
            .note("With a session of this zone the code serves changes of that account (#40, #54, #55), without one joining (#38).")
            .note("`addition` is kept with the code and never logged. The answer is the same whether or not the number is known.")
            .takes([
                need("addition", "附加字段，最多 256 字，与验证码一起保存 · Kept with the code, at most 256 characters", "123abc"),
                need("smsype", "验证类型，只有 certify；也可写作 smstype · Always `certify`; `smstype` is read, too", "certify").one_of(&["certify"]),
                need("mobile", "手机号 · Mobile number", "13312345864"),
            ])
            .may_say(Reason::NotYours, "区域不存在")
            .answers(cloud::content::<views::Nothing>(json!({}))),
    ]
}

/// #54, #55
pub fn changes() -> Vec<Operation> {
    vec![
        put("/customer/account/passwd", "修改密码", "Change one's own password")
            .zh("需要原密码和发到绑定手机的验证码。成功后其他会话失效，新令牌在 `X-Access-Token` 中。")
            .number(54)
            .note("Old password and code together; `cell_number` is the bound phone. The answer is empty.")
            .note("`wechat` has no provider: 400 `unsupported_verify_type`.")
            .note("All other sessions end, a new one comes in `X-Access-Token`, and the owner is told by SMS.")
            .takes([
                need("login_id", "登录帐号，即当前会话的帐号 · The login id of this session's account", "51idc"),
                need("old_passwd", "原密码 · The old password", "a phrase for 51"),
                need("new_passwd", "新密码，至少 8 位，不能是常见密码 · The new password: from 8 characters, not a common one", "another phrase 7"),
                need("verify_type", "验证方式：phone 手机；wechat 暂不支持 · How it is proved; `wechat` is not supported yet", "phone").one_of(&["phone", "wechat"]),
                need("cell_number", "已绑定的手机号 · The bound phone", "13312345864"),
                need("verify_code", "短信验证码 · The SMS code", "123456").from(sms("POST /verification_code", "cell_number")),
            ])
            .refuses(&[Reason::NotYours, Reason::WrongCode, Reason::WrongOldPassword, Reason::SecondProofWanted])
            .refuses(&[Reason::WeakPassword, Reason::UnsupportedVerifyType])
            .answers(cloud::nothing().with_token()),
        put("/customer/account/phone", "绑定手机", "Bind or unbind one's own phone")
            .zh("验证码发到 `mobile`。更换或解绑已绑定的手机要求十分钟内登录过。")
            .zh("成功后其他会话失效，新令牌在 `X-Access-Token` 中。")
            .number(55)
            .note("The sample's address is #54's and its JSON is broken: the heading counts.")
            .note("The code goes to `mobile`. A phone that is bound is replaced or unbound after a sign-in of the last ten minutes only, and its owner is told.")
            .note("All other sessions end, and a new one comes in `X-Access-Token`; nothing changes, and none comes, when the phone is bound already.")
            .takes([
                need("mobile", "手机号 · Mobile number", "13312345865"),
                code("verification_code"),
                need("action_type", "动作：0 绑定，1 解除绑定 · 0 binds, 1 unbinds", 0).one_of(&["0", "1"]),
            ])
            .refuses(&[Reason::WrongCode, Reason::RecentSignInWanted, Reason::PhoneTaken])
            .answers(cloud::nothing().with_token()),
    ]
}

/// The document calls codes numbers.
fn code(name: &'static str) -> Input {
    need(name, "短信验证码 · The SMS code", 123_456).from(sms("POST /verification_code", "mobile"))
}
