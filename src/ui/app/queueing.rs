//! The queue: putting sweeps into it, changing it, and starting a worker where none lives.

use super::App;
use crate::queue::{Item, Queue, QueueError};
use crate::runs::now;
use crate::ui::screens::{OfQueue, ScreenId};

impl App {
    /// Looks at the queue while it is on the screen.
    pub(super) fn look_at_queue(&mut self) {
        if self.screen == ScreenId::Sweeps {
            let second = self.shared.clock.now() as u64;
            let runs = self.shared.listing.dir.clone();
            self.stale |= self.shared.queue.look(&runs, second);
        }
        if let Some(worker) = &mut self.working
            && let Ok(Some(_)) = worker.try_wait()
        {
            self.working = None;
        }
    }

    /// Puts a sweep at the end of the queue and has it worked.
    pub(super) fn enqueue(&mut self, sweep: &str, scale: Option<String>) {
        let short = sweep.rsplit('/').next().unwrap_or(sweep);
        let title = match &scale {
            Some(scale) => format!("{short} {scale}"),
            None => short.to_owned(),
        };
        let item = Item {
            title: title.clone(),
            sweep: sweep.to_owned(),
            scale,
            added: now(),
            ..Item::default()
        };
        let queue = Queue::of(&self.shared.listing.dir);
        match queue.add(item) {
            Ok(_) => {
                let said = self.work(&queue);
                self.say(format!("{title} is in the queue{said}"), false);
            }
            // What waits there already is to be worked all the same.
            Err(why @ QueueError::Twice { .. }) => {
                let said = self.work(&queue);
                self.say(format!("{why}{said}"), true);
            }
            Err(why) => self.say(why.to_string(), true),
        }
        self.read_queue();
    }

    /// Starts a worker where none lives; what to say of it.
    fn work(&mut self, queue: &Queue) -> String {
        if queue.is_paused() {
            return ", which is paused".to_owned();
        }
        if !queue.workers().is_empty() || self.working.is_some() {
            return String::new();
        }
        match (self.start_worker)(&self.shared.listing.dir) {
            Ok(worker) => {
                self.working = Some(worker);
                "; training goes on in the background, also after you leave".to_owned()
            }
            Err(why) => format!(", but no worker could be started: {why}"),
        }
    }

    /// Changes the queue.
    pub(super) fn change_queue(&mut self, change: &OfQueue) {
        let queue = Queue::of(&self.shared.listing.dir);
        let said = match change {
            OfQueue::Remove(id) => queue
                .remove(id)
                .map(|()| "taken out of the queue".to_owned()),
            OfQueue::Shift(id, places) => queue.shift(id, *places).map(|_| String::new()),
            OfQueue::Retry(id) => queue.retry(id).map(|()| {
                let said = self.work(&queue);
                format!("waits again{said}")
            }),
            OfQueue::Pause if queue.is_paused() => queue.pause(false).map(|()| {
                let said = self.work(&queue);
                format!("the queue goes on{said}")
            }),
            OfQueue::Pause => queue.pause(true).map(|()| {
                "the queue is paused; what is being trained is trained to its end".to_owned()
            }),
        };
        match said {
            Ok(text) if text.is_empty() => {}
            Ok(text) => self.say(text, false),
            Err(why) => self.say(why.to_string(), true),
        }
        self.read_queue();
    }

    fn read_queue(&mut self) {
        let second = self.shared.clock.now() as u64;
        let runs = self.shared.listing.dir.clone();
        self.shared.queue.read(&runs, second);
        self.stale = true;
    }
}
