//! Why something was refused: the closed set that every envelope must spell.

mod failure;
mod table;

pub use failure::Failure;

use table::{Row, TABLE};

/// A refusal or fault. A new one gets a row in the table beside this file: text, statuses and codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(test, derive(serde::Deserialize))]
pub enum Reason {
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
    /// The object does not exist, or is not the caller's: answers never tell the two apart.
    NotYours,
    /// User name or password is wrong; which of them is never said.
    WrongCredentials,
    /// The user name has an account.
    UsernameTaken,
    /// The plate is bound to another account.
    PlateTaken,
    /// The password is too short, too long or too common.
    WeakPassword,
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
    /// The change asks for a sign-in that is not older than ten minutes.
    RecentSignInWanted,
    /// After too many wrong passwords in a row the right one is no proof either; a code is.
    SecondProofWanted,
    /// The password is right; a code of the second factor is wanted beside it.
    SecondFactorWanted,
    /// The password that an administrator gave was not replaced in time.
    FirstPasswordExpired,
    /// The session opens nothing but the step of its sign-in that is left.
    SignInUnfinished,
    /// The old password that was to prove a change is wrong.
    WrongOldPassword,
    /// The phone is bound to another account.
    PhoneTaken,
    /// The SMS code is wrong, expired, used or tried too often: answers never tell them apart.
    WrongCode,
    /// The picture's letters are wrong, expired, used or tried too often.
    WrongCaptcha,
    /// Another SMS to this device asks for a solved captcha first.
    CaptchaWanted,
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
    /// All reasons, in the order of the table.
    pub const ALL: &[Self] = &{
        let mut all = [Self::Malformed; TABLE.len()];
        let mut n = 0;
        while n < all.len() {
            all[n] = TABLE[n].reason;
            n += 1;
        }
        all
    };

    /// What the user of an app reads when the failure brings no text of its own.
    pub const fn text(self) -> &'static str {
        self.row().text
    }

    /// The HTTP status in the documents that speak in HTTP statuses.
    pub const fn rest_status(self) -> u16 {
        self.row().rest_status
    }

    /// The HTTP status in the documents that print business outcomes under 200.
    pub const fn app_status(self) -> u16 {
        self.row().app_status
    }

    /// The mall's `errCode`.
    pub const fn mall_code(self) -> u16 {
        self.row().mall_code
    }

    /// The mall's own words where its document prints them.
    pub const fn mall_text(self) -> Option<&'static str> {
        self.row().mall_text
    }

    /// The `code` of the portal, the shops and the extensions.
    pub const fn code(self) -> &'static str {
        self.row().code
    }

    /// **Invariant:** the table has the order of the declaration.
    const fn row(self) -> &'static Row {
        &TABLE[self as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::{Reason, TABLE};

    /// Serde names all variants when it refuses one.
    #[test]
    fn every_reason_has_its_row_and_in_its_place() {
        let refusal = serde_json::from_str::<Reason>("\"\"").unwrap_err().to_string();
        let declared: Vec<&str> = refusal.split('`').skip(3).step_by(2).collect();
        assert_eq!(declared, TABLE.iter().map(|row| format!("{:?}", row.reason)).collect::<Vec<_>>());
        assert!(TABLE.iter().all(|row| row.reason.row().reason == row.reason));
    }
}
