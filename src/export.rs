//! What leaves for papers and spreadsheets: charts as pictures, curves as columns.

pub mod plot;
