//! The shops and groups themselves, as the operator sets them up. No record is read here, so no key is needed.

use crate::{
    domain::{
        reason::{Failure, Reason},
        shop::{GroupId, Shop, ShopId, line_of_text},
    },
    service::actor::{Actor, Identity},
    store::{Action, Attempts, AuditSubject, Store, WriteOutcome},
};

const LONGEST_NAME: usize = 64;

/// What an operator says of a shop; it replaces what was said before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShopSettings {
    pub name: String,
    pub group: Option<GroupId>,
    /// None: the system's default.
    pub signin_points: Option<u32>,
}

/// All shops and groups.
#[derive(Clone, Debug)]
pub struct Directory {
    store: Store,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ShopRefusal {
    NoSuchGroup,
    Raced,
}

impl Directory {
    pub fn new(store: Store) -> Self {
        Self { store }
    }

    pub async fn shop(&self, id: &ShopId) -> Result<Shop, Failure> {
        self.store.shop(id).await?.ok_or_else(|| Reason::NotYours.into())
    }

    /// The name of a group and its shops.
    pub async fn group(&self, id: &GroupId) -> Result<(String, Vec<ShopId>), Failure> {
        let group = self.store.shop_group(id).await?.ok_or(Reason::NotYours)?;
        Ok((group.name, group.shops))
    }

    /// A page of all shops, by id.
    pub async fn shops(&self, after: Option<&ShopId>, most: u8) -> Result<Vec<(ShopId, Shop)>, Failure> {
        self.store.shops(after, i32::from(most)).await
    }

    /// Makes a group, or gives it another name. The name that it has changes nothing and leaves no entry.
    pub async fn name_group(&self, id: &GroupId, name: &str, actor: &Actor<'_, impl Identity>) -> Result<(), Failure> {
        let name = line_of_text("名称", name, LONGEST_NAME)?;
        if self.store.shop_group(id).await?.is_some_and(|group| group.name == name) {
            return Ok(());
        }
        let writes = self.store.transaction::<()>().name_group(id, &name);
        let entry = actor.entry_about(Action::ShopGroupNamed);
        writes.audit_thing(AuditSubject::ShopGroup(id), &entry, &name).commit().await.map(drop)
    }

    /// Makes a shop or changes it. Shop and group always agree on membership, also when two requests race. What
    /// changes nothing leaves no entry.
    pub async fn save(
        &self,
        id: &ShopId,
        settings: &ShopSettings,
        actor: &Actor<'_, impl Identity>,
    ) -> Result<Shop, Failure> {
        let name = line_of_text("名称", &settings.name, LONGEST_NAME)?;
        let mut attempts = Attempts::default();
        loop {
            attempts.begin()?;
            let before = self.store.shop(id).await?;
            let (group, signin_points) = (settings.group.clone(), settings.signin_points);
            let version = before.as_ref().map_or(0, |shop| shop.version);
            let shop = Shop { name: name.clone(), group, signin_points, version: version + 1 };
            if let Some(before) = before.as_ref().filter(|before| Shop { version, ..shop.clone() } == **before) {
                return Ok(before.clone());
            }
            let read = before.as_ref().map(|shop| shop.version);
            let mut writes = self.store.transaction().save_shop(id, &shop, read, ShopRefusal::Raced);
            let old_group = before.as_ref().and_then(|shop| shop.group.clone());
            if old_group != shop.group {
                if let Some(old) = &old_group {
                    writes = writes.leave_group(old, id, ShopRefusal::NoSuchGroup);
                }
                if let Some(new) = &shop.group {
                    writes = writes.join_group(new, id, ShopRefusal::NoSuchGroup);
                }
            }
            let action = if before.is_some() { Action::ShopChanged } else { Action::ShopMade };
            writes = writes.audit_thing(AuditSubject::Shop(id), &actor.entry_about(action), &change_text(&shop));
            match writes.commit().await? {
                WriteOutcome::Committed => return Ok(shop),
                WriteOutcome::ConditionFailed(ShopRefusal::Raced, _) => {}
                WriteOutcome::ConditionFailed(ShopRefusal::NoSuchGroup, _) => {
                    return Err(Failure::from(Reason::NotYours).saying("门店组不存在"));
                }
            }
        }
    }
}

fn change_text(shop: &Shop) -> String {
    let group = shop.group.as_ref().map_or("no group", GroupId::as_str);
    let points = shop.signin_points.map_or_else(|| "default".to_owned(), |points| points.to_string());
    format!("{}, {group}, sign-in points {points}", shop.name)
}
