//! People as operators read them.

use serde::Serialize;
use shared::{service::people, wire::ev_app::time};

/// A page of staff; `next` is what to send as `after` for the next one.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Staff<'a> {
    people: Vec<Member<'a>>,
    next: Option<&'a str>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Member<'a> {
    account_id: &'a str,
    realm: &'static str,
    username: &'a str,
    role: &'static str,
    shops: &'a [String],
    created_at: String,
    /// A role that another administrator has to confirm; null when none waits.
    proposed: Option<Proposed<'a>>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Proposed<'a> {
    role: &'static str,
    /// The account that gave it.
    by: &'a str,
    at: String,
}

impl<'a> Staff<'a> {
    pub fn of(members: &'a [people::StaffMember], most: u8) -> Self {
        let next = members.last().filter(|_| members.len() >= usize::from(most)).map(|last| last.account.as_str());
        Self { people: members.iter().map(Member::of).collect(), next }
    }
}

impl<'a> Member<'a> {
    pub fn of(member: &'a people::StaffMember) -> Self {
        Self {
            account_id: member.account.as_str(),
            realm: member.role.realm().as_str(),
            username: member.username.as_str(),
            role: member.role.as_str(),
            shops: &member.shops,
            created_at: time(member.created_at),
            proposed: member.proposed.as_ref().map(|proposal| Proposed {
                role: proposal.role.as_str(),
                by: proposal.by.as_str(),
                at: time(proposal.at),
            }),
        }
    }
}

/// An account of any realm.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Person<'a> {
    account_id: &'a str,
    realm: &'static str,
    role: &'static str,
    shops: &'a [String],
    locked: bool,
    live_sessions: usize,
}

impl<'a> Person<'a> {
    pub fn of(person: &'a people::Person) -> Self {
        Self {
            account_id: person.account.as_str(),
            realm: person.realm.as_str(),
            role: person.role.as_str(),
            shops: &person.shops,
            locked: person.locked,
            live_sessions: person.live_sessions,
        }
    }
}
