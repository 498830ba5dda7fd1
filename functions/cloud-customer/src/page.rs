//! Pages of lists (#42, #47).

use shared::{
    domain::{cloud::Page, reason::Failure},
    wire::{Bounds, Field, Fields, Parameter},
};

const OFFSET: Field<String> = Field::text("offset")
    .about("数据偏移量，默认 0 · How many entries to skip, 0 if left out")
    .whole(0)
    .bounds(Bounds::whole(0, 1 << 53));
const LIMIT: Field<String> = Field::text("limit")
    .about("返回条数，默认 10，最大 100 · How many entries, 10 if left out, at most 100")
    .whole(10)
    .bounds(Bounds::whole(0, 100));

pub const PAGE: &[Parameter] = &[OFFSET.optional(), LIMIT.optional()];

pub fn page(fields: &mut Fields) -> Result<Page, Failure> {
    Page::parse(fields.optional(&OFFSET)?.as_deref(), fields.optional(&LIMIT)?.as_deref())
}
