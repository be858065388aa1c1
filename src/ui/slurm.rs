//! Jobs of Slurm on the Sweeps screen, asked for while somebody looks; Slurm may take long to answer.

use crate::disk::path;
use crate::sweep::slurm::{self, Job, Order};
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};

/// Seconds from one look to the next: many users ask the same daemon.
const PACE: f64 = 10.0;

/// What Slurm answered.
enum Answer {
    Jobs(Result<Vec<Job>, String>),
    Told(Result<(), String>),
}

/// What Slurm says of this runs folder's jobs.
#[derive(Debug, Default)]
pub struct Slurm {
    here: Option<bool>,
    jobs: Vec<Job>,
    /// When it was asked last.
    asked: Option<f64>,
    answers: Option<Receiver<Answer>>,
}

impl Slurm {
    /// Asks again once it is time, and takes the answer; tells whether anything changed, and what an order came to.
    pub fn look(&mut self, runs: &Path, now: f64) -> (bool, Option<Result<(), String>>) {
        if !*self.here.get_or_insert_with(slurm::is_here) {
            return (false, None);
        }
        let answer = self
            .answers
            .as_ref()
            .and_then(|answers| answers.try_recv().ok());
        let (mut changed, mut told) = (false, None);
        if let Some(answer) = answer {
            self.answers = None;
            match answer {
                Answer::Jobs(found) => {
                    let jobs = found.unwrap_or_default();
                    changed = jobs != self.jobs;
                    self.jobs = jobs;
                }
                Answer::Told(result) => {
                    self.asked = None;
                    told = Some(result);
                }
            }
        }
        let due = self.asked.is_none_or(|asked| (now - asked).abs() >= PACE);
        if due && self.answers.is_none() {
            self.asked = Some(now);
            let runs = path::whole(runs).display().to_string();
            self.begin(move |send| send.send(Answer::Jobs(slurm::jobs(&runs))));
        }
        (changed || told.is_some(), told)
    }

    /// Gives jobs an order; [`Self::look`] tells what it came to.
    pub fn tell(&mut self, order: Order, ids: Vec<String>) {
        self.begin(move |send| send.send(Answer::Told(slurm::tell(order, &ids))));
    }

    fn begin<E>(&mut self, work: impl FnOnce(&Sender<Answer>) -> Result<(), E> + Send + 'static) {
        let (send, answers) = channel();
        // Where the system refuses a thread, the next look asks again.
        let begun = std::thread::Builder::new()
            .name("slurm".to_owned())
            .spawn(move || drop(work(&send)));
        self.answers = begun.is_ok().then_some(answers);
    }

    /// The newest job of a sweep's training, counted from 0.
    #[must_use]
    pub fn of(&self, sweep: &str, training: usize) -> Option<&Job> {
        let own = |job: &&Job| job.sweep == sweep && job.task == training + 1;
        self.jobs.iter().rfind(own)
    }

    /// The jobs as if Slurm had answered so, for tests and pictures.
    pub fn pretend(&mut self, jobs: Vec<Job>) {
        (self.here, self.jobs) = (Some(false), jobs);
    }
}
