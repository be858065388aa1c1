//! simclr-tui: a terminal workbench for SimCLR (Chen et al., arXiv 2002.05709).
//!
//! Layers, each importing only from those before it: [`text`], [`hparam`], [`disk`] and [`machine`], then [`experiment`] and [`engine`], then [`runs`], then
//! [`trainer`], [`evaluate`], [`explore`] and [`export`], then [`sweep`] and [`queue`], then [`ui`] and [`cli`]. Only `engine` names burn; only `ui` names ratatui and crossterm.

pub mod cli;
pub mod disk;
pub mod engine;
pub mod evaluate;
pub mod experiment;
pub mod explore;
pub mod export;
pub mod hparam;
pub mod machine;
pub mod queue;
pub mod runs;
pub mod sweep;
pub mod text;
pub mod trainer;
pub mod ui;
