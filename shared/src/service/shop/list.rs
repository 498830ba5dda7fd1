//! Lists of records, one query each where one index answers.

use super::{By, Records};
use crate::{
    domain::{
        reason::Failure,
        sealed::{Place, Sealed},
        shop::{Customer, Filter, Index, Search},
    },
    store::{Order, tenant},
};
use secrecy::ExposeSecret as _;

/// One page.
#[derive(Clone, Debug)]
pub struct Page {
    pub customers: Vec<Customer>,
    /// Where the next page begins, if there may be one. It is sealed: it opens for the same shop and question only.
    pub next: Option<String>,
}

impl Records {
    /// #58: the records of a shop that the search asks for.
    pub async fn list(&self, by: By<'_>, search: &Search, cursor: Option<&str>) -> Result<Page, Failure> {
        by.must_see(&search.shop)?;
        let (order, place) = (self.order(search)?, cursor_place(search));
        let mut after = cursor.map(|cursor| self.opened_cursor(&place, cursor)).transpose()?;
        let (mut found, mut left) = (Vec::new(), self.limits.list_reads.max(search.limit + 1));
        let exact = search.filter.is_answered_by_index();
        loop {
            // One more than is shown tells whether another page follows.
            let most = if exact { search.limit + 1 - found.len() } else { left.min(search.limit.max(50) + 1) };
            let records = self.store.customers(&search.shop, &order, after.as_deref(), most).await?;
            let is_end = records.len() < most;
            left = left.saturating_sub(records.len());
            for (at, stored) in records {
                let customer = self.opened(&search.shop, &stored)?;
                if search.filter.holds(&customer) {
                    if found.len() == search.limit {
                        return self.page(&place, found, after);
                    }
                    found.push(customer);
                }
                after = Some(at);
            }
            if is_end {
                return self.page(&place, found, None);
            }
            if left == 0 {
                return self.page(&place, found, after);
            }
        }
    }

    fn page(&self, place: &Place, customers: Vec<Customer>, next: Option<String>) -> Result<Page, Failure> {
        let next = next.map(|at| self.sealer.seal(place, &at).map(|sealed| sealed.0)).transpose()?;
        Ok(Page { customers, next })
    }

    fn opened_cursor(&self, place: &Place, cursor: &str) -> Result<String, Failure> {
        let opened = self.sealer.open(place, &Sealed(cursor.to_owned()));
        let opened = opened.map_err(|_| Failure::malformed("翻页标记不正确，或不属于该查询").of("cursor"))?;
        Ok(opened.expose_secret().to_owned())
    }

    fn order(&self, search: &Search) -> Result<Order, Failure> {
        Ok(match search.filter.index() {
            Index::Mobile(digits) => Order::Mobile(digits),
            Index::MobilePrefix(digits) => Order::MobilePrefix(digits),
            Index::NamePrefix(name) => Order::NamePrefix(name),
            Index::Tag(tag) => Order::Tag(self.blind_tag(&search.shop, &tag)?),
            Index::Newest => Order::Newest,
        })
    }
}

/// What a cursor is bound to: the shop and everything that was asked but the page's length.
fn cursor_place(Search { shop, filter, .. }: &Search) -> Place {
    let Filter { mobile, keyword, tag } = filter;
    let item = vec![
        mobile.as_ref().map_or(String::new(), |mobile| mobile.digits().to_owned()),
        keyword.as_ref().map_or(String::new(), |keyword| keyword.as_str().to_owned()),
        tag.as_ref().map_or(String::new(), |tag| tag.as_str().to_owned()),
    ];
    Place { tenant: tenant(shop), item, field: "cursor" }
}
