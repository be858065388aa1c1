//! Evaluation of h: how useful the learnt representation is.

pub mod knn;
