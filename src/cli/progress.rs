//! Progress on standard error: only where that is a terminal, and only for work that takes its time.

use std::cell::RefCell;
use std::io::IsTerminal as _;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget};

/// A line that says what is being done.
#[derive(Debug)]
pub struct Progress {
    bar: RefCell<Option<ProgressBar>>,
}

impl Progress {
    /// Says nothing.
    pub fn silent() -> Self {
        Self { bar: RefCell::new(None) }
    }

    /// Begins to say something after a while.
    pub fn after(delay: Duration) -> Self {
        if !std::io::stderr().is_terminal() {
            return Self::silent();
        }
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        let shown = bar.clone();
        let begun = Instant::now();
        std::thread::spawn(move || {
            std::thread::sleep(delay.saturating_sub(begun.elapsed()));
            if !shown.is_finished() {
                shown.set_draw_target(ProgressDrawTarget::stderr());
                shown.enable_steady_tick(Duration::from_millis(100));
            }
        });
        Self { bar: RefCell::new(Some(bar)) }
    }

    /// Says what is being done now.
    pub fn say(&self, what: &'static str) {
        if let Some(bar) = &*self.bar.borrow() {
            bar.set_message(what);
        }
    }

    /// Removes the line.
    pub fn finish(&self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}
