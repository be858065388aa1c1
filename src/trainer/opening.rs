//! What is said and heard while a data set is opened, which may take minutes.

use super::{Command, Notice};
use crate::engine::data::{self, Data, DataError, DataSet, Progress, Seldom, Watch};
use crate::runs::Request;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender};
use std::time::Duration;

/// Between two looks at what is asked.
const PACE: Duration = Duration::from_millis(100);

/// Opens a data set, tells how far that is, and ends it where it is asked to stop. What else is asked is left for the training, in
/// `asked`.
pub fn opened(
    data: &Data,
    commands: &mut Receiver<Command>,
    asked: &mut Vec<Request>,
    notices: &Sender<Notice>,
) -> Result<DataSet, DataError> {
    let (pace, ears) = (Seldom::every(PACE), Mutex::new((commands, asked)));
    let told = |progress: Progress| {
        if !pace.is_due() {
            return true;
        }
        let _ = notices.send(Notice::Opening(progress));
        let Ok(mut ears) = ears.try_lock() else {
            return true;
        };
        let (commands, asked) = &mut *ears;
        while let Ok(command) = commands.try_recv() {
            match command {
                Command::Ask(Request::Stop) => return false,
                Command::Ask(request) => asked.push(request),
                _ => drop(notices.send(Notice::Refused(super::BUSY.to_owned()))),
            }
        }
        true
    };
    data::open_watched(data, &Watch::new(&told))
}
