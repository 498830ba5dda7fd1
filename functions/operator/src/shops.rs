//! Shops and the groups to which they belong.

use crate::App;
use serde::Serialize;
use shared::{
    domain::{
        reason::Failure,
        session::Caller,
        shop::{GroupId, Shop, ShopId},
        text::halfwidth,
    },
    service::shop::ShopSettings,
    wire::{Call, Fields, plain::Success},
};
use std::sync::Arc;

#[derive(Serialize)]
struct ShopView<'a> {
    shop_id: &'a str,
    name: &'a str,
    group: Option<&'a str>,
    signin_points: Option<u32>,
}

#[derive(Serialize)]
struct GroupView<'a> {
    group_id: &'a str,
    name: &'a str,
    shops: Vec<&'a str>,
}

impl<'a> ShopView<'a> {
    fn of(id: &'a ShopId, shop: &'a Shop) -> Self {
        let group = shop.group.as_ref().map(GroupId::as_str);
        Self { shop_id: id.as_str(), name: &shop.name, group, signin_points: shop.signin_points }
    }
}

pub async fn look(app: Arc<App>, _: Caller, call: Call) -> Result<Success, Failure> {
    let id = ShopId::parse(call.path("shop"))?;
    Success::content(&ShopView::of(&id, &app.shops.shop(&id).await?))
}

/// Makes a shop, or changes it: what is said replaces what was said before.
pub async fn save(app: Arc<App>, _: Caller, mut call: Call) -> Result<Success, Failure> {
    let (id, settings) = (ShopId::parse(call.path("shop"))?, call.read(settings)?);
    Success::content(&ShopView::of(&id, &app.shops.save(&id, &settings).await?))
}

pub async fn look_at_group(app: Arc<App>, _: Caller, call: Call) -> Result<Success, Failure> {
    let id = GroupId::parse(call.path("group"))?;
    let (name, shops) = app.shops.group(&id).await?;
    let shops = shops.iter().map(ShopId::as_str).collect();
    Success::content(&GroupView { group_id: id.as_str(), name: &name, shops })
}

pub async fn name_group(app: Arc<App>, _: Caller, mut call: Call) -> Result<Success, Failure> {
    let (id, name) = (GroupId::parse(call.path("group"))?, call.read(|fields| fields.required("name"))?);
    app.shops.name_group(&id, &name).await?;
    Ok(Success::Nothing)
}

/// `{"name","group","signin_points"}`; without a group the shop stands alone.
fn settings(fields: &mut Fields) -> Result<ShopSettings, Failure> {
    let name = fields.required("name")?;
    let group = fields.optional("group")?.map(|group| GroupId::parse(&group)).transpose()?;
    let points = fields.optional("signin_points")?.map(|text| halfwidth(&text).parse::<u32>()).transpose();
    let signin_points = points.ok().filter(|points| points.is_none_or(|points| points <= 100_000));
    let signin_points = signin_points.ok_or_else(|| Failure::malformed("signin_points 应为 0 至 100000 的整数"))?;
    Ok(ShopSettings { name, group, signin_points })
}
