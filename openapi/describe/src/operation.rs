//! One endpoint as the reference shows it: its declaration, what it answers, and in which envelope.

use crate::{Answer, Input, Speaks, Voice, plain};
use shared::{
    domain::reason::Reason,
    wire::{Before, Endpoint, EndpointDoc, FieldPlace, SampleSource, Way},
};

#[derive(Clone, Debug)]
pub struct Operation {
    pub method: &'static str,
    pub path: &'static str,
    /// Other ways to the same handler.
    pub aliases: Vec<(&'static str, &'static str)>,
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
    pub inputs: Vec<Input>,
    /// Examples of what stands in the path.
    pub path_examples: &'static [(&'static str, &'static str)],
    /// Where what stands in the path comes from.
    pub path_sources: &'static [(&'static str, SampleSource)],
    /// The media types of its body, the document's own first.
    pub media: &'static [&'static str],
    pub refusals: &'static [Reason],
    /// Refusals in other words than their reason's.
    pub sayings: &'static [(Reason, &'static str)],
    pub answer: Answer,
    /// Other successes: another status, or another content of the same.
    pub others: Vec<Answer>,
    /// Where it does not speak like the rest of its function.
    pub voice: Option<Voice>,
}

/// What a declaration leaves to schemas: its answers.
pub trait Answers {
    #[must_use]
    fn answers(&self, answer: Answer) -> Operation;

    /// With a file that is compiled in, or that the caller has it already.
    #[must_use]
    fn answers_file(&self, media: &'static str) -> Operation {
        let cached = |answer: Answer| answer.with("ETag").with("Cache-Control");
        self.answers(cached(Answer::of_type(media))).or_answers("The caller has it already", cached(Answer::empty(304)))
    }

    /// With an empty body.
    #[must_use]
    fn answers_nothing(&self) -> Operation {
        self.answers(plain::nothing())
    }
}

impl Answers for Endpoint {
    fn answers(&self, answer: Answer) -> Operation {
        let Way { method, path } = self.way();
        let page: EndpointDoc = self.page();
        Operation {
            method,
            path,
            aliases: self.routes().skip(1).map(|route| (route.method, route.path)).collect(),
            number: page.number,
            chinese: page.chinese,
            english: page.english,
            explanation: page.explanation,
            notes: page.notes,
            before: page.before,
            inputs: page.parameters.iter().copied().flatten().map(Input::of).collect(),
            path_examples: page.path_examples,
            path_sources: page.path_sources,
            media: page.media,
            refusals: page.refusals,
            sayings: page.sayings,
            answer,
            others: Vec::new(),
            voice: None,
        }
    }
}

impl Operation {
    /// Another success beside the usual one, with what it says of itself.
    #[must_use]
    pub fn or_answers(mut self, about: &'static str, answer: Answer) -> Self {
        self.others.push(Answer { about: Some(about), ..answer });
        self
    }

    /// In another envelope than the rest of its function.
    #[must_use]
    pub fn speaking<E: Speaks>(self) -> Self {
        Self { voice: Some(E::voice()), ..self }
    }

    /// What may be answered when all went well, the usual first.
    pub fn successes(&self) -> impl Iterator<Item = &Answer> {
        std::iter::once(&self.answer).chain(&self.others)
    }

    /// Where the document shows this field.
    pub fn place_of(&self, input: &Input) -> FieldPlace {
        let has_body = !matches!(self.method, "GET" | "DELETE");
        input.place.unwrap_or(if has_body { FieldPlace::Body } else { FieldPlace::Query })
    }

    /// The inputs that stand in one place.
    pub fn inputs_in(&self, place: FieldPlace) -> impl Iterator<Item = &Input> {
        self.inputs.iter().filter(move |input| self.place_of(input) == place)
    }

    /// The fields that a sample fills in one place.
    pub fn sample_in(&self, place: FieldPlace) -> impl Iterator<Item = &Input> {
        self.inputs_in(place).filter(|input| !input.is_left_out)
    }

    /// Method and path of the endpoint and of its aliases.
    pub fn ways(&self) -> Vec<(&'static str, &'static str)> {
        std::iter::once((self.method, self.path)).chain(self.aliases.clone()).collect()
    }
}
