//! Which part of a list is asked for.

use crate::domain::{reason::Failure, text::halfwidth};

/// A stretch of a list (数据偏移量、返回数据长度).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    pub offset: usize,
    pub limit: usize,
}

impl Page {
    const DEFAULT_LIMIT: usize = 10;
    const LARGEST_LIMIT: usize = 100;

    /// Ten from the beginning unless it says otherwise; never more than a hundred.
    pub fn parse(offset: Option<&str>, limit: Option<&str>) -> Result<Self, Failure> {
        let offset = offset.map_or(Ok(0), |text| whole(text, usize::MAX, "数据偏移量应为不小于 0 的整数"))?;
        let limit = limit
            .map_or(Ok(Self::DEFAULT_LIMIT), |text| whole(text, Self::LARGEST_LIMIT, "返回条数应为 0 至 100 的整数"))?;
        Ok(Self { offset, limit })
    }

    /// Up to where a list of at most `cap` entries must be read to serve the page.
    pub fn end(&self, cap: usize) -> usize {
        self.offset.saturating_add(self.limit).min(cap)
    }

    pub fn of<T>(&self, list: Vec<T>) -> Vec<T> {
        list.into_iter().skip(self.offset).take(self.limit).collect()
    }
}

fn whole(text: &str, most: usize, otherwise: &str) -> Result<usize, Failure> {
    let number = halfwidth(text).parse().ok().filter(|number| *number <= most);
    number.ok_or_else(|| Failure::malformed(otherwise))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_ten_from_the_beginning_and_a_hundred_at_most() {
        assert_eq!(Page::parse(None, None), Ok(Page { offset: 0, limit: 10 }));
        assert_eq!(Page::parse(Some("３"), Some("100")), Ok(Page { offset: 3, limit: 100 }));
        for (offset, limit) in [("-1", "10"), ("0", "101"), ("0", "-1"), ("x", "10"), ("0", "1.5")] {
            assert!(Page::parse(Some(offset), Some(limit)).is_err(), "{offset} {limit}");
        }
    }

    #[test]
    fn a_page_behind_the_end_is_empty() {
        let page = Page { offset: usize::MAX, limit: 2 };
        assert_eq!((page.of(vec![1, 2, 3]), page.end(500)), (vec![], 500));
        assert_eq!(Page { offset: 1, limit: 1 }.of(vec![1, 2, 3]), [2]);
    }
}
