//! What auditors ask for.

use shared::{
    domain::{reason::Failure, text::halfwidth},
    wire::Fields,
};

/// `?after=…&limit=20`; fewer to a page than elsewhere, because each shows two pictures and leaves an audit entry.
pub struct Page {
    pub after: Option<String>,
    pub most: u8,
}

impl Page {
    pub fn parse(fields: &mut Fields) -> Result<Self, Failure> {
        let after = fields.optional("after")?;
        let is_place = |text: &str| {
            text.len() <= 96 && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-#".contains(&b))
        };
        if after.as_deref().is_some_and(|after| !is_place(after)) {
            return Err(Failure::malformed("after 应为上一页的 next"));
        }
        let limit = fields.optional("limit")?.map(|text| halfwidth(&text).parse().ok());
        let most = limit.unwrap_or(Some(20)).filter(|most| (1..=50).contains(most));
        Ok(Self { after, most: most.ok_or_else(|| Failure::malformed("limit 应为 1 至 50 的整数"))? })
    }
}
