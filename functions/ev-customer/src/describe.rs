//! What the reference says of these endpoints.

use crate::{routes, views};
use describe::{
    Answer, Described, Document, Input, Operation, Place, Source, answer, before, delete, ev_customer, get, may, need,
    put, sms,
};
use serde_json::json;
use shared::{domain::reason::Reason, wire::ev_customer::EvVehicle};

const ONE: &str = "/customer/customers/{id}";
const AVATAR: &str = "/zuul/customer/customers/uploadAvatar/";
/// The driver of the document's examples.
const DRIVER: &str = "1004";
const ME: Source = answer("GET /customer/customers/myInfo", "/data/id");
const VEHICLE: Source = answer("GET /customer/customers/myInfo", "/data/vehicles/0/id");
const NEW_NUMBER: Source = sms("POST /auth/code", "phoneNum").with(&[("realm", "ev"), ("purpose", "change")]);

pub fn describe() -> Described {
    let operations = [profile(), pictures(), vehicles(), extensions()].concat();
    Described::new("ev-customer", Document::ChargingCustomers, &routes(), operations)
}

/// #1, #2
fn profile() -> Vec<Operation> {
    vec![
        put(ONE, "更新用户接口", "Change a driver's profile")
            .path_from("id", ME)
            .zh("修改本人资料，只有这四个字段可以修改，不传的保持不变。他人的 id 与不存在的 id 结果相同。")
            .number(1)
            .note("Drivers for themselves, administrators for anybody; another driver's id answers like one that does not exist.")
            .note("What is missing or null stays, and an empty text clears. These four fields and no others can be written.")
            .note("What #2 shows may come back whole: `id`, `phoneNum` and `vehicles` are refused when they say something else.")
            .in_path("id", DRIVER)
            .takes([
                may("realName", "真实姓名，2 至 50 个汉字或字母，中间可有间隔号和空格 · Real name: 2–50 letters and ideographs, with `·` and spaces between", "张三"),
                may("gender", "性别：0 未知，1 男，2 女，3 第三性 · Gender: 0 unknown, 1 male, 2 female, 3 third", 1).one_of(&["0", "1", "2", "3"]),
                may("email", "邮箱 · E-mail", "1221434@qq.com"),
                may("nickname", "昵称，最多 32 字 · Nickname, at most 32 characters", "zz"),
            ])
            .refuses(&[Reason::NotYours])
            .answers(ev_customer::done()),
        get("/customer/customers/myInfo", "查询用户信息接口", "The signed-in driver's profile")
            .zh("返回本人资料和已绑定车辆，其中车辆 `id` 用于解绑（#6）。未填写的字段为空字符串或 0。")
            .number(2)
            .note("Every field is always there: `\"\"` or `0` when unset.")
            .note("The document shows no vehicle; #6 needs its `id`.")
            .answers(ev_customer::data::<views::MyInfo<'static>>(&json!({
                "id": 1004, "realName": "张三", "nickname": "zz", "phoneNum": "12345678910", "email": "1221434@qq.com",
                "gender": 1,
                "vehicles": [{ "id": 1001, "vehicleType": "02", "carPlate": "皖A12345", "vin": "123456" }]
            }))),
    ]
}

/// #3, #4
fn pictures() -> Vec<Operation> {
    let upload = put(AVATAR, "上传用户头像接口", "Set the driver's picture")
        .zh("上传头像，字段名不限，也可直接以图片作为请求体。保存为不超过 512 像素的 JPEG，不含拍摄信息。")
        .number(3)
        .note("The screenshot that showed the field's name is lost: the one file counts, whatever its field is called, or the picture as the body.")
        .note("The heading has a trailing slash, the sample none, and `/zuul` is an earlier gateway's: every combination leads here, PUT and POST.")
        .note("Kept as a JPEG of at most 512 pixels a side, without what the camera wrote into it.")
        .as_picture()
        .takes([
            may("id", "本人的用户 id · The driver's own id", 1004).left_out().at(Place::Query),
            need("file", "头像，JPEG、PNG 或 WebP，最大 4 MiB · The picture: JPEG, PNG or WebP, at most 4 MiB", "").binary(),
        ])
        .refuses(&[Reason::NotYours, Reason::UnreadablePicture])
        .answers(ev_customer::done())
        .also("POST", AVATAR);
    let paths = [
        "/zuul/customer/customers/uploadAvatar",
        "/customer/customers/uploadAvatar/",
        "/customer/customers/uploadAvatar",
    ];
    let everywhere = |upload: Operation, path| upload.also("PUT", path).also("POST", path);
    vec![
        paths.into_iter().fold(upload, everywhere),
        get("/customer/customers/{id}/avatar", "获取用户头像接口", "A driver's picture")
            .path_from("id", ME)
            .after(&[before("PUT /zuul/customer/customers/uploadAvatar/")])
            .zh("返回头像图片，任何已登录的车主都可查看。没有头像与用户不存在的结果相同。")
            .number(4)
            .note("Any signed-in driver may look at any other. Who has none answers like who does not exist.")
            .note("`private, no-cache`: the caller may keep it and asks with the `ETag` whether it is still the same.")
            .in_path("id", DRIVER)
            .takes([may(
                "If-None-Match",
                "已有头像的 ETag，未变则返回 304 · The `ETag` of the picture that the caller has",
                "\"9d0f6ac1b3e24d57\"",
            )
            .left_out()
            .at(Place::Header)])
            .refuses(&[Reason::NotYours])
            .answers(Answer::of_type("image/jpeg").with("ETag").with("Cache-Control"))
            .or_answers("The caller has it already", Answer::empty(304).with("ETag").with("Cache-Control")),
    ]
}

/// #5 to #7
fn vehicles() -> Vec<Operation> {
    vec![
        put("/customer/customers/vehicleBinding", "绑定车辆接口", "Bind a vehicle")
            .zh("绑定车辆。重复绑定自己的车牌也是成功；车牌已被他人绑定时返回 HTTP 200 和 `\"status\":false`。")
            .number(5)
            .note("The document's example has a full-width comma, which is no JSON: 400, with its place. Its `\"02git \"` is taken as it is, trimmed.")
            .note("Binding one's own plate again is a success, and what is left out then stays. A plate (GA 36-2018) has one holder.")
            .note("Ten vehicles at the most (`VEHICLES_PER_DRIVER`). Business refusals come with HTTP 200 and `\"status\":false`.")
            .speaking::<EvVehicle>()
            .takes([
                customer(),
                may("vehicleType", "车辆类型，1 至 16 个字符 · Kind of vehicle: 1–16 characters", "02"),
                need("carPlate", "车牌号 · Plate number", "皖A12345"),
                may("vin", "车架号，1 至 17 位字母或数字 · VIN: 1–17 letters or digits", "123456"),
            ])
            .refuses(&[Reason::NotYours, Reason::PlateTaken])
            .may_say(Reason::CapReached, "最多绑定 10 辆车")
            .answers(ev_customer::vehicle("车辆绑定成功")),
        put("/customer/customers/vehicleUnbinding", "解绑车辆接口", "Unbind a vehicle")
            .after(&[before("PUT /customer/customers/vehicleBinding")])
            .zh("解绑车辆。正在排队、充电或有未结账单时返回 HTTP 200 和 `\"status\":false`。")
            .number(6)
            .note("The pair in the query, as the document shows it, or in a body. Somebody else's vehicle answers like none.")
            .note("One that the driver has unbound already is a success, so the call may be sent again.")
            .note("Not while this plate is in the queue, charging, or on an open bill: HTTP 200 with `\"status\":false`.")
            .speaking::<EvVehicle>()
            .takes([customer().at(Place::Query).left_out(), need("vehicleId", "#2 返回的车辆 id · `id` of a vehicle in #2", 1001).from(VEHICLE).at(Place::Query)])
            .refuses(&[Reason::NotYours, Reason::VehicleInUse])
            .answers(ev_customer::vehicle("车辆解绑成功")),
        get("/customer/customers/getVehicleFeeStats", "getVehicleFeeStats接口", "Open bills of each vehicle")
            .zh("每辆已绑定车辆一行：`numOfArrears` 待补缴账单数，`numOfCurrentFee` 待支付账单数，没有则为 0。")
            .number(7)
            .note("获取当前客户的待支付和待补缴的订单: `numOfArrears` counts overdue bills (待补缴), `numOfCurrentFee` those that can still be paid in time (待支付).")
            .note("One row for each bound vehicle in the order in which they were bound, zeros included. The sample's empty `access_token` is none: 401.")
            .answers(ev_customer::list::<views::Fees<'static>>(&json!([
                { "carPlate": "皖AYN056", "numOfArrears": 0, "numOfCurrentFee": 0 }
            ]))),
    ]
}

/// A new session: its token is in the header.
fn renewed() -> Answer {
    ev_customer::data::<views::Renewed>(&json!({ "expires_in": 2_592_000 })).with_token()
}

fn customer() -> Input {
    may("customerId", "本人的用户 id · The driver's own id", 1004).from(ME)
}

fn extensions() -> Vec<Operation> {
    vec![
        put("/customer/customers/password", "修改密码", "Change the password")
            .zh("扩展接口：验证旧密码后修改密码。其他会话失效，新令牌在 `X-Access-Token` 中。")
            .note("The old one proves it, under the throttle of signing in. All sessions end; the answer brings a new one.")
            .takes([
                need("oldPassword", "旧密码 · The old password", "123456wyc"),
                need("newPassword", "新密码，8 至 128 个字符，不能是常见密码 · The new password: 8–128 characters, not a common one", "another phrase 7"),
            ])
            .refuses(&[Reason::WrongOldPassword, Reason::SecondProofWanted, Reason::WeakPassword])
            .answers(renewed()),
        put("/customer/customers/phone", "绑定手机", "Bind a phone, or another one")
            .zh("扩展接口：绑定或更换手机，要求十分钟内登录过，验证码发到新手机。其他会话失效，新令牌在 `X-Access-Token` 中。")
            .note("With a sign-in of the last ten minutes, and a code that `/auth/code` sent to the new number with this session, for `change`.")
            .note("All sessions end; the answer brings a new one. The old number is told by SMS. One's own number again changes nothing, and brings none.")
            .takes([
                need("phoneNum", "新手机号，也可用 telephone · The new number; `telephone` is read, too", "13800138000"),
                need("code", "发到新手机的短信验证码 · The code sent to the new number", "123456").from(NEW_NUMBER),
            ])
            .refuses(&[Reason::RecentSignInWanted, Reason::WrongCode, Reason::PhoneTaken])
            .answers(renewed())
            .or_answers("One's own number again: no new session", ev_customer::done()),
        delete(ONE, "注销账户", "Close one's own account")
            .path_from("id", ME)
            .zh("扩展接口：注销账户，要求十分钟内登录过，且没有进行中的充电和未结账单。个人信息被删除，账单和详单保留。")
            .note("With a sign-in of the last ten minutes, and not while something charges or is unpaid.")
            .note("Sessions end, plates and user name are free again, what is personal is deleted. Bills, detail records and the trail stay.")
            .in_path("id", DRIVER)
            .refuses(&[Reason::NotYours, Reason::RecentSignInWanted])
            .may_say(Reason::WrongState, "有进行中的充电请求，不能注销账户")
            .may_say(Reason::WrongState, "有未结清的账单，不能注销账户")
            .answers(ev_customer::done()),
    ]
}
