//! Shops and the groups to which they belong.

use crate::{App, actor};
use serde::Serialize;
use shared::{
    domain::{
        reason::{Failure, Reason},
        session::Caller,
        shop::{GroupId, Shop, ShopId},
        text::halfwidth,
    },
    service::shop::ShopSettings,
    wire::{Call, Fields, Stated, plain::Success},
};
use std::sync::Arc;

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct ShopView<'a> {
    shop_id: &'a str,
    name: &'a str,
    group: Option<&'a str>,
    signin_points: Option<u32>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct GroupView<'a> {
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

/// What of a shop is in its path alone.
#[derive(Serialize)]
struct Named<'a> {
    shop_id: &'a str,
}

/// A page of all shops; `next` is what to send as `after` for the next one.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct ShopList<'a> {
    shops: Vec<ShopView<'a>>,
    next: Option<&'a str>,
}

impl<'a> ShopList<'a> {
    fn of(shops: &'a [(ShopId, Shop)], most: u8) -> Self {
        let next = shops.last().filter(|_| shops.len() >= usize::from(most)).map(|(id, _)| id.as_str());
        Self { shops: shops.iter().map(|(id, shop)| ShopView::of(id, shop)).collect(), next }
    }
}

pub async fn list(app: Arc<App>, _: Caller, mut call: Call) -> Result<Success, Failure> {
    let (after, most) = call.read(page)?;
    Success::content(&ShopList::of(&app.shops.shops(after.as_ref(), most).await?, most))
}

pub async fn look(app: Arc<App>, _: Caller, call: Call) -> Result<Success, Failure> {
    let id = ShopId::parse(call.path("shop"))?;
    Success::content(&ShopView::of(&id, &app.shops.shop(&id).await?))
}

/// Makes a shop, or changes it: what is said replaces what was said before.
pub async fn save(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let id = ShopId::parse(call.path("shop"))?;
    let (settings, stated) = call.read(settings)?;
    stated.must_match(&Named { shop_id: id.as_str() })?;
    Success::content(&ShopView::of(&id, &app.shops.save(&id, &settings, &actor(&app, &caller, &call)).await?))
}

pub async fn look_at_group(app: Arc<App>, _: Caller, call: Call) -> Result<Success, Failure> {
    let id = GroupId::parse(call.path("group"))?;
    let (name, shops) = app.shops.group(&id).await?;
    let shops = shops.iter().map(ShopId::as_str).collect();
    Success::content(&GroupView { group_id: id.as_str(), name: &name, shops })
}

pub async fn name_group(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let id = GroupId::parse(call.path("group"))?;
    let (name, stated) = call.read(group)?;
    if !stated.is_empty() {
        let shops = app.shops.group(&id).await.map(|(_, shops)| shops).or_else(nothing_yet)?;
        let shops = shops.iter().map(ShopId::as_str).collect();
        stated.must_match(&GroupView { group_id: id.as_str(), name: &name, shops })?;
    }
    app.shops.name_group(&id, &name, &actor(&app, &caller, &call)).await?;
    Ok(Success::Nothing)
}

/// `?after=s1&limit=50`
fn page(fields: &mut Fields) -> Result<(Option<ShopId>, u8), Failure> {
    let after = fields.optional("after")?.map(|after| ShopId::parse(&after)).transpose()?;
    Ok((after, crate::most(fields)?))
}

/// A group that has no name has no shops.
fn nothing_yet(failure: Failure) -> Result<Vec<ShopId>, Failure> {
    if failure.reason() == Reason::NotYours { Ok(Vec::new()) } else { Err(failure) }
}

/// `{"name"}`
fn group(fields: &mut Fields) -> Result<(String, Stated), Failure> {
    Ok((fields.required("name")?, fields.stated(&[("group_id", "门店组编号"), ("shops", "门店")])))
}

/// `{"name","group","signin_points"}`; without a group the shop stands alone.
fn settings(fields: &mut Fields) -> Result<(ShopSettings, Stated), Failure> {
    let name = fields.required("name")?;
    let group = fields.optional("group")?.map(|group| GroupId::parse(&group)).transpose()?;
    let points = fields.optional("signin_points")?.map(|text| halfwidth(&text).parse::<u32>()).transpose();
    let signin_points = points.ok().filter(|points| points.is_none_or(|points| points <= 100_000));
    let signin_points = signin_points.ok_or_else(|| Failure::malformed("signin_points 应为 0 至 100000 的整数"))?;
    Ok((ShopSettings { name, group, signin_points }, fields.stated(&[("shop_id", "门店编号")])))
}

/// What the reference says of the list.
#[cfg(feature = "openapi")]
pub fn listing() -> describe::Operation {
    describe::get("/operator/shops", "门店列表", "All shops, by id")
        .zh("分页列出所有门店，按编号排序。")
        .takes([
            describe::may("after", "上一页的 next · The `next` of the page before", "s1").left_out(),
            describe::may("limit", "每页条数，1 至 100，默认 50 · How many to a page: 1–100, 50 if left out", 50),
        ])
        .answers(describe::plain::content::<ShopList<'static>>(serde_json::json!({
            "shops": [{ "shop_id": "s1", "name": "一号店", "group": "g1", "signin_points": null }], "next": null
        })))
}
