//! The cells of the geohash: rectangles of the map, each named by a text that begins with the name of the larger cell
//! around it, so that everything within a cell is one range of sort keys.

use super::coordinates::{Coordinates, Metres};

/// Twelve characters tell two points apart that differ by one micro-degree, so the full hash gives the point back.
pub const GEOHASH_LENGTH: u8 = 12;

/// Five bits each, without `a`, `i`, `l` and `o`.
const ALPHABET: &[u8; 32] = b"0123456789bcdefghjkmnpqrstuvwxyz";
/// The size of the map in micro-degrees, and where it begins.
const WIDTH: i64 = 360_000_000;
const HEIGHT: i64 = 180_000_000;

/// A cell: how many characters its hash has, and its column and row among cells of this size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    length: u8,
    column: u64,
    row: u64,
}

impl Cell {
    /// The cell of this size around a point.
    pub fn around(at: Coordinates, length: u8) -> Self {
        Self::with(at.lat().0, at.lng().0, length.min(GEOHASH_LENGTH))
    }

    fn with(lat: i32, lng: i32, length: u8) -> Self {
        let index = |offset: i64, size: i64, bits: u32| {
            u64::try_from((offset << bits) / size).unwrap_or(0).min((1 << bits) - 1)
        };
        let (columns, rows) = bits(length);
        let column = index(i64::from(lng) + WIDTH / 2, WIDTH, columns);
        Self { length, column, row: index(i64::from(lat) + HEIGHT / 2, HEIGHT, rows) }
    }

    /// The cells of this size that touch the surroundings of a point.
    pub fn within(at: Coordinates, range: Metres, length: u8) -> Vec<Self> {
        let [south, west, north, east] = at.surroundings(range);
        let (first, last) = (Self::with(south, west, length), Self::with(north, east, length));
        let columns = first.column..=last.column;
        columns.flat_map(|column| (first.row..=last.row).map(move |row| Self { length, column, row })).collect()
    }

    /// How many characters its hash has.
    pub fn length(self) -> u8 {
        self.length
    }

    /// The 32 cells that it is divided into; none at the smallest size.
    pub fn children(self) -> Vec<Self> {
        if self.length >= GEOHASH_LENGTH {
            return Vec::new();
        }
        let length = self.length + 1;
        let ((columns, rows), (more_columns, more_rows)) = (bits(self.length), bits(length));
        let (wider, higher) = (more_columns - columns, more_rows - rows);
        let each = |column| (0..1 << higher).map(move |row| Self { length, column, row: (self.row << higher) + row });
        (0..1 << wider).flat_map(|column| each((self.column << wider) + column)).collect()
    }

    /// A distance that nothing in the cell is nearer than. A hundredth less than the distance of its nearest corner or
    /// edge, because meridians are not parallel.
    pub fn distance(self, from: Coordinates) -> Metres {
        let edge = |index: u64, size: i64, bits: u32| {
            let at = (i64::try_from(index).unwrap_or(0) * size) >> bits;
            i32::try_from(at - size / 2).unwrap_or(0)
        };
        let (columns, rows) = bits(self.length);
        let (south, north) = (edge(self.row, HEIGHT, rows), edge(self.row + 1, HEIGHT, rows) + 1);
        let (west, east) = (edge(self.column, WIDTH, columns), edge(self.column + 1, WIDTH, columns) + 1);
        let Metres(metres) = from.distance(from.clamped([south, west, north, east]));
        Metres(metres - metres.div_ceil(100))
    }

    /// Its geohash.
    pub fn hash(self) -> String {
        let (columns, rows) = bits(self.length);
        let bit = |value: u64, bits: u32, n: u32| (value >> (bits - 1 - n)) & 1;
        // Bits of column and row take turns, the column's first.
        let all = (0..columns + rows).map(|n| match n % 2 {
            0 => bit(self.column, columns, n / 2),
            _ => bit(self.row, rows, n / 2),
        });
        let all: Vec<u64> = all.collect();
        let digit = |bits: &[u64]| bits.iter().fold(0, |digit, bit| digit << 1 | bit);
        let digits = all.chunks(5).filter_map(|five| ALPHABET.get(usize::try_from(digit(five)).ok()?));
        digits.map(|letter| char::from(*letter)).collect()
    }

    /// The point that has this hash of full length.
    pub fn point(hash: &str) -> Option<Coordinates> {
        let digits = hash.bytes().map(|letter| ALPHABET.iter().position(|known| *known == letter));
        let digits: Vec<usize> = digits.collect::<Option<_>>()?;
        if digits.len() != usize::from(GEOHASH_LENGTH) {
            return None;
        }
        let bits = digits.iter().flat_map(|digit| (0..5).rev().map(move |n| (digit >> n) & 1));
        let (column, row) = bits.enumerate().fold((0_i64, 0_i64), |(column, row), (n, bit)| {
            let bit = i64::from(bit == 1);
            if n % 2 == 0 { (column << 1 | bit, row) } else { (column, row << 1 | bit) }
        });
        // A cell is smaller than a micro-degree: the one whole micro-degree in it is the first at or behind its edge.
        let whole = |index: i64, size: i64| i32::try_from(((index * size + (1 << 30) - 1) >> 30) - size / 2).ok();
        Some(Coordinates::at(whole(row, HEIGHT)?, whole(column, WIDTH)?))
    }
}

/// How many bits of a hash are the column's and how many the row's.
fn bits(length: u8) -> (u32, u32) {
    let all = 5 * u32::from(length);
    (all.div_ceil(2), all / 2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn point(lat: i32, lng: i32) -> Coordinates {
        Coordinates::at(lat, lng)
    }

    /// Computed by another program.
    #[test]
    fn hashes_are_those_that_others_compute() {
        let square = point(31_230_416, 121_473_701);
        assert_eq!(Cell::around(square, 12).hash(), "wtw3sjq6q7s2");
        assert_eq!(Cell::around(square, 3).hash(), "wtw");
    }

    #[test]
    fn a_cell_has_32_children_which_begin_like_it() {
        let cell = Cell::around(point(31_230_416, 121_473_701), 4);
        let children: std::collections::BTreeSet<_> = cell.children().into_iter().map(Cell::hash).collect();
        assert_eq!(children.len(), 32);
        assert!(children.iter().all(|child| child.len() == 5 && child.starts_with(&cell.hash())), "{children:?}");
        assert_eq!(Cell::around(point(31_230_416, 121_473_701), 12).children(), []);
    }

    proptest! {
        #[test]
        fn a_full_hash_gives_the_point_back(lat in 3_000_000..54_000_000, lng in 73_000_000..136_000_000) {
            let at = point(lat, lng);
            prop_assert_eq!(Cell::point(&Cell::around(at, GEOHASH_LENGTH).hash()), Some(at));
        }

        /// What the search rests on: no station is nearer than its cell, and none in range is outside the cells.
        #[test]
        fn a_cell_is_never_farther_than_what_is_in_it(
            (lat, lng) in (4_000_000..53_000_000, 75_000_000..134_000_000),
            (north, east) in (-900_000..900_000, -1_500_000..1_500_000),
            length in 3..9_u8,
        ) {
            let (from, at) = (point(lat, lng), point(lat + north, lng + east));
            let cell = Cell::around(at, length);
            prop_assert!(cell.distance(from) <= from.distance(at), "{cell:?}");
            let range = Metres(100_000);
            if from.distance(at) <= range {
                prop_assert!(Cell::within(from, range, 3).contains(&Cell::around(at, 3)));
            }
        }
    }
}
