//! One endpoint: what is said of it, what it takes, what it answers, what it refuses.

use crate::{Answer, Before, Input, Place, Source, Speaks, Voice, plain};
use shared::domain::reason::Reason;

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
    pub explanation: Vec<&'static str>,
    /// What was decided where the document is silent or contradicts itself, in English.
    pub notes: Vec<&'static str>,
    /// The calls that go before its sample.
    pub before: Vec<Before>,
    pub inputs: Vec<Input>,
    /// Examples of what stands in the path.
    pub path_examples: Vec<(&'static str, &'static str)>,
    /// Where what stands in the path comes from.
    pub path_sources: Vec<(&'static str, Source)>,
    /// The media types of its body, the document's own first.
    pub media: &'static [&'static str],
    pub refusals: Vec<Reason>,
    /// Refusals in other words than their reason's.
    pub sayings: Vec<(Reason, &'static str)>,
    pub answer: Answer,
    /// Other successes: another status, or another content of the same.
    pub others: Vec<Answer>,
    /// Where it does not speak like the rest of its function.
    pub voice: Option<Voice>,
}

const ANY_FORM: &[&str] = &["application/json", "application/x-www-form-urlencoded", "multipart/form-data"];
/// As the charging app sends it.
const FORM_FIRST: &[&str] = &["multipart/form-data", "application/x-www-form-urlencoded", "application/json"];

fn new(method: &'static str, path: &'static str, chinese: &'static str, english: &'static str) -> Operation {
    Operation {
        method,
        path,
        aliases: Vec::new(),
        number: None,
        chinese,
        english,
        explanation: Vec::new(),
        notes: Vec::new(),
        before: Vec::new(),
        inputs: Vec::new(),
        path_examples: Vec::new(),
        path_sources: Vec::new(),
        media: ANY_FORM,
        refusals: Vec::new(),
        sayings: Vec::new(),
        answer: plain::nothing(),
        others: Vec::new(),
        voice: None,
    }
}

pub fn get(path: &'static str, chinese: &'static str, english: &'static str) -> Operation {
    new("GET", path, chinese, english)
}

pub fn post(path: &'static str, chinese: &'static str, english: &'static str) -> Operation {
    new("POST", path, chinese, english)
}

pub fn put(path: &'static str, chinese: &'static str, english: &'static str) -> Operation {
    new("PUT", path, chinese, english)
}

pub fn patch(path: &'static str, chinese: &'static str, english: &'static str) -> Operation {
    new("PATCH", path, chinese, english)
}

pub fn delete(path: &'static str, chinese: &'static str, english: &'static str) -> Operation {
    new("DELETE", path, chinese, english)
}

impl Operation {
    #[must_use]
    pub fn number(self, number: u8) -> Self {
        Self { number: Some(number), ..self }
    }

    /// Another way to the same handler.
    #[must_use]
    pub fn also(mut self, method: &'static str, path: &'static str) -> Self {
        self.aliases.push((method, path));
        self
    }

    /// A sentence in Chinese about what it does.
    #[must_use]
    pub fn zh(mut self, sentence: &'static str) -> Self {
        self.explanation.push(sentence);
        self
    }

    #[must_use]
    pub fn note(mut self, note: &'static str) -> Self {
        self.notes.push(note);
        self
    }

    #[must_use]
    pub fn takes(mut self, inputs: impl IntoIterator<Item = Input>) -> Self {
        self.inputs.extend(inputs);
        self
    }

    /// What a parameter of the path looks like.
    #[must_use]
    pub fn in_path(mut self, name: &'static str, example: &'static str) -> Self {
        self.path_examples.push((name, example));
        self
    }

    /// Where a parameter of the path comes from in a sample.
    #[must_use]
    pub fn path_from(mut self, name: &'static str, source: Source) -> Self {
        self.path_sources.push((name, source));
        self
    }

    /// Calls that go before the sample.
    #[must_use]
    pub fn after(mut self, calls: &[Before]) -> Self {
        self.before.extend(calls);
        self
    }

    /// Form-data first, as the charging app has it.
    #[must_use]
    pub fn as_form(self) -> Self {
        Self { media: FORM_FIRST, ..self }
    }

    /// JSON and nothing else, where a field is an object or a list.
    #[must_use]
    pub fn as_json(self) -> Self {
        Self { media: &["application/json"], ..self }
    }

    /// Files among the parts of a form.
    #[must_use]
    pub fn as_upload(self) -> Self {
        Self { media: &["multipart/form-data"], ..self }
    }

    /// One picture, as a part of a form or as the whole body.
    #[must_use]
    pub fn as_picture(self) -> Self {
        Self { media: &["multipart/form-data", "image/*"], ..self }
    }

    /// The refusals over and above those that every endpoint knows.
    #[must_use]
    pub fn refuses(mut self, reasons: &[Reason]) -> Self {
        self.refusals.extend(reasons);
        self
    }

    /// A refusal that comes in these words, too.
    #[must_use]
    pub fn may_say(mut self, reason: Reason, text: &'static str) -> Self {
        self.sayings.push((reason, text));
        self
    }

    #[must_use]
    pub fn answers(self, answer: Answer) -> Self {
        Self { answer, ..self }
    }

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
    pub fn place_of(&self, input: &Input) -> Place {
        let has_body = !matches!(self.method, "GET" | "DELETE");
        input.place.unwrap_or(if has_body { Place::Body } else { Place::Query })
    }

    /// The inputs that stand in one place.
    pub fn inputs_in(&self, place: Place) -> impl Iterator<Item = &Input> {
        self.inputs.iter().filter(move |input| self.place_of(input) == place)
    }

    /// The fields that a sample fills in one place.
    pub fn sample_in(&self, place: Place) -> impl Iterator<Item = &Input> {
        self.inputs_in(place).filter(|input| !input.is_left_out)
    }

    /// Method and path of the endpoint and of its aliases.
    pub fn ways(&self) -> Vec<(&'static str, &'static str)> {
        std::iter::once((self.method, self.path)).chain(self.aliases.clone()).collect()
    }
}
