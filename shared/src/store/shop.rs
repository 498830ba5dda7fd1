//! Shops and their groups: AP-80 to AP-82.

use super::{Consistency, Key, Store, Transaction, text, transaction::Change};
use crate::domain::{
    reason::Failure,
    shop::{GroupId, Shop, ShopId},
};
use aws_sdk_dynamodb::types::AttributeValue;
use serde::Deserialize;

/// A group of shops as stored.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct ShopGroup {
    pub name: String,
    /// A set, so that two shops may join at once.
    #[serde(default)]
    pub shops: Vec<ShopId>,
}

impl Store {
    /// AP-80: a shop.
    pub(crate) async fn shop(&self, id: &ShopId) -> Result<Option<Shop>, Failure> {
        self.get(&Key::shop(id), Consistency::Strong).await
    }

    /// AP-81: a group with its shops.
    pub(crate) async fn shop_group(&self, id: &GroupId) -> Result<Option<ShopGroup>, Failure> {
        self.get(&Key::shop_group(id), Consistency::Strong).await
    }
}

impl<R: Copy> Transaction<'_, R> {
    /// AP-82: a shop that is new, or as it was read.
    pub(crate) fn save_shop(self, id: &ShopId, shop: &Shop, read: Option<u64>, raced: R) -> Self {
        match read {
            None => self.put_new(&Key::shop(id), shop, raced),
            Some(version) => self.put_version(&Key::shop(id), shop, version, raced),
        }
    }

    /// A shop leaves a group.
    pub(crate) fn leave_group(self, group: &GroupId, shop: &ShopId, missing: R) -> Self {
        self.update(&Key::shop_group(group), change_of_shops("DELETE #shops :shop", shop), Some(missing))
    }

    /// A shop joins a group that exists.
    pub(crate) fn join_group(self, group: &GroupId, shop: &ShopId, missing: R) -> Self {
        self.update(&Key::shop_group(group), change_of_shops("ADD #shops :shop", shop), Some(missing))
    }

    /// A group, made or named anew; its shops stay.
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
