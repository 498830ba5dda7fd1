use crate::views;
use describe::{Input, Operation, Source, answer, cloud, delete, get, may, need, post, put};
use serde_json::{Value, json};
use shared::domain::reason::Reason;

const CONTACT: Source = answer("POST /customer/contacts", "/contact_id");

/// #42 to #45
pub fn operations() -> Vec<Operation> {
    vec![
        get("/customer/contacts", "获取用户联系人信息", "The customer's contacts")
            .zh("按添加顺序列出联系人。主帐号看到完整证件号，子帐号看到掩码。")
            .number(42)
            .note("In the order in which they came. A sub account sees document numbers masked.")
            .note("The samples' ID numbers cannot be real ones: such a number is flagged, never refused.")
            .takes(super::accounts::page())
            .answers(cloud::content::<views::Contacts<'static>>(json!({
                "contacts": [
                    {
                        "contact_id": "con_YZAKUZF", "name": "小张", "sex": "M", "tel": "021-25228622",
                        "mobile": "13751247782", "email": "test@163.com", "con_type": "JTYPE", "cred_type": "IDENTITY",
                        "credentials": "330104598502150915"
                    },
                    person()
                ],
                "total_count": 2
            }))),
        post("/customer/contacts", "增加联系人", "Add a contact")
            .zh("所有字段都可不填，返回新联系人及其 `contact_id`。")
            .zh("不合规的证件号只做标记，不会被拒绝。")
            .number(43)
            .note("No field is needed. Ids are `con_` and more characters than the samples', which would run out.")
            .takes(fields())
            .refuses(&[Reason::CapReached])
            .answers(cloud::content::<views::Person<'static>>(person())),
        put("/customer/contacts", "修改联系人信息", "Change a contact")
            .zh("不传的字段保持不变，空字符串清空；返回修改后的联系人。")
            .zh("原样传回掩码后的证件号不会改变已保存的号码。")
            .number(44)
            .note("The table says fields, then NONE; the sample echoes, and so do we. What is absent stays, `\"\"` clears.")
            .note("A masked number that is sent back changes nothing. Another customer's contact answers like none.")
            .takes([need("contact_id", "联系人 ID · The contact's id", "con_USBENSE").from(CONTACT)])
            .takes(fields())
            .refuses(&[Reason::NotYours])
            .answers(cloud::content::<views::Person<'static>>(person())),
        delete("/customer/contacts/{contact_ids}", "删除联系人 支持批量", "Delete contacts")
            .path_from("contact_ids", CONTACT)
            .zh("批量删除，返回实际删除的联系人；不存在的 ID 不算错误。")
            .also("DELETE", "/customer/contacts")
            .number(45)
            .note("The table has the ids in the query, the sample in the path: both, or in a body as a list. At most 100.")
            .note("Those that were really deleted are echoed; one that does not exist is no mistake.")
            .in_path("contact_ids", "con_USEWFAB,con_OIHYDNV")
            .takes([may("contact_ids", "联系人 ID 列表，逗号分隔；路径中没有时必填 · Contact ids with commas between; needed where the path has none", "con_USEWFAB").from(CONTACT)])
            .answers(cloud::content::<views::DeletedContacts<'static>>(json!({
                "contact_ids": ["con_USEWFAB", "con_OIHYDNV"]
            }))),
    ]
}

fn fields() -> Vec<Input> {
    vec![
        may("name", "姓名 · Name", "小李"),
        may("sex", "性别：M 男，F 女 · Sex", "M").one_of(&["M", "F", ""]),
        may("tel", "固定电话 · Landline", ""),
        may("mobile", "手机 · Mobile number", "15721460942"),
        may("email", "邮箱 · E-mail", "test2@heheda.net"),
        may("con_type", "联系人类型 · Kind of contact", "STYPE").one_of(&["STYPE", "JTYPE", ""]),
        may("cred_type", "证件类型 · Kind of document", "IDENTITY").one_of(&["IDENTITY", "MILITARY", "DRIVER", ""]),
        may("credentials", "证件号 · Document number", "728923198511293151"),
    ]
}

fn person() -> Value {
    json!({
        "contact_id": "con_USBENSE", "name": "小李", "sex": "M", "tel": "", "mobile": "15721460942",
        "email": "test2@heheda.net", "con_type": "STYPE", "cred_type": "IDENTITY", "credentials": "728923198511293151"
    })
}
