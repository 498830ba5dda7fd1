//! Shops and their groups.

use super::{
    Consistency, END, Key, KeyRange, Store, Transaction,
    keys::{LISTED_SHOP, SHOPS},
    read, text,
    transaction::Change,
};
use crate::domain::{
    reason::Failure,
    shop::{GroupId, Shop, ShopId},
};
use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Deserialize, Serialize};

/// A shop in the list of all shops.
#[derive(Serialize, Deserialize)]
struct ShopListItem {
    id: ShopId,
    #[serde(flatten)]
    shop: Shop,
}

/// A stored group of shops.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct ShopGroup {
    pub name: String,
    /// A set, so that two shops may join at the same time.
    #[serde(default)]
    pub shops: Vec<ShopId>,
}

impl Store {
    /// AP-103: a shop.
    pub(crate) async fn shop(&self, id: &ShopId) -> Result<Option<Shop>, Failure> {
        self.get(&Key::shop(id), Consistency::Strong).await
    }

    /// AP-104: a group with its shops.
    pub(crate) async fn shop_group(&self, id: &GroupId) -> Result<Option<ShopGroup>, Failure> {
        self.get(&Key::shop_group(id), Consistency::Strong).await
    }
}

impl Store {
    /// AP-106: a page of shops by id, after `after`.
    pub(crate) async fn shops(&self, after: Option<&ShopId>, limit: i32) -> Result<Vec<(ShopId, Shop)>, Failure> {
        // A space sorts before every character of an id, so the key with a space is the next possible key.
        let first = after.map_or_else(|| LISTED_SHOP.to_owned(), |after| format!("{} ", Key::listed_shop(after).sk));
        let last = format!("{LISTED_SHOP}{END}");
        let page = KeyRange { pk: SHOPS, first: &first, last: &last, limit: Some(limit), newest_first: false };
        let items = self.between(page).await?.0.into_iter().map(read::<ShopListItem>);
        items.map(|item| item.map(|ShopListItem { id, shop }| (id, shop))).collect()
    }
}

impl<R: Copy> Transaction<'_, R> {
    /// AP-105: creates a shop, or saves one that is still as it was read.
    pub(crate) fn save_shop(self, id: &ShopId, shop: &Shop, read: Option<u64>, raced: R) -> Self {
        let writes = match read {
            None => self.put_new(&Key::shop(id), shop, raced),
            Some(version) => self.put_version(&Key::shop(id), shop, version, raced),
        };
        writes.put_over(&Key::listed_shop(id), &ShopListItem { id: id.clone(), shop: shop.clone() })
    }

    /// Removes a shop from a group.
    pub(crate) fn leave_group(self, group: &GroupId, shop: &ShopId, missing: R) -> Self {
        self.update(&Key::shop_group(group), change_of_shops("DELETE #shops :shop", shop), Some(missing))
    }

    /// Adds a shop to an existing group.
    pub(crate) fn join_group(self, group: &GroupId, shop: &ShopId, missing: R) -> Self {
        self.update(&Key::shop_group(group), change_of_shops("ADD #shops :shop", shop), Some(missing))
    }

    /// Creates or renames a group. Its shops stay.
    pub(crate) fn name_group(self, group: &GroupId, name: &str) -> Self {
        let change = Change {
            update: "SET #name = :name".into(),
            condition: None,
            names: vec![("#name", "name".into())],
            values: vec![(":name", text(name))],
        };
        self.update(&Key::shop_group(group), change, None)
    }
}

fn change_of_shops(update: &str, shop: &ShopId) -> Change {
    Change {
        update: update.into(),
        condition: Some("attribute_exists(#name)".into()),
        names: vec![("#shops", "shops".into()), ("#name", "name".into())],
        values: vec![(":shop", AttributeValue::Ss(vec![shop.as_str().to_owned()]))],
    }
}
