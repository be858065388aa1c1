//! How a command ends: with an exit code, or early and with a sentence.

use crate::engine::data::DataError;
use crate::engine::device::DeviceError;
use crate::evaluate::EvaluateError;
use crate::experiment::FileError;
use crate::export::plot::PlotError;
use crate::queue::QueueError;
use crate::runs::RunError;
use crate::sweep::SweepError;
use crate::text::suggest::command;
use crate::ui::config::ConfigError;
use std::io;
use std::process::ExitCode;
use thiserror::Error;

/// How a command ended that did not fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    Done,
    Failed,
    Refused,
    Interrupted,
    /// Another process does it: for the use of sweeps.
    Taken,
}

/// The code of [`Exit::Taken`], which no shell and no signal gives.
pub const TAKEN: u8 = 75;

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::Failed => 1,
            Exit::Refused => 2,
            Exit::Interrupted => 130,
            Exit::Taken => TAKEN,
        })
    }
}

/// What is said while the queue may begin nothing.
pub fn paused() -> String {
    format!(
        "the queue is paused; `{}` continues it",
        command("queue continue")
    )
}

/// Why a command ended early.
#[derive(Debug, Error)]
pub enum CliError {
    /// The user asked for what is not there or makes no sense.
    #[error("{0}")]
    Input(String),
    /// What was asked for did not work out.
    #[error("{0}")]
    Failed(String),
    /// The user wanted it to end.
    #[error("interrupted")]
    Interrupted,
    /// Nobody reads the output any more, such as `| head` once it has its lines.
    #[error("the output was closed")]
    Closed,
}

impl From<io::Error> for CliError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::Closed,
            _ => Self::Failed(format!("the output can't be written: {error}")),
        }
    }
}

/// Errors that say what is wrong with what the user asked for.
macro_rules! input {
    ($($error:ty),*) => {$(
        impl From<$error> for CliError {
            fn from(error: $error) -> Self {
                Self::Input(error.to_string())
            }
        }
    )*};
}

input!(
    ConfigError,
    DeviceError,
    FileError,
    PlotError,
    RunError,
    SweepError
);

impl From<QueueError> for CliError {
    fn from(error: QueueError) -> Self {
        match error {
            QueueError::Io(_) => Self::Failed(error.to_string()),
            _ => Self::Input(error.to_string()),
        }
    }
}

impl From<DataError> for CliError {
    fn from(error: DataError) -> Self {
        match error {
            DataError::Stopped => Self::Interrupted,
            _ => Self::Input(error.to_string()),
        }
    }
}

impl From<EvaluateError> for CliError {
    fn from(error: EvaluateError) -> Self {
        match error {
            EvaluateError::Data(error) => error.into(),
            EvaluateError::Compute(_) => Self::Failed(error.to_string()),
            _ => Self::Input(error.to_string()),
        }
    }
}

pub type Result<T = Exit> = std::result::Result<T, CliError>;
