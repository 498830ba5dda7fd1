//! `cargo local`: starts everything in order, and runs until it is stopped.

use crate::{
    Problem, Result, build,
    clock::Clock,
    command,
    deployment::{self, Addresses},
    doing,
    front::Front,
    functions::Functions,
    keeper,
    ministack::MiniStack,
    options::ServeOptions,
    paths::{self, StackDir},
    port,
    process::KnownProcess,
    programs,
    record::{Lock, Record},
    secrets, tell,
    venv::Venv,
};
use jiff::Timestamp;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use std::{
    process::Child,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

/// The directory of a stack that starts, and its clock. The lock is held until the stack has ended.
pub struct Start {
    pub dir: StackDir,
    pub clock: Clock,
    _lock: Lock,
}

impl Start {
    /// Ends the processes of an earlier stack, and deletes its data if `--fresh` says so.
    pub fn new(options: &ServeOptions) -> Result<Self> {
        let dir = StackDir::make(&options.dir)?;
        let Some(lock) = Lock::take(&dir)? else { return Err(already_running(&dir)) };
        if let Some(left) = Record::read(&dir) {
            tell::step("ending the processes of an earlier stack");
            left.end_processes();
            Record::remove(&dir);
        }
        if options.fresh {
            dir.forget()?;
        }
        let clock = Clock::after(Clock::read(&dir)?.as_ref(), options, Timestamp::now())?;
        Ok(Self { dir, clock, _lock: lock })
    }

    /// Lets the clock wait for the next start.
    pub fn stopped(&self) -> Result<()> {
        Clock::read(&self.dir)?.map_or(Ok(()), |clock| clock.stopped(Timestamp::now()).write(&self.dir))
    }
}

/// Says that the stack is ready, and what to try.
pub fn say_ready(start: &Start, api: &str) {
    tell::step(&start.clock);
    tell::answer(format!("ready http://{api}\n{}", try_next(api)));
}

pub fn serve(options: &ServeOptions) -> Result<()> {
    let repository = paths::repository()?;
    let start = Start::new(options)?;
    let Start { dir, clock, .. } = &start;
    drop(port::wanted(options.port)?);

    let stop = Stop::on_signals()?;
    if options.attached {
        stop.at_the_end_of_input();
    }
    let venv = Venv::ready(&repository)?;
    let names = build::functions(&repository)?;
    tell::step(format!("compiling {} functions (minutes the first time, seconds later)", names.len()));
    let cargo = programs::compile_and_keep(&repository, dir, options.reload, &|| stop.asked());
    stop.check()?;
    let cargo = cargo?;
    // Bound only now, because a free port may be taken during minutes of compiling.
    let listener = port::wanted(options.port)?;
    let api = listener.local_addr().map_err(doing("the address of the API is unknown"))?.to_string();
    let watch = format!("127.0.0.1:{}", port::remembered(dir, "functions.port")?);

    secrets::make_once(dir)?;
    clock.write(dir)?;
    let mut stack = Stack::new(dir, &api)?;
    MiniStack::lost(dir).into_iter().for_each(tell::step);
    tell::step("starting DynamoDB, S3 and SQS");
    let mut ministack = MiniStack::start(&venv, dir)?;
    stack.aws(&ministack)?;
    ministack.wait_until_it_answers(dir)?;
    stop.check()?;
    tell::step("creating the stack of template.yaml");
    let addresses = Addresses { aws: &ministack.url(), functions: &watch, api: &api };
    deployment::deploy(&venv, &repository, dir, &addresses)?;
    stop.check()?;
    tell::step("starting the functions");
    let mut functions = Functions::start(&venv, &repository, dir, &ministack, &watch, &cargo, options.reload)?;
    stack.add(&functions.child)?;
    let answered = functions.wait_until_they_answer(dir, &names, &|| stop.asked());
    stop.check()?;
    answered?;
    Front::new(&dir.join(deployment::CORS), &watch)?.serve(listener);
    command::seed::first_station(&api, options.metered)?;
    command::clock::settle(&api)?;
    stop.check()?;

    say_ready(&start, &api);
    let ended = stop.wait(&mut ministack, &mut functions);
    tell::step("stopping");
    drop(stack);
    start.stopped()?;
    match ended {
        None => Ok(()),
        Some(name) => Err(Problem(format!("{name} ended by itself; its log is in {}", dir.path().display()))),
    }
}

fn already_running(dir: &StackDir) -> Problem {
    let at = Record::read(dir).map(|record| format!(" at http://{}", record.api)).unwrap_or_default();
    let dir = dir.path().display();
    Problem(format!("a stack is already running in {dir}{at}; stop it with cargo local stop, or choose another --dir"))
}

fn try_next(api: &str) -> String {
    format!(
        "  curl -i -X POST http://{api}/u/register -d username=ada -d email=ada@example.com -d password=long-enough-1\n  \
           curl -i -X POST http://{api}/u/login -d username=ada -d password=long-enough-1\n  \
           cargo local token admin"
    )
}

/// The running processes, from the first one on. Dropping it ends all of them, for any reason.
struct Stack<'d> {
    dir: &'d StackDir,
    record: Record,
    keeper: Child,
}

impl<'d> Stack<'d> {
    fn new(dir: &'d StackDir, api: &str) -> Result<Self> {
        let owner = KnownProcess::of(std::process::id())
            .ok_or_else(|| Problem("the process id of cargo local is unknown".into()))?;
        let record = Record { api: api.to_owned(), aws: String::new(), owner, processes: Vec::new() };
        record.write(dir)?;
        Ok(Self { dir, record, keeper: keeper::start(dir)? })
    }

    fn aws(&mut self, ministack: &MiniStack) -> Result<()> {
        self.record.aws = ministack.url();
        self.add(&ministack.child)
    }

    fn add(&mut self, child: &Child) -> Result<()> {
        // The caller that waits for a process notices that it has ended.
        self.record.processes.splice(0..0, KnownProcess::of(child.id()));
        self.record.write(self.dir)
    }
}

impl Drop for Stack<'_> {
    fn drop(&mut self) {
        self.record.end_processes();
        Record::remove(self.dir);
        drop(self.keeper.stdin.take());
        self.keeper.wait().ok();
    }
}

/// Whether a signal asked us to stop.
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    pub fn on_signals() -> Result<Self> {
        let asked = Arc::new(AtomicBool::new(false));
        for signal in [SIGINT, SIGTERM, SIGHUP] {
            signal_hook::flag::register(signal, Arc::clone(&asked))
                .map_err(doing("signal handlers could not be installed"))?;
        }
        Ok(Self(asked))
    }

    pub fn at_the_end_of_input(&self) {
        let asked = Arc::clone(&self.0);
        std::thread::spawn(move || {
            std::io::copy(&mut std::io::stdin(), &mut std::io::sink()).ok();
            asked.store(true, Ordering::Relaxed);
        });
    }

    pub fn asked(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    fn check(&self) -> Result<()> {
        if self.asked() { Err(Problem("stopped before it was ready".into())) } else { Ok(()) }
    }

    /// Returns the name of a process that ended by itself, if that is why the stack stops.
    fn wait(&self, ministack: &mut MiniStack, functions: &mut Functions) -> Option<&'static str> {
        while !self.asked() {
            functions.report();
            for (name, child) in [("MiniStack", &mut ministack.child), ("cargo lambda watch", &mut functions.child)] {
                if child.try_wait().is_ok_and(|status| status.is_some()) {
                    return Some(name);
                }
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        None
    }
}
