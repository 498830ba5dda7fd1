//! Shops and the groups to which they belong.

use crate::{ADMINS, App, actor};
use serde::Serialize;
use shared::{
    domain::{
        reason::{Failure, Reason},
        session::Caller,
        shop::{GroupId, Shop, ShopId},
        text::halfwidth,
    },
    service::shop::ShopSettings,
    wire::{
        Before, Call, Endpoint, Field, Fields, Stated, before, get,
        page::{LIMIT, most},
        plain::Success,
        put,
    },
};
use std::sync::Arc;

const NAMED: &[Before] = &[before(NAME_GROUP.way())];
const AFTER: Field<ShopId> =
    Field::new("after", ShopId::parse).about("上一页的 next · The `next` of the page before").example("s1");
const NAME: Field<String> = Field::text("name").about("门店名称 · The shop's name").example("一号门店");
const GROUP_ID: Field<GroupId> =
    Field::new("group", GroupId::parse).about("门店组，不填则独立 · The group; alone if left out").example("north");
const SIGNIN_POINTS: Field<u32> = Field::new("signin_points", points)
    .about("每次签到的积分，0 至 100000，默认取平台设置 · Points for a sign-in: 0–100000, the platform's if left out")
    .whole(10);

pub const LIST: Endpoint = get("/operator/shops")
    .title("门店列表", "All shops, by id")
    .access(ADMINS)
    .zh(&["分页列出所有门店，按编号排序。"])
    .takes(&[AFTER.optional().left_out(), LIMIT.optional()]);

pub const SAVE: Endpoint = put("/operator/shops/{shop}")
    .title("设置门店", "Make or change a shop")
    .access(ADMINS)
    .zh(&["新建或修改门店，以本次内容为准：不带 `group` 即脱离门店组。"])
    .notes(&["What is said replaces what was said before: without `group` the shop stands alone."])
    .after(NAMED)
    .in_path(&[("shop", "S1")])
    .takes(&[NAME.required(), GROUP_ID.optional(), SIGNIN_POINTS.optional()])
    .may_say(&[(Reason::NotYours, "门店组不存在")]);

pub const ONE: Endpoint = get("/operator/shops/{shop}")
    .title("查看门店", "A shop")
    .access(ADMINS)
    .zh(&["返回一个门店。"])
    .after(&[before(SAVE.way())])
    .in_path(&[("shop", "S1")])
    .refuses(&[Reason::NotYours]);

pub const NAME_GROUP: Endpoint = put("/operator/shop-groups/{group}")
    .title("命名门店组", "Make or name a group of shops")
    .access(ADMINS)
    .zh(&["新建门店组或修改其名称。"])
    .in_path(&[("group", "north")])
    .takes(&[NAME.about("门店组名称 · The group's name").example("北区").required()]);

pub const GROUP: Endpoint = get("/operator/shop-groups/{group}")
    .title("查看门店组", "A group of shops")
    .access(ADMINS)
    .zh(&["返回门店组及其门店。"])
    .after(NAMED)
    .in_path(&[("group", "north")])
    .refuses(&[Reason::NotYours]);

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

/// `?after=s1&limit=50`
fn page(fields: &mut Fields) -> Result<(Option<ShopId>, u8), Failure> {
    Ok((fields.optional(&AFTER)?, most(fields)?))
}

pub async fn one(app: Arc<App>, _: Caller, call: Call) -> Result<Success, Failure> {
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

/// `{"name","group","signin_points"}`; without a group the shop stands alone.
fn settings(fields: &mut Fields) -> Result<(ShopSettings, Stated), Failure> {
    let (name, group) = (fields.required(&NAME)?, fields.optional(&GROUP_ID)?);
    let settings = ShopSettings { name, group, signin_points: fields.optional(&SIGNIN_POINTS)? };
    Ok((settings, fields.stated(&[("shop_id", "门店编号")])))
}

fn points(text: &str) -> Result<u32, Failure> {
    let points = halfwidth(text).parse().ok().filter(|points| *points <= 100_000);
    points.ok_or_else(|| Failure::malformed("signin_points 应为 0 至 100000 的整数"))
}

pub async fn group(app: Arc<App>, _: Caller, call: Call) -> Result<Success, Failure> {
    let id = GroupId::parse(call.path("group"))?;
    let (name, shops) = app.shops.group(&id).await?;
    let shops = shops.iter().map(ShopId::as_str).collect();
    Success::content(&GroupView { group_id: id.as_str(), name: &name, shops })
}

pub async fn name_group(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let id = GroupId::parse(call.path("group"))?;
    let (name, stated) = call.read(group_name)?;
    if !stated.is_empty() {
        let shops = app.shops.group(&id).await.map(|(_, shops)| shops).or_else(nothing_yet)?;
        let shops = shops.iter().map(ShopId::as_str).collect();
        stated.must_match(&GroupView { group_id: id.as_str(), name: &name, shops })?;
    }
    app.shops.name_group(&id, &name, &actor(&app, &caller, &call)).await?;
    Ok(Success::Nothing)
}

/// A group that has no name has no shops.
fn nothing_yet(failure: Failure) -> Result<Vec<ShopId>, Failure> {
    if failure.reason() == Reason::NotYours { Ok(Vec::new()) } else { Err(failure) }
}

/// `{"name"}`
fn group_name(fields: &mut Fields) -> Result<(String, Stated), Failure> {
    Ok((fields.required(&NAME)?, fields.stated(&[("group_id", "门店组编号"), ("shops", "门店")])))
}

/// What the reference shows of the answers.
#[cfg(feature = "openapi")]
pub mod reference {
    use super::{GROUP, GroupView, LIST, NAME_GROUP, ONE, SAVE, ShopList, ShopView};
    use describe::{Answers, Operation, plain};
    use serde_json::{Value, json};

    pub fn operations() -> Vec<Operation> {
        vec![
            LIST.answers(plain::content::<ShopList<'static>>(serde_json::json!({
                "shops": [{ "shop_id": "s1", "name": "一号店", "group": "g1", "signin_points": null }], "next": null
            }))),
            SAVE.answers(plain::content::<ShopView<'static>>(shop())),
            ONE.answers(plain::content::<ShopView<'static>>(shop())),
            NAME_GROUP.answers(plain::nothing()),
            GROUP.answers(plain::content::<GroupView<'static>>(json!({
                "group_id": "north", "name": "北区", "shops": ["S1", "S2"]
            }))),
        ]
    }

    fn shop() -> Value {
        json!({ "shop_id": "S1", "name": "一号门店", "group": "north", "signin_points": 10 })
    }
}
