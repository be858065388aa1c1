//! What a run is made of.

use crate::engine::data::DataSet;
use crate::engine::device::Chosen;
use crate::engine::loader::Loader;
use crate::experiment::Experiment;

/// What a run is made of.
#[derive(Clone, Copy)]
pub struct Setup<'a> {
    /// What to do.
    pub experiment: &'a Experiment,
    /// On which images.
    pub data: &'a DataSet,
    /// Who loads them.
    pub loader: &'a Loader,
    /// Where.
    pub device: &'a Chosen,
}
