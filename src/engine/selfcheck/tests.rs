//! Devices that compute wrongly are caught, and rounding is not.

use super::*;
use crate::engine::loss::Loss;

const STEPS: usize = super::STEPS as usize;

fn cpu() -> Device {
    Device::flex()
}

/// The CPU's own trace, changed.
fn wrong(device: &Device, steps: usize, spoil: fn(&mut Trace)) -> Result<Trace, String> {
    let mut trace = trace(device, steps)?;
    spoil(&mut trace);
    Ok(trace)
}

#[test]
fn our_convolutions_and_loss_agree_with_burns() {
    let verdict = check(&cpu(), STEPS, trace).unwrap();
    assert!(verdict.agrees(), "{verdict:?}");
    // Far below the tolerance, and not nothing: the two sides did compute apart.
    assert!(verdict.largest.relative < 1e-3, "{verdict:?}");
    assert!(verdict.largest.relative > 0.0, "{verdict:?}");
}

#[test]
fn the_little_network_learns_and_repeats_itself() {
    let first = trace(&cpu(), STEPS).unwrap();
    assert_eq!(first, trace(&cpu(), STEPS).unwrap());
    assert_eq!(first.losses.len(), STEPS);
    let chance = Loss::default().bounds(32).unwrap().chance;
    assert!((first.losses[0] - chance).abs() < 0.5, "{:?}", first.losses);
    for (name, gradient) in &first.gradients {
        assert!(gradient.iter().any(|v| *v != 0.0), "{name} has a gradient");
    }
    for (name, by) in &first.moves {
        assert!(by.iter().any(|v| *v != 0.0), "{name} moves");
    }
}

#[test]
fn rounding_to_the_ten_bits_of_fast_products_is_no_fault() {
    for steps in [1, STEPS] {
        let verdict = check(&cpu(), steps, |device, steps| {
            trace::rounded(device, steps, |v| {
                f32::from_bits((v.to_bits() + 0x1000) & !0x1fff)
            })
        });
        let verdict = verdict.unwrap();
        let Difference {
            relative, allowed, ..
        } = verdict.largest;
        assert!(relative > 1e-5, "{verdict:?}");
        assert!(relative < allowed / 2.0, "{verdict:?}");
    }
}

#[test]
fn a_wrong_loss_is_caught() {
    // As on a software driver that was tried: .89 where 2.71 was right.
    let verdict = check(&cpu(), 1, |device, steps| {
        wrong(device, steps, |t| t.losses[0] *= 0.89 / 2.71)
    });
    let verdict = verdict.unwrap();
    assert!(!verdict.agrees());
    assert_eq!(verdict.largest.what, "loss of step 1");
    assert_eq!(
        verdict.complaint("cuda:0"),
        "cuda:0 computes wrongly: in one step its loss of step 1 differs from the CPU's by 67.159 %, and 0.5 % is \
         allowed; update the driver, or use --device cpu"
    );
}

#[test]
fn one_wrong_gradient_is_caught_though_the_loss_is_right() {
    let verdict = check(&cpu(), 1, |device, steps| {
        wrong(device, steps, |t| {
            let last = t.gradients.last_mut().unwrap();
            last.1.iter_mut().for_each(|v| *v = -*v);
        })
    });
    let verdict = verdict.unwrap();
    assert!(!verdict.agrees());
    assert!(verdict.largest.what.starts_with("gradient of "));
}

#[test]
fn what_is_no_number_missing_or_of_another_length_is_caught() {
    let spoilers: [Trial; 4] = [
        |d, n| wrong(d, n, |t| t.losses[0] = f64::NAN),
        |d, n| wrong(d, n, |t| t.gradients.truncate(1)),
        |d, n| wrong(d, n, |t| t.moves[0].1.truncate(1)),
        |_, _| Ok(Trace::default()),
    ];
    for trial in spoilers {
        let verdict = check(&cpu(), 1, trial).unwrap();
        assert!(!verdict.agrees(), "{verdict:?}");
        assert!(verdict.complaint("cuda:0").contains("not a number"));
    }
}

#[test]
fn a_device_that_gives_up_is_an_error_with_its_words() {
    assert_eq!(
        check(&cpu(), 1, |_, _| panic!("the card is gone")).unwrap_err(),
        "the card is gone"
    );
    assert_eq!(
        check(&cpu(), 1, |_, _| Err("out of memory".to_owned())).unwrap_err(),
        "out of memory"
    );
}
