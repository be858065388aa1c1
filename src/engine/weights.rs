//! Named weights: out of a network and into one, under torchvision's names.

pub mod dtype;
pub mod file;
pub mod init_from;
mod pickle;

pub use init_from::{InitFrom, Start};

use crate::engine::fault::Fault;
use crate::engine::readback;
use burn::module::{Module, ModuleMapper, ModuleVisitor, Param};
use burn::tensor::{Device, Tensor, TensorData};
use std::collections::BTreeMap;
use thiserror::Error;

/// A tensor on the host: its shape and its numbers in row-major order.
#[derive(Clone, Debug, PartialEq)]
pub struct Array {
    /// Length of each axis.
    pub shape: Vec<usize>,
    /// The numbers.
    pub values: Vec<f32>,
}

/// Tensors by name.
pub type Weights = BTreeMap<String, Array>;

/// The length of each axis of tensors, by name.
pub type Shapes = BTreeMap<String, Vec<usize>>;

/// Why weights don't fit a network, or couldn't be read from the device.
#[derive(Debug, Error)]
pub enum WeightsError {
    /// The network has a tensor that the weights lack.
    #[error("the weights hold no {0:?}; they belong to another encoder")]
    Missing(String),
    /// A tensor has another shape than the network's.
    #[error(
        "{name:?} has shape {found:?} and this network needs {wanted:?}; width, stem or encoder differ"
    )]
    Shape {
        /// The tensor.
        name: String,
        /// In the weights.
        found: Vec<usize>,
        /// In the network.
        wanted: Vec<usize>,
    },
    /// The weights have a tensor that the network lacks.
    #[error("the weights hold {0:?}, which this encoder lacks; they belong to a larger one")]
    Surplus(String),
    /// One is normalised by batch and the other by group.
    #[error("the weights belong to a network that is normalised by {0}; set model.norm to {0}")]
    Norm(&'static str),
    /// The device failed.
    #[error("the device failed while weights were read: {0}")]
    Device(Fault),
}

/// The module's parameters and running statistics by torchvision's names.
///
/// # Errors
/// When the device fails.
pub fn collect<M: Module>(module: &M) -> Result<Weights, WeightsError> {
    let mut collector = Collector::default();
    // `valid` folds the last update of the running statistics in; a plain visit would miss it.
    module.valid().visit(&mut collector);
    match collector.failure {
        Some(why) => Err(WeightsError::Device(why)),
        None => Ok(collector.weights),
    }
}

/// The shapes of the module's parameters and running statistics by torchvision's names.
#[must_use]
pub fn shapes<M: Module>(module: &M) -> Shapes {
    let mut outline = Outline::default();
    module.visit(&mut outline);
    outline.shapes
}

/// Whether tensors of these shapes are the network's, all of them and no others.
///
/// # Errors
/// The first that is another, before any is read.
pub fn fit(found: &Shapes, network: &Shapes) -> Result<(), WeightsError> {
    match [found, network].map(norm) {
        [Some(theirs), Some(ours)] if theirs != ours => return Err(WeightsError::Norm(theirs)),
        _ => {}
    }
    if let Some(name) = found.keys().find(|name| !network.contains_key(*name)) {
        return Err(WeightsError::Surplus(name.clone()));
    }
    network
        .iter()
        .try_for_each(|(name, wanted)| match found.get(name) {
            None => Err(WeightsError::Missing(name.clone())),
            Some(found) if found != wanted => Err(WeightsError::Shape {
                name: name.clone(),
                found: found.clone(),
                wanted: wanted.clone(),
            }),
            Some(_) => Ok(()),
        })
}

/// What an encoder of these tensors is normalised by, if it has norms at all.
fn norm(shapes: &Shapes) -> Option<&'static str> {
    let has = |last: &str| shapes.keys().any(|name| name.ends_with(last));
    let by = if has("bn1.running_mean") {
        "batch"
    } else {
        "group"
    };
    has("bn1.weight").then_some(by)
}

/// The module with its tensors replaced by the weights of the same names.
///
/// # Errors
/// When one is missing or has another shape.
pub fn restore<M: Module>(
    module: M,
    weights: &Weights,
    device: &Device,
) -> Result<M, WeightsError> {
    let mut restorer = Restorer {
        path: Path::default(),
        weights,
        device,
        failure: None,
    };
    let module = module.map(&mut restorer);
    restorer.failure.map_or(Ok(module), Err)
}

/// Where a visit stands in the module tree.
#[derive(Default)]
struct Path(Vec<String>);

impl Path {
    /// The name under which torchvision knows the tensor here.
    fn name(&self) -> String {
        self.0
            .join(".")
            .replace("downsample.conv", "downsample.0")
            .replace("downsample.bn", "downsample.1")
    }
}

#[derive(Default)]
struct Outline {
    path: Path,
    shapes: Shapes,
}

impl ModuleVisitor for Outline {
    fn enter_module(&mut self, name: &str, _: &str) {
        self.path.0.push(name.to_owned());
    }
    fn exit_module(&mut self, _: &str, _: &str) {
        self.path.0.pop();
    }
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let shape = param.shape().dims::<D>().to_vec();
        self.shapes.insert(self.path.name(), shape);
    }
}

#[derive(Default)]
struct Collector {
    path: Path,
    weights: Weights,
    failure: Option<Fault>,
}

impl ModuleVisitor for Collector {
    fn enter_module(&mut self, name: &str, _: &str) {
        self.path.0.push(name.to_owned());
    }
    fn exit_module(&mut self, _: &str, _: &str) {
        self.path.0.pop();
    }
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let tensor = param.val();
        let shape = tensor.dims().to_vec();
        match readback::read(tensor) {
            Ok(values) => drop(
                self.weights
                    .insert(self.path.name(), Array { shape, values }),
            ),
            Err(why) => self.failure = Some(why),
        }
    }
}

struct Restorer<'a> {
    path: Path,
    weights: &'a Weights,
    device: &'a Device,
    failure: Option<WeightsError>,
}

impl ModuleMapper for Restorer<'_> {
    fn enter_module(&mut self, name: &str, _: &str) {
        self.path.0.push(name.to_owned());
    }
    fn exit_module(&mut self, _: &str, _: &str) {
        self.path.0.pop();
    }
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let name = self.path.name();
        let wanted = param.shape().dims::<D>().to_vec();
        match self.weights.get(&name) {
            None => self.failure = Some(WeightsError::Missing(name)),
            Some(array) if array.shape != wanted => {
                self.failure = Some(WeightsError::Shape {
                    name,
                    found: array.shape.clone(),
                    wanted,
                });
            }
            Some(array) => {
                let data = TensorData::new(array.values.clone(), array.shape.clone());
                let trained = param.is_require_grad();
                let tensor = Tensor::from_data(data, self.device).set_require_grad(trained);
                return Param::initialized(param.id, tensor);
            }
        }
        param
    }
}

#[cfg(test)]
mod tests;
