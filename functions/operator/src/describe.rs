//! What the reference says of these endpoints.

mod papers;
mod people;
mod shops;
mod stations;

use crate::{bills, customers, routes};
use describe::{Described, Document, Input, may};

pub fn describe() -> Described {
    let stations = [stations::operations(), stations::changes()].concat();
    let money = [bills::operations(), customers::operations()].concat();
    let operations = [stations, money, people::operations(), papers::operations(), shops::operations()].concat();
    Described::new("operator", Document::Operator, &routes(), operations)
}

/// How many to a page.
fn limit() -> Input {
    may("limit", "每页条数，1 至 100，默认 50 · How many to a page: 1–100, 50 if left out", 50)
}
