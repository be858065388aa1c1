//! What leaves for papers and spreadsheets: charts as pictures, curves as columns.

pub mod dots;
pub mod heat;
pub mod plot;
pub mod svg;
