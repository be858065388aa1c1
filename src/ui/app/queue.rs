//! The queue: putting sweeps into it, changing it, and starting a worker where none lives.

use super::App;
use crate::experiment::Experiment;
use crate::experiment::file::to_text;
use crate::queue::{Item, Queue, QueueError, key};
use crate::runs::now;
use crate::sweep::own;
use crate::ui::intent::QueueChange;
use crate::ui::screen_id::ScreenId;
use crate::ui::shared::Subject;
use crate::ui::sweep_draft::Vary;

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

    /// Looks at the jobs of Slurm while they are on the screen.
    pub(super) fn look_at_slurm(&mut self) {
        if self.screen == ScreenId::Sweeps {
            let now = self.shared.clock.now();
            let dir = self.shared.listing.dir.clone();
            let (changed, told) = self.shared.slurm.look(&dir, now);
            self.stale |= changed;
            match told {
                Some(Ok(())) => self.say("Slurm has the order".to_owned(), false),
                Some(Err(why)) => self.say(why, true),
                None => {}
            }
        }
    }

    /// Puts a sweep at the end of the queue and has it worked.
    pub(super) fn enqueue(&mut self, sweep: &str, scale: Option<String>) {
        let short = sweep.rsplit('/').next().unwrap_or(sweep);
        let title = match &scale {
            Some(scale) => format!("{short} {scale}"),
            None => short.to_owned(),
        };
        self.add(Item {
            title,
            sweep: sweep.to_owned(),
            scale,
            ..Item::default()
        });
    }

    /// The same with a single experiment.
    pub(super) fn enqueue_alone(&mut self, experiment: &Experiment) {
        self.add(Item {
            title: experiment.name.clone(),
            experiment: Some(to_text(experiment)),
            ..Item::default()
        });
    }

    fn add(&mut self, item: Item) {
        let title = item.title.clone();
        let item = Item {
            added: now(),
            ..item
        };
        let queue = Queue::new(&self.shared.listing.dir);
        let added = queue.add(item);
        self.read_queue();
        match added {
            Ok(item) => {
                let message = self.work(&queue);
                let text = format!("{title} is in the queue{message}");
                self.say_of(Subject::Item(item.key().to_owned()), text, false);
            }
            // What waits there already is to be worked all the same.
            Err(QueueError::Twice { title, key }) => {
                let message = self.work(&queue);
                let text = format!("{title:?} is in the queue already{message}");
                self.say_of(Subject::Item(key), text, message.is_empty());
            }
            Err(why) => self.say(why.to_string(), true),
        }
    }

    /// Writes the sweep of some values around an experiment, and puts it into the queue.
    pub(super) fn sweep(&mut self, base: &Experiment, name: &str, vary: &Vary) {
        let text = |file: &str| vary.file(name, file, base.train.seed);
        match own::write(&self.shared.listing.dir, name, base, text) {
            Ok(path) => {
                let path = path.display().to_string();
                self.enqueue(&path, None);
                self.sweeps.open_file(&path);
                self.screen = ScreenId::Sweeps;
                self.read_queue();
            }
            Err(why) => self.say(why.to_string(), true),
        }
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
                "; it trains even after you leave".to_owned()
            }
            Err(why) => format!(", but no worker could be started: {why}"),
        }
    }

    /// Changes the queue.
    pub(super) fn change_queue(&mut self, change: &QueueChange) {
        let queue = Queue::new(&self.shared.listing.dir);
        let title = |id: &str| match queue.locate(id) {
            Ok((item, _)) => format!("{} ({})", item.title, item.key()),
            Err(_) => id.to_owned(),
        };
        let message = match change {
            QueueChange::Remove(id, stop) => {
                let title = title(id);
                queue.remove(id, *stop).map(|stops| {
                    if stops {
                        format!("{title} stops after its step and is then removed")
                    } else {
                        format!("{title} is removed from the queue")
                    }
                })
            }
            QueueChange::Shift(id, places) => queue.shift(id, *places).map(|_| String::new()),
            QueueChange::Retry(id) => queue.retry(id).map(|()| {
                let message = self.work(&queue);
                format!("waiting again{message}")
            }),
            QueueChange::Work => self.continue_queue(&queue),
            QueueChange::Pause if queue.is_paused() => self.continue_queue(&queue),
            QueueChange::Pause => queue
                .pause(true)
                .map(|()| "the queue is paused; a run in progress trains to its end".to_owned()),
        };
        let of = match change {
            QueueChange::Pause | QueueChange::Work => Subject::Queue,
            QueueChange::Remove(id, _) | QueueChange::Shift(id, _) | QueueChange::Retry(id) => {
                Subject::Item(key(id).to_owned())
            }
        };
        self.read_queue();
        match message {
            Ok(text) if text.is_empty() => {}
            Ok(text) => self.say_of(of, text, false),
            Err(why) => self.say_of(of, why.to_string(), true),
        }
    }

    fn continue_queue(&mut self, queue: &Queue) -> Result<String, QueueError> {
        queue.pause(false)?;
        let message = self.work(queue);
        Ok(format!("the queue is running again{message}"))
    }

    fn read_queue(&mut self) {
        let second = self.shared.clock.now() as u64;
        let runs = self.shared.listing.dir.clone();
        self.shared.queue.read(&runs, second);
        self.stale = true;
    }
}
