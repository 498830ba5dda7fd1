//! What staff may change of a record, and the record after it. What is not here cannot be written.

use super::{IdAndName, SHOWN, ShopGender, ShopRecord, Tag};
use crate::domain::{patch::Patch, phone::Phone, reason::Failure, resident_id::GivenId};
use jiff::civil::Date;

/// A merge patch over a record. Name and gender can be set and not cleared.
#[derive(Clone, Debug, Default)]
pub struct Edit {
    pub name: Option<String>,
    pub gender: Option<ShopGender>,
    pub mobile: Patch<Phone>,
    pub birthday: Patch<Date>,
    pub idcard: Patch<GivenId>,
    pub country: Patch<String>,
    pub province: Patch<String>,
    pub city: Patch<String>,
    pub county: Patch<String>,
    pub address: Patch<String>,
    pub tags: Patch<Vec<Tag>>,
    pub channel: Patch<String>,
    pub referrer: Patch<IdAndName>,
    pub activity: Patch<IdAndName>,
}

/// The names of the fields in which two versions of a record differ.
pub fn changed_fields(before: &ShopRecord, after: &ShopRecord) -> Vec<&'static str> {
    let (was, is) = (&before.residence, &after.residence);
    let fields = [
        ("name", before.name != after.name),
        ("gender", before.gender != after.gender),
        ("mobile", before.mobile != after.mobile),
        ("birthday", before.birthday != after.birthday),
        ("idcard", before.idcard != after.idcard),
        ("country", was.country != is.country),
        ("province", was.province != is.province),
        ("city", was.city != is.city),
        ("county", was.county != is.county),
        ("address", was.address != is.address),
        ("tag", before.tags != after.tags),
        ("fromChannel", before.channel != after.channel),
        ("fromReferrer", before.referrer != after.referrer),
        ("fromActivity", before.activity != after.activity),
    ];
    fields.into_iter().filter_map(|(name, differs)| differs.then_some(name)).collect()
}

impl Edit {
    /// The record after the edit; its version is the caller's to raise, if anything changed. An ID number that comes back
    /// as it was shown stays.
    pub fn over(&self, before: &ShopRecord) -> Result<ShopRecord, Failure> {
        let edit = self.clone();
        let mut after = before.clone();
        after.name = edit.name.unwrap_or(after.name);
        after.gender = edit.gender.unwrap_or(after.gender);
        after.mobile = edit.mobile.over(after.mobile);
        after.birthday = edit.birthday.over(after.birthday);
        if let Patch::Set(sent) = &edit.idcard {
            let stored = before.idcard.as_ref().map_or("", GivenId::as_str);
            if !SHOWN.is_unchanged(sent.as_str(), stored, "身份证号码").map_err(|refused| refused.of("idcard"))? {
                after.idcard = Some(sent.clone());
            }
        } else {
            after.idcard = edit.idcard.over(after.idcard);
        }
        after.residence.country = edit.country.over(after.residence.country);
        after.residence.province = edit.province.over(after.residence.province);
        after.residence.city = edit.city.over(after.residence.city);
        after.residence.county = edit.county.over(after.residence.county);
        after.residence.address = edit.address.over(after.residence.address);
        after.tags = edit.tags.over(Some(after.tags)).unwrap_or_default();
        after.channel = edit.channel.over(after.channel);
        after.referrer = edit.referrer.over(after.referrer);
        after.activity = edit.activity.over(after.activity);
        Ok(after)
    }
}
