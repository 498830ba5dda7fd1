//! The Lambda Runtime API: hands a function its events and takes its answers.

use super::http1::{Request, answer};
use serde_json::Value;
use std::{
    collections::VecDeque,
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Condvar, Mutex, MutexGuard},
    time::Duration,
};

#[derive(Debug, Default)]
pub struct State {
    events: VecDeque<String>,
    /// How often the function has asked for an event. The first time ends its start.
    pub polls: usize,
    /// What it answered, or the error that it reported.
    pub answers: VecDeque<Result<Value, Value>>,
}

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug)]
pub struct RuntimeApi {
    pub address: SocketAddr,
    shared: Arc<Shared>,
}

impl RuntimeApi {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (address, shared) = (listener.local_addr().unwrap(), Arc::<Shared>::default());
        let serving = Arc::clone(&shared);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = Arc::clone(&serving);
                std::thread::spawn(move || shared.serve(stream));
            }
        });
        Self { address, shared }
    }

    pub fn send(&self, event: &Value) {
        self.state().events.push_back(event.to_string());
        self.shared.changed.notify_all();
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.shared.state.lock().unwrap()
    }

    /// Waits until something happens, or for a moment.
    pub fn wait(&self) {
        drop(self.shared.changed.wait_timeout(self.state(), Duration::from_millis(50)).unwrap());
    }
}

impl Shared {
    fn serve(&self, mut stream: TcpStream) {
        let mut buffer = Vec::new();
        while let Some(request) = Request::read(&mut stream, &mut buffer) {
            let written = if request.path.ends_with("/invocation/next") {
                let (event, headers) = self.next();
                answer(&mut stream, 200, &headers, event.as_bytes())
            } else {
                self.take(&request);
                answer(&mut stream, 202, "Content-Type: application/json\r\n", br#"{"status":"OK"}"#)
            };
            if written.is_err() {
                return;
            }
        }
    }

    fn next(&self) -> (String, String) {
        let mut state = self.state.lock().unwrap();
        state.polls += 1;
        self.changed.notify_all();
        let event = loop {
            if let Some(event) = state.events.pop_front() {
                break event;
            }
            state = self.changed.wait(state).unwrap();
        };
        #[expect(clippy::disallowed_methods, reason = "the runtime compares it with the real time")]
        let deadline = jiff::Timestamp::now().as_millisecond() + 30_000;
        let headers = format!(
            "Content-Type: application/json\r\nLambda-Runtime-Aws-Request-Id: request-{}\r\n\
             Lambda-Runtime-Deadline-Ms: {deadline}\r\n\
             Lambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:ap-southeast-1:123456789012:function:ev-plaza\r\n\
             Lambda-Runtime-Trace-Id: Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=0\r\n",
            state.polls
        );
        (event, headers)
    }

    fn take(&self, request: &Request) {
        let body = serde_json::from_slice(&request.body).unwrap_or(Value::Null);
        let answer = if request.path.ends_with("/response") { Ok(body) } else { Err(body) };
        self.state.lock().unwrap().answers.push_back(answer);
        self.changed.notify_all();
    }
}
