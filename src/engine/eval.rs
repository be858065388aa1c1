//! Evaluation of h: how useful the learnt representation is.

pub mod agreement;
pub mod classification;
pub mod diagnostics;
mod embeddings;
pub mod few_labels;
pub mod kmeans;
pub mod knn;
mod lbfgs;
pub mod nearest;
pub mod pca;
pub mod probe;
pub mod tsne;
