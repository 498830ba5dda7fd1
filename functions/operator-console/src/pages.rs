//! The page and its files.

use crate::files;
use shared::{
    domain::reason::{Failure, Reason},
    wire::{Access, Call, Endpoint, get, plain::Success},
};
use std::sync::Arc;

pub const CONSOLE: Endpoint = get("/console")
    .title("运营控制台", "The operator console")
    .access(Access::Public)
    .zh(&["运营控制台页面；登录后使用 `/operator` 接口，不加载其他来源的脚本。"])
    .notes(&["One page for all screens. It calls the operator's endpoints, and loads scripts from no other host."]);

pub const BOARD: Endpoint = get("/board/{station}")
    .title("叫号屏页面", "The public board of a station")
    .access(Access::Public)
    .zh(&["充电站大屏：叫号和排队情况，无需登录。"])
    .notes(&["The same page; without signing in it shows called numbers and waiting lines."])
    .in_path(&[("station", "S1")]);

pub const FILE: Endpoint = get("/console/{version}/{file}")
    .title("控制台文件", "A script or style of the console")
    .access(Access::Public)
    .zh(&["控制台的脚本和样式；地址含版本，可长期缓存。"])
    .notes(&["The address names the version, so a browser keeps the file."])
    .in_path(&[("version", "0"), ("file", "app.js")])
    .refuses(&[Reason::NoSuchRoute]);

pub async fn page(_: Arc<()>, call: Call) -> Result<Success, Failure> {
    Ok(Success::File(files::page(&call)))
}

pub async fn file(_: Arc<()>, call: Call) -> Result<Success, Failure> {
    let found = files::file(call.path("version"), call.path("file"), &call);
    Ok(Success::File(found.ok_or(Reason::NoSuchRoute)?))
}

/// What the reference shows of the answers.
#[cfg(feature = "openapi")]
pub mod reference {
    use super::{BOARD, CONSOLE, FILE};
    use describe::{Answers, Operation};

    pub fn operations() -> Vec<Operation> {
        vec![CONSOLE.answers_file("text/html"), FILE.answers_file("text/javascript"), BOARD.answers_file("text/html")]
    }
}
