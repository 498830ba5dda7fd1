//! Drawing letters so that people read them and a program has to work for it: leaning, bent by waves, crossed by lines
//! and littered with dots. Whole numbers only, and the same chance gives the same picture.

use super::font::{DOWN, has_ink};

const WIDTH: i32 = 184;
const HEIGHT: i32 = 60;
/// Lengths below a pixel are counted in sixteenths of one.
const FINE: i32 = 16;

/// Shades of grey, row by row.
#[derive(Clone, PartialEq, Eq)]
pub struct CaptchaPicture {
    pub width: u32,
    pub height: u32,
    pub shades: Vec<u8>,
}

impl CaptchaPicture {
    pub(super) fn of(letters: &[u8], chance: u64) -> Self {
        let mut chance = Chance(chance);
        let (across, down) = (Wave::draw(&mut chance), Wave::draw(&mut chance));
        let glyphs: Vec<_> = (0_i32..).zip(letters).map(|(n, letter)| Glyph::draw(n, *letter, &mut chance)).collect();
        let lines = [(); 3].map(|()| Stroke::draw(&mut chance));
        let mut shades = Vec::new();
        for (y, x) in (0..HEIGHT).flat_map(|y| (0..WIDTH).map(move |x| (y, x))) {
            let place = (x * FINE + across.at(y), y * FINE + down.at(x));
            let is_ink = glyphs.iter().any(|glyph| glyph.covers(place)) || lines.iter().any(|line| line.covers(x, y));
            let is_littered = chance.below(20) == 0;
            let shade = if is_ink == is_littered { 175 + chance.below(80) } else { 20 + chance.below(90) };
            shades.push(u8::try_from(shade).unwrap_or(u8::MAX));
        }
        Self { width: WIDTH.unsigned_abs(), height: HEIGHT.unsigned_abs(), shades }
    }
}

impl std::fmt::Debug for CaptchaPicture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Picture({} × {})", self.width, self.height)
    }
}

/// Where one letter stands, how large it is and how it leans.
struct Glyph {
    letter: u8,
    left: i32,
    top: i32,
    /// Sixteenths of a pixel that one dot measures.
    dot: i32,
    /// Sixteenths of a pixel to the side for each pixel down.
    lean: i32,
}

impl Glyph {
    fn draw(n: i32, letter: u8, chance: &mut Chance) -> Self {
        let (left, top) = (12 + n * 34 + chance.between(-2, 3), 9 + chance.between(0, 8));
        let (dot, lean) = (chance.between(72, 86), chance.between(-4, 4));
        Self { letter, left: left * FINE, top: top * FINE, dot, lean }
    }

    fn covers(&self, (x, y): (i32, i32)) -> bool {
        let down = y - self.top;
        let across = x - self.left + (down - DOWN * self.dot / 2) * self.lean / FINE;
        // A dot is a third wider than its place, so that dots that touch at a corner are one stroke.
        let fat = self.dot / 6;
        [(-fat, -fat), (-fat, fat), (fat, -fat), (fat, fat)].into_iter().any(|(right, below)| {
            let (across, down) = ((across + right).div_euclid(self.dot), (down + below).div_euclid(self.dot));
            has_ink(self.letter, across, down)
        })
    }
}

/// A wave by which rows or columns are shifted.
struct Wave {
    height: i32,
    step: i32,
    phase: i32,
}

/// Sixteen points of a sine, 256 high.
const SINE: [i32; 16] = [0, 98, 181, 237, 256, 237, 181, 98, 0, -98, -181, -237, -256, -237, -181, -98];

impl Wave {
    fn draw(chance: &mut Chance) -> Self {
        Self { height: chance.between(24, 40), step: chance.between(35, 60), phase: chance.between(0, 4095) }
    }

    /// The shift at `t` in sixteenths of a pixel; 4,096 steps are one turn.
    fn at(&self, t: i32) -> i32 {
        let angle = (t * self.step + self.phase).rem_euclid(4096);
        let point = |n: i32| usize::try_from(n.rem_euclid(16)).ok().and_then(|n| SINE.get(n)).copied().unwrap_or(0);
        let (before, after, between) = (point(angle / 256), point(angle / 256 + 1), angle % 256);
        (before * (256 - between) + after * between) / 256 * self.height / 256
    }
}

/// A bent line from one side to the other.
struct Stroke {
    top: i32,
    slope: i32,
    wave: Wave,
}

impl Stroke {
    fn draw(chance: &mut Chance) -> Self {
        let wave = Wave { height: chance.between(40, 110), ..Wave::draw(chance) };
        Self { top: chance.between(12, 48) * FINE, slope: chance.between(-3, 3), wave }
    }

    fn covers(&self, x: i32, y: i32) -> bool {
        let line = self.top + (x - WIDTH / 2) * self.slope + self.wave.at(x);
        (y * FINE - line).abs() < FINE
    }
}

/// A sequence that goes on from one draw (splitmix64). The letters come from the system's own chance; this only litters.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: i32) -> i32 {
        i32::try_from(self.next() % u64::from(end.unsigned_abs().max(1))).unwrap_or_default()
    }

    fn between(&mut self, low: i32, high: i32) -> i32 {
        low + self.below(high - low + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::captcha::Letters;
    use std::collections::BTreeSet;

    #[test]
    fn a_thousand_pictures_of_the_same_letters_are_a_thousand_pictures() {
        let letters = Letters::draw(4711);
        let pictures: BTreeSet<_> = (0..1000).map(|chance| letters.picture(chance).shades).collect();
        assert_eq!(pictures.len(), 1000);
    }

    #[test]
    fn a_picture_has_all_its_shades_and_some_ink() {
        for chance in 0..50 {
            let CaptchaPicture { width, height, shades } = Letters::draw(chance * 0x9e37_79b9).picture(chance);
            assert_eq!(shades.len(), usize::try_from(width * height).unwrap());
            let ink = shades.iter().filter(|shade| **shade < 128).count() * 100 / shades.len();
            assert!((12..40).contains(&ink), "{ink} % of picture {chance} is ink");
        }
    }

    #[test]
    fn other_letters_give_another_picture_under_the_same_litter() {
        assert!(Letters::draw(1).picture(7) != Letters::draw(2).picture(7));
        assert!(Letters::draw(1).picture(7) == Letters::draw(1).picture(7));
    }
}
