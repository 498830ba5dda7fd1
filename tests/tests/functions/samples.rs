//! Every sample of the reference works for a caller who has just registered, after what its description says goes first.

use describe::Operation;
use shared::wire::Way;
use tests::{newcomer::Newcomer, plaza::Plaza};

#[tokio::test]
async fn every_sample_works_for_a_caller_who_has_just_registered() {
    let functions = openapi::functions();
    let operations = functions.iter().flat_map(|function| &function.operations);
    let ways: Vec<_> = operations.flat_map(Operation::ways).map(|(method, path)| Way { method, path }).collect();
    let mut faults = Vec::new();
    for way in ways.iter().copied() {
        let plaza = Plaza::open();
        plaza.station(|_| {}).await;
        let answer = Newcomer::new(&functions, &plaza).try_sample(way).await;
        if !answer.succeeded() {
            faults.push(format!("{way}: {} {}", answer.status, answer.text()));
        }
    }
    assert!(faults.is_empty(), "{} of {}:\n{}", faults.len(), ways.len(), faults.join("\n"));
}
