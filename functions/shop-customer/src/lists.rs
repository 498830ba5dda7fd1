//! Records of a shop, and those of one person in the shops of a group.

use crate::{
    App, MANAGERS, STAFF, actor,
    records::{ID, MOBILE, RECORD, SHOP_ID, id},
    views,
};
use shared::{
    domain::{
        reason::{Failure, Reason},
        session::Caller,
        shop::{Filter, Keyword, MOST_LISTED, ShopId, ShopRecordId, ShopRecordSearch, Tag},
        text::halfwidth,
    },
    wire::{Before, Bounds, Call, Endpoint, Field, Fields, Given, Way, before, get, post, shop::Success},
};
use std::sync::Arc;

const IN_A_GROUP: Before = before(Way::to("PUT /operator/shops/{shop}"));
const KEYWORD: Field<Keyword> = Field::new("keyword", Keyword::parse)
    .about("姓名开头，手机号开头或后四位，或完整的病历号 · What a name begins with; digits: what a mobile number begins with, its last four, or a whole `mrn`")
    .example("王");
const TAG: Field<Tag> = Field::new("tag", Tag::parse).about("标签 · Tag").example("VIP").rule(Tag::RULE);
const LIMIT: Field<usize> = Field::new("limit", limit)
    .about("每页条数，1 至 100，默认 10 · How many to a page: 1–100, 10 if left out")
    .whole(10)
    .bounds(Bounds::whole(1, 100));
const CURSOR: Field<String> = Field::text("cursor")
    .about("上一页的 nextCursor，查询条件须相同 · `nextCursor` of the page before, with the same question")
    .example("1.d1.c2VhbGVk");
const CUSTOMER_ID: Field<ShopRecordId> =
    Field::new("customerId", ShopRecordId::parse).about("顾客 ID · The customer's id").example(ID);
const EXPAND: Field<String> = Field::text("expand")
    .about("signinStatus：返回当日签到状态 · `signinStatus` tells today's state")
    .example("signinStatus");

pub const LIST: Endpoint = get("/customer/v1/customer")
    .number(58)
    .title("顾客列表", "Customers of a shop")
    .access(STAFF)
    .zh(&["列出一个门店的顾客，用 `nextCursor` 翻页；按手机号、关键字、标签或最新排序。"])
    .notes(&[
        "Four digits are the last four of a phone number, and of one that may begin so its beginning, too; eight are a 病历号 (`mrn`) likewise. Not searched: the middle of a name or number, ID numbers, birthdays, addresses, WeChat names, and an `mrn` without its zeros.",
        "One order by request: `mobile`, else `keyword`, else `tag`, else newest first; the other wishes are applied to at most 500 records, so a page may be short and still have a `nextCursor`.",
    ])
    .takes(&[
        SHOP_ID.required(),
        MOBILE.about("完整手机号 · The whole mobile number").optional(),
        KEYWORD.optional(),
        TAG.optional(),
        LIMIT.optional(),
        CURSOR.optional().left_out(),
    ])
    .refuses(&[Reason::NotYours]);

pub const LINKED: Endpoint = get("/customer/v1/customer/linked-account")
    .number(59)
    .title("顾客关联账户列表", "The same person's records in the group")
    .access(STAFF)
    .zh(&["列出同一门店组内手机号相同或已关联的顾客记录，被查询的记录在最前。"])
    .notes(&[
        "By the same mobile or an explicit link, in the shops of the group that the caller sees; the record asked about first.",
    ])
    .takes(&[
        CUSTOMER_ID.required().from(RECORD),
        SHOP_ID.about("该顾客所在的门店 ID · The shop of that record").optional(),
        EXPAND.optional(),
    ])
    .refuses(&[Reason::NotYours]);

pub const LINK: Endpoint = post("/customer/v1/customer/{id}/links")
    .title("关联顾客", "Link two records of one person")
    .access(MANAGERS)
    .zh(&["扩展接口：关联同一人在同一门店组内的两条记录。"])
    .after(&[IN_A_GROUP, IN_A_GROUP.with(&[("shop", Given::Text("S2"))])])
    .path_from(&[("id", RECORD)])
    .in_path(&[("id", ID)])
    .takes(&[CUSTOMER_ID
        .about("另一条顾客记录的 ID，同一门店组内 · The other record, of a shop of the same group")
        .example("S2.19e80b21ac8ffffffffffffffff")
        .required()
        .from(RECORD.with(&[("shopId", "S2")]))])
    .refuses(&[Reason::NotYours, Reason::CapReached]);

pub async fn list(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let form = call.read(List::parse)?;
    let actor = actor(&app, &caller, &call);
    let search = ShopRecordSearch { shop: caller.shop(form.shop)?, filter: form.filter, limit: form.limit };
    let page = app.records.list(actor, &search, form.cursor.as_deref()).await?;
    Success::content(&views::Page::of(&page))
}

/// #58.
struct List {
    shop: Option<ShopId>,
    filter: Filter,
    limit: usize,
    cursor: Option<String>,
}

impl List {
    fn parse(fields: &mut Fields) -> Result<Self, Failure> {
        let shop = fields.optional(&SHOP_ID)?;
        let filter = Filter {
            mobile: fields.optional(&MOBILE)?,
            keyword: fields.optional(&KEYWORD)?,
            tag: fields.optional(&TAG)?,
        };
        let limit = fields.optional(&LIMIT)?.unwrap_or(DEFAULT_LIMIT);
        Ok(Self { shop, filter, limit, cursor: fields.optional(&CURSOR)? })
    }
}

const DEFAULT_LIMIT: usize = 10;

fn limit(text: &str) -> Result<usize, Failure> {
    let limit = halfwidth(text).parse().ok().filter(|limit| (1..=MOST_LISTED).contains(limit));
    limit.ok_or_else(|| Failure::malformed(format!("返回条数应为 1 至 {MOST_LISTED} 的整数")).of("limit"))
}

pub async fn linked(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let form = call.read(Linked::parse)?;
    let actor = actor(&app, &caller, &call);
    let all = app.records.linked(actor, &form.customer, form.shop.as_ref()).await?;
    Success::content(&views::Accounts::of(&all, form.signin_status.then_some(actor.now.real)))
}

/// #59.
struct Linked {
    customer: ShopRecordId,
    shop: Option<ShopId>,
    signin_status: bool,
}

impl Linked {
    fn parse(fields: &mut Fields) -> Result<Self, Failure> {
        let (shop, customer) = (fields.optional(&SHOP_ID)?, fields.required(&CUSTOMER_ID)?);
        let expand = fields.optional(&EXPAND)?.unwrap_or_default();
        let signin_status = expand.split(',').any(|wanted| wanted.trim() == "signinStatus");
        Ok(Self { customer, shop, signin_status })
    }
}

pub async fn link(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let (id, other) = (id(&call)?, call.read(|fields| fields.required(&CUSTOMER_ID))?);
    let all = app.records.link(actor(&app, &caller, &call), &id, &other).await?;
    Success::content(&views::Accounts::of(&all, None))
}

/// What the reference shows of the answers.
#[cfg(feature = "openapi")]
pub mod reference {
    use super::{LINK, LINKED, LIST};
    use crate::records::{ID, reference::record};
    use crate::views;
    use describe::{Answers, Operation, shop};
    use serde_json::{Value, json};

    pub fn operations() -> Vec<Operation> {
        vec![
            LIST.answers(shop::content::<views::Page<'static>>(json!({ "items": [record()], "nextCursor": null }))),
            LINKED.answers(shop::content::<views::Accounts<'static>>(accounts())),
            LINK.answers(shop::content::<views::Accounts<'static>>(accounts())),
        ]
    }

    fn accounts() -> Value {
        json!({ "items": [{
        "id": ID, "name": "王小明", "mobile": "13800138000", "shopId": "S1", "signinStatus": "unsigned"
    }] })
    }
}
