//! What report is wanted.

use shared::{
    domain::{
        day::{Day, Period},
        reason::Failure,
        text::halfwidth,
    },
    service::reports::Range,
    wire::Fields,
};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    Json,
    Csv,
}

/// `?period=week&from=2026-06-01&to=2026-06-30&format=csv`
pub struct Wanted {
    pub period: Period,
    pub range: Range,
    pub format: Format,
}

impl Wanted {
    pub fn parse(fields: &mut Fields) -> Result<Self, Failure> {
        let period = fields.optional("period")?.map_or(Ok(Period::Day), |text| Period::parse(&text))?;
        let from = Day::parse(&fields.required("from")?)?;
        let to = fields.optional("to")?.map_or(Ok(from), |text| Day::parse(&text))?;
        let format = match fields.optional("format")?.map(|text| halfwidth(&text).to_ascii_lowercase()).as_deref() {
            None | Some("json") => Format::Json,
            Some("csv") => Format::Csv,
            Some(_) => return Err(Failure::malformed("format 应为 json 或 csv")),
        };
        Ok(Self { period, range: Range::new(from, to)?, format })
    }
}
