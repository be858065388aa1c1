//! Cards are read on a thread of their own: a driver that hangs costs its readings and nothing else.

use super::cards::{self, Cards, Driver};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

/// What is said while the driver owes an answer.
pub const SILENT: &str = "the NVIDIA driver doesn't answer";

/// Asks for readings and takes them as they come.
#[derive(Debug)]
pub struct Watch {
    questions: Sender<()>,
    answers: Receiver<Reading>,
    /// Whether an answer is owed.
    owed: bool,
}

/// What the cards show, or a sentence why nothing is known of them.
pub type Reading = Result<Cards, String>;

impl Watch {
    /// Reaches a driver on a thread of its own; `open` does it.
    pub fn begin(open: impl FnOnce() -> Result<Box<dyn Driver>, String> + Send + 'static) -> Self {
        let (questions, asked) = channel();
        let (answer, answers) = channel();
        let work = move || serve(&open(), &asked, &answer);
        // Without a thread there is nobody to answer, which the first question finds out.
        let _ = std::thread::Builder::new()
            .name("cards".to_owned())
            .spawn(work);
        Self {
            questions,
            answers,
            owed: false,
        }
    }

    /// Asks, unless an answer is owed.
    pub fn ask(&mut self) {
        if !self.owed {
            self.owed = self.questions.send(()).is_ok();
        }
    }

    /// Whether an answer is owed.
    pub const fn owes(&self) -> bool {
        self.owed
    }

    /// The answer to what was asked, if it has come.
    pub fn take(&mut self) -> Option<Reading> {
        let answer = self.answers.try_recv().ok()?;
        self.owed = false;
        Some(answer)
    }

    /// What the cards show now, if the driver answers in time. A late answer is to an old question and thrown away.
    ///
    /// # Errors
    /// A sentence, where there is no driver or it doesn't answer.
    pub fn read(&mut self, patience: Duration) -> Reading {
        let late = self.owed && self.take().is_none();
        self.ask();
        if late || !self.owed {
            return Err(SILENT.to_owned());
        }
        let answer = self.answers.recv_timeout(patience);
        self.owed = answer.is_err();
        answer.unwrap_or_else(|_| Err(SILENT.to_owned()))
    }
}

fn serve(driver: &Result<Box<dyn Driver>, String>, asked: &Receiver<()>, answer: &Sender<Reading>) {
    let own = std::process::id();
    while asked.recv().is_ok() {
        let reading = match driver {
            Ok(driver) => cards::read(driver.as_ref(), own),
            Err(why) => Err(why.clone()),
        };
        if answer.send(reading).is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::cards::fake_driver::Made;
    use super::*;

    /// Longer than any test takes.
    const LONG: Duration = Duration::from_mins(10);

    #[test]
    fn readings_come_from_the_other_thread() {
        let mut watch = Watch::begin(|| Ok(Box::new(Made::cards(2))));
        assert_eq!(watch.read(LONG).unwrap().cards.len(), 2);
        assert_eq!(watch.read(LONG).unwrap().cards.len(), 2);
    }

    #[test]
    fn a_machine_without_a_driver_says_so_each_time() {
        let mut watch = Watch::begin(|| Err("no NVIDIA driver was found".to_owned()));
        for _ in 0..2 {
            assert_eq!(watch.read(LONG).unwrap_err(), "no NVIDIA driver was found");
        }
    }

    #[test]
    fn a_driver_that_hangs_is_waited_for_once_and_heard_when_it_is_back() {
        let (wake, sleeps) = channel::<()>();
        let (woke, awake) = channel::<()>();
        let mut watch = Watch::begin(move || {
            let _ = sleeps.recv();
            let _ = woke.send(());
            Ok(Box::new(Made::cards(1)))
        });
        assert_eq!(watch.read(Duration::ZERO).unwrap_err(), SILENT);
        // It owes an answer: nobody waits for it again.
        assert_eq!(watch.read(LONG).unwrap_err(), SILENT);
        wake.send(()).unwrap();
        awake.recv().unwrap();
        let back = std::iter::repeat_with(|| watch.read(LONG)).find(Result::is_ok);
        assert_eq!(back.unwrap().unwrap().cards.len(), 1);
    }
}
