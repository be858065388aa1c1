//! Jobs of Slurm on the Sweeps screen, asked for while somebody looks; Slurm may take long to answer.

use crate::disk::path;
use crate::sweep::slurm::{self, Job, OUTPUT, Order};
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
    /// Why the last look failed.
    failed: Option<String>,
}

impl Slurm {
    /// Asks again once it is time, and takes the answer; tells whether anything changed, and what an order came to, or why
    /// there are no news of jobs that were submitted here.
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
                Answer::Jobs(Ok(jobs)) => {
                    changed = jobs != self.jobs;
                    (self.jobs, self.failed) = (jobs, None);
                }
                // What was known is shown until it answers again.
                Answer::Jobs(Err(why)) => {
                    let news = runs.join(OUTPUT).is_dir() && self.failed.as_ref() != Some(&why);
                    if news {
                        self.failed = Some(why.clone());
                        told = Some(Err(why));
                    }
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

    /// The newest job of a sweep's training, counted from 1, or of the whole sweep.
    #[must_use]
    pub fn of(&self, sweep: &str, task: Option<usize>) -> Option<&Job> {
        let own = |job: &&Job| job.sweep == sweep && job.task == task;
        self.jobs.iter().rfind(own)
    }

    /// The jobs as if Slurm had answered so, for tests and pictures.
    pub fn pretend(&mut self, jobs: Vec<Job>) {
        (self.here, self.jobs) = (Some(false), jobs);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_it_does_not_answer_that_is_said_once_and_what_was_known_stays() {
        let runs = tempfile::tempdir().unwrap();
        let job = Job {
            id: "7_1".to_owned(),
            sweep: "s".to_owned(),
            task: Some(1),
            state: "running".to_owned(),
            why: String::new(),
        };
        let mut slurm = Slurm {
            here: Some(true),
            asked: Some(0.0),
            ..Slurm::default()
        };
        let mut answer = |found: Result<Vec<Job>, String>| {
            let (send, answers) = channel();
            send.send(Answer::Jobs(found)).unwrap();
            slurm.answers = Some(answers);
            let told = slurm.look(runs.path(), 1.0);
            (told, slurm.of("s", Some(1)).is_some())
        };
        let down = || Err("squeue: no controller".to_owned());
        assert_eq!(
            answer(down()),
            ((false, None), false),
            "nothing is submitted here"
        );
        std::fs::create_dir(runs.path().join(OUTPUT)).unwrap();
        assert_eq!(answer(Ok(vec![job.clone()])), ((true, None), true));
        let said = Some(Err("squeue: no controller".to_owned()));
        assert_eq!(answer(down()), ((true, said.clone()), true));
        assert_eq!(answer(down()), ((false, None), true), "it was said");
        assert_eq!(answer(Ok(vec![job])), ((false, None), true));
        assert_eq!(answer(down()), ((true, said), true));
    }
}
