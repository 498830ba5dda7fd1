//! Parts over an AWS emulator on this machine.

use crate::machine::{DIRECTORY, Machine};
use shared::boot::{Error, Function, Parts, Variables, start_log};

pub async fn parts(function: &Function) -> Result<Parts, Error> {
    #[expect(clippy::disallowed_methods, reason = "a local stack tells its functions where it is in their environment")]
    let environment: Variables = std::env::vars().collect();
    let machine = Machine::at(environment.get(DIRECTORY));
    #[expect(clippy::disallowed_methods, reason = "the same environment")]
    let variables = machine.variables(std::env::vars());
    variables.require(&function.names(&variables))?;
    start_log(&variables);
    let endpoint = environment.get("AWS_ENDPOINT_URL").to_owned();
    let parts = machine.over(Parts::unopened(function, variables, Some(endpoint))?);
    // A function without needs has no right to a table.
    if function.needs.is_empty() { Ok(parts) } else { parts.opened().await }
}
