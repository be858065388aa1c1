//! Evaluation of h: how useful the learnt representation is.

pub mod classification;
pub mod diagnostics;
mod embeddings;
pub mod knn;
mod lbfgs;
mod nearest;
pub mod probe;
