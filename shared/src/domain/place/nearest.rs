//! The search for the things nearest to a point, as far as it is true on paper: which cells to read next, and when it ends.
//!
//! Cells are read the nearest first. One that holds more than a page is divided into smaller ones, so the search reads a few
//! pages wherever it is, however many things there are and however close they stand.

use super::{
    cell::Cell,
    coordinates::{Coordinates, Metres},
};

/// So many cells are read at the same time, if they are hardly farther than the nearest one.
const AT_ONCE: usize = 4;
const HARDLY: u32 = 1_000;
/// Cells of this length, some 30 m wide, are divided no further: of more than a page there, only a page is found.
const SMALLEST: u8 = 8;

/// A search under way.
#[derive(Clone, Debug)]
pub struct NearestSearch<Id> {
    from: Coordinates,
    most: usize,
    cells: Vec<(Metres, Cell)>,
    found: Vec<(Metres, Id)>,
}

impl<Id: Ord> NearestSearch<Id> {
    /// Things farther than this are not found: no driver goes there to charge, and the search has an end.
    pub const RANGE: Metres = Metres(100_000);
    /// So many things one page holds.
    pub const PAGE: usize = 100;

    /// A search for so many at the most, which begins with cells of this length.
    pub fn new(from: Coordinates, most: usize, length: u8) -> Self {
        let cells = Cell::within(from, Self::RANGE, length).into_iter().map(|cell| (cell.distance(from), cell));
        Self { from, most, cells: cells.collect(), found: Vec::new() }
    }

    /// The cells to be read next; none when the search is over.
    pub fn next_cells(&mut self) -> Vec<Cell> {
        self.found.sort();
        self.found.truncate(self.most);
        // No cell behind the last of those found can hold a nearer one.
        let is_full = self.found.len() == self.most;
        let farthest = self.found.last().filter(|_| is_full).map_or(Self::RANGE, |(distance, _)| *distance);
        self.cells.retain(|(distance, _)| *distance <= farthest);
        self.cells.sort_by_key(|(distance, _)| *distance);
        let nearest = self.cells.first().map_or(0, |(Metres(nearest), _)| *nearest);
        let is_near = |(Metres(distance), _): &&(Metres, Cell)| *distance <= nearest + HARDLY;
        let count = self.cells.iter().take(AT_ONCE).take_while(is_near).count();
        self.cells.drain(..count).map(|(_, cell)| cell).collect()
    }

    /// The first page of a cell, and whether it was cut.
    pub fn note(&mut self, cell: Cell, page: Vec<(Coordinates, Id)>, is_cut: bool) {
        let is_divided = is_cut && cell.length() < SMALLEST;
        let smaller = if is_divided { cell.children() } else { Vec::new() };
        if smaller.is_empty() {
            let measured = page.into_iter().map(|(at, id)| (self.from.distance(at), id));
            self.found.extend(measured.filter(|(distance, _)| *distance <= Self::RANGE));
        } else {
            self.cells.extend(smaller.into_iter().map(|cell| (cell.distance(self.from), cell)));
        }
    }

    /// What was found, the nearest first.
    pub fn into_found(self) -> Vec<(Metres, Id)> {
        self.found
    }
}

#[cfg(test)]
mod tests {
    use super::super::GEOHASH_LENGTH;
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    /// Stations by geohash, as the table has them.
    type Index = BTreeMap<(String, u32), Coordinates>;

    fn index(points: impl IntoIterator<Item = (i32, i32)>) -> Index {
        let points = (0..).zip(points.into_iter().map(|(lat, lng)| Coordinates::at(lat, lng)));
        points.map(|(n, at)| ((Cell::around(at, GEOHASH_LENGTH).hash(), n), at)).collect()
    }

    /// A chance that is the same each time.
    fn chance(seed: u64) -> impl FnMut(i32) -> i32 {
        let mut state = seed;
        move |below| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            i32::try_from((state >> 33) % u64::from(below.unsigned_abs())).unwrap()
        }
    }

    /// What is found, and how many pages and half units it took: 4 KB hold some 60 keys.
    fn search(index: &Index, from: Coordinates, most: usize) -> (Vec<(Metres, u32)>, usize, usize) {
        let (mut search, mut pages, mut halves) = (NearestSearch::new(from, most, 3), 0, 0);
        loop {
            let cells = search.next_cells();
            if cells.is_empty() {
                return (search.into_found(), pages, halves);
            }
            for cell in cells {
                let first = cell.hash();
                let range = index.range((first.clone(), 0)..(first + "~", 0));
                let page: Vec<_> = range.take(NearestSearch::<u32>::PAGE).map(|((_, n), at)| (*at, *n)).collect();
                (pages, halves) = (pages + 1, halves + page.len().div_ceil(60).max(1));
                let is_cut = page.len() == NearestSearch::<u32>::PAGE;
                search.note(cell, page, is_cut);
            }
        }
    }

    fn nearest_of_all(index: &Index, from: Coordinates, most: usize) -> Vec<(Metres, u32)> {
        let all = index.iter().map(|((_, n), at)| (from.distance(*at), *n));
        let mut all: Vec<_> = all.filter(|(distance, _)| *distance <= NearestSearch::<u32>::RANGE).collect();
        all.sort();
        all.truncate(most);
        all
    }

    /// All over China, all in one city, all in one street: the same stations as by looking at every one, and so many reads.
    #[test]
    fn the_nearest_of_a_hundred_thousand_cost_a_few_pages() {
        for (name, (lat, lng), (height, width)) in [
            ("country", (20_000_000, 80_000_000), (30_000_000, 50_000_000)),
            ("city", (30_900_000, 121_000_000), (600_000, 700_000)),
            ("street", (31_230_000, 121_470_000), (200_000, 2_000)),
        ] {
            let mut drawn = chance(1);
            let index = index((0..100_000).map(|_| (lat + drawn(height), lng + drawn(width))));
            for n in 0..20 {
                let from = Coordinates::at(lat + drawn(height), lng + drawn(width));
                let most = if n % 2 == 0 { 20 } else { 50 };
                let (found, pages, halves) = search(&index, from, most);
                assert_eq!(found, nearest_of_all(&index, from, most), "{name}");
                assert!(pages <= 32 && halves <= 40, "{name}: {pages} pages, {halves} halves of a unit for {most}");
            }
        }
    }

    #[test]
    fn where_there_is_none_the_search_ends_at_its_range() {
        let far = index([(39_904_000, 116_407_000)]);
        let (found, pages, _) = search(&far, Coordinates::at(31_230_416, 121_473_701), 20);
        assert_eq!((found.len(), pages <= 12), (0, true), "{pages}");
    }

    #[test]
    fn more_than_a_page_at_one_point_do_not_stop_it() {
        let crowded = index((0..500).map(|_| (31_230_416, 121_473_701)));
        let (found, pages, _) = search(&crowded, Coordinates::at(31_230_416, 121_473_701), 20);
        assert_eq!((found.len(), pages <= 24), (20, true), "{pages}");
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]
        #[test]
        fn it_finds_what_looking_at_every_one_finds(
            points in proptest::collection::vec((30_000_000..33_000_000, 120_000_000..123_000_000), 0..400),
            (lat, lng) in (29_500_000..33_500_000, 119_500_000..123_500_000),
            most in 1..60_usize,
        ) {
            let (index, from) = (index(points), Coordinates::at(lat, lng));
            prop_assert_eq!(search(&index, from, most).0, nearest_of_all(&index, from, most));
        }
    }
}
