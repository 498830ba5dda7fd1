//! The stand-in for the Lambda Runtime API: hands a function events and takes the time.

use crate::{
    http::{Request, answer},
    process::{Process, cpu_microseconds},
    world::Case,
};
use std::{
    net::{TcpListener, TcpStream},
    sync::{Arc, Condvar, Mutex},
    time::{Duration, Instant},
};

/// What one environment of a function took.
#[derive(Clone, Debug, Default)]
pub struct Measured {
    /// Until the first poll: processor and clock.
    pub start_cpu_us: f64,
    pub start_us: f64,
    pub first_us: f64,
    pub first_cpu_us: f64,
    /// The median of the events after the first.
    pub warm_us: f64,
    pub warm_cpu_us: f64,
    pub peak_kb: f64,
    /// The first answer that was not as expected.
    pub wrong: Option<String>,
}

#[derive(Default)]
struct State {
    process: u32,
    wanted: usize,
    sent: usize,
    first_poll: Option<(Instant, f64)>,
    sent_at: Option<Instant>,
    latencies: Vec<Duration>,
    cpu_after_first: f64,
    cpu_at_end: f64,
    wrong: Option<String>,
    is_over: bool,
}

struct Trial {
    state: Mutex<State>,
    changed: Condvar,
    event: String,
    status: String,
}

/// Starts a function and hands it so many events, one after the other. Zero: only until its first poll.
pub fn run(case: &Case, events: usize, command: &[String], gently: bool) -> Measured {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let api = listener.local_addr().expect("an address").to_string();
    let trial = Arc::new(Trial {
        state: Mutex::new(State { wanted: events, ..State::default() }),
        changed: Condvar::new(),
        event: case.event.clone(),
        status: format!("\"statusCode\":{}", case.status),
    });
    let accepting = Arc::clone(&trial);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            if accepting.state.lock().unwrap().is_over {
                return;
            }
            let trial = Arc::clone(&accepting);
            std::thread::spawn(move || serve(stream, &trial));
        }
    });

    // Held until the process is known, so that its first poll waits for that.
    let mut state = trial.state.lock().unwrap();
    let started = Instant::now();
    let mut process = Process::start(command, &case.variables, &api);
    state.process = process.id();
    let deadline = started + Duration::from_secs(120);
    while !state.is_over {
        state = trial.changed.wait_timeout(state, Duration::from_millis(50)).unwrap().0;
        if !state.is_over && (process.has_ended() || Instant::now() > deadline) {
            state.wrong.get_or_insert_with(|| "ended early or hangs".to_owned());
            state.is_over = true;
        }
    }
    let peak_kb = process.peak_kilobytes();
    drop(state);
    process.end(gently);
    let _ = TcpStream::connect(&api);

    let state = trial.state.lock().unwrap();
    let microseconds = |duration: Duration| duration.as_secs_f64() * 1e6;
    let mut warm: Vec<_> = state.latencies.iter().skip(1).copied().map(microseconds).collect();
    warm.sort_by(f64::total_cmp);
    let (polled, start_cpu) = state.first_poll.unwrap_or((started, 0.0));
    Measured {
        start_cpu_us: start_cpu,
        start_us: microseconds(polled.duration_since(started)),
        first_us: state.latencies.first().copied().map_or(0.0, microseconds),
        first_cpu_us: state.cpu_after_first - start_cpu,
        warm_us: warm.get(warm.len() / 2).copied().unwrap_or_default(),
        warm_cpu_us: (state.cpu_at_end - state.cpu_after_first) / warm.len().max(1) as f64,
        peak_kb: peak_kb as f64,
        wrong: state.wrong.clone(),
    }
}

fn serve(mut stream: TcpStream, trial: &Trial) {
    let _ = stream.set_nodelay(true);
    let mut buffer = Vec::new();
    while let Some(request) = Request::read(&mut stream, &mut buffer) {
        let now = Instant::now();
        let mut state = trial.state.lock().unwrap();
        if request.line.contains("/invocation/next") {
            let cpu = cpu_microseconds(state.process);
            state.first_poll.get_or_insert((now, cpu));
            if state.sent == 1 {
                state.cpu_after_first = cpu;
            }
            if state.sent >= state.wanted {
                state.cpu_at_end = cpu;
                state.is_over = true;
                trial.changed.notify_all();
                drop(state);
                // A poll without an answer, as in an environment that is frozen.
                let _ = Request::read(&mut stream, &mut buffer);
                return;
            }
            state.sent += 1;
            let headers = headers(state.sent);
            state.sent_at = Some(Instant::now());
            drop(state);
            if answer(&mut stream, 200, &headers, trial.event.as_bytes()).is_err() {
                return;
            }
        } else {
            let body = String::from_utf8_lossy(&request.body).replace("\": ", "\":");
            if request.line.contains("/response") {
                let latency = state.sent_at.map(|at| now.duration_since(at)).unwrap_or_default();
                state.latencies.push(latency);
            }
            if !request.line.contains("/response") || !body.contains(&trial.status) {
                let short: String = body.chars().take(300).collect();
                state.wrong.get_or_insert_with(|| format!("{} {short}", request.line));
            }
            if request.line.contains("/init/error") {
                state.is_over = true;
                trial.changed.notify_all();
            }
            drop(state);
            if answer(&mut stream, 202, "Content-Type: application/json\r\n", br#"{"status":"OK"}"#).is_err() {
                return;
            }
        }
    }
}

fn headers(n: usize) -> String {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    let deadline = now.as_millis() + 30_000;
    format!(
        "Content-Type: application/json\r\nLambda-Runtime-Aws-Request-Id: 8476a536-e9f4-11e8-9739-{n:012x}\r\n\
         Lambda-Runtime-Deadline-Ms: {deadline}\r\n\
         Lambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:us-east-1:123456789012:function:bench\r\n\
         Lambda-Runtime-Trace-Id: Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=0\r\n"
    )
}
