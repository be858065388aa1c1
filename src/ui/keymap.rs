//! The key tables, one file for each place that takes keys.

pub mod everywhere;
pub mod experiment;
pub mod history;
pub mod sweeps;
pub mod train;
