//! Every body that a pile may send is a report or is refused; nothing panics, and a report's numbers are within their bounds.

#![no_main]

use libfuzzer_sys::fuzz_target;
use shared::{
    domain::{charging::PileSessionId, energy::{Energy, Exact}},
    wire::pile_report,
};

fuzz_target!(|body: &[u8]| {
    let Ok(report) = pile_report::read(body) else { return };
    if let Some(reading) = report.reading() {
        let largest = Energy::from_millijoules(Exact::whole(3_600_000_000_000_000_000));
        assert!(reading.register >= Energy::ZERO && reading.register <= largest);
    }
    assert!(report.session().is_none_or(|session| session.as_str().len() <= PileSessionId::LONGEST));
});
