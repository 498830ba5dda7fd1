//! What is booked beside a bill: payments, credits, refunds. The bill itself never changes after it was issued.

use super::{
    charging::Moment,
    money::Fen,
    reason::{Failure, Reason},
};
use serde::{Deserialize, Serialize};

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EntryKind {
    /// Money that came in.
    Payment,
    /// A correction: so much less is owed.
    Credit,
    /// Money that went back.
    Refund,
}

impl EntryKind {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Payment => "payment",
            Self::Credit => "credit",
            Self::Refund => "refund",
        }
    }
}

/// Who says that money came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    /// An operator, who may have mistyped: never more than is owed.
    Operator,
    /// The payment provider, who has the money: each payment it reports is booked.
    Provider,
}

/// What a bill comes to, and what its entries add up to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Balance {
    pub total: Fen,
    /// What came in less what went back.
    pub paid: Fen,
    pub credited: Fen,
}

impl Balance {
    /// What is owed. Below zero: what the driver has to get back.
    pub fn outstanding(self) -> Fen {
        self.total - self.credited - self.paid
    }

    /// The same, and nothing where more was paid.
    pub fn owed(self) -> Fen {
        self.outstanding().max(Fen(0))
    }

    /// What the driver has to get back.
    pub fn overpaid(self) -> Fen {
        Fen((-self.outstanding().0).max(0))
    }

    /// The balance with one entry more, or why there must be none.
    pub fn with(self, kind: EntryKind, amount: Fen, word: Word) -> Result<Self, Failure> {
        let (owed, left) = (self.outstanding(), self.total - self.credited);
        match kind {
            EntryKind::Payment if word == Word::Operator && owed <= Fen(0) => Err(refused("账单已结清".to_owned())),
            EntryKind::Payment if word == Word::Operator && amount > owed => {
                Err(refused(format!("金额超过尚欠的 {owed} 元")))
            }
            EntryKind::Payment => Ok(Self { paid: self.paid + amount, ..self }),
            EntryKind::Credit if amount > left => Err(refused(format!("冲减金额超过账单余下的 {left} 元"))),
            EntryKind::Credit => Ok(Self { credited: self.credited + amount, ..self }),
            EntryKind::Refund if amount > self.overpaid() => {
                Err(refused(format!("退款金额超过多付的 {} 元", self.overpaid())))
            }
            EntryKind::Refund => Ok(Self { paid: self.paid - amount, ..self }),
        }
    }
}

fn refused(why: String) -> Failure {
    Failure::from(Reason::WrongState).saying(why)
}

/// Whether and how a bill is open: *current* (待支付) until paid, *in arrears* (待补缴) when it stays unpaid past its
/// due time or was underpaid.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BillState {
    /// Nothing is owed: paid, credited, or both.
    Paid,
    Current,
    #[serde(rename = "arrears")]
    InArrears,
}

impl BillState {
    pub fn of(balance: Balance, due: Moment, now: Moment) -> Self {
        match (balance.outstanding(), balance.paid) {
            (owed, _) if owed <= Fen(0) => Self::Paid,
            (_, Fen(0)) if now <= due => Self::Current,
            _ => Self::InArrears,
        }
    }

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Paid => "paid",
            Self::Current => "current",
            Self::InArrears => "arrears",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEW: Balance = Balance { total: Fen(1_000), paid: Fen(0), credited: Fen(0) };

    fn booked(entries: &[(EntryKind, i64, Word)]) -> Result<Balance, Failure> {
        entries.iter().try_fold(NEW, |balance, (kind, amount, word)| balance.with(*kind, Fen(*amount), *word))
    }

    #[test]
    fn what_is_owed_is_the_total_less_credits_and_payments() {
        use EntryKind::{Credit, Payment, Refund};
        use Word::{Operator, Provider};
        let owed = |entries| booked(entries).map(|balance| balance.outstanding().0).map_err(|failure| failure.reason());
        assert_eq!(owed(&[(Payment, 400, Operator)]), Ok(600));
        assert_eq!(owed(&[(Credit, 1_000, Operator)]), Ok(0));
        assert_eq!(owed(&[(Credit, 1_001, Operator)]), Err(Reason::WrongState), "more than the bill");
        assert_eq!(owed(&[(Payment, 1_001, Operator)]), Err(Reason::WrongState), "more than is owed");
        assert_eq!(owed(&[(Payment, 1_001, Provider)]), Ok(-1), "the provider has it");
        assert_eq!(owed(&[(Payment, 1_000, Operator), (Payment, 1, Operator)]), Err(Reason::WrongState), "paid");
        assert_eq!(owed(&[(Payment, 1_000, Operator), (Credit, 300, Operator)]), Ok(-300));
        assert_eq!(owed(&[(Refund, 1, Operator)]), Err(Reason::WrongState), "nothing to give back");
        assert_eq!(owed(&[(Payment, 1_300, Provider), (Refund, 300, Operator)]), Ok(0));
        assert_eq!(owed(&[(Payment, 1_300, Provider), (Refund, 301, Operator)]), Err(Reason::WrongState));
    }

    #[test]
    fn a_bill_is_in_arrears_when_it_is_overdue_or_underpaid() {
        let at = Moment::from_millis;
        let state = |paid, credited, now| {
            BillState::of(Balance { paid: Fen(paid), credited: Fen(credited), ..NEW }, at(10), at(now))
        };
        assert_eq!(state(0, 0, 10), BillState::Current);
        assert_eq!(state(0, 0, 11), BillState::InArrears);
        assert_eq!(state(999, 0, 0), BillState::InArrears, "underpaid");
        assert_eq!(state(0, 400, 10), BillState::Current, "a credit alone is no payment");
        assert_eq!(state(600, 400, 99), BillState::Paid);
        assert_eq!(state(0, 1_000, 99), BillState::Paid, "wholly credited");
    }
}
