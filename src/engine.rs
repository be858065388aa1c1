//! Everything that computes; the only place that names burn.

pub mod augment;
pub mod bench;
pub mod checkpoint;
pub mod conv;
pub mod conv_norm;
pub mod data;
pub mod device;
pub mod eval;
pub mod export;
pub mod fence;
pub mod fresh;
pub mod frozen;
mod graph;
pub mod loader;
pub mod loss;
mod matmul;
pub mod model;
pub mod norm;
pub mod optim;
pub mod random;
pub mod readback;
pub mod report;
pub mod selfcheck;
pub mod threads;
pub mod train;
pub mod trial;
pub mod weights;
