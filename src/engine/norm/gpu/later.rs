//! The kernels among what burn puts off to fuse it: shapes are told at once, numbers are computed when their turn comes.

use super::launches;
use crate::engine::norm::{Gradients, InputGradients, Normalization, Saved};
use burn::backend::fusion::custom::{
    CustomOpIr, HandleContainer, OperationFn, OperationIr, StreamId, TensorIr,
};
use burn::backend::tensor::FloatTensor;
use burn::backend::{Cube, TensorMetadata};
use burn::tensor::{DType, Shape};
use burn_cubecl::CubeBackend;
use burn_cubecl::fusion::CubeFusionHandle;
use burn_cubecl::tensor::CubeTensor;

/// Has `compute` make tensors of these shapes and kinds from the given ones.
fn later(
    name: &str,
    given: Vec<FloatTensor<Cube>>,
    made: Vec<(Shape, DType)>,
    compute: impl Fn(Vec<CubeTensor>) -> Vec<CubeTensor> + Send + Sync + 'static,
) -> Vec<FloatTensor<Cube>> {
    let client = given[0].client.clone();
    let inputs: Vec<TensorIr> = given.into_iter().map(|of| of.into_ir()).collect();
    let outputs = made.into_iter();
    let outputs: Vec<TensorIr> = outputs
        .map(|(shape, kind)| TensorIr::uninit(client.create_empty_handle(), shape, kind))
        .collect();
    let operation = OperationIr::Custom(CustomOpIr {
        id: name.into(),
        inputs: inputs.clone(),
        outputs: outputs.clone(),
        scalars: Vec::new(),
    });
    let run = OperationFn(move |handles: &mut HandleContainer<CubeFusionHandle>| {
        let given = inputs
            .iter()
            .map(|of| handles.get_float_tensor::<CubeBackend>(of));
        let made = compute(given.collect());
        for (place, made) in outputs.iter().zip(made) {
            handles.register_float_tensor::<CubeBackend>(&place.id, made);
        }
        Ok(())
    });
    client.register(StreamId::current(), operation, run)
}

fn like(of: &FloatTensor<Cube>) -> (Shape, DType) {
    (of.shape(), of.dtype())
}

/// The tensors one after another; [`together`] is the other way round.
fn apart(kept: Saved<Cube>) -> Vec<FloatTensor<Cube>> {
    let mut all = vec![kept.x, kept.mean, kept.variance, kept.gamma, kept.beta];
    all.extend(kept.skip);
    all
}

fn together(mut all: Vec<CubeTensor>, (epsilon, relu): (f64, bool)) -> Saved<CubeBackend> {
    let mut next = || all.remove(0);
    Saved {
        x: next(),
        mean: next(),
        variance: next(),
        gamma: next(),
        beta: next(),
        skip: all.pop(),
        epsilon,
        relu,
    }
}

fn normalized(kept: Saved<Cube>) -> FloatTensor<Cube> {
    let (then, made) = ((kept.epsilon, kept.relu), vec![like(&kept.x)]);
    let compute = move |given| vec![launches::normalize(together(given, then))];
    later("normalize", apart(kept), made, compute).remove(0)
}

impl Normalization for Cube {
    fn channel_statistics(x: FloatTensor<Self>) -> (FloatTensor<Self>, FloatTensor<Self>) {
        let of_channels = (Shape::new([x.shape()[1]]), DType::F32);
        let made = vec![of_channels.clone(), of_channels];
        let mut found = later("channel statistics", vec![x], made, |mut given| {
            <[CubeTensor; 2]>::from(launches::channel_statistics(given.remove(0))).into()
        });
        let variance = found.remove(1);
        (found.remove(0), variance)
    }

    fn normalize(
        x: FloatTensor<Self>,
        mean: FloatTensor<Self>,
        variance: FloatTensor<Self>,
        gamma: FloatTensor<Self>,
        beta: FloatTensor<Self>,
        epsilon: f64,
        relu: bool,
    ) -> FloatTensor<Self> {
        normalized(Saved {
            x,
            mean,
            variance,
            gamma,
            beta,
            skip: None,
            epsilon,
            relu,
        })
    }

    fn normalize_onto(
        x: FloatTensor<Self>,
        mean: FloatTensor<Self>,
        variance: FloatTensor<Self>,
        gamma: FloatTensor<Self>,
        beta: FloatTensor<Self>,
        skip: FloatTensor<Self>,
        epsilon: f64,
    ) -> FloatTensor<Self> {
        normalized(Saved {
            x,
            mean,
            variance,
            gamma,
            beta,
            skip: Some(skip),
            epsilon,
            relu: true,
        })
    }
}

impl Gradients for Cube {
    fn normalize_gradients(kept: Saved<Self>, gradient: FloatTensor<Self>) -> InputGradients<Self> {
        let then = (kept.epsilon, kept.relu);
        let mut made = vec![like(&kept.x), like(&kept.gamma), like(&kept.beta)];
        made.extend(kept.skip.as_ref().map(like));
        let mut given = vec![gradient];
        given.extend(apart(kept));
        let compute = move |mut given: Vec<CubeTensor>| {
            let gradient = given.remove(0);
            let found = launches::gradients(together(given, then), gradient);
            found.into_iter().flatten().collect()
        };
        let found = later("gradients of a norm", given, made, compute);
        let mut found = found.into_iter();
        [(); 4].map(|()| found.next())
    }
}
