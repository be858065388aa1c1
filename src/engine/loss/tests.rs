//! What the losses' bounds promise; their values and gradients are compared with PyTorch's in `tests/reference`.

use super::*;
use crate::engine::random::{Purpose, Stream};
use burn::tensor::TensorData;

fn loss(kind: Kind, temperature: f64) -> Loss {
    Loss {
        kind,
        temperature,
        ..Loss::default()
    }
}

fn of(loss: &Loss, rows: &[Vec<f32>]) -> f64 {
    let shape = [rows.len(), rows[0].len()];
    let z = Tensor::from_data(TensorData::new(rows.concat(), shape), &Device::flex());
    f64::from(loss.forward(z).into_scalar::<f32>())
}

fn all() -> [Loss; 9] {
    [
        loss(Kind::Debiased, 0.5),
        loss(Kind::Debiased, 0.1),
        loss(Kind::NtXent, 0.5),
        loss(Kind::NtXent, 0.1),
        loss(Kind::Dcl, 0.5),
        loss(Kind::Dcl, 0.1),
        loss(Kind::NtLogistic, 0.5),
        loss(Kind::NtLogistic, 0.2),
        loss(Kind::MarginTriplet, 0.5),
    ]
}

/// Row `hot` of the unit matrix, less `shift` everywhere.
fn unit(hot: usize, dims: usize, shift: f32) -> Vec<f32> {
    let value = |d| if d == hot { 1.0 } else { 0.0 } - shift;
    (0..dims).map(value).collect()
}

#[test]
fn the_floor_is_the_loss_of_alike_views_as_far_apart_as_can_be() {
    let simplex: Vec<_> = (0..4).map(|i| unit(i, 4, 0.25)).collect();
    let twice = [simplex.clone(), simplex].concat();
    let wide = Loss {
        margin: 1.6,
        ..loss(Kind::MarginTriplet, 0.5)
    };
    for loss in all().iter().chain([&wide]) {
        let bounds = loss.bounds(4).expect("bounds");
        let found = of(loss, &twice);
        assert!((found - bounds.floor).abs() < 1e-5, "{found} {loss:?}");
    }
    assert!(wide.bounds(4).expect("bounds").floor > 0.2);
}

#[test]
fn chance_is_the_loss_of_views_that_are_all_equally_near() {
    let apart: Vec<_> = (0..8).map(|i| unit(i, 8, 0.0)).collect();
    for loss in all() {
        let bounds = loss.bounds(4).expect("bounds");
        let found = of(&loss, &apart);
        assert!((found - bounds.chance).abs() < 1e-5, "{found} {loss:?}");
        // One point is as uninformative, and no better.
        let one = vec![vec![0.3, -0.4]; 8];
        assert!(of(&loss, &one) > bounds.chance - 1e-5, "{loss:?}");
    }
}

#[test]
fn there_are_no_bounds_where_none_can_be_read() {
    for mut loss in all() {
        assert_eq!(loss.bounds(1), None);
        loss.normalize = false;
        assert_eq!(loss.bounds(4), None, "{loss:?}");
        loss.normalize = true;
        loss.mining = Mining::SemiHard;
        let mined = loss.kind.can_mine();
        assert_eq!(loss.bounds(4).is_none(), mined, "{loss:?}");
    }
    let tight = Loss {
        margin: 0.0,
        ..loss(Kind::MarginTriplet, 0.5)
    };
    assert_eq!(tight.bounds(4), None);
}

#[test]
fn only_without_normalisation_the_length_of_z_counts() {
    let rows = [
        vec![1.0, 0.5, 0.0],
        vec![0.0, 1.0, -0.3],
        vec![0.8, 0.9, 0.1],
        vec![-0.2, 1.0, 0.4],
    ];
    let longer = rows
        .clone()
        .map(|row| row.iter().map(|v| v * 3.0).collect());
    for mut loss in all() {
        assert!((of(&loss, &rows) - of(&loss, &longer)).abs() < 1e-5);
        loss.normalize = false;
        assert!(
            (of(&loss, &rows) - of(&loss, &longer)).abs() > 1e-3,
            "{loss:?}"
        );
    }
}

#[test]
fn a_loss_that_is_no_number_blames_only_what_the_loss_has() {
    let mut loss = loss(Kind::NtXent, 0.07);
    assert_eq!(loss.suspect(), ", the temperature (0.07) too low");
    loss.kind = Kind::MarginTriplet;
    assert_eq!(loss.suspect(), "");
    loss.normalize = false;
    assert!(loss.suspect().contains("loss.normalize"));
}

/// A loss and its gradient at z by one way or another.
fn with_gradient(z: &[f32], dims: usize, of: impl Fn(Tensor<2>) -> Tensor<1>) -> (f32, Vec<f32>) {
    let shape = [z.len() / dims, dims];
    let device = Device::flex().autodiff();
    let z = Tensor::<2>::from_data(TensorData::new(z.to_vec(), shape), &device).require_grad();
    let loss = of(normalised(z.clone()));
    let gradient = z.grad(&loss.backward()).expect("a gradient");
    let values = gradient.try_into_vec_as::<f32>().expect("on the CPU");
    (loss.into_scalar::<f32>(), values)
}

#[test]
fn tiles_give_the_loss_and_gradient_of_the_whole_matrix() {
    // More rows than a part of the CPU's tiles, and no whole number of tiles.
    let dims = 12;
    let mut stream = Stream::new(0, Purpose::Weights, &[]);
    let cases = [(2, 0.5), (37, 0.07), (300, 0.5), (300, 0.01)];
    for (nth, (pairs, temperature)) in cases.iter().cycle().copied().enumerate().take(8) {
        let decoupled = nth >= cases.len();
        let matrix = if decoupled { dcl } else { nt_xent };
        let kind = (temperature, decoupled);
        let z: Vec<f32> = (0..2 * pairs * dims)
            .map(|_| stream.normal() as f32)
            .collect();
        let whole = with_gradient(&z, dims, |u| {
            matrix(u.clone().matmul(u.transpose()), temperature)
        });
        let on_cpu = with_gradient(&z, dims, |u| {
            by_tiles(&u, temperature, decoupled).expect("tiles")
        });
        let on_device = with_gradient(&z, dims, |u| {
            let (loss, gradient) = device_tiles::cross_entropy(&u.clone().inner(), kind, 70);
            carried(u, loss, gradient)
        });
        let scale = whole.1.iter().fold(0.0f32, |most, g| most.max(g.abs()));
        for (way, found) in [("the CPU", on_cpu), ("a device", on_device)] {
            let error = (found.0 - whole.0).abs() / whole.0.abs().max(1.0);
            assert!(
                error < 2e-6,
                "{way}, {pairs} pairs, {kind:?}: {} {}",
                found.0,
                whole.0
            );
            let parts = found.1.iter().zip(&whole.1);
            let worst = parts.fold(0.0f32, |worst, (a, b)| worst.max((a - b).abs())) / scale;
            assert!(worst < 5e-6, "{way}, {pairs} pairs, {kind:?}: {worst}");
        }
    }
}

#[test]
fn without_a_prior_the_debiased_loss_is_nt_xent() {
    let mut stream = Stream::new(1, Purpose::Weights, &[]);
    for temperature in [0.5, 0.01] {
        let z: Vec<f32> = (0..40 * 8).map(|_| stream.normal() as f32).collect();
        let similar = |u: Tensor<2>| u.clone().matmul(u.transpose());
        let want = with_gradient(&z, 8, |u| nt_xent(similar(u), temperature));
        let found = with_gradient(&z, 8, |u| debiased(similar(u), temperature, 0.0));
        let error = (found.0 - want.0).abs() / want.0;
        assert!(error < 1e-6, "{temperature}: {} {}", found.0, want.0);
        let parts = found.1.iter().zip(&want.1);
        let worst = parts.fold(0.0f32, |worst, (a, b)| worst.max((a - b).abs()));
        let scale = want.1.iter().fold(0.0f32, |most, g| most.max(g.abs()));
        assert!(worst < 1e-5 * scale, "{temperature}: {worst} of {scale}");
    }
}
