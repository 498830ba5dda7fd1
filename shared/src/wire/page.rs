//! Pages of the lists that staff read.

use super::{Field, Fields};
use crate::domain::{reason::Failure, text::halfwidth};

pub const LIMIT: Field<u8> = Field::new("limit", limit)
    .about("每页条数，1 至 100，默认 50 · How many to a page: 1–100, 50 if left out")
    .whole(50);

/// How many to a page: 50 unless asked otherwise.
pub fn most(fields: &mut Fields) -> Result<u8, Failure> {
    Ok(fields.optional(&LIMIT)?.unwrap_or(50))
}

fn limit(text: &str) -> Result<u8, Failure> {
    let limit = halfwidth(text).parse().ok().filter(|limit| (1..=100).contains(limit));
    limit.ok_or_else(|| Failure::malformed("返回条数应为 1 至 100 的整数"))
}
