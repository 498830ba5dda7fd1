//! Why something was refused: the closed set that every envelope must spell.

use std::time::Duration;

/// A refusal or fault. A new one does not compile until each envelope has said how it writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    // Protocol and security: the status is the same in every document.
    /// The body, a parameter or a field cannot be read.
    Malformed,
    /// A credential is missing, wrong, expired or ended.
    Unauthorized,
    /// Signed in, but not for this.
    Forbidden,
    /// No such route.
    NoSuchRoute,
    /// The route exists, this method of it does not.
    WrongMethod,
    /// The body is larger than this endpoint reads.
    TooLarge,
    /// The body is of a type that this endpoint does not read.
    UnsupportedType,
    /// Too many requests; the wait is in the failure.
    Throttled,
    /// Many writers at one item: nothing happened, trying again is safe.
    Contended,
    /// Something of ours broke.
    Internal,
    /// A person typed a value that cannot be taken: the sentence says which and why.
    BadInput,

    // Objects.
    /// The object does not exist, or is not the caller's: the two are told apart nowhere.
    NotYours,

    // Business outcomes of the account.
    /// User name or password is wrong; which of them is never said.
    WrongCredentials,
    /// The user name has an account.
    UsernameTaken,
    /// The plate is bound to another account.
    PlateTaken,
    /// The password is too short, too long or too common.
    WeakPassword,
    /// The change asks for a sign-in that is not older than ten minutes.
    RecentSignInWanted,
    /// After too many wrong passwords in a row the right one is no proof either; a code is.
    SecondProofWanted,
    /// The old password that was to prove a change is wrong.
    WrongOldPassword,
    /// The phone is bound to another account.
    PhoneTaken,
    /// The SMS code is wrong, expired, used or tried too often: they are told apart nowhere.
    WrongCode,
    /// The picture's letters are wrong, expired, used or tried too often.
    WrongCaptcha,
    /// Another SMS to this device asks for a solved captcha first.
    CaptchaWanted,

    // Business outcomes of charging.
    /// There is no station of this name.
    NoSuchStation,
    /// The station has no piles of the mode that was asked for.
    NoPilesOfMode,
    /// The waiting area is full.
    QueueFull,
    /// The driver, or the plate, has a request that is not over.
    AlreadyQueued,
    /// A bill is overdue.
    InArrears,
    /// There is no request to speak of.
    NothingQueued,
    /// The request has been called; it may be cancelled, but not changed in this way.
    ChangeNotAllowed,
    /// An `Idempotency-Key` came again with other content.
    KeyReused,
    /// A station of this name exists.
    StationExists,

    // Business outcomes of records and papers.
    /// The upload is no whole JPEG, PNG or WebP picture of a size that is taken.
    UnreadablePicture,
    /// The picture named is none that this account uploaded.
    PictureNotYours,
    /// The record is not in a state from which this is allowed.
    WrongState,
    /// The ID number cannot be a real person's.
    BadIdNumber,
    /// The ID number belongs to another account.
    IdNumberTaken,
    /// The plate is in the queue, charging, or has an open bill.
    VehicleInUse,
    /// As many of these as there may be exist already.
    CapReached,
    /// `If-Match` named a version that has been changed since.
    OldVersion,
    /// There is money on the record's balance.
    BalanceLeft,
    /// Oneself, or the last enabled administrator, cannot be deleted or disabled.
    LastAdmin,
    /// A way of verification for which there is no provider.
    UnsupportedVerifyType,
}

impl Reason {
    /// All reasons, for the golden table of `tests/`.
    pub const ALL: &[Self] = &[
        Self::Malformed,
        Self::Unauthorized,
        Self::Forbidden,
        Self::NoSuchRoute,
        Self::WrongMethod,
        Self::TooLarge,
        Self::UnsupportedType,
        Self::Throttled,
        Self::Contended,
        Self::Internal,
        Self::BadInput,
        Self::NotYours,
        Self::WrongCredentials,
        Self::UsernameTaken,
        Self::PlateTaken,
        Self::WeakPassword,
        Self::NoSuchStation,
        Self::NoPilesOfMode,
        Self::QueueFull,
        Self::AlreadyQueued,
        Self::InArrears,
        Self::NothingQueued,
        Self::ChangeNotAllowed,
        Self::KeyReused,
        Self::StationExists,
        Self::RecentSignInWanted,
        Self::SecondProofWanted,
        Self::WrongOldPassword,
        Self::PhoneTaken,
        Self::WrongCode,
        Self::WrongCaptcha,
        Self::CaptchaWanted,
        Self::UnreadablePicture,
        Self::PictureNotYours,
        Self::WrongState,
        Self::BadIdNumber,
        Self::IdNumberTaken,
        Self::VehicleInUse,
        Self::CapReached,
        Self::OldVersion,
        Self::BalanceLeft,
        Self::LastAdmin,
        Self::UnsupportedVerifyType,
    ];

    /// What the user of an app reads when the failure brings no text of its own.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Malformed => "请求格式不正确",
            Self::Unauthorized => "未登录或登录已失效",
            Self::Forbidden => "没有权限",
            Self::NoSuchRoute => "接口不存在",
            Self::WrongMethod => "请求方法不支持",
            Self::TooLarge => "请求内容过大",
            Self::UnsupportedType => "不支持的内容类型",
            Self::Throttled => "请求过于频繁",
            Self::Contended => "系统繁忙，请稍后重试",
            Self::Internal => "系统内部错误",
            Self::BadInput => "填写的内容不符合要求",
            Self::NotYours => "记录不存在",
            Self::WrongCredentials => "用户名或密码不正确",
            Self::UsernameTaken => "用户名已存在",
            Self::PlateTaken => "车牌号已被其他用户绑定",
            Self::WeakPassword => "密码强度不足：需 8 至 128 个字符，且不能是常见密码",
            Self::NoSuchStation => "充电站不存在",
            Self::NoPilesOfMode => "该充电站没有这种充电模式的充电桩，请改选其他模式",
            Self::QueueFull => "等候区已满，请稍后再来",
            Self::AlreadyQueued => "已有进行中的充电请求",
            Self::InArrears => "有逾期未支付的账单，请先补缴",
            Self::NothingQueued => "当前没有充电请求",
            Self::ChangeNotAllowed => "车辆已被叫号，不能修改充电模式或电量；可以取消后重新申请",
            Self::KeyReused => "Idempotency-Key 已用于内容不同的请求",
            Self::StationExists => "同名充电站已存在",
            Self::RecentSignInWanted => "请重新登录后再操作",
            Self::SecondProofWanted => "密码连续错误次数过多，请改用短信验证码登录或重置密码",
            Self::WrongOldPassword => "原密码不正确",
            Self::PhoneTaken => "手机号已被其他用户绑定",
            Self::WrongCode => "手机验证码错误",
            Self::WrongCaptcha => "图形验证码错误",
            Self::CaptchaWanted => "请先完成图形验证",
            Self::UnreadablePicture => "图片无法识别：需为完整的 JPEG、PNG 或 WebP，边长不超过 4096 像素",
            Self::PictureNotYours => "图片不是本人上传的",
            Self::WrongState => "当前状态不允许该操作",
            Self::BadIdNumber => "身份证号码不正确",
            Self::IdNumberTaken => "该身份证号码已被使用",
            Self::VehicleInUse => "该车辆正在排队、充电或有未结清的账单，不能解绑",
            Self::CapReached => "数量已达上限",
            Self::OldVersion => "记录已被修改，请刷新后重试",
            Self::BalanceLeft => "账户仍有余额，不能删除",
            Self::LastAdmin => "不能删除或停用自己或最后一个管理员",
            Self::UnsupportedVerifyType => "暂不支持该验证方式",
        }
    }
}

/// A refusal on its way out: a reason for machines, a sentence for people, private detail for the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    reason: Reason,
    text: Option<String>,
    field: Option<String>,
    retry_after: Option<Duration>,
    detail: Option<String>,
    allowed: Vec<&'static str>,
    refuses_guess: bool,
}

impl Failure {
    /// A malformed input, with a sentence that tells what and where.
    pub fn malformed(text: impl Into<String>) -> Self {
        Self::from(Reason::Malformed).saying(text)
    }

    /// A value that a person typed and that cannot be taken, with a sentence that this person can read.
    pub fn typed(text: impl Into<String>) -> Self {
        Self::from(Reason::BadInput).saying(text)
    }

    /// Too many requests; the caller may come back after `wait`, which the sentence says in the same whole seconds as
    /// `Retry-After`.
    pub fn throttled(wait: Duration) -> Self {
        let failure = Self { retry_after: Some(wait.max(Duration::from_secs(1))), ..Self::from(Reason::Throttled) };
        let seconds = failure.retry_after().unwrap_or(1);
        failure.saying(format!("请求过于频繁，请在 {seconds} 秒后重试"))
    }

    /// The same for an attempt to prove an identity.
    pub fn throttled_guess(wait: Duration) -> Self {
        Self { refuses_guess: true, ..Self::throttled(wait) }
    }

    /// A fault of ours. The detail goes to the log and never into an answer.
    pub fn internal(detail: impl Into<String>) -> Self {
        Self { detail: Some(detail.into()), ..Self::from(Reason::Internal) }
    }

    /// The route exists; these are its methods.
    pub fn wrong_method(allowed: Vec<&'static str>) -> Self {
        Self { allowed, ..Self::from(Reason::WrongMethod) }
    }

    /// The same failure with a sentence of its own.
    #[must_use]
    pub fn saying(self, text: impl Into<String>) -> Self {
        Self { text: Some(text.into()), ..self }
    }

    /// The same failure about a field, under the name that the document gives it.
    #[must_use]
    pub fn of(self, field: &str) -> Self {
        Self { field: Some(field.to_owned()), ..self }
    }

    pub fn reason(&self) -> Reason {
        self.reason
    }

    /// The field that is at fault, for programs.
    pub fn field(&self) -> Option<&str> {
        self.field.as_deref()
    }

    /// Whether a password or code was wrong, or not looked at after too many of them.
    pub fn refuses_guess(&self) -> bool {
        let is_wrong = matches!(
            self.reason,
            Reason::WrongCredentials | Reason::WrongOldPassword | Reason::WrongCode | Reason::SecondProofWanted
        );
        self.refuses_guess || is_wrong
    }

    /// The sentence for people.
    pub fn text(&self) -> &str {
        self.text.as_deref().unwrap_or_else(|| self.reason.text())
    }

    /// The sentence that this failure brings instead of its reason's.
    pub fn sentence(&self) -> Option<&str> {
        self.text.as_deref()
    }

    /// How long the caller should wait, where that is known; whole seconds, rounded up.
    pub fn retry_after(&self) -> Option<u64> {
        self.retry_after.map(|wait| wait.as_secs() + u64::from(wait.subsec_nanos() > 0))
    }

    /// The methods that a route does have.
    pub fn allowed(&self) -> &[&'static str] {
        &self.allowed
    }

    /// For the log only.
    pub fn detail(&self) -> Option<&str> {
        self.detail.as_deref()
    }
}

impl From<Reason> for Failure {
    fn from(reason: Reason) -> Self {
        let retry_after = matches!(reason, Reason::Contended | Reason::Throttled).then(|| Duration::from_secs(1));
        let (text, field, detail, allowed) = (None, None, None, Vec::new());
        Self { reason, text, field, retry_after, detail, allowed, refuses_guess: false }
    }
}
