//! What a device computes in a few training steps of a small network: losses, the first gradients, and how far each
//! tensor moved.

use crate::engine::augment::{Augment, Augmenter, Scratch, view_stream};
use crate::engine::data::{self, Data};
use crate::engine::loss::Loss;
use crate::engine::model::{Encoder, Head, Model, Network};
use crate::engine::optim::Training;
use crate::engine::readback;
use crate::engine::trace::Trace;
use crate::engine::weights::{Array, Weights, collect, restore};
use burn::module::{Module, ModuleVisitor, Param};
use burn::optim::GradientsParams;
use burn::tensor::{Device, Tensor, TensorData};

/// Images per step, each seen as two views.
const PAIRS: usize = 32;
/// Side of the views.
const SIZE: usize = 16;
/// The learning rate: so small that rounding doesn't send the two sides different ways.
const RATE: f64 = 0.002;
const SEED: u64 = 2;

/// Trains the small network for so many steps.
///
/// # Errors
/// A sentence, when the device fails.
pub fn trace(device: &Device, steps: usize) -> Result<Trace, String> {
    rounded(device, steps, |exact| exact)
}

/// The same from weights and views that were rounded, as a device rounds what it multiplies.
pub(super) fn rounded(
    device: &Device,
    steps: usize,
    round: fn(f32) -> f32,
) -> Result<Trace, String> {
    let device = device.clone().autodiff();
    let mut network = start(&device, round)?;
    let before = collect(&network).map_err(|e| e.to_string())?;
    let mut optimizer = Training::default().optimizer(network.vectors());
    let mut found = Trace::default();
    for step in 0..steps {
        let views = views(step as u64)?.into_iter().map(round).collect();
        let views = TensorData::new::<f32, _>(views, [2 * PAIRS, 3, SIZE, SIZE]);
        let z = network.z(Tensor::from_data(views, &device));
        let loss = Loss::default().forward(z);
        let grads = GradientsParams::from_grads(loss.backward(), &network);
        if step == 0 {
            found.gradients = gradients(&network, &grads)?;
        }
        network = optimizer.step(RATE, network, grads);
        found.losses.extend(read(loss.inner())?.map(f64::from));
    }
    let after = collect(&network).map_err(|e| e.to_string())?;
    found.moves = moves(&before, &after);
    Ok(found)
}

/// A ResNet-10 whose first stage is eight channels wide: each kind of layer, in a fraction of a second on any CPU.
fn start(device: &Device, round: fn(f32) -> f32) -> Result<Network, String> {
    let model = Model {
        encoder: Encoder::Resnet10,
        width: 8,
        ..Model::default()
    };
    let head = Head {
        out: 16,
        ..Head::default()
    };
    let network = Network::new(&model, &head, SEED, device);
    let mut weights = collect(&network).map_err(|e| e.to_string())?;
    for value in weights.values_mut().flat_map(|array| &mut array.values) {
        *value = round(*value);
    }
    restore(network, &weights, device).map_err(|e| e.to_string())
}

/// Views of a step, `[2 * PAIRS, 3, SIZE, SIZE]`: first each image's first, then each one's second.
fn views(step: u64) -> Result<Vec<f32>, String> {
    let wanted = Data {
        train_limit: PAIRS,
        test_limit: 1,
        ..Data::default()
    };
    let data = data::open(&wanted).map_err(|e| e.to_string())?;
    let augmenter = Augmenter::new(&Augment::default(), SIZE);
    let mut out = vec![0.0; 2 * PAIRS * augmenter.len()];
    let mut scratch = Scratch::default();
    for (nth, view) in out.chunks_exact_mut(augmenter.len()).enumerate() {
        let (which, image) = (nth / PAIRS, nth % PAIRS);
        let picture = data.train.image(image).map_err(|e| e.to_string())?;
        let mut stream = view_stream(SEED, step, image, which as u64);
        augmenter.view(&picture, &mut stream, view, &mut scratch);
    }
    Ok(out)
}

fn read<const D: usize>(tensor: Tensor<D>) -> Result<impl Iterator<Item = f32>, String> {
    Ok(readback::read(tensor)?.into_iter())
}

/// The gradient of every parameter; one that has none is empty.
fn gradients(
    network: &Network,
    grads: &GradientsParams,
) -> Result<Vec<(String, Vec<f32>)>, String> {
    struct Reader<'a> {
        path: Vec<String>,
        grads: &'a GradientsParams,
        found: Result<Vec<(String, Vec<f32>)>, String>,
    }
    impl ModuleVisitor for Reader<'_> {
        fn enter_module(&mut self, name: &str, _: &str) {
            self.path.push(name.to_owned());
        }
        fn exit_module(&mut self, _: &str, _: &str) {
            self.path.pop();
        }
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
            if !param.is_require_grad() {
                return;
            }
            let gradient = self.grads.get::<D>(param.id);
            let values = gradient.map_or(Ok(Vec::new()), |g| read(g).map(Iterator::collect));
            match (values, &mut self.found) {
                (Ok(values), Ok(found)) => found.push((self.path.join("."), values)),
                (Err(why), found) => *found = Err(why),
                (_, Err(_)) => {}
            }
        }
    }
    let mut reader = Reader {
        path: Vec::new(),
        grads,
        found: Ok(Vec::new()),
    };
    network.visit(&mut reader);
    reader.found
}

fn moves(before: &Weights, after: &Weights) -> Vec<(String, Vec<f32>)> {
    let moved = |(name, to): (&String, &Array)| {
        let from = before.get(name).map_or(&[][..], |from| &from.values);
        let by = from.iter().zip(&to.values).map(|(from, to)| to - from);
        (name.clone(), by.collect())
    };
    after.iter().map(moved).collect()
}
