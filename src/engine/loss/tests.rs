//! What the losses' bounds promise; their values and gradients are compared with PyTorch's in `tests/reference`.

use super::*;
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
    f64::from(loss.of(z).into_scalar::<f32>())
}

fn all() -> [Loss; 5] {
    [
        loss(Kind::NtXent, 0.5),
        loss(Kind::NtXent, 0.1),
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
        let mined = loss.kind != Kind::NtXent;
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
