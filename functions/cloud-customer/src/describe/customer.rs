use crate::views;
use describe::{Operation, cloud, get, may, need, put};
use serde_json::json;
use shared::domain::reason::Reason;

/// #39 to #41, #46, #52, #53, and papers.
pub fn operations() -> Vec<Operation> {
    [record(), around()].concat()
}

fn record() -> Vec<Operation> {
    vec![
        get("/customer", "获取用户信息", "The customer's record")
            .zh("返回企业资料，未填写的字段不出现。主帐号看到完整证件号和 `authorization`，子帐号看到掩码。")
            .zh("图片地址十分钟内有效，过期后重新查询。")
            .number(39)
            .note("Spelt as the document prints it, `organizationcode` and `organizationCode_addr`. What is unset is left out.")
            .note("`authorization` is for admins. Document numbers are whole for admins, which the trail notes, and masked for subs.")
            .note("Pictures' addresses open them for ten minutes.")
            .answers(cloud::content::<views::Customer<'static>>(json!({
                "cus_name": "51idc", "cus_type": "FIRM", "tel": "021-4648", "address": "呼兰西路", "postcode": "242200",
                "fax": "445646", "mobile": "134123456", "cred_type": "DRIVER", "credentials": "146548796454515614546",
                "permit_number": "123", "permit_addr": "http://wwww.51idc.com", "organizationcode": "456",
                "organizationCode_addr": "http://www.51idc.com", "authorization": "121"
            }))),
        put("/customer", "修改用户基本信息", "Change the customer's record")
            .zh("不传的字段保持不变，空字符串清空；成功时响应体为空。")
            .zh("改手机：`post_field=phone`，带 `mobile` 和发到新手机的验证码；改授权码：`post_field=auth`。两者都要求十分钟内登录过。")
            .number(40)
            .note("What is absent stays, `\"\"` clears; the answer is empty.")
            .note("`authorization` is changed only with `post_field=auth`. No documented field carries a new phone: `post_field=phone` takes `mobile` with the code that went there. Both ask for a sign-in of the last ten minutes.")
            .note("What #39 and #52 show may come back whole; what this call does not change is refused by name when it differs.")
            .note("A new `mobile` is the customer's own; what accounts have bound stays.")
            .takes([
                may("post_field", "phone 修改客户手机，auth 修改服务授权码 · `phone` changes the customer's mobile, `auth` the service authorisation code", "auth").one_of(&["phone", "auth"]).depending(),
                may("tel", "固定电话 · Landline", "021-45612"),
                may("address", "地址 · Address", "宝山"),
                may("postcode", "邮编 · Postcode", "201900"),
                may("fax", "传真 · Fax", "021-45612"),
                may("authorization", "服务授权码，需 `post_field=auth` · Service authorisation code, with `post_field=auth`", "121"),
                may("mobile", "新手机号，`post_field=phone` 时必填 · The new mobile, needed with `post_field=phone`", "13312345864").depending().left_out(),
                may("verification_code", "发到新手机的验证码，`post_field=phone` 时必填 · The code sent to the new mobile, needed with `post_field=phone`", 123_456).depending().left_out(),
            ])
            .refuses(&[Reason::RecentSignInWanted, Reason::WrongCode])
            .answers(cloud::nothing()),
        put("/customer/papers", "提交证件", "Set what #39 shows of papers")
            .zh("提交证件号和图片，之后由 #39 显示；以 `multipart/form-data` 上传，图片合计不超过 4 MiB。")
            .note("Without it no endpoint would. What is absent stays, `\"\"` clears; numbers that cannot be right are flagged, never refused.")
            .note("Pictures come as files under the names of their addresses, together at most 4 MiB.")
            .as_upload()
            .takes([
                may("cred_type", "证件类型 · Kind of document", "IDENTITY").one_of(&["IDENTITY", "MILITARY", "DRIVER", ""]),
                may("credentials", "证件编号 · Document number", "11010519491231002X"),
                may("permit_number", "营业执照编号 · Number of the business licence", "91350100M000100Y43"),
                may("organizationcode", "组织机构代码证编号 · Organisation code", "D2143569-X"),
                may("permit_addr", "营业执照图片，JPEG、PNG 或 WebP · Picture of the business licence", "").binary(),
                may("organizationCode_addr", "组织机构代码证图片，JPEG、PNG 或 WebP · Picture of the organisation code certificate", "").binary(),
            ])
            .refuses(&[Reason::UnreadablePicture])
            .answers(cloud::nothing()),
    ]
}

fn around() -> Vec<Operation> {
    let business = [
        may("industry_application", "行业应用 · Line of business", "电商"),
        may("main_business", "主营业务 · Main business", "云主机"),
        may("website", "用户网址，http 或 https，可为空 · Website: http or https, or empty", "https://www.51idc.com"),
    ];
    vec![
        get("/customer/available", "查询用户名是否可用", "Whether a name is free")
            .zh("可用时返回该名称，已被占用时 `available` 为空对象。每个地址每分钟最多查询十次。")
            .also("GET", "/customer/available:customer_name")
            .number(41)
            .note("The heading has a literal colon, the sample a query: both lead here.")
            .note("`available` is an object, as the sample has it, and `{}` when the name is taken. Ten questions a minute from one address (`AVAILABLE_PER_IP_MINUTE`).")
            .takes([need("cus_name", "要查询的用户名 · The name asked about", "51idc")])
            .may_say(Reason::NotYours, "区域不存在")
            .answers(cloud::content::<views::Available<'static>>(json!({ "available": { "cus_name": "51idc" } }))),
        get("/customer/accountmanager", "获取客户经理信息", "Whom the customer can turn to")
            .zh("返回运营指派的客户经理，未指派时为 `{}`。")
            .number(46)
            .note("`{}` until the operator has named somebody.")
            .answers(cloud::content::<views::Manager<'static>>(json!({
                "name": "51idc", "mobile": "134123456", "email": "242200@test.com", "qq": "445646"
            }))),
        get("/customer/profession", "获取业务信息", "The customer's business")
            .zh("返回行业应用、主营业务和网址，未填写为空字符串。")
            .number(52)
            .note("What is unset is `\"\"`.")
            .answers(cloud::content::<views::Profession<'static>>(json!({
                "industry_application": "", "main_business": "", "website": ""
            }))),
        put("/customer/profession", "修改业务信息", "Change the customer's business")
            .zh("不传的字段保持不变，空字符串清空；成功时响应体为空。")
            .number(53)
            .note("What is absent stays, `\"\"` clears; the answer is empty.")
            .takes(business)
            .answers(cloud::nothing()),
    ]
}
