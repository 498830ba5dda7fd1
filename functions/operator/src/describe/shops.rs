use crate::shops;
use describe::{Before, Operation, before, get, may, need, plain, put};
use serde_json::{Value, json};
use shared::domain::reason::Reason;

const SHOP: &str = "/operator/shops/{shop}";
const NAMED: &[Before] = &[before("PUT /operator/shop-groups/{group}")];
const GROUP: &str = "/operator/shop-groups/{group}";

pub fn operations() -> Vec<Operation> {
    vec![
        crate::shops::listing(),
        put(SHOP, "设置门店", "Make or change a shop")
            .after(NAMED)
            .zh("新建或修改门店，以本次内容为准：不带 `group` 即脱离门店组。")
            .note("What is said replaces what was said before: without `group` the shop stands alone.")
            .in_path("shop", "S1")
            .takes([
                need("name", "门店名称 · The shop's name", "一号门店"),
                may("group", "门店组，不填则独立 · The group; alone if left out", "north"),
                may("signin_points", "每次签到的积分，0 至 100000，默认取平台设置 · Points for a sign-in: 0–100000, the platform's if left out", 10),
            ])
            .may_say(Reason::NotYours, "门店组不存在")
            .answers(plain::content::<shops::ShopView<'static>>(shop())),
        get(SHOP, "查看门店", "A shop")
            .after(&[before("PUT /operator/shops/{shop}")])
            .zh("返回一个门店。")
            .in_path("shop", "S1")
            .refuses(&[Reason::NotYours])
            .answers(plain::content::<shops::ShopView<'static>>(shop())),
        put(GROUP, "命名门店组", "Make or name a group of shops")
            .zh("新建门店组或修改其名称。")
            .in_path("group", "north")
            .takes([need("name", "门店组名称 · The group's name", "北区")])
            .answers(plain::nothing()),
        get(GROUP, "查看门店组", "A group of shops")
            .after(NAMED)
            .zh("返回门店组及其门店。").in_path("group", "north").refuses(&[Reason::NotYours]).answers(
            plain::content::<shops::GroupView<'static>>(json!({
                "group_id": "north", "name": "北区", "shops": ["S1", "S2"]
            })),
        ),
    ]
}

fn shop() -> Value {
    json!({ "shop_id": "S1", "name": "一号门店", "group": "north", "signin_points": 10 })
}
