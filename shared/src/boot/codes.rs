//! SMS: codes that are sent and compared, the queue of messages, and the provider that carries them.

use super::{Error, Need, Variables, accounts::PEPPER, parts::Parts};
use crate::{
    auth::{captcha::CaptchaSeal, codes::CodeKey},
    domain::{account::Role, otp},
    outside::{
        queue::SmsQueue,
        sms::{Aliyun, AliyunKey, RegisteredNames, Sender},
    },
    service::{captcha::Captchas, codes::Codes, mall_user::MallUsers, sms::Sms},
};

/// The queue that takes messages to the sender.
pub(super) const SMS_QUEUE: &str = "SMS_QUEUE_URL";

/// The kill switch of codes and notices.
pub(super) const SMS_ENABLED: &str = "OTP_ENABLED";

/// What a function needs that has SMS codes sent and compares them.
pub const CODES: Need = Need::through(
    &[
        "CODE_KEY_SECRET",
        SMS_QUEUE,
        SMS_ENABLED,
        "OTP_PER_PHONE_MINUTE",
        "OTP_PER_PHONE_HOUR",
        "OTP_PER_PHONE_DAY",
        "OTP_PER_DEVICE_HOUR",
        "OTP_PER_DEVICE_DAY",
        "OTP_PER_IP_HOUR",
        "OTP_PER_IP_DAY",
        "OTP_PER_PRODUCT_MINUTE",
    ],
    Parts::connect_sms_queue,
);

/// What the function needs that sends SMS.
pub const SMS: Need = Need::through(SENDING, |clients, parts| {
    if parts.variables.get("SMS_PROVIDER") == "sns" {
        parts.sender = Some(Sender::sns(clients.sns()));
    }
});
const SENDING: &[&str] = &[
    "CODE_KEY_SECRET",
    "SMS_PROVIDER",
    "OTP_PER_PHONE_MINUTE",
    "OTP_PER_PHONE_HOUR",
    "OTP_PER_PHONE_DAY",
    "OTP_PER_PRODUCT_MINUTE",
];
/// What it needs besides where SMS go through Aliyun.
pub(super) const ALIYUN: &[&str] =
    &["ALIYUN_KEY_SECRET", "ALIYUN_SIGN_NAME", "ALIYUN_CODE_TEMPLATE", "ALIYUN_NOTICE_TEMPLATE"];

pub(super) fn sends_through_aliyun(variables: &Variables) -> bool {
    variables.get("SMS_PROVIDER") == "aliyun"
}

impl Parts {
    pub(super) fn connect_sms_queue(clients: &super::clients::Clients, parts: &mut Self) {
        let clients = clients.clone();
        parts.sms_queue = Some(SmsQueue::sqs(move || clients.sqs(), parts.variables.get(SMS_QUEUE)));
    }

    pub(super) fn sms_jobs(&self) -> Result<SmsQueue, Error> {
        self.reached(self.sms_queue.as_ref(), SMS_QUEUE)
    }

    /// Whether codes and notices go out at all.
    pub(super) fn sms_enabled(&self) -> bool {
        self.variables.get(SMS_ENABLED) == "true"
    }

    /// SMS codes, with the key they are worked out from.
    pub fn codes(&self) -> Result<Codes, Error> {
        let limit = |name| self.variables.limit(name);
        let limits = otp::Limits {
            per_device_hour: limit("OTP_PER_DEVICE_HOUR")?,
            per_device_day: limit("OTP_PER_DEVICE_DAY")?,
            per_address_hour: limit("OTP_PER_IP_HOUR")?,
            per_address_day: limit("OTP_PER_IP_DAY")?,
            ..self.sms_limits()?
        };
        let (enabled, queue) = (self.sms_enabled(), self.sms_jobs()?);
        Ok(Codes::new(self.store.clone(), self.code_key()?, queue, self.random.clone(), limits, enabled))
    }

    /// The limits of messages; those of asks are the defaults.
    fn sms_limits(&self) -> Result<otp::Limits, Error> {
        let limit = |name| self.variables.limit(name);
        Ok(otp::Limits {
            per_phone_minute: limit("OTP_PER_PHONE_MINUTE")?,
            per_phone_hour: limit("OTP_PER_PHONE_HOUR")?,
            per_phone_day: limit("OTP_PER_PHONE_DAY")?,
            per_product_minute: limit("OTP_PER_PRODUCT_MINUTE")?,
            ..otp::Limits::default()
        })
    }

    /// Consumers or agents of the mall, as the role says.
    pub fn mall_users(&self, role: Role) -> Result<MallUsers, Error> {
        let (codes, issuer) = (self.codes()?, self.issuer()?);
        Ok(MallUsers::new(self.store.clone(), codes, issuer, self.random.clone(), role))
    }

    /// Captchas, sealed with a key made from the pepper.
    pub fn captchas(&self) -> Result<Captchas, Error> {
        let seal = self.secret(PEPPER, CaptchaSeal::new)?;
        let (objects, limit) = (self.objects()?, self.variables.limit("CAPTCHA_PER_IP_MINUTE")?);
        Ok(Captchas::new(self.store.clone(), objects, seal, self.letters.clone(), self.random.clone(), limit))
    }

    /// Sending SMS, through SNS or Aliyun as the environment says.
    pub fn sms(&self) -> Result<Sms, Error> {
        let sender = match &self.sender {
            Some(sender) => sender.clone(),
            None if sends_through_aliyun(&self.variables) => Sender::aliyun(self.aliyun()?, self.random.clone())?,
            None => return Err(Error::Invalid { name: "SMS_PROVIDER", expected: "sns or aliyun" }),
        };
        Ok(Sms::new(self.store.clone(), self.code_key()?, sender, self.sms_limits()?))
    }

    fn aliyun(&self) -> Result<Aliyun, Error> {
        let expected = "one name, or some of the form realm.purpose=name before it";
        let choice = |name| RegisteredNames::read(self.variables.get(name)).ok_or(Error::Invalid { name, expected });
        Ok(Aliyun {
            key: self.secret("ALIYUN_KEY_SECRET", AliyunKey::read)?,
            sign_name: choice("ALIYUN_SIGN_NAME")?,
            code_template: choice("ALIYUN_CODE_TEMPLATE")?,
            notice_template: choice("ALIYUN_NOTICE_TEMPLATE")?,
        })
    }

    fn code_key(&self) -> Result<CodeKey, Error> {
        self.secret("CODE_KEY_SECRET", CodeKey::read)
    }
}
