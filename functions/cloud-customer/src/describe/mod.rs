//! What the reference says of these endpoints.

mod accounts;
mod contacts;
mod customer;
mod proof;

use crate::routes;
use describe::{Described, Document, Operation};

pub fn describe() -> Described {
    let operations = [proof::joining(), customer::operations(), contacts::operations(), accounts::operations()];
    let operations = operations.into_iter().flatten().chain(proof::changes()).map(zoned).collect();
    Described::new("cloud-customer", Document::CloudCustomers, &routes(), operations)
}

/// Headings have no zone, samples have one: every path answers with and without.
fn zoned(operation: Operation) -> Operation {
    let ways = operation.ways();
    let in_zone = |path: &'static str| path.strip_prefix("/v2/zone/{zone}");
    let is_of = |method, path| in_zone(path).is_some_and(|plain| ways.contains(&(method, plain)));
    let aliases = routes().table().into_iter().filter(|route| is_of(route.method, route.path));
    aliases.fold(operation.in_path("zone", "ac1"), |operation, route| operation.also(route.method, route.path))
}
