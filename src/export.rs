//! What leaves for papers, spreadsheets and scripts: charts as pictures, curves, runs and comparisons as data.

pub mod comparison;
pub mod csv;
pub mod dots;
pub mod heat;
pub mod json;
pub mod map;
pub mod plot;
pub mod svg;
pub mod tensorboard;
pub mod views;
