//! Readers of files that others may have written: bytes at random and damaged good files are a value or a sentence, never
//! a panic, and take no more memory than is said here. `PROPTEST_CASES=100000` looks longer.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that can't go on has failed"
)]

mod archive;
mod cifar;
mod damage;
mod idx;
mod images;
mod log;
mod memory;
mod numpy;
mod open;
mod pack;
mod packed;
mod parquet;
mod ron;
mod stl10;
mod tiny;
mod webdataset;
mod weights;
