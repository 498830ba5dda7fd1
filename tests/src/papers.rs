//! People of the mall who hand in papers, and auditors who decide on them.

use crate::{
    answer::Answer,
    database::AUDIT,
    dealer::TestDealer,
    mall_user::TestMallUser,
    pictures::jpeg,
    plaza::Plaza,
    request::{Request, get, post},
};
use jiff::Timestamp;
use serde_json::{Value, json};
use shared::domain::account::Role;

/// The standard's own example of an ID number, and others that are well-formed.
pub const ID_NO: &str = "11010519491231002X";
pub const OTHER_ID_NO: &str = "440308199010157715";

/// A person with an account of a kind that submits papers.
#[derive(Clone)]
pub struct Applicant {
    pub function: &'static str,
    /// What the paths of this kind begin with.
    pub prefix: &'static str,
    /// The path to which papers are handed in.
    pub submit: &'static str,
    pub realm: &'static str,
    pub phone: String,
    pub token: String,
    pub id: String,
}

impl From<TestDealer> for Applicant {
    fn from(dealer: TestDealer) -> Self {
        let TestDealer { phone, token, id, .. } = dealer;
        let (function, prefix, submit) = ("mall-dealer", "/user/dealer", "submit");
        Self { function, prefix, submit, realm: "mall-dealer", phone, token, id }
    }
}

impl From<TestMallUser> for Applicant {
    fn from(agent: TestMallUser) -> Self {
        let TestMallUser { phone, token, id, .. } = agent;
        let (function, prefix, submit) = ("mall-agent", "/user/proxy", "submitPUser");
        Self { function, prefix, submit, realm: "mall-agent", phone, token, id }
    }
}

/// Who hands in papers. Both go the same way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Agent,
    Dealer,
}

impl Kind {
    pub const BOTH: [Self; 2] = [Self::Agent, Self::Dealer];
}

impl Applicant {
    pub fn post(&self, path: &str) -> Request {
        post(&format!("{}/{path}", self.prefix)).bearer(&self.token)
    }

    /// #16 with these pictures.
    pub fn submission(&self, id_no: &str, front: &str, qualification: &str) -> Request {
        self.post(self.submit).json(&json!({"telephone": self.phone, "realName": "王小明", "idNo": id_no,
            "frontImg": front, "qualification": qualification}))
    }

    pub fn papers(&self, plaza: &Plaza) -> Option<Value> {
        plaza.database.item(&format!("ACCOUNT#{}#{}", self.realm, self.id), "PAPERS")
    }

    /// Where the papers stand, and their version.
    pub fn standing(&self, plaza: &Plaza) -> (u8, u64) {
        let number = |value: &Value| value["N"].as_str().unwrap().parse::<u64>().unwrap();
        let papers = self.papers(plaza);
        papers.map_or((0, 0), |papers| (u8::try_from(number(&papers["status"])).unwrap(), number(&papers["version"])))
    }

    /// How many lines the history has.
    pub fn history(&self, plaza: &Plaza) -> usize {
        let account = plaza.database.under(&format!("ACCOUNT#{}#{}", self.realm, self.id));
        account.iter().filter(|item| item["sk"]["S"].as_str().unwrap().starts_with("HISTORY#PAPERS#")).count()
    }
}

impl Plaza {
    pub async fn mall_audit(&self, request: Request) -> Answer {
        self.send("mall-audit", request).await
    }

    /// A dealer who has nothing handed in.
    pub async fn applicant(&self, phone: &str) -> Applicant {
        self.applicant_of(Kind::Dealer, phone).await
    }

    /// The same of either kind.
    pub async fn applicant_of(&self, kind: Kind, phone: &str) -> Applicant {
        // Boxed, because the compiler counts how deep futures lie in each other.
        match kind {
            Kind::Agent => Box::pin(self.agent(&format!("openId-of-{phone}"), phone)).await.into(),
            Kind::Dealer => Box::pin(self.dealer(phone)).await.into(),
        }
    }

    /// #14 or #15; the address.
    pub async fn upload_papers(&self, whose: &Applicant, path: &str) -> String {
        let target = format!("{path}?telephone={}", whose.phone);
        let answer = self.send(whose.function, whose.post(&target).body("image/jpeg", jpeg(60, 40))).await;
        let field = if path == "uploadFrontImg" { "frontImg" } else { "qualification" };
        answer.json()["data"][field].as_str().unwrap_or_else(|| panic!("{}", answer.text())).to_owned()
    }

    /// Both pictures.
    pub async fn both_pictures(&self, whose: &Applicant) -> (String, String) {
        (self.upload_papers(whose, "uploadFrontImg").await, self.upload_papers(whose, "uploadQualification").await)
    }

    /// #16 with new pictures.
    pub async fn hand_in(&self, whose: &Applicant, id_no: &str) -> Answer {
        let (front, qualification) = self.both_pictures(whose).await;
        self.send(whose.function, whose.submission(id_no, &front, &qualification)).await
    }

    /// A new dealer whose papers wait.
    pub async fn waiting(&self, phone: &str, id_no: &str) -> Applicant {
        self.waiting_of(Kind::Dealer, phone, id_no).await
    }

    /// The same of either kind.
    pub async fn waiting_of(&self, kind: Kind, phone: &str, id_no: &str) -> Applicant {
        let whose = self.applicant_of(kind, phone).await;
        let answer = self.hand_in(&whose, id_no).await;
        assert_eq!(answer.json()["data"]["status"], 1, "{}", answer.text());
        whose
    }

    pub fn auditor(&self) -> String {
        self.token_of(Role::Auditor)
    }

    /// #17
    pub async fn decide(&self, token: &str, whose: &Applicant, status: u8) -> Answer {
        self.mall_audit(decision(whose, &json!({"status": status})).bearer(token)).await
    }

    /// `GET /operator/papers` as far as it goes, and what follows it.
    pub async fn desk(&self, token: &str, query: &str) -> (Vec<Value>, Option<String>) {
        let mut answer = self.operator(get(&format!("/operator/papers{query}")).bearer(token)).await.json();
        let next = answer["next"].as_str().map(ToOwned::to_owned);
        let Value::Array(papers) = answer["papers"].take() else { panic!("{answer}") };
        (papers, next)
    }

    /// Entries of the audit trail with this action.
    pub fn entries(&self, action: &str) -> Vec<Value> {
        self.database.items(AUDIT).into_iter().filter(|entry| entry["action"]["S"] == action).collect()
    }

    /// Pictures of papers in the bucket.
    pub fn kept_papers(&self) -> Vec<String> {
        self.bucket.objects().into_keys().filter(|key| key.starts_with("kyc/")).collect()
    }
}

/// #17 about an applicant, with more in the body.
pub fn decision(whose: &Applicant, more: &Value) -> Request {
    let mut body = json!({"telephone": whose.phone, "realm": whose.realm});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    post("/user/proxy/auditPUser").json(&body)
}

/// What must always hold: papers wait in one place or in none, have their number or not, by their state; each
/// version has its line of history and its entry in the trail; and records and pictures name each other.
pub fn assert_papers_sound(plaza: &Plaza, what: &str) {
    let all = plaza.database.under("ACCOUNT#mall-");
    let papers: Vec<_> = all.iter().filter(|item| item["sk"]["S"] == "PAPERS").collect();
    let of = |item: &Value| item["pk"]["S"].as_str().unwrap().strip_prefix("ACCOUNT#").unwrap().replace('#', " ");
    let number = |item: &Value, name: &str| item[name]["N"].as_str().unwrap().parse::<u64>().unwrap();

    let waiting: Vec<_> = plaza.database.under("PAPERS#WAITING");
    let mut expected: Vec<_> = papers.iter().filter(|item| number(item, "status") == 1).map(|item| of(item)).collect();
    let whose =
        |copy: &Value| format!("{} {}", copy["realm"]["S"].as_str().unwrap(), copy["account"]["S"].as_str().unwrap());
    let mut listed: Vec<_> = waiting.iter().map(whose).collect();
    expected.sort();
    listed.sort();
    assert_eq!(listed, expected, "{what}");
    for copy in &waiting {
        let original = papers.iter().find(|item| of(item) == whose(copy)).unwrap();
        for field in ["version", "status", "real_name", "id_no", "front", "qualification"] {
            assert_eq!(copy[field], original[field], "{what}: {field}");
        }
    }

    let locks = plaza.database.under("ID-NUMBER#");
    let holding = papers.iter().filter(|item| number(item, "status") != 2);
    let mut holders: Vec<_> = holding
        .map(|item| {
            let (realm, account) =
                of(item).split_once(' ').map(|(realm, id)| (realm.to_owned(), id.to_owned())).unwrap();
            (format!("ID-NUMBER#{realm}#{}", item["id_index"]["S"].as_str().unwrap()), account)
        })
        .collect();
    holders.sort();
    let locked =
        |item: &Value| (item["pk"]["S"].as_str().unwrap().into(), item["account"]["S"].as_str().unwrap().into());
    let mut locks: Vec<(String, String)> = locks.iter().map(locked).collect();
    locks.sort();
    assert_eq!(locks, holders, "{what}");

    let versions: u64 = papers.iter().map(|item| number(item, "version")).sum();
    let lines = all.iter().filter(|item| item["sk"]["S"].as_str().unwrap().starts_with("HISTORY#PAPERS#")).count();
    assert_eq!(lines as u64, versions, "{what}");
    let entries = plaza.entries("papers-submitted").len() + plaza.entries("papers-audited").len();
    assert_eq!(entries as u64, versions, "{what}");

    assert_pictures_sound(plaza, &papers, what);
}

/// Pictures that papers still show are kept, until the same instant, and no others are.
fn assert_pictures_sound(plaza: &Plaza, papers: &[&Value], what: &str) {
    let now = plaza.watch.now().as_millisecond();
    let until = |item: &Value| {
        let until = item["pictures_until"]["S"].as_str()?;
        Some(until.parse::<Timestamp>().unwrap().as_millisecond())
    };
    let lasts = |until: Option<i64>| until.is_none_or(|until| until > now);
    let mut named: Vec<_> = papers
        .iter()
        .flat_map(|item| [&item["front"], &item["qualification"]].map(|key| (key, until(item))))
        .map(|(key, until)| (format!("PICTURE#{}", key["S"].as_str().unwrap()), until))
        .filter(|(_, until)| lasts(*until))
        .collect();
    named.sort();
    named.dedup();
    let pictures = plaza.database.under("PICTURE#kyc/");
    let mut kept: Vec<_> = pictures
        .iter()
        .filter(|item| item["state"]["S"] == "linked" || item["state"]["S"] == "expiring")
        .map(|item| (item["pk"]["S"].as_str().unwrap(), item["until"]["N"].as_str().map(|at| at.parse().unwrap())))
        .filter(|(_, until)| lasts(*until))
        .map(|(key, until)| (key.to_owned(), until))
        .collect();
    kept.sort();
    assert_eq!(kept, named, "{what}");
}
