//! Runs as TensorBoard's event files: scalars, hyperparameters and pictures.
//!
//! A file is a row of records (`tensorboard/record.rs`), each an `Event` of `tensorboard/compat/proto/event.proto`, in
//! `summary.proto` and `plugins/hparams/plugin_data.proto`; the numbers below are those of their fields.

mod message;
mod record;

use crate::engine::report::{Begin, Outcome, Report};
use crate::experiment::Experiment;
use crate::hparam::{Group, Value};
use crate::runs::Record;
use image::RgbImage;
use message::Message;
use std::io::{self, Cursor, Write};

/// The plugin of hyperparameters.
const HPARAMS: &str = "hparams";

/// An event file that is being written.
#[derive(Debug)]
pub struct Events<W> {
    to: W,
}

impl<W: Write> Events<W> {
    /// Begins a file with what TensorBoard knows its kind by; `at` in seconds since 1970, as below.
    ///
    /// # Errors
    /// Those of the writer, as below.
    pub fn begin(to: W, at: f64) -> io::Result<Self> {
        let mut events = Self { to };
        events.event(at, 0, |event| event.text(3, "brain.Event:2"))?;
        Ok(events)
    }

    /// The writer.
    pub const fn writer(&mut self) -> &mut W {
        &mut self.to
    }

    /// Every hyperparameter, for the table of runs.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn hparams(&mut self, experiment: &Experiment, at: f64) -> io::Result<()> {
        let mut session = Message::default();
        for field in experiment.fields() {
            let mut value = Message::default();
            match &field.value {
                Value::Float(v) => value.double(2, *v),
                Value::Whole(v) => value.double(2, *v as f64),
                Value::Toggle(v) => value.number(4, u64::from(*v)),
                Value::Text(v) => value.text(3, v),
            }
            let mut entry = Message::default();
            entry.text(1, &field.path);
            entry.message(2, &value);
            session.message(1, &entry);
        }
        session.double(5, at);
        self.session(3, "_hparams_/session_start_info", &session, at)
    }

    /// What a run's log says, as far as TensorBoard has a place for it.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn record(&mut self, record: &Record) -> io::Result<()> {
        let at = record.at;
        match &record.report {
            // What came after the checkpoint that a run was resumed from is void.
            Report::Begin(Begin { step, .. }) if *step > 0 => {
                let mut start = Message::default();
                start.number(1, 1);
                self.event(at, step + 1, |event| event.message(7, &start))
            }
            Report::Point(point) => {
                let mut summary = Message::default();
                for (key, value) in &point.values {
                    let mut scalar = Message::default();
                    scalar.text(1, key);
                    scalar.float(2, *value as f32);
                    summary.message(1, &scalar);
                }
                self.event(at, point.step, |event| event.message(5, &summary))
            }
            Report::End(end) => {
                let mut session = Message::default();
                session.number(1, if end.outcome == Outcome::Failed { 2 } else { 1 });
                session.double(2, at);
                self.session(4, "_hparams_/session_end_info", &session, at)
            }
            _ => Ok(()),
        }
    }

    /// A picture at step 0.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn picture(&mut self, tag: &str, picture: &RgbImage, at: f64) -> io::Result<()> {
        let mut png = Cursor::new(Vec::new());
        let written = picture.write_to(&mut png, image::ImageFormat::Png);
        written.map_err(io::Error::other)?;
        let mut image = Message::default();
        image.number(1, picture.height().into());
        image.number(2, picture.width().into());
        // RGB.
        image.number(3, 3);
        image.bytes(4, png.get_ref());
        let mut value = Message::default();
        value.text(1, tag);
        value.message(4, &image);
        self.summary(&value, at)
    }

    fn session(&mut self, kind: u64, tag: &str, session: &Message, at: f64) -> io::Result<()> {
        let mut content = Message::default();
        content.message(kind, session);
        let mut plugin = Message::default();
        plugin.text(1, HPARAMS);
        plugin.bytes(2, content.as_bytes());
        let mut metadata = Message::default();
        metadata.message(1, &plugin);
        let mut value = Message::default();
        value.text(1, tag);
        value.message(9, &metadata);
        self.summary(&value, at)
    }

    fn summary(&mut self, value: &Message, at: f64) -> io::Result<()> {
        let mut summary = Message::default();
        summary.message(1, value);
        self.event(at, 0, |event| event.message(5, &summary))
    }

    fn event(&mut self, at: f64, step: u64, what: impl FnOnce(&mut Message)) -> io::Result<()> {
        let mut event = Message::default();
        event.double(1, at);
        event.number(2, step);
        what(&mut event);
        self.to.write_all(&record::framed(event.as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::report::Point;

    /// What TensorBoard 2.21's `RecordWriter` makes of the same two events.
    const THEIRS: &str = "2700000000000000bbe1b14609000000000000f83f10ac022a190a0a0a036b6e6e1500007a420a0b0a046c6f7373\
                          150000204030cfefe3100000000000000095fbfe1809000000000000004010ad023a0208013264e72b";

    #[test]
    fn bytes_are_those_of_tensorboards_writer() {
        let mut events = Events { to: Vec::new() };
        let point = Point::at(300, [("loss", 2.5), ("knn", 62.5)]);
        for (at, report) in [
            (1.5, Report::Point(point)),
            (
                2.0,
                Report::Begin(Begin {
                    step: 300,
                    ..Begin::default()
                }),
            ),
        ] {
            events.record(&Record { at, report }).unwrap();
        }
        let theirs = (0..THEIRS.len()).step_by(2);
        let theirs = theirs.map(|at| u8::from_str_radix(&THEIRS[at..at + 2], 16).unwrap());
        assert_eq!(events.to, theirs.collect::<Vec<_>>());
    }
}
