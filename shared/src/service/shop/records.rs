//! Making, reading, editing and deleting a record.

use super::{Actor, Records, entry};
use crate::{
    domain::{
        account::Role,
        money::Fen,
        phone::Phone,
        reason::{Failure, Reason},
        resident_id::GivenId,
        shop::{
            Edit, NORMAL, Residence, Serial, ShopGender, ShopId, ShopRecord, ShopRecordId, changed_fields,
            medical_record_number,
        },
    },
    store::{
        Action, Attempts, CreatedRecord, ShopRecordItem, WriteOutcome, counter_of, created_record_of, customer_of,
        tenant,
    },
};

/// How long an `Idempotency-Key` is remembered.
const KEY_SECONDS: i64 = 24 * 3600;

/// A record to be made: in which shop, with what, and under which key.
#[derive(Clone, Debug)]
pub struct Asked {
    pub shop: ShopId,
    pub edit: Edit,
    pub key: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum RecordRefusal {
    /// The key made something already.
    Again,
    /// Another writer took the number, or wrote the record.
    Raced,
    Exists,
}

impl Records {
    /// #57: a record with the shop's next 病历号. Number and record are written together, so none is lost or given twice.
    pub async fn create(&self, actor: Actor<'_>, asked: &Asked) -> Result<ShopRecord, Failure> {
        actor.who.must_see(&asked.shop)?;
        let shop = &asked.shop;
        let id = ShopRecordId { shop: shop.clone(), serial: Serial::new(actor.now.real, self.random.u64()) };
        // Kept with the key, so that the same key with other content can be told, without saying what it was.
        let what = self.sealer.blind(&tenant(shop), "create", &said(&asked.edit.over(&blank(id.clone(), 0))?)?)?;
        let until = actor.now.real.as_second() + KEY_SECONDS;
        let made = CreatedRecord { serial: id.serial.as_str().to_owned(), asked: what.clone(), until };

        let mut last = self.store.record_counter(shop).await?;
        let mut attempts = Attempts::default();
        loop {
            attempts.begin()?;
            let customer = asked.edit.over(&blank(id.clone(), last.next()))?;
            let stored = self.sealed(&customer)?;
            let mut writes = self.store.transaction();
            if let Some(key) = &asked.key {
                // A key is its caller's own.
                let key = format!("{}#{key}", actor.who.account.as_str());
                writes =
                    writes.store_created_record(shop, &key, &made, actor.now.real.as_second(), RecordRefusal::Again);
            }
            let writes = writes.take_record_number(shop, last, RecordRefusal::Raced);
            match writes.save_customer(&id, None, &stored, RecordRefusal::Exists).commit().await? {
                WriteOutcome::Committed => return Ok(customer),
                WriteOutcome::ConditionFailed(RecordRefusal::Raced, item) => last = counter_of(item)?,
                WriteOutcome::ConditionFailed(RecordRefusal::Again, item) => {
                    let before = created_record_of(item)?;
                    if before.asked != what {
                        return Err(Reason::KeyReused.into());
                    }
                    let serial = Serial::parse(&before.serial).ok_or(Reason::NotYours)?;
                    return Ok(self.seen(actor, &ShopRecordId { shop: shop.clone(), serial }).await?.1);
                }
                WriteOutcome::ConditionFailed(RecordRefusal::Exists, _) => {
                    return Err(Failure::internal("a new shop record serial was already in use"));
                }
            }
        }
    }

    /// #61: a record. A manager sees it whole, which is noted before it is shown; the flag says who sees what.
    pub async fn read(&self, actor: Actor<'_>, id: &ShopRecordId) -> Result<(ShopRecord, bool), Failure> {
        let (_, customer) = self.seen(actor, id).await?;
        let whole = actor.who.role == Role::ShopManager;
        if whole {
            self.store.audit_read(&entry(actor, Action::CustomerRead, id)).await?;
        }
        Ok((customer, whole))
    }

    /// #60: a merge patch, over the version that the caller names, or over the present one, as long as `matches` holds of
    /// it. One that changes nothing writes nothing, so it may come again.
    pub async fn edit(
        &self,
        actor: Actor<'_>,
        id: &ShopRecordId,
        (edit, wanted): (&Edit, Option<u64>),
        matches: impl Fn(&ShopRecord) -> Result<(), Failure>,
    ) -> Result<ShopRecord, Failure> {
        let (mut stored, mut before) = self.seen(actor, id).await?;
        let mut attempts = Attempts::default();
        loop {
            attempts.begin()?;
            must_be(wanted, &before)?;
            matches(&before)?;
            let mut after = edit.over(&before)?;
            if after == before {
                return Ok(before);
            }
            after.version += 1;
            let next = self.sealed(&after)?;
            let entry = entry(actor, Action::CustomerChanged, id);
            let writes = self.store.transaction().save_customer(id, Some(&stored), &next, ());
            match writes.audit_change(&entry, &changed_fields(&before, &after).join(", ")).commit().await? {
                WriteOutcome::Committed => return Ok(after),
                WriteOutcome::ConditionFailed((), item) => (stored, before) = self.found(id, customer_of(item)?)?,
            }
        }
    }

    /// #62: out of every list, kept beside them with its history. A second time is the same.
    pub async fn delete(&self, actor: Actor<'_>, id: &ShopRecordId, wanted: Option<u64>) -> Result<(), Failure> {
        actor.who.must_see(&id.shop)?;
        let mut stored = self.store.customer(id).await?;
        let mut attempts = Attempts::default();
        loop {
            attempts.begin()?;
            let Some(before) = stored else {
                return if self.store.was_deleted(id).await? { Ok(()) } else { Err(Reason::NotYours.into()) };
            };
            let customer = self.opened(&id.shop, &before)?;
            must_be(wanted, &customer)?;
            customer.may_be_deleted()?;
            let after = ShopRecordItem { version: before.version + 1, status: "deleted".into(), ..before.clone() };
            let entry = entry(actor, Action::CustomerDeleted, id);
            let writes = self.store.transaction().delete_shop_record(id, &before, &after, ()).audit(&entry);
            match writes.commit().await? {
                WriteOutcome::Committed => return Ok(()),
                WriteOutcome::ConditionFailed((), item) => stored = customer_of(item)?,
            }
        }
    }

    /// The record as a refused write found it.
    pub(super) fn found(
        &self,
        id: &ShopRecordId,
        stored: Option<ShopRecordItem>,
    ) -> Result<(ShopRecordItem, ShopRecord), Failure> {
        let stored = stored.ok_or(Reason::NotYours)?;
        let customer = self.opened(&id.shop, &stored)?;
        Ok((stored, customer))
    }
}

fn must_be(wanted: Option<u64>, customer: &ShopRecord) -> Result<(), Failure> {
    if wanted.is_none_or(|wanted| wanted == customer.version) { Ok(()) } else { Err(Reason::OldVersion.into()) }
}

/// What was asked for, in one form.
fn said(customer: &ShopRecord) -> Result<String, Failure> {
    let mobile = customer.mobile.as_ref().map(Phone::as_e164);
    let idcard = customer.idcard.as_ref().map(GivenId::as_str);
    let (about, from) = (&customer.residence, (&customer.channel, &customer.referrer, &customer.activity));
    serde_json::to_string(&(&customer.name, customer.gender, mobile, customer.birthday, idcard, about, from))
        .map_err(|error| Failure::internal(format!("request could not be serialised: {error}")))
}

/// A record of which nothing has been told.
fn blank(id: ShopRecordId, n: u64) -> ShopRecord {
    ShopRecord {
        id,
        version: 1,
        name: String::new(),
        mrn: medical_record_number(n),
        mobile: None,
        gender: ShopGender::Unknown,
        birthday: None,
        idcard: None,
        residence: Residence::default(),
        balance: Fen(0),
        credit: 0,
        wechat_nickname: None,
        wechat_picture: None,
        last_signin_at: None,
        tags: Vec::new(),
        channel: None,
        referrer: None,
        activity: None,
        status: NORMAL.to_owned(),
    }
}
