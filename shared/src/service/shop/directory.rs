//! The shops and groups themselves, as the operator sets them up. No record is read here, so no key is needed.

use crate::{
    domain::{
        reason::{Failure, Reason},
        shop::{GroupId, Shop, ShopId, line_of_text},
    },
    store::{Outcome, Store},
};

const LONGEST_NAME: usize = 64;
const TRIES: u32 = 5;

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
enum Refused {
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

    /// Makes a group, or gives it another name.
    pub async fn name_group(&self, id: &GroupId, name: &str) -> Result<(), Failure> {
        let name = line_of_text("name", name, LONGEST_NAME)?;
        self.store.transaction::<()>().name_group(id, &name).commit().await.map(drop)
    }

    /// Makes a shop or changes it. Shop and group say the same of who belongs where, whatever two requests race.
    pub async fn save(&self, id: &ShopId, settings: &ShopSettings) -> Result<Shop, Failure> {
        let name = line_of_text("name", &settings.name, LONGEST_NAME)?;
        for _ in 0..TRIES {
            let before = self.store.shop(id).await?;
            let (version, old_group) = before.map_or((None, None), |shop| (Some(shop.version), shop.group));
            let shop = Shop {
                name: name.clone(),
                group: settings.group.clone(),
                signin_points: settings.signin_points,
                version: version.unwrap_or_default() + 1,
            };
            let mut writes = self.store.transaction().save_shop(id, &shop, version, Refused::Raced);
            if old_group != shop.group {
                if let Some(old) = &old_group {
                    writes = writes.leave_group(old, id, Refused::NoSuchGroup);
                }
                if let Some(new) = &shop.group {
                    writes = writes.join_group(new, id, Refused::NoSuchGroup);
                }
            }
            match writes.commit().await? {
                Outcome::Done => return Ok(shop),
                Outcome::Refused(Refused::Raced, _) => {}
                Outcome::Refused(Refused::NoSuchGroup, _) => {
                    return Err(Failure::from(Reason::NotYours).saying("门店组不存在"));
                }
            }
        }
        Err(Reason::Contended.into())
    }
}
