//! The one table of reasons: what each is called, and how the documents answer it. docs/errors.md is made from it.

use super::Reason::{
    self, AlreadyQueued, BadIdNumber, BadInput, BalanceLeft, CapReached, CaptchaWanted, ChangeNotAllowed, Contended,
    FirstPasswordExpired, Forbidden, IdNumberTaken, InArrears, Internal, KeyReused, LastAdmin, Malformed,
    NoPilesOfMode, NoSuchRoute, NoSuchStation, NotYours, NothingQueued, OldVersion, PhoneTaken, PictureNotYours,
    PlateTaken, QueueFull, RecentSignInWanted, SecondFactorWanted, SecondProofWanted, SignInUnfinished, StationExists,
    Throttled, TooLarge, Unauthorized, UnreadablePicture, UnsupportedType, UnsupportedVerifyType, UsernameTaken,
    VehicleInUse, WeakPassword, WrongCaptcha, WrongCode, WrongCredentials, WrongMethod, WrongOldPassword, WrongState,
};

/// What there is to say of one reason.
pub(super) struct Row {
    pub reason: Reason,
    pub rest_status: u16,
    pub app_status: u16,
    pub mall_code: u16,
    pub mall_text: Option<&'static str>,
    pub code: &'static str,
    pub text: &'static str,
}

/// A status that is the same in every document, because the gateway, proxies and SDKs read it, too.
const fn protocol(reason: Reason, status: u16, mall_code: u16, code: &'static str, text: &'static str) -> Row {
    Row { reason, rest_status: status, app_status: status, mall_code, mall_text: None, code, text }
}

/// A business outcome: under 200 in the documents that print their outcomes in the body.
const fn business(reason: Reason, rest_status: u16, mall_code: u16, code: &'static str, text: &'static str) -> Row {
    Row { reason, rest_status, app_status: 200, mall_code, mall_text: None, code, text }
}

impl Row {
    const fn in_mall(self, text: &'static str) -> Self {
        Self { mall_text: Some(text), ..self }
    }
}

/// In the order of the declaration. The numbers: HTTP status, and the mall's `errCode`.
#[rustfmt::skip]
pub(super) const TABLE: &[Row] = &[
    protocol(Malformed, 400, 400, "invalid_parameter", "请求格式不正确"),
    protocol(Unauthorized, 401, 401, "unauthorized", "未登录或登录已失效"),
    protocol(Forbidden, 403, 403, "forbidden", "没有权限"),
    protocol(NoSuchRoute, 404, 404, "not_found", "接口不存在"),
    protocol(WrongMethod, 405, 405, "method_not_allowed", "请求方法不支持"),
    protocol(TooLarge, 413, 413, "too_large", "请求内容过大"),
    protocol(UnsupportedType, 415, 415, "unsupported_type", "不支持的内容类型"),
    protocol(Throttled, 429, 2019, "too_many_requests", "请求过于频繁"),
    protocol(Contended, 429, 2019, "busy", "系统繁忙，请稍后重试"),
    protocol(Internal, 500, 500, "internal_error", "系统内部错误"),
    business(BadInput, 400, 2024, "invalid_parameter", "填写的内容不符合要求"),
    Row { app_status: 403, ..business(NotYours, 404, 403, "not_found", "记录不存在") },
    business(WrongCredentials, 401, 2017, "wrong_credentials", "用户名或密码不正确").in_mall("密码不正确"),
    business(UsernameTaken, 409, 2017, "username_taken", "用户名已存在").in_mall("用户已存在"),
    business(PlateTaken, 409, 2021, "plate_taken", "车牌号已被其他用户绑定"),
    business(WeakPassword, 400, 2022, "weak_password", "密码强度不足：需 8 至 128 个字符，且不能是常见密码"),
    business(NoSuchStation, 404, 2021, "no_such_station", "充电站不存在"),
    business(NoPilesOfMode, 409, 2021, "no_piles_of_mode", "该充电站没有这种充电模式的充电桩，请改选其他模式"),
    business(QueueFull, 409, 2021, "queue_full", "等候区已满，请稍后再来"),
    business(AlreadyQueued, 409, 2021, "already_queued", "已有进行中的充电请求"),
    business(InArrears, 409, 2021, "in_arrears", "有逾期未支付的账单，请先补缴"),
    business(NothingQueued, 404, 2021, "nothing_queued", "当前没有充电请求"),
    business(ChangeNotAllowed, 409, 2021, "change_not_allowed", "车辆已被叫号，不能修改充电模式或电量；可以取消后重新申请"),
    business(KeyReused, 409, 2021, "key_reused", "Idempotency-Key 已用于内容不同的请求"),
    business(StationExists, 409, 2021, "station_exists", "同名充电站已存在"),
    protocol(RecentSignInWanted, 403, 403, "recent_sign_in_required", "请重新登录后再操作"),
    protocol(SecondProofWanted, 403, 403, "second_proof_required", "密码连续错误次数过多，请改用短信验证码登录或重置密码"),
    protocol(SecondFactorWanted, 403, 403, "second_factor_required", "请输入动态验证码或恢复码"),
    protocol(FirstPasswordExpired, 403, 403, "first_password_expired", "初始密码已过期，请联系管理员重新设置"),
    protocol(SignInUnfinished, 403, 403, "sign_in_unfinished", "请先完成登录"),
    business(WrongOldPassword, 400, 2017, "wrong_password", "原密码不正确"),
    business(PhoneTaken, 409, 2017, "phone_taken", "手机号已被其他用户绑定").in_mall("用户已存在"),
    business(WrongCode, 400, 2016, "wrong_code", "手机验证码错误"),
    business(WrongCaptcha, 400, 2018, "wrong_captcha", "图形验证码错误"),
    business(CaptchaWanted, 400, 2018, "captcha_required", "请先完成图形验证"),
    protocol(UnreadablePicture, 400, 400, "unreadable_picture", "图片无法识别：需为完整的 JPEG、PNG 或 WebP，边长不超过 4096 像素"),
    business(PictureNotYours, 400, 2020, "picture_not_yours", "图片不是本人上传的"),
    business(WrongState, 409, 2021, "wrong_state", "当前状态不允许该操作"),
    business(BadIdNumber, 400, 2023, "bad_id_number", "身份证号码不正确"),
    business(IdNumberTaken, 409, 2021, "id_number_taken", "该身份证号码已被使用"),
    business(VehicleInUse, 409, 2021, "vehicle_in_use", "该车辆正在排队、充电或有未结清的账单，不能解绑"),
    business(CapReached, 409, 2021, "limit_reached", "数量已达上限"),
    business(OldVersion, 412, 2021, "old_version", "记录已被修改，请刷新后重试"),
    business(BalanceLeft, 409, 2021, "balance_left", "账户仍有余额，不能删除"),
    business(LastAdmin, 409, 2021, "last_admin", "不能删除或停用自己或最后一个管理员"),
    protocol(UnsupportedVerifyType, 400, 400, "unsupported_verify_type", "暂不支持该验证方式"),
];
