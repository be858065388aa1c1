//! The program as a person or a script meets it, in processes of its own: one binary, as each links all of the library.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that can't go on has failed"
)]

mod cli;
mod data;
mod doctor;
mod elsewhere;
mod evaluation;
mod experiment_files;
mod explore;
#[cfg(unix)]
mod faults;
mod fetch;
#[cfg(target_os = "linux")]
mod foreign;
mod headless;
mod jobs;
#[cfg(unix)]
mod kill;
#[cfg(target_os = "linux")]
mod names;
mod old_files;
#[cfg(unix)]
mod queue;
mod scratch;
mod search;
mod sweep;
mod worth;
