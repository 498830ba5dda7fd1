//! What functions are made of. A function takes its parts from here and nothing from anywhere else.

use super::{Error, Function, Variables, clients::Clients, detail};
use crate::{
    auth::{hashing_memory::HashingMemory, passwords::Strength},
    domain::reason::Failure,
    outside::{
        clock::Clock,
        key_service::KeyService,
        letters::LettersSource,
        metrics::Sink,
        objects::Objects,
        queue::{Queue, SmsQueue},
        random::Random,
        secrets::{Secrets, Values},
        sms::Sender,
    },
    store::Store,
};
use secrecy::SecretString;
use std::collections::BTreeSet;

/// The parts of one function, or of several in one process. What a function does not declare is not there.
#[derive(Clone, Debug)]
pub struct Parts {
    pub function: Function,
    pub variables: Variables,
    pub clock: Clock,
    pub random: Random,
    pub store: Store,
    /// Where the public keys are read again.
    pub secrets: Secrets,
    /// Everything else is read once.
    pub values: Values,
    pub strength: Strength,
    pub hashing_memory: HashingMemory,
    pub letters: LettersSource,
    pub sink: Sink,
    pub objects: Option<Objects>,
    pub queue: Option<Queue>,
    pub sms_queue: Option<SmsQueue>,
    pub key_service: Option<KeyService>,
    pub sender: Option<Sender>,
}

impl Parts {
    /// Parts over the clients of AWS, or of a stand-in that listens at `endpoint`; no secret has been read yet.
    pub fn unopened(function: &Function, variables: Variables, endpoint: Option<String>) -> Result<Self, Error> {
        let clients = Clients::new(&variables, endpoint)?;
        let store = Store::new(clients.dynamodb(), variables.get("TABLE_NAME"), variables.get("AUDIT_TABLE_NAME"));
        let random = Random::system();
        let mut parts = Self {
            function: *function,
            clock: Clock::system(),
            letters: LettersSource::drawn_by(random.clone()),
            random,
            store,
            secrets: Secrets::secrets_manager(clients.secrets_manager()),
            values: Values::new(),
            strength: Strength::PRODUCTION,
            hashing_memory: HashingMemory::default(),
            sink: Sink::stdout(variables.or("METRICS_NAMESPACE", "ev-plaza")),
            objects: None,
            queue: None,
            sms_queue: None,
            key_service: None,
            sender: None,
            variables,
        };
        function.connect(&clients, &mut parts);
        Ok(parts)
    }

    /// Reads all secrets that are needed in one call, while the first call to the table is on its way.
    pub async fn opened(self) -> Result<Self, Error> {
        let names = self.function.secrets(&self.variables);
        let ids: BTreeSet<_> = names.into_iter().map(|name| self.variables.get(name).to_owned()).collect();
        let reading = self.secrets.read_all(ids.into_iter().collect());
        let ((), values) = tokio::join!(self.store.prime(), reading);
        Ok(Self { values: values?, ..self })
    }

    /// The same for one function of several in this process: it sees the variables that it declares and no others.
    #[must_use]
    pub fn of(&self, function: &Function) -> Self {
        Self { function: *function, variables: function.declared(&self.variables), ..self.clone() }
    }

    /// A secret as `read` reads it; one that is malformed is named.
    pub(super) fn secret<T>(
        &self,
        variable: &'static str,
        read: impl FnOnce(&SecretString) -> Result<T, Failure>,
    ) -> Result<T, Error> {
        let id = self.variables.get(variable);
        let value = self.values.get(id).ok_or_else(|| Error::missing(variable))?;
        let malformed = |failure| Error::MalformedSecret { variable, id: id.to_owned(), problem: detail(&failure) };
        read(value).map_err(malformed)
    }

    /// A part that is reached under a name, if the function declares that name.
    pub(super) fn reached<T: Clone>(&self, part: Option<&T>, name: &str) -> Result<T, Error> {
        let declared = part.filter(|_| !self.variables.get(name).is_empty());
        declared.cloned().ok_or_else(|| Error::missing(name))
    }
}
