//! What an optimizer keeps of each weight, as a checkpoint brings it.

use burn::module::{Module, ModuleVisitor, Param};
use burn::optim::ModuleOptimizer;
use burn::tensor::{Bytes, DType, Tensor};
use burn_pack::Reader;
use std::collections::HashMap;

/// The optimizer with a state that was stored for this network. A tensor that isn't of the shape of its weight would be
/// met in the middle of a step.
///
/// # Errors
/// A sentence, when it is damaged or another network's.
pub fn restored<M: Module>(
    optimizer: ModuleOptimizer,
    stored: Vec<u8>,
    network: &M,
) -> Result<ModuleOptimizer, String> {
    let damaged = |e: &dyn std::fmt::Display| format!("the optimizer's state: {e}");
    let bytes = Bytes::from_bytes_vec(stored).shared();
    let reader = Reader::from_bytes(bytes.clone()).map_err(|e| damaged(&e))?;
    let shapes = shapes(network);
    for tensor in reader.into_tensors().map_err(|e| damaged(&e))? {
        let wanted = tensor.param_id.and_then(|id| shapes.get(&id));
        if tensor.dtype != DType::F32 || wanted != Some(&tensor.shape.to_vec()) {
            let why = format!("{:?} belongs to no weight of this network", tensor.name);
            return Err(damaged(&why));
        }
    }
    optimizer.from_bytes(bytes).map_err(|e| damaged(&e))
}

/// The shape of each parameter.
fn shapes<M: Module>(network: &M) -> HashMap<u64, Vec<usize>> {
    struct Shapes(HashMap<u64, Vec<usize>>);
    impl ModuleVisitor for Shapes {
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
            let shape = param.shape().dims::<D>().to_vec();
            self.0.insert(param.id.val(), shape);
        }
    }
    let mut shapes = Shapes(HashMap::new());
    network.visit(&mut shapes);
    shapes.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::model::{Head, Model, Network};
    use crate::engine::optim::{Optimizer, Training};
    use burn::optim::GradientsParams;
    use burn::tensor::Device;

    #[test]
    fn a_state_is_taken_by_the_network_that_it_is_of() {
        let device = Device::flex().autodiff();
        let network = |width| {
            let model = Model {
                width,
                ..Model::default()
            };
            Network::new(&model, &Head::default(), 0, &device)
        };
        for kind in [Optimizer::Sgd, Optimizer::AdamW, Optimizer::Lars] {
            let training = Training {
                optimizer: kind,
                ..Training::default()
            };
            let fresh = |of: &Network| training.optimizer(of.vectors());
            let (small, mut optimizer) = (network(4), fresh(&network(4)));
            let z = small.z(Tensor::ones([2, 3, 8, 8], &device)).sum();
            let grads = GradientsParams::from_grads(z.backward(), &small);
            let small = optimizer.step(0.1, small, grads);
            let stored = optimizer.into_bytes().unwrap().to_vec();
            assert!(restored(fresh(&small), stored.clone(), &small).is_ok());
            let why = restored(fresh(&network(8)), stored.clone(), &network(8))
                .err()
                .unwrap();
            assert!(why.contains("to no weight of this network"), "{why}");
            let cut = stored[..stored.len() / 2].to_vec();
            assert!(restored(fresh(&small), cut, &small).is_err());
            assert!(restored(fresh(&small), Vec::new(), &small).is_err());
        }
    }
}
