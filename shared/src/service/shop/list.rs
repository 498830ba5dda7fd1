//! Lists of records, one query each where one index answers; digits that may mean two things are looked for as both.

use super::{Actor, Records};
use crate::{
    domain::{
        reason::Failure,
        sealed::{Sealed, SealedPlace},
        shop::{Filter, Index, ShopRecord, ShopRecordSearch},
    },
    store::{RecordOrder, RecordPointers, ShopRecordItem, tenant},
};
use secrecy::ExposeSecret as _;

/// One page.
#[derive(Clone, Debug)]
pub struct ShopRecordPage {
    pub customers: Vec<ShopRecord>,
    /// Where the next page begins, if there may be one. It is sealed: it opens for the same shop and question only.
    pub next: Option<String>,
}

/// One index of a list, and which of what it finds is shown.
struct Step {
    source: Source,
    shown: Shown,
}

enum Source {
    Copies(RecordOrder),
    RecordPointers(RecordPointers),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Shown {
    All,
    /// Not what the steps before have shown.
    NotPointedAt,
    /// What has no pointers yet, and would be found by one.
    WithoutPointers,
}

impl Records {
    /// #58: the records of a shop that the search asks for.
    pub async fn list(
        &self,
        actor: Actor<'_>,
        search: &ShopRecordSearch,
        cursor: Option<&str>,
    ) -> Result<ShopRecordPage, Failure> {
        actor.who.must_see(&search.shop)?;
        let (steps, place) = (self.steps(search).await?, cursor_place(search));
        let (mut at, mut after) = match cursor {
            Some(cursor) => opened_place(&self.opened_cursor(&place, cursor)?, &steps),
            None => (0, None),
        };
        let (mut found, mut left) = (Vec::new(), self.limits.list_reads.max(search.limit + 1));
        let exact = search.filter.is_answered_by_index();
        while let Some(step) = steps.get(at) {
            // One more than is shown tells whether another page follows.
            let is_exact = exact && step.shown == Shown::All;
            let most = if is_exact { search.limit + 1 - found.len() } else { left.min(search.limit.max(50) + 1) };
            let records = self.read_step(search, step, after.as_deref(), most).await?;
            let is_end = records.len() < most;
            left = left.saturating_sub(records.len());
            for (sk, stored) in records {
                let customer = stored.map(|stored| self.shown(search, step, &stored)).transpose()?.flatten();
                if let Some(customer) = customer {
                    if found.len() == search.limit {
                        return self.page(&place, found, Some(&placed(at, after.as_deref())));
                    }
                    found.push(customer);
                }
                after = Some(sk);
            }
            if is_end {
                (at, after) = (at + 1, None);
            }
            if left == 0 && at < steps.len() {
                return self.page(&place, found, Some(&placed(at, after.as_deref())));
            }
        }
        self.page(&place, found, None)
    }

    /// What is read one after the other. Records that were made before there were pointers are looked for among all.
    async fn steps(&self, search: &ShopRecordSearch) -> Result<Vec<Step>, Failure> {
        let shop = &search.shop;
        let mut steps: Vec<Step> = Vec::new();
        for index in search.filter.indexes() {
            let source = match index {
                Index::LastDigits(digits) => Source::RecordPointers(RecordPointers::LastDigits(digits)),
                Index::Mrn(mrn) => Source::RecordPointers(RecordPointers::Mrn(self.blind_mrn(shop, &mrn)?)),
                Index::Mobile(digits) => Source::Copies(RecordOrder::Mobile(digits)),
                Index::MobilePrefix(digits) => Source::Copies(RecordOrder::MobilePrefix(digits)),
                Index::NamePrefix(name) => Source::Copies(RecordOrder::NamePrefix(name)),
                Index::Tag(tag) => Source::Copies(RecordOrder::Tag(self.blind_tag(shop, &tag)?)),
                Index::Newest => Source::Copies(RecordOrder::Newest),
            };
            let shown = if steps.is_empty() { Shown::All } else { Shown::NotPointedAt };
            steps.push(Step { source, shown });
        }
        let has_pointers = steps.iter().any(|step| matches!(step.source, Source::RecordPointers(_)));
        if has_pointers && !self.store.record_counter(shop).await?.all_have_pointers() {
            steps.push(Step { source: Source::Copies(RecordOrder::Newest), shown: Shown::WithoutPointers });
        }
        Ok(steps)
    }

    async fn read_step(
        &self,
        search: &ShopRecordSearch,
        step: &Step,
        after: Option<&str>,
        most: usize,
    ) -> Result<Vec<(String, Option<ShopRecordItem>)>, Failure> {
        match &step.source {
            Source::RecordPointers(pointers) => self.store.customers_by(&search.shop, pointers, after, most).await,
            Source::Copies(order) => {
                let records = self.store.customers(&search.shop, order, after, most).await?;
                Ok(records.into_iter().map(|(sk, stored)| (sk, Some(stored))).collect())
            }
        }
    }

    /// A record, if this step shows it.
    fn shown(
        &self,
        search: &ShopRecordSearch,
        step: &Step,
        stored: &ShopRecordItem,
    ) -> Result<Option<ShopRecord>, Failure> {
        let customer = self.opened(&search.shop, stored)?;
        let is_pointed_at = || search.filter.keyword.as_ref().is_some_and(|word| word.is_pointed_at(&customer));
        let is_shown = match step.shown {
            Shown::All => true,
            Shown::NotPointedAt => !is_pointed_at(),
            Shown::WithoutPointers => stored.mrn.is_none() && is_pointed_at(),
        };
        Ok((is_shown && search.filter.holds(&customer)).then_some(customer))
    }

    fn page(
        &self,
        place: &SealedPlace,
        customers: Vec<ShopRecord>,
        next: Option<&str>,
    ) -> Result<ShopRecordPage, Failure> {
        let next = next.map(|at| self.sealer.seal(place, at).map(|sealed| sealed.0)).transpose()?;
        Ok(ShopRecordPage { customers, next })
    }

    fn opened_cursor(&self, place: &SealedPlace, cursor: &str) -> Result<String, Failure> {
        let opened = self.sealer.open(place, &Sealed(cursor.to_owned()));
        let opened = opened.map_err(|_| Failure::malformed("翻页标记不正确，或不属于该查询").of("cursor"))?;
        Ok(opened.expose_secret().to_owned())
    }
}

/// What stands between a step and the place in it; no key begins with it.
const STEP_ENDS: char = '\u{1f}';

/// Where a page ended: in which step, and behind which place.
fn placed(step: usize, after: Option<&str>) -> String {
    format!("{step}{STEP_ENDS}{}", after.unwrap_or_default())
}

/// The same, read. An earlier release wrote the place alone, when a list had one step.
fn opened_place(cursor: &str, steps: &[Step]) -> (usize, Option<String>) {
    let place = |place: &str| Some(place.to_owned()).filter(|place| !place.is_empty());
    match cursor.split_once(STEP_ENDS) {
        Some((step, after)) => (step.parse().unwrap_or(steps.len()), place(after)),
        None => (steps.iter().rposition(|step| step.shown != Shown::WithoutPointers).unwrap_or(0), place(cursor)),
    }
}

/// What a cursor is bound to: the shop and everything that was asked but the page's length.
fn cursor_place(ShopRecordSearch { shop, filter, .. }: &ShopRecordSearch) -> SealedPlace {
    let Filter { mobile, keyword, tag } = filter;
    let item = vec![
        mobile.as_ref().map_or(String::new(), |mobile| mobile.digits().to_owned()),
        keyword.as_ref().map_or(String::new(), |keyword| keyword.as_str().to_owned()),
        tag.as_ref().map_or(String::new(), |tag| tag.as_str().to_owned()),
    ];
    SealedPlace { tenant: tenant(shop), item, field: "cursor" }
}
