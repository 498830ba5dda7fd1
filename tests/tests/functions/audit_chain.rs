//! The audit trail is sealed into a hash chain, and a comparison names what is no longer as it was sealed.

use audit_sealer::App;
use jiff::SignedDuration;
use local::audit_trail::TrailReading;
use serde_json::{Value, json};
use shared::domain::audit_chain::Verdict;
use tests::{
    database::{AUDIT, AUDIT_CHAIN, Call, Fate},
    keys::TokenKey,
    plaza::{Plaza, Settings},
};

/// A plaza whose chain began long enough ago to answer for every entry.
async fn plaza() -> Plaza {
    began(Plaza::open()).await
}

async fn began(plaza: Plaza) -> Plaza {
    seal(&plaza.audit_sealer).await;
    plaza.watch.advance(SignedDuration::from_hours(2));
    seal(&plaza.audit_sealer).await;
    plaza
}

async fn seal(app: &App) -> Value {
    let event = serde_json::from_value(json!({"seal": true})).unwrap();
    json!(app.handle(event).await.unwrap())
}

/// Entries of their own making, a minute apart.
async fn write_entries(plaza: &Plaza, count: usize) {
    for _ in 0..count {
        plaza.log_in("unknown", "not the password").await;
        plaza.watch.advance(SignedDuration::from_mins(1));
    }
}

/// Entries, sealed, of which none is too young to be answered for.
async fn sealed(plaza: &Plaza, count: usize) -> Vec<Value> {
    write_entries(plaza, count).await;
    plaza.watch.advance(SignedDuration::from_mins(15));
    seal(&plaza.audit_sealer).await;
    let mut entries = plaza.database.items(AUDIT);
    entries.sort_by_key(|entry| entry["sk"]["S"].as_str().unwrap().to_owned());
    entries
}

fn verify(plaza: &Plaza) -> Verdict {
    verify_with(plaza, plaza.signing_key()).unwrap()
}

fn verify_with(plaza: &Plaza, key: &TokenKey) -> local::Result<Verdict> {
    let mut reading = TrailReading::default();
    for item in plaza.database.items(AUDIT) {
        reading.add_entry(&item).unwrap();
    }
    for item in plaza.database.items(AUDIT_CHAIN) {
        reading.add_to_chain(&item).unwrap();
    }
    reading.verify(&json!({"current": key.published()}))
}

/// What is found, in words.
fn findings(plaza: &Plaza) -> Vec<String> {
    verify(plaza).findings.iter().map(ToString::to_string).collect()
}

fn named(entry: &Value) -> String {
    format!("{} / {}", entry["pk"]["S"].as_str().unwrap(), entry["sk"]["S"].as_str().unwrap())
}

#[tokio::test]
async fn a_trail_that_nothing_has_touched_verifies() {
    let plaza = plaza().await;
    let entries = sealed(&plaza, 5).await;
    let verdict = verify(&plaza);
    assert_eq!((verdict.findings, verdict.intact), (vec![], entries.len()));
}

#[tokio::test]
async fn an_entry_that_was_changed_deleted_or_inserted_is_named() {
    let plaza = plaza().await;
    let entries = sealed(&plaza, 4).await;
    let mut changed = entries[1].clone();
    changed["address"] = json!({"S": "192.0.2.1"});
    plaza.database.put_into(AUDIT, &changed);
    assert_eq!(findings(&plaza), [format!("entry {} was changed", named(&changed))]);
    plaza.database.put_into(AUDIT, &entries[1]);

    plaza.database.remove_from(AUDIT, &entries[2]);
    assert_eq!(findings(&plaza), [format!("entry {} is missing", named(&entries[2]))]);
    plaza.database.put_into(AUDIT, &entries[2]);

    let mut inserted = entries[0].clone();
    inserted["sk"] = json!({"S": entries[0]["sk"]["S"].as_str().unwrap().replace('#', "#f")});
    plaza.database.put_into(AUDIT, &inserted);
    assert_eq!(findings(&plaza), [format!("entry {} was added", named(&inserted))]);
    // Nor does the next run seal it: it is older than what late entries can be.
    plaza.watch.advance(SignedDuration::from_mins(30));
    assert_eq!(seal(&plaza.audit_sealer).await["sealed"], 0);
    assert_eq!(findings(&plaza).len(), 1);
}

#[tokio::test]
async fn a_chain_that_was_changed_or_signed_by_another_key_is_found() {
    let plaza = plaza().await;
    sealed(&plaza, 3).await;
    let chain = plaza.database.items(AUDIT_CHAIN);
    let block = chain.iter().find(|item| item["sk"]["S"].as_str().unwrap().starts_with("BLOCK#")).unwrap();
    let mut emptied = block.clone();
    emptied["entries"] = json!({"L": []});
    plaza.database.put_into(AUDIT_CHAIN, &emptied);
    assert_eq!(findings(&plaza)[0], "block 1 was changed");
    plaza.database.remove_from(AUDIT_CHAIN, block);
    assert_eq!(findings(&plaza)[0], "block 1 is missing");
    plaza.database.put_into(AUDIT_CHAIN, block);

    // A head of one's own making.
    let head = chain.iter().find(|item| item["sk"]["S"] == "HEAD").unwrap();
    let mut forged = head.clone();
    forged["to"] = json!({"N": "1"});
    plaza.database.put_into(AUDIT_CHAIN, &forged);
    let wrong = verify_with(&plaza, plaza.signing_key()).unwrap_err();
    assert_eq!(wrong.0, "the signature of the head of the audit chain is wrong");
    plaza.database.put_into(AUDIT_CHAIN, head);
    let unknown = verify_with(&plaza, &TokenKey::new("k9", 9)).unwrap_err();
    assert!(unknown.0.contains("is not published"), "{}", unknown.0);
}

/// The index shows an entry later than a run that passed its time.
#[tokio::test]
async fn an_entry_that_is_seen_late_is_sealed_by_a_later_run() {
    let plaza = plaza().await;
    let entries = sealed(&plaza, 3).await;
    write_entries(&plaza, 1).await;
    let late = plaza.database.items(AUDIT).into_iter().find(|entry| !entries.contains(entry)).unwrap();
    plaza.database.remove_from(AUDIT, &late);
    plaza.watch.advance(SignedDuration::from_mins(5));
    assert_eq!(seal(&plaza.audit_sealer).await["sealed"], 0);
    plaza.database.put_into(AUDIT, &late);
    plaza.watch.advance(SignedDuration::from_mins(5));
    assert_eq!(seal(&plaza.audit_sealer).await["sealed"], 1);
    plaza.watch.advance(SignedDuration::from_hours(1));
    seal(&plaza.audit_sealer).await;
    assert_eq!(findings(&plaza), [""; 0]);
}

/// After a kill at any call of a run, the next run seals the rest, once.
#[tokio::test]
async fn a_run_that_is_killed_half_way_is_repaired_by_the_next_one() {
    for n in 0..20 {
        let plaza = plaza().await;
        write_entries(&plaza, 3).await;
        plaza.watch.advance(SignedDuration::from_mins(15));
        plaza.database.from(n, Fate::Break);
        let event = serde_json::from_value(json!({"seal": true})).unwrap();
        let killed = plaza.audit_sealer.handle(event).await.is_err();
        plaza.database.heal();
        plaza.watch.advance(SignedDuration::from_mins(5));
        seal(&plaza.audit_sealer).await;
        let verdict = verify(&plaza);
        assert_eq!((verdict.findings, verdict.intact), (vec![], 3), "killed at call {n}");
        if !killed {
            assert!(n > 5, "a run takes more calls than {n}");
            return;
        }
    }
    panic!("a run takes more calls than 20");
}

#[tokio::test]
async fn many_entries_are_sealed_in_blocks_and_two_runs_at_once_seal_each_entry_once() {
    let plaza = plaza().await;
    for n in 0..450 {
        let sk = format!("{:015}#{n:032x}", plaza.watch.now().as_millisecond());
        let day = plaza.watch.now().to_zoned(jiff::tz::TimeZone::UTC).date();
        let entry = json!({"pk": {"S": format!("SUBJECT#ev#{n}")}, "sk": {"S": sk}, "action": {"S": "signed-in"},
            "day_shard": {"S": format!("{day}#{}", n % 4)}});
        plaza.database.put_into(AUDIT, &entry);
    }
    plaza.watch.advance(SignedDuration::from_mins(15));
    let other = plaza.restarted(|_| ());
    let (one, two) = tokio::join!(seal(&plaza.audit_sealer), seal(&other.audit_sealer));
    assert_eq!(one["sealed"].as_u64().unwrap() + two["sealed"].as_u64().unwrap(), 450);
    plaza.watch.advance(SignedDuration::from_mins(15));
    seal(&plaza.audit_sealer).await;
    let verdict = verify(&plaza);
    assert_eq!((verdict.findings, verdict.intact), (vec![], 450));
    let blocks = plaza.database.items(AUDIT_CHAIN).into_iter();
    assert_eq!(blocks.filter(|item| item["sk"]["S"].as_str().unwrap().starts_with("BLOCK#")).count(), 3);
}

/// What retention removes leaves a signed checkpoint, also when the run is killed in the middle of removing.
#[tokio::test]
async fn what_retention_has_removed_is_not_missed() {
    for n in 0..20 {
        let plaza = began(Plaza::with(Settings::default().with("AUDIT_DAYS", 180))).await;
        sealed(&plaza, 3).await;
        plaza.watch.advance(SignedDuration::from_hours(24 * 190));
        write_entries(&plaza, 2).await;
        plaza.watch.advance(SignedDuration::from_mins(15));
        let mut writes = 0;
        plaza.database.follow(move |call| {
            writes += usize::from(call.operation == "TransactWriteItems" || call.operation == "DeleteItem");
            if writes > n { Fate::Break } else { Fate::Apply }
        });
        let event = serde_json::from_value(json!({"seal": true})).unwrap();
        let killed = plaza.audit_sealer.handle(event).await.is_err();
        plaza.database.heal();
        let leftovers = verify(&plaza).findings;
        assert_eq!(leftovers, [], "killed at call {n}");
        for _ in 0..9 {
            // A run looks at thirty days at the most.
            seal(&plaza.audit_sealer).await;
        }
        let verdict = verify(&plaza);
        assert_eq!((verdict.findings, verdict.intact), (vec![], 2), "killed at call {n}");
        assert_eq!(plaza.database.items(AUDIT).len(), 2, "killed at call {n}");
        if !killed {
            return;
        }
    }
    panic!("a run takes more writes than 20");
}

/// A checkpoint that only a removed key could verify would be worth nothing.
#[tokio::test]
async fn the_checkpoint_is_signed_anew_when_the_key_has_changed() {
    let plaza = began(Plaza::with(Settings::default().with("AUDIT_DAYS", 180))).await;
    sealed(&plaza, 2).await;
    plaza.watch.advance(SignedDuration::from_hours(24 * 190));
    seal(&plaza.audit_sealer).await;
    let key = TokenKey::new("k2", 2);
    let rotated = plaza.restarted(|settings| settings.signing = key.clone());
    plaza.watch.advance(SignedDuration::from_mins(5));
    seal(&rotated.audit_sealer).await;
    assert_eq!(verify_with(&plaza, &key).unwrap().findings, []);
}

/// The work of a run does not grow with the history.
#[tokio::test]
async fn a_run_costs_the_same_however_long_the_history_is() {
    let plaza = plaza().await;
    let mut costs = Vec::new();
    for _ in 0..30 {
        write_entries(&plaza, 2).await;
        plaza.watch.advance(SignedDuration::from_mins(20));
        plaza.database.take_calls();
        seal(&plaza.audit_sealer).await;
        costs.push(plaza.database.take_calls().iter().map(|call: &Call| call.units).sum::<f64>());
    }
    let (early, late) = (costs[14], costs[29]);
    assert!((early - late).abs() <= 0.5, "{costs:?}");
}
