//! Evaluation of h: how useful the learnt representation is.

pub mod diagnostics;
mod embeddings;
pub mod judgement;
pub mod knn;
mod lbfgs;
mod nearest;
pub mod probe;
