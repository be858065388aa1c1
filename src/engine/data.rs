//! Data sets: which images to learn from, and where they lie. One source, one file.

mod cache;
pub mod catalog;
mod cifar;
mod class_names;
mod decode;
mod error;
pub mod fetch;
mod few;
mod fingerprint;
mod folder;
pub mod format;
mod guess;
mod hyperparameters;
mod idx;
mod image;
mod judged;
mod labels;
mod memory;
mod numpy;
mod open;
mod open_alone;
pub mod pack;
mod packed;
mod parquet;
mod parts;
mod pickle;
mod set;
mod shapes;
mod shards;
pub mod size;
mod skipped;
mod split;
mod split_names;
pub mod stats;
mod stl10;
#[cfg(test)]
mod trials;
mod validation;
mod watch;
mod webdataset;

pub use error::DataError;
pub use few::{Subset, few};
pub use fingerprint::Fingerprint;
pub use guess::{guess, told};
pub use hyperparameters::{Data, PLACES, Source};
pub use image::{Image, Images, UNLABELLED};
pub use open::{open, open_watched};
pub use open_alone::located;
pub use set::{All, DataSet};
pub use size::Size;
pub use skipped::{LeftOut, Reason};
pub use validation::{Validation, share_of_each};
pub use watch::{Progress, Seldom, Watch};

use split::{Split, subset};
