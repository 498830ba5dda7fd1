//! Papers as auditors read them.

use jiff::Timestamp;
use serde::Serialize;
use shared::{
    domain::{
        charging::Moment,
        papers::{Event, Why},
        phone::Phone,
    },
    service::papers::OpenPapers,
    wire::ev_app::time_of,
};

/// A page of the papers that wait, the oldest first; `next` is what to send as `after` for the next one.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Waiting<'a> {
    papers: Vec<Papers<'a>>,
    next: Option<&'a str>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct Papers<'a> {
    account_id: &'a str,
    realm: &'static str,
    /// As it is now.
    telephone: Option<&'a str>,
    real_name: &'a str,
    /// Whole for auditors, else masked.
    id_no: &'a str,
    /// Addresses that open the pictures for ten minutes; null once these are gone.
    front_img: Option<&'a str>,
    qualification: Option<&'a str>,
    /// When the pictures of papers that were decided on go, or went.
    pictures_until: Option<String>,
    /// 0 to 3, as in #12.
    status: u8,
    /// What #17 takes as `version`.
    version: u64,
    submitted_at: String,
    waiting_since: String,
}

/// One account's papers, and the newest fifty lines of what happened to them, the newest first.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct One<'a> {
    #[serde(flatten)]
    papers: Papers<'a>,
    history: Vec<HistoryLine<'a>>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct HistoryLine<'a> {
    at: String,
    by: &'a str,
    role: &'static str,
    from: u8,
    to: u8,
    reason: Option<&'a str>,
}

impl<'a> Waiting<'a> {
    pub fn of(papers: &'a [OpenPapers], most: u8) -> Self {
        let next = papers.last().filter(|_| papers.len() >= usize::from(most)).map(|last| last.cursor.as_str());
        Self { papers: papers.iter().map(Papers::of).collect(), next }
    }
}

impl<'a> One<'a> {
    pub fn of(papers: &'a OpenPapers, history: &'a [Event]) -> Self {
        Self { papers: Papers::of(papers), history: history.iter().map(HistoryLine::of).collect() }
    }
}

impl<'a> Papers<'a> {
    fn of(open: &'a OpenPapers) -> Self {
        Self {
            account_id: open.account.as_str(),
            realm: open.realm.as_str(),
            telephone: open.phone.as_ref().map(Phone::digits),
            real_name: open.papers.content.real_name.as_str(),
            id_no: &open.id_no,
            front_img: open.front.as_deref(),
            qualification: open.qualification.as_deref(),
            pictures_until: open.papers.pictures_until.map(time),
            status: open.papers.status.into(),
            version: open.papers.version,
            submitted_at: time(open.papers.handed_in_at),
            waiting_since: time(open.papers.waiting_since),
        }
    }
}

impl<'a> HistoryLine<'a> {
    fn of(event: &'a Event) -> Self {
        Self {
            at: time(event.at),
            by: event.by.as_str(),
            role: event.role.as_str(),
            from: event.from.into(),
            to: event.to.into(),
            reason: event.why.as_ref().map(Why::as_str),
        }
    }
}

fn time(at: Timestamp) -> String {
    time_of(Moment::from_millis(at.as_millisecond()))
}
