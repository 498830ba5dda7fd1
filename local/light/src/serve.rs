//! Serving until a signal stops it.

use crate::{CORS, plaza::Plaza};
use local::{
    Problem, Result,
    command::{clock::settle, seed::first_station},
    doing,
    front::Front,
    options::ServeOptions,
    port,
    process::KnownProcess,
    record::Record,
    secrets,
    serve::{Start, Stop, say_ready},
    tell,
};
use std::{fs::File, sync::Arc, time::Duration};
use tokio::runtime::Builder;
use tracing_subscriber::filter::LevelFilter;

pub fn serve(options: &ServeOptions) -> Result<()> {
    let start = Start::new(options)?;
    let stop = Stop::on_signals()?;
    if options.attached {
        stop.at_the_end_of_input();
    }
    let listener = port::wanted(options.port)?;
    let api = listener.local_addr().map_err(doing("the address of the API is unknown"))?.to_string();
    secrets::make_once(&start.dir)?;
    start.clock.write(&start.dir)?;
    log(&start)?;

    let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.map_err(doing("the functions cannot be started"))?;
    let plaza = Arc::new(runtime.block_on(Plaza::open(&start.dir, &api))?);
    let cors = serde_json::from_str(CORS).map_err(doing("cors.json"))?;
    let handle = runtime.handle().clone();
    Front::before(cors, move |request| Ok(handle.block_on(plaza.answer(request)))).serve(listener);
    first_station(&api, options.metered)?;
    settle(&api)?;
    record(&start, &api)?;
    say_ready(&start, &api);
    while !stop.asked() {
        std::thread::sleep(Duration::from_millis(50));
    }
    tell::step("stopping");
    runtime.shutdown_timeout(Duration::from_secs(5));
    Record::remove(&start.dir);
    start.stopped()
}

/// So that other commands find it.
fn record(start: &Start, api: &str) -> Result<()> {
    let owner = KnownProcess::of(std::process::id())
        .ok_or_else(|| Problem("the process id of cargo local is unknown".into()))?;
    Record { api: api.to_owned(), aws: String::new(), owner, processes: Vec::new() }.write(&start.dir)
}

fn log(start: &Start) -> Result<()> {
    let path = start.dir.join("functions.log");
    let file = File::create(&path).map_err(doing(path.display()))?;
    tracing_subscriber::fmt().json().with_max_level(LevelFilter::INFO).with_writer(Arc::new(file)).init();
    Ok(())
}
