//! Bytes of a packed value: variable-length integers, texts, exact numbers.

use super::Unreadable;
use crate::domain::charging::moment::Moment;
use crate::domain::energy::{Energy, Exact};

/// One Wh in millijoules: most amounts are whole watt-hours.
const WATT_HOUR: i128 = 3_600_000;

#[derive(Default)]
pub struct Writer {
    pub bytes: Vec<u8>,
    /// Instants are written as their distance from this one.
    pub base: i64,
}

impl Writer {
    /// Seven bits a byte, the lowest first.
    pub fn number(&mut self, value: impl Into<u128>) {
        let mut rest: u128 = value.into();
        loop {
            let low = rest.to_le_bytes()[0] & 127;
            rest >>= 7;
            self.bytes.push(if rest == 0 { low } else { low | 128 });
            if rest == 0 {
                return;
            }
        }
    }

    pub fn count(&mut self, count: usize) {
        self.number(count as u128);
    }

    /// Small distances from zero are short, with either sign.
    pub fn signed(&mut self, value: i128) {
        self.number((value << 1 ^ value >> 127).cast_unsigned());
    }

    pub fn flag(&mut self, flag: bool) {
        self.number(u8::from(flag));
    }

    pub fn text(&mut self, text: &str) {
        self.count(text.len());
        self.bytes.extend_from_slice(text.as_bytes());
    }

    pub fn exact(&mut self, value: Exact) {
        self.signed(value.floor());
        self.number(value.denominator());
        if value.denominator() > 1 {
            self.number(value.numerator());
        }
    }

    pub fn energy(&mut self, energy: Energy) {
        let millijoules = energy.millijoules();
        match millijoules.as_whole() {
            Some(whole) if whole % WATT_HOUR == 0 => self.number((whole / WATT_HOUR).unsigned_abs() << 1),
            _ => {
                self.number(1_u8);
                self.exact(millijoules);
            }
        }
    }

    pub fn moment(&mut self, at: Moment) {
        let since = at.exact() - Exact::whole(i128::from(self.base));
        if let Some(whole) = since.as_whole() {
            self.signed(whole << 1);
        } else {
            self.signed(1);
            self.exact(since);
        }
    }
}

pub struct Reader<'a> {
    pub bytes: &'a [u8],
    pub base: i64,
}

impl Reader<'_> {
    pub fn byte(&mut self) -> Result<u8, Unreadable> {
        let (first, rest) = self.bytes.split_first().ok_or(Unreadable)?;
        self.bytes = rest;
        Ok(*first)
    }

    pub fn wide(&mut self) -> Result<u128, Unreadable> {
        let mut value = 0_u128;
        for shift in (0..u128::BITS).step_by(7) {
            let byte = self.byte()?;
            value |= u128::from(byte & 127) << shift;
            if byte < 128 {
                return Ok(value);
            }
        }
        Err(Unreadable)
    }

    pub fn number<T: TryFrom<u128>>(&mut self) -> Result<T, Unreadable> {
        T::try_from(self.wide()?).map_err(|_| Unreadable)
    }

    /// A count of things that each take a byte at least.
    pub fn count(&mut self) -> Result<usize, Unreadable> {
        self.number().and_then(|count| if count <= self.bytes.len() { Ok(count) } else { Err(Unreadable) })
    }

    pub fn signed(&mut self) -> Result<i128, Unreadable> {
        let value = self.wide()?;
        Ok((value >> 1).cast_signed() ^ -(value & 1).cast_signed())
    }

    pub fn flag(&mut self) -> Result<bool, Unreadable> {
        Ok(self.number::<u8>()? == 1)
    }

    pub fn text(&mut self) -> Result<&str, Unreadable> {
        let length = self.count()?;
        let (text, rest) = self.bytes.split_at(length);
        self.bytes = rest;
        str::from_utf8(text).map_err(|_| Unreadable)
    }

    pub fn exact(&mut self) -> Result<Exact, Unreadable> {
        let whole = self.signed()?;
        match self.number::<u64>()? {
            0 => Err(Unreadable),
            1 => Ok(Exact::whole(whole)),
            den => Ok(Exact::mixed(whole, u128::from(self.number::<u64>()?), u128::from(den))),
        }
    }

    pub fn energy(&mut self) -> Result<Energy, Unreadable> {
        let value = self.wide()?;
        let watt_hours = (value >> 1).cast_signed();
        let millijoules = if value == 1 { self.exact()? } else { Exact::whole(watt_hours * WATT_HOUR) };
        Ok(Energy::from_millijoules(millijoules))
    }

    pub fn moment(&mut self) -> Result<Moment, Unreadable> {
        let value = self.signed()?;
        let since = if value == 1 { self.exact()? } else { Exact::whole(value >> 1) };
        Ok(Moment::from_exact(since + Exact::whole(i128::from(self.base))))
    }
}
