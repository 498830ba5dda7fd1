//! What stands before every handler of a function, whichever document it speaks.

use crate::{
    auth::gate::Gate,
    outside::{clock::Clock, metrics::Sink},
};
use std::sync::Arc;

/// Made once when a function starts.
#[derive(Clone, Debug)]
pub struct Front {
    /// The function's name, as the metrics know it.
    pub function: &'static str,
    /// None where all routes are public: a function without one lets nobody past a route that is not.
    pub gate: Option<Arc<Gate>>,
    pub clock: Clock,
    pub sink: Sink,
    /// Whether the two documents that show a token in the query may still send it there.
    pub allow_query_token: bool,
}
