//! What operators send about bills.

use super::unknown;
use shared::{
    domain::{
        account::{AccountId, LoginName},
        day::Day,
        ledger::EntryKind,
        money::Fen,
        payment::is_reference,
        reason::Failure,
        text::halfwidth,
        vehicle::Plate,
    },
    service::{
        bill::{Among, Cursor, Search, Whose},
        ledger::Booking,
    },
    wire::{Fields, missing},
};

const LONGEST_REASON: usize = 200;

/// `?driver=1004&username=…&plate=…&day=2026-06-01&state=arrears&after=…&limit=50`, all of which may be left out.
pub fn search(fields: &mut Fields) -> Result<Search, Failure> {
    let whose = Whose {
        driver: fields.optional("driver")?.map(|id| driver(&halfwidth(&id))).transpose()?,
        username: fields.optional("username")?.as_deref().map(LoginName::read),
        plate: fields
            .optional("plate")?
            .map(|text| Plate::parse(&text))
            .transpose()?
            .map(|plate| plate.as_str().to_owned()),
        day: fields.optional("day")?.as_deref().map(Day::parse).transpose()?,
    };
    let among = match fields.optional("state")?.map(|state| halfwidth(&state).to_ascii_lowercase()).as_deref() {
        None => Among::All,
        Some("current") => Among::Current,
        Some("arrears") => Among::InArrears,
        Some("paid") => Among::Paid,
        Some("overpaid") => Among::Overpaid,
        Some(_) => return Err(Failure::malformed("state 应为 current、arrears、paid 或 overpaid")),
    };
    let after = fields.optional("after")?.as_deref().map(Cursor::parse).transpose()?;
    let most = crate::most(fields)?;
    Ok(Search { whose, among, after, most })
}

/// Drivers have numbers.
pub fn driver(text: &str) -> Result<AccountId, Failure> {
    let is_number = (1..=16).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    if is_number { Ok(AccountId::known(text)) } else { Err(unknown()) }
}

pub fn bill(text: &str) -> Result<u64, Failure> {
    text.parse().ok().filter(|id| *id < 1 << 53).ok_or_else(unknown)
}

/// `{"reference":"…","amount":"67.44"}`
pub fn money(fields: &mut Fields, kind: EntryKind) -> Result<Booking, Failure> {
    let (key, amount) = (key("reference", &fields.required("reference")?)?, amount(fields)?);
    Ok(Booking { kind, key, amount, reason: None })
}

/// `{"key":"…","amount":"10.00","reason":"…"}`; the key may also come as `Idempotency-Key`.
pub fn credit(fields: &mut Fields, header: Option<String>) -> Result<Booking, Failure> {
    let given = fields.optional("key")?.or(header);
    let given = given.ok_or_else(|| missing("key"))?;
    let reason = fields.required("reason")?.trim().to_owned();
    if reason.chars().count() > LONGEST_REASON || reason.chars().any(char::is_control) {
        return Err(Failure::malformed(format!("reason 应为 1 至 {LONGEST_REASON} 个字符，一行")));
    }
    Ok(Booking { kind: EntryKind::Credit, key: key("key", &given)?, amount: amount(fields)?, reason: Some(reason) })
}

fn key(name: &str, text: &str) -> Result<String, Failure> {
    let key = halfwidth(text);
    if is_reference(&key) {
        Ok(key)
    } else {
        Err(Failure::malformed(format!("{name} 应为 1 至 64 个可见 ASCII 字符，不含 #")))
    }
}

fn amount(fields: &mut Fields) -> Result<Fen, Failure> {
    let text = halfwidth(&fields.required("amount")?);
    Fen::parse_yuan(&text).ok_or_else(|| Failure::malformed("amount 应为大于 0、最多两位小数的金额（元），例如 67.44"))
}
