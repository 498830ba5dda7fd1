//! A record on its way into the table and back: what is private is sealed.

use super::Records;
use crate::{
    domain::{
        money::Fen,
        reason::Failure,
        resident_id::GivenId,
        sealed::BlindIndex,
        shop::{ShopId, ShopRecord, Tag},
    },
    store::{ShopRecordItem, private_place, tenant},
};
use jiff::{Timestamp, civil::Date};
use secrecy::ExposeSecret as _;
use serde::{Deserialize, Serialize};

/// What is about a customer's health or papers.
#[derive(Serialize, Deserialize)]
struct Private {
    mrn: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    birthday: Option<Date>,
    /// The number, and whether it can be a person's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    idcard: Option<(String, bool)>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    tags: Vec<Tag>,
}

impl Records {
    pub(super) fn sealed(&self, customer: &ShopRecord) -> Result<ShopRecordItem, Failure> {
        let ShopRecord { id, .. } = customer;
        let private = Private {
            mrn: customer.mrn.clone(),
            birthday: customer.birthday,
            idcard: customer.idcard.as_ref().map(|id| (id.as_str().to_owned(), id.is_valid())),
            tags: customer.tags.clone(),
        };
        let private = serde_json::to_string(&private)
            .map_err(|error| Failure::internal(format!("shop record could not be serialised: {error}")))?;
        Ok(ShopRecordItem {
            serial: id.serial.as_str().to_owned(),
            version: customer.version,
            name: customer.name.clone(),
            mobile: customer.mobile.clone(),
            gender: customer.gender,
            residence: customer.residence.clone(),
            balance: customer.balance.0,
            credit: customer.credit,
            wechat_nickname: customer.wechat_nickname.clone(),
            wechat_picture: customer.wechat_picture.clone(),
            last_signin: customer.last_signin_at.map(Timestamp::as_millisecond),
            channel: customer.channel.clone(),
            referrer: customer.referrer.clone(),
            activity: customer.activity.clone(),
            status: customer.status.clone(),
            private: self.sealer.seal(&private_place(id), &private)?,
            mrn: Some(self.blind_mrn(&id.shop, &customer.mrn)?),
            tags: customer.tags.iter().map(|tag| self.blind_tag(&id.shop, tag)).collect::<Result<_, _>>()?,
        })
    }

    /// What stands for a tag where it must not be read.
    pub(super) fn blind_tag(&self, shop: &ShopId, tag: &Tag) -> Result<BlindIndex, Failure> {
        self.sealer.blind(&tenant(shop), "tag", tag.as_str())
    }

    /// The same of a 病历号.
    pub(super) fn blind_mrn(&self, shop: &ShopId, mrn: &str) -> Result<BlindIndex, Failure> {
        self.sealer.blind(&tenant(shop), "mrn", mrn)
    }

    pub(super) fn opened(&self, shop: &ShopId, stored: &ShopRecordItem) -> Result<ShopRecord, Failure> {
        let id = stored.id(shop)?;
        let private = self.sealer.open(&private_place(&id), &stored.private)?;
        // The error of the reader may quote what it read.
        let private: Private = serde_json::from_str(private.expose_secret())
            .map_err(|_| Failure::internal("private part of a shop record is invalid"))?;
        Ok(ShopRecord {
            id,
            version: stored.version,
            name: stored.name.clone(),
            mrn: private.mrn,
            mobile: stored.mobile.clone(),
            gender: stored.gender,
            birthday: private.birthday,
            idcard: private.idcard.map(|(number, valid)| GivenId::known(number, valid)),
            residence: stored.residence.clone(),
            balance: Fen(stored.balance),
            credit: stored.credit,
            wechat_nickname: stored.wechat_nickname.clone(),
            wechat_picture: stored.wechat_picture.clone(),
            last_signin_at: stored.last_signin.and_then(|ms| Timestamp::from_millisecond(ms).ok()),
            tags: private.tags,
            channel: stored.channel.clone(),
            referrer: stored.referrer.clone(),
            activity: stored.activity.clone(),
            status: stored.status.clone(),
        })
    }
}
