//! AWS SNS, which needs no contract with a provider. Delivery in mainland China needs a registered template, so a
//! deployment for the mainland configures Aliyun.

use super::{Sender, SmsError};
use aws_sdk_sns::{
    Client,
    error::{ProvideErrorMetadata as _, SdkError},
    operation::publish::PublishError,
    types::MessageAttributeValue,
};

impl Sender {
    pub fn sns(client: Client) -> Self {
        Self::from_fn(move |message, _| {
            let client = client.clone();
            async move {
                // Codes and notices precede advertisements, and the budget is for them.
                let kind = MessageAttributeValue::builder().data_type("String").string_value("Transactional").build();
                let kind = kind.map_err(|error| SmsError::Permanent(error.to_string()))?;
                let request = client.publish().phone_number(message.to.as_e164()).message(message.signed_text());
                let request = request.message_attributes("AWS.SNS.SMS.SMSType", kind);
                request.send().await.map(drop).map_err(|error| class_of(&error))
            }
        })
    }
}

fn class_of<H>(error: &SdkError<PublishError, H>) -> SmsError {
    let Some(refusal) = error.as_service_error() else {
        return SmsError::Retryable("SNS was not reached".to_owned());
    };
    let code = refusal.code().unwrap_or("no code").to_owned();
    match code.as_str() {
        "OptedOut" | "OptedOutException" => SmsError::Blocked,
        "Throttled" | "Throttling" | "ThrottlingException" | "ThrottledException" => SmsError::Throttled(code),
        "InternalError" | "InternalErrorException" | "InternalFailure" | "ServiceUnavailable" => {
            SmsError::Retryable(code)
        }
        _ => SmsError::Permanent(code),
    }
}
