//! What screens are made of. Widgets draw what they are given and know nothing of runs.

pub mod chart;
pub mod heat;
pub mod popup;
pub mod slider;
pub mod spark;
pub mod table;
