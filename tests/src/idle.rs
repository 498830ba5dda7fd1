//! Time that passes only when nothing else can happen: whenever the runtime would sleep, the next timer rings instead.
//! A history takes no longer than its work, and what happens first never depends on the machine.

use aws_sdk_dynamodb::config::{AsyncSleep, Sleep};
use std::{
    collections::BTreeMap,
    pin::Pin,
    sync::{Arc, Mutex},
    task::{Context, Poll, Waker},
    time::Duration,
};
use tokio::runtime::{Builder, Runtime};

/// Clones are the same time.
#[derive(Clone, Debug, Default)]
pub struct Idle(Arc<Mutex<Timers>>);

#[derive(Debug, Default)]
struct Timers {
    now: Duration,
    set: u64,
    rings: BTreeMap<(Duration, u64), Waker>,
}

impl Idle {
    /// A runtime of one thread under which this time passes.
    pub fn runtime(&self) -> Runtime {
        let time = self.clone();
        Builder::new_current_thread().enable_time().on_thread_park(move || time.ring()).build().unwrap()
    }

    fn ring(&self) {
        let mut timers = self.0.lock().unwrap();
        let Some(((at, _), waker)) = timers.rings.pop_first() else { return };
        timers.now = at;
        drop(timers);
        waker.wake();
    }

    pub async fn wait(&self, pause: Duration) {
        if pause.is_zero() {
            return;
        }
        let key = {
            let mut timers = self.0.lock().unwrap();
            timers.set += 1;
            (timers.now + pause, timers.set)
        };
        Timer { time: self.clone(), key }.await;
    }
}

impl AsyncSleep for Idle {
    fn sleep(&self, pause: Duration) -> Sleep {
        let time = self.clone();
        Sleep::new(async move { time.wait(pause).await })
    }
}

struct Timer {
    time: Idle,
    key: (Duration, u64),
}

impl Future for Timer {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut timers = self.time.0.lock().unwrap();
        if timers.now >= self.key.0 {
            return Poll::Ready(());
        }
        timers.rings.insert(self.key, context.waker().clone());
        Poll::Pending
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        self.time.0.lock().unwrap().rings.remove(&self.key);
    }
}
