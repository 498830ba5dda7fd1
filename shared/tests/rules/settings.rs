//! Settings: the defaults of the rules, and what is refused by name.

use shared::domain::charging::{
    Band, DispatchMode, DispatchTarget, Draft, FaultStrategy, ImpossibleSettings, ImpossibleTariff, Tariff, Zone,
};
use shared::domain::money::Price;

use super::play::kw;

#[test]
fn the_defaults_are_those_of_the_rules() {
    let settings = Draft::default().check().unwrap();
    assert_eq!((settings.fast_piles, settings.fast_power), (2, kw("30")));
    assert_eq!((settings.slow_piles, settings.slow_power), (3, kw("7")));
    assert_eq!((settings.lane_places, settings.waiting_places), (2, 6));
    assert_eq!(settings.fault_strategy, FaultStrategy::Priority);
    assert_eq!(settings.dispatch_target, DispatchTarget::Vacant);
    assert_eq!(settings.dispatch_mode, DispatchMode::EarliestFinish);
    assert!(!settings.finish_at_new_amount);
    assert!(settings.arrears_may_not_join);
    assert_eq!(*settings.tariff, Tariff::default());
}

#[test]
fn impossible_settings_are_refused_by_name() {
    let refused = |change: fn(&mut Draft)| {
        let mut draft = Draft::default();
        change(&mut draft);
        draft.check().unwrap_err()
    };
    assert_eq!(refused(|s| (s.fast_piles, s.slow_piles) = (0, 0)), ImpossibleSettings::NoPile);
    assert_eq!(refused(|s| s.fast_piles = 1000), ImpossibleSettings::TooManyPiles);
    assert_eq!(refused(|s| s.lane_places = 0), ImpossibleSettings::LanePlaces);
    assert_eq!(refused(|s| s.waiting_places = 100_001), ImpossibleSettings::WaitingPlaces);
}

#[test]
fn a_station_may_have_piles_of_one_mode_only() {
    assert!(Draft { slow_piles: 0, ..Draft::default() }.check().is_ok());
}

#[test]
fn a_waiting_area_of_no_places_is_a_closed_station() {
    let mut p = super::play::play(|s| s.waiting_places = 0);
    assert_eq!(p.apply("V1", "F", "30"), "rejected:full");
}

fn tariff(bands: &[(u16, u16)]) -> Result<Tariff, ImpossibleTariff> {
    let price = Price::from_fen(50);
    let bands: Vec<Band> = bands.iter().map(|(from, to)| Band { from: *from, to: *to, price }).collect();
    Tariff::new(Zone::default(), &bands, price)
}

#[test]
fn bands_cover_the_day_exactly_once_or_the_tariff_is_refused() {
    assert!(tariff(&[(0, 1440)]).is_ok());
    assert!(tariff(&[(600, 1440), (0, 600)]).is_ok(), "in any order");
    assert_eq!(tariff(&[]), Err(ImpossibleTariff::Gap));
    assert_eq!(tariff(&[(0, 600), (601, 1440)]), Err(ImpossibleTariff::Gap));
    assert_eq!(tariff(&[(0, 1439)]), Err(ImpossibleTariff::Gap));
    assert_eq!(tariff(&[(0, 601), (600, 1440)]), Err(ImpossibleTariff::Overlap));
    assert_eq!(tariff(&[(0, 1440), (1380, 420)]), Err(ImpossibleTariff::Overlap));
    assert_eq!(tariff(&[(600, 600)]), Err(ImpossibleTariff::Band));
    assert_eq!(tariff(&[(0, 1441)]), Err(ImpossibleTariff::Band));
}

#[test]
fn a_wrapping_band_covers_both_ends_of_the_day() {
    assert!(tariff(&[(1380, 420), (420, 1380)]).is_ok());
    assert!(tariff(&[(1380, 0), (0, 1380)]).is_ok());
    assert_eq!(tariff(&[(1380, 420), (420, 1379)]), Err(ImpossibleTariff::Gap));
}
