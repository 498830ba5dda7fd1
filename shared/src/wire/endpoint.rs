//! An endpoint, declared once beside its handler. The route table reads method, path, access and body; the reference, the
//! examples and the tests read the rest.

use super::{
    body::BodyRule,
    field::Parameter,
    kept::Kept,
    routes::{Access, Route},
    sample::{Before, SampleSource, Way},
};
use crate::domain::{reason::Reason, staff::SignInStep};

/// One endpoint: where it is, who may call it, what it takes.
#[derive(Clone, Copy, Debug)]
pub struct Endpoint {
    route: Route,
    other_methods: &'static [&'static str],
    other_paths: &'static [&'static str],
    page: Kept<EndpointDoc>,
}

/// What the reference says of an endpoint beside its route.
#[derive(Clone, Copy, Debug)]
pub struct EndpointDoc {
    /// Its number in the contracts; none for an extension.
    pub number: Option<u8>,
    pub chinese: &'static str,
    pub english: &'static str,
    /// What it does, for readers of Chinese.
    pub explanation: &'static [&'static str],
    /// What was decided where the document is silent or contradicts itself, in English.
    pub notes: &'static [&'static str],
    /// The calls that go before its sample.
    pub before: &'static [Before],
    /// What it takes, in groups that endpoints may share.
    pub parameters: [&'static [Parameter]; 3],
    /// Examples of what stands in the path.
    pub path_examples: &'static [(&'static str, &'static str)],
    /// Where what stands in the path comes from.
    pub path_sources: &'static [(&'static str, SampleSource)],
    /// The media types of its body, the document's own first.
    pub media: &'static [&'static str],
    pub refusals: &'static [Reason],
    /// Refusals in other words than their reason's.
    pub sayings: &'static [(Reason, &'static str)],
}

const ANY_FORM: &[&str] = &["application/json", "application/x-www-form-urlencoded", "multipart/form-data"];
/// As the charging app sends it.
const FORM_FIRST: &[&str] = &["multipart/form-data", "application/x-www-form-urlencoded", "application/json"];

const EMPTY: EndpointDoc = EndpointDoc {
    number: None,
    chinese: "",
    english: "",
    explanation: &[],
    notes: &[],
    before: &[],
    parameters: [&[]; 3],
    path_examples: &[],
    path_sources: &[],
    media: ANY_FORM,
    refusals: &[],
    sayings: &[],
};

pub const fn get(path: &'static str) -> Endpoint {
    Endpoint::new("GET", path)
}

pub const fn post(path: &'static str) -> Endpoint {
    Endpoint::new("POST", path)
}

pub const fn put(path: &'static str) -> Endpoint {
    Endpoint::new("PUT", path)
}

pub const fn patch(path: &'static str) -> Endpoint {
    Endpoint::new("PATCH", path)
}

pub const fn delete(path: &'static str) -> Endpoint {
    Endpoint::new("DELETE", path)
}

/// What is routed.
impl Endpoint {
    /// Without `access` it refuses every caller.
    const fn new(method: &'static str, path: &'static str) -> Self {
        let route = Route { method, path, access: Access::Roles(&[]), body: BodyRule::Fields, step: None };
        Self { route, other_methods: &[], other_paths: &[], page: Kept::new(EMPTY) }
    }

    /// Who may call it. What comes with a signature is handed on as it was sent.
    #[must_use]
    pub const fn access(self, access: Access) -> Self {
        let body = if matches!(access, Access::Signed) { BodyRule::AsSent } else { self.route.body };
        Self { route: Route { access, body, ..self.route }, ..self }
    }

    /// The step of a sign-in that it finishes, which a session of an unfinished sign-in may call.
    #[must_use]
    pub const fn finishes(self, step: SignInStep) -> Self {
        Self { route: Route { step: Some(step), ..self.route }, ..self }
    }

    /// Other methods that lead to the same handler.
    #[must_use]
    pub const fn also_by(self, other_methods: &'static [&'static str]) -> Self {
        Self { other_methods, ..self }
    }

    /// Other paths that lead to the same handler.
    #[must_use]
    pub const fn also_at(self, other_paths: &'static [&'static str]) -> Self {
        Self { other_paths, ..self }
    }

    /// One picture, as a part of a form or as the whole body.
    #[must_use]
    pub const fn as_picture(self) -> Self {
        self.with_files().media(&["multipart/form-data", "image/*"])
    }

    /// Files among the parts of a form.
    #[must_use]
    pub const fn as_upload(self) -> Self {
        self.with_files().media(&["multipart/form-data"])
    }

    const fn with_files(self) -> Self {
        Self { route: Route { body: BodyRule::Picture, ..self.route }, ..self }
    }

    /// Every way that leads to it, its own first.
    pub fn routes(&self) -> impl Iterator<Item = Route> + use<> {
        let Self { route, other_methods, other_paths, .. } = *self;
        let methods = move || std::iter::once(route.method).chain(other_methods.iter().copied());
        let paths = std::iter::once(route.path).chain(other_paths.iter().copied());
        paths.flat_map(move |path| methods().map(move |method| Route { method, path, ..route }))
    }

    pub const fn way(self) -> Way {
        Way { method: self.route.method, path: self.route.path }
    }
}

/// What is said of it.
impl Endpoint {
    /// Its number in the contracts.
    #[must_use]
    pub const fn number(self, number: u8) -> Self {
        self.saying(EndpointDoc { number: Some(number), ..self.said() })
    }

    /// In Chinese as the document has it, and in English.
    #[must_use]
    pub const fn title(self, chinese: &'static str, english: &'static str) -> Self {
        self.saying(EndpointDoc { chinese, english, ..self.said() })
    }

    /// Sentences in Chinese about what it does.
    #[must_use]
    pub const fn zh(self, explanation: &'static [&'static str]) -> Self {
        self.saying(EndpointDoc { explanation, ..self.said() })
    }

    /// Decisions where the document is silent, in English.
    #[must_use]
    pub const fn notes(self, notes: &'static [&'static str]) -> Self {
        self.saying(EndpointDoc { notes, ..self.said() })
    }

    /// What it takes; said up to three times, for parameters that endpoints share.
    #[must_use]
    pub const fn takes(self, more: &'static [Parameter]) -> Self {
        let mut page = self.said();
        let mut at = 0;
        while at + 1 < page.parameters.len() && !page.parameters[at].is_empty() {
            at += 1;
        }
        page.parameters[at] = more;
        self.saying(page)
    }

    /// What the parameters of the path look like.
    #[must_use]
    pub const fn in_path(self, path_examples: &'static [(&'static str, &'static str)]) -> Self {
        self.saying(EndpointDoc { path_examples, ..self.said() })
    }

    /// Where the parameters of the path come from in a sample.
    #[must_use]
    pub const fn path_from(self, path_sources: &'static [(&'static str, SampleSource)]) -> Self {
        self.saying(EndpointDoc { path_sources, ..self.said() })
    }

    /// Calls that go before the sample.
    #[must_use]
    pub const fn after(self, before: &'static [Before]) -> Self {
        self.saying(EndpointDoc { before, ..self.said() })
    }

    /// Form-data first, as the charging app has it.
    #[must_use]
    pub const fn as_form(self) -> Self {
        self.media(FORM_FIRST)
    }

    /// JSON and nothing else, where a field is an object or a list.
    #[must_use]
    pub const fn as_json(self) -> Self {
        self.media(&["application/json"])
    }

    const fn media(self, media: &'static [&'static str]) -> Self {
        self.saying(EndpointDoc { media, ..self.said() })
    }

    /// The refusals over and above those that every endpoint knows.
    #[must_use]
    pub const fn refuses(self, refusals: &'static [Reason]) -> Self {
        self.saying(EndpointDoc { refusals, ..self.said() })
    }

    /// Refusals that come in these words, too.
    #[must_use]
    pub const fn may_say(self, sayings: &'static [(Reason, &'static str)]) -> Self {
        self.saying(EndpointDoc { sayings, ..self.said() })
    }

    const fn said(self) -> EndpointDoc {
        self.page.or(EMPTY)
    }

    const fn saying(self, page: EndpointDoc) -> Self {
        Self { page: Kept::new(page), ..self }
    }
}

#[cfg(feature = "openapi")]
impl Endpoint {
    pub fn page(&self) -> EndpointDoc {
        self.said()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_method_leads_by_every_path_and_the_endpoints_own_way_is_first() {
        const UPLOAD: Endpoint = put("/a").also_by(&["POST"]).also_at(&["/b"]).access(Access::Public).as_picture();
        let routes: Vec<_> =
            UPLOAD.routes().map(|route| (route.method, route.path, route.access, route.body)).collect();
        let ways = [("PUT", "/a"), ("POST", "/a"), ("PUT", "/b"), ("POST", "/b")];
        assert_eq!(routes, ways.map(|(method, path)| (method, path, Access::Public, BodyRule::Picture)));
        assert_eq!(UPLOAD.way(), Way::to("PUT /a"));
    }

    #[test]
    fn an_endpoint_without_a_rule_refuses_every_caller_and_a_signed_one_is_read_as_sent() {
        let route = |endpoint: Endpoint| endpoint.routes().next().unwrap();
        assert_eq!(route(get("/a")).access, Access::Roles(&[]));
        assert_eq!(route(post("/a").access(Access::Signed)).body, BodyRule::AsSent);
    }
}
