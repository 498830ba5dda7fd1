//! The same person's records in the shops of a group: by phone number, or because a manager linked them.

use super::{Actor, Records, entry};
use crate::{
    domain::{
        reason::{Failure, Reason},
        shop::{ShopId, ShopRecord, ShopRecordId},
    },
    store::{Action, RecordOrder},
};
use futures_util::future::try_join_all;

/// The links that a record may have.
const MOST_LINKS: u32 = 20;
/// The records of one number that one shop contributes.
const MOST_OF_A_NUMBER: usize = 20;

/// Why two records are not linked now; the first that applies counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum LinkRefusal {
    Gone,
    Already,
    Full,
}

impl Records {
    /// #59: the record asked about first, then the others of the same person that the caller may see.
    pub async fn linked(
        &self,
        actor: Actor<'_>,
        id: &ShopRecordId,
        shop: Option<&ShopId>,
    ) -> Result<Vec<ShopRecord>, Failure> {
        if shop.is_some_and(|shop| *shop != id.shop) {
            return Err(Reason::NotYours.into());
        }
        let (_, asked) = self.seen(actor, id).await?;
        let (circle, links) = futures_util::try_join!(self.circle(actor, &id.shop), self.links(id))?;

        let mut all = vec![asked.clone()];
        if let Some(mobile) = &asked.mobile {
            let order = RecordOrder::Mobile(mobile.digits().to_owned());
            let reads = circle.iter().map(async |shop| {
                let records = self.store.customers(shop, &order, None, MOST_OF_A_NUMBER).await?;
                records.iter().map(|(_, stored)| self.opened(shop, stored)).collect::<Result<Vec<_>, _>>()
            });
            all.extend(try_join_all(reads).await?.into_iter().flatten());
        }
        let others = links.iter().filter(|other| circle.contains(&other.shop));
        let others = others.filter(|other| all.iter().all(|known| known.id != **other)).map(async |other| {
            let stored = self.store.customer(other).await?;
            stored.map(|stored| self.opened(&other.shop, &stored)).transpose()
        });
        let others = try_join_all(others.collect::<Vec<_>>()).await?;
        all.extend(others.into_iter().flatten());
        let mut seen = Vec::new();
        all.retain(|customer| {
            let is_new = !seen.contains(&customer.id);
            seen.push(customer.id.clone());
            is_new
        });
        Ok(all)
    }

    /// Links two records of one person. Linking them again changes nothing.
    pub async fn link(
        &self,
        actor: Actor<'_>,
        id: &ShopRecordId,
        other: &ShopRecordId,
    ) -> Result<Vec<ShopRecord>, Failure> {
        actor.who.must_see(&id.shop)?;
        actor.who.must_see(&other.shop)?;
        if id == other {
            return Err(Failure::malformed("不能关联同一条记录"));
        }
        if !self.circle(actor, &id.shop).await?.contains(&other.shop) {
            return Err(Reason::NotYours.into());
        }
        let (gone, already, full) = (LinkRefusal::Gone, LinkRefusal::Already, LinkRefusal::Full);
        let mut writes = self.store.transaction().link_customers(id, other, (gone, already));
        for one in [id, other] {
            let entry = entry(actor, Action::CustomerChanged, one);
            writes = writes.count_link(one, MOST_LINKS, full).audit_change(&entry, "links");
        }
        let refused = writes.commit_with_every_failure().await?;
        match refused.into_iter().map(|(refused, _)| refused).min() {
            None | Some(LinkRefusal::Already) => self.linked(actor, id, None).await,
            Some(LinkRefusal::Gone) => Err(Reason::NotYours.into()),
            Some(LinkRefusal::Full) => Err(Reason::CapReached.into()),
        }
    }

    async fn links(&self, id: &ShopRecordId) -> Result<Vec<ShopRecordId>, Failure> {
        self.store.customer_links(id, i32::try_from(MOST_LINKS).unwrap_or(i32::MAX)).await
    }

    /// The shops of the same group that the caller may see, the shop itself first.
    async fn circle(&self, actor: Actor<'_>, shop: &ShopId) -> Result<Vec<ShopId>, Failure> {
        let group = self.store.shop(shop).await?.and_then(|shop| shop.group);
        let group = match &group {
            Some(group) => self.store.shop_group(group).await?,
            None => None,
        };
        let others = group.map(|group| group.shops).unwrap_or_default().into_iter();
        let others = others.filter(|other| other != shop && actor.who.must_see(other).is_ok());
        Ok([shop.clone()].into_iter().chain(others).collect())
    }
}
