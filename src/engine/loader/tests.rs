//! The same batches whatever the threads and the start; errors and panics that come out instead of a hang.

mod fake;

use super::ahead::AHEAD;
use super::*;
use crate::engine::augment::{Augment, Augmenter, Branches, clean};
use fake::{Fake, Told, fake};
use std::collections::BTreeSet;
use std::sync::atomic::Ordering;
use std::sync::{Condvar, Mutex, mpsc};

fn plan(images: Fake) -> TrainPlan {
    TrainPlan {
        images: Arc::new(images),
        augmenter: Arc::new(Augmenter::new(&Augment::default(), 8)),
        piece: 0,
        batch: 10,
        views: 2,
        epochs: 3,
        seed: 5,
        from_step: 0,
    }
}

fn all(mut batches: Batches) -> Vec<Batch> {
    let mut out = Vec::new();
    while let Some(batch) = batches.next().expect("good images") {
        out.push(Batch {
            waited: std::time::Duration::ZERO,
            ..batch
        });
    }
    out
}

#[test]
fn any_number_of_threads_gives_the_same_batches() {
    let mut crowded = Augment::default();
    for p in [
        &mut crowded.rotate.p,
        &mut crowded.sobel.p,
        &mut crowded.noise.p,
        &mut crowded.cutout.p,
    ] {
        *p = 0.5;
    }
    let mut one_branch = crowded.clone();
    one_branch.branches = Branches::One;
    for augment in [crowded, one_branch] {
        let with = |threads| {
            all(Loader::new(threads).train(TrainPlan {
                augmenter: Arc::new(Augmenter::new(&augment, 8)),
                ..plan(fake(47))
            }))
        };
        assert!(with(1) == with(4), "{augment:?}");
    }
    let one = all(Loader::new(1).train(plan(fake(47))));
    let four = all(Loader::new(4).train(plan(fake(47))));
    assert_eq!(one.len(), 12);
    assert!(one == four);
    let steps: Vec<_> = one.iter().map(|b| (b.step, b.epoch)).collect();
    assert_eq!((steps[0], steps[4], steps[11]), ((0, 0), (4, 1), (11, 2)));
}

#[test]
fn what_an_image_takes_is_asked_before_it_is_read() {
    let images = Arc::new(fake(20));
    let loader = Loader::new(2);
    all(loader.train(TrainPlan {
        images: images.clone(),
        epochs: 1,
        ..plan(fake(0))
    }));
    let counts = || [&images.asked, &images.read].map(|count| count.load(Ordering::SeqCst));
    assert_eq!(counts(), [20, 20]);
    let mut batches = loader.clean(images.clone(), 8, 5);
    while batches.next().expect("good images").is_some() {}
    assert_eq!(counts(), [40, 40]);
}

#[test]
fn a_resumed_training_goes_on_with_the_same_batches() {
    let loader = Loader::new(3);
    let wholes = [0, 3].map(|piece| {
        let plan = |from_step| TrainPlan {
            piece,
            from_step,
            ..plan(fake(47))
        };
        let whole = all(loader.train(plan(0)));
        for from_step in [1, 4, 7, 11, 12, 99] {
            let rest = all(loader.train(plan(from_step)));
            assert!(
                rest == whole[whole.len().min(from_step as usize)..],
                "{piece}, from {from_step}"
            );
        }
        whole
    });
    assert!(wholes[0] != wholes[1]);
}

#[test]
fn an_epoch_sees_images_once_in_an_order_of_its_own() {
    let batches = all(Loader::new(2).train(plan(fake(40))));
    let epoch = |e: usize| -> Vec<usize> {
        batches[4 * e..4 * (e + 1)]
            .iter()
            .flat_map(|b| b.indices.clone())
            .collect()
    };
    for e in 0..3 {
        assert_eq!(epoch(e).into_iter().collect::<BTreeSet<_>>().len(), 40);
    }
    assert_ne!(epoch(0), epoch(1));
    let other = all(Loader::new(2).train(TrainPlan {
        seed: 6,
        ..plan(fake(40))
    }));
    assert_ne!(other[0].indices, batches[0].indices);
}

#[test]
fn with_one_branch_the_first_n_rows_are_the_views_left_alone() {
    let mut augment = Augment {
        branches: Branches::One,
        ..Augment::default()
    };
    (augment.jitter.p, augment.grayscale.p) = (0.0, 0.0);
    augment.solarize.p = 1.0;
    augment.solarize.threshold = 0.0;
    let batch = &all(Loader::new(2).train(TrainPlan {
        augmenter: Arc::new(Augmenter::new(&augment, 8)),
        ..plan(fake(20))
    }))[0];
    let row = |r: usize| &batch.views[r * 192..(r + 1) * 192];
    let flat = batch.indices.iter().enumerate();
    for (r, i) in flat.filter(|(_, i)| *i % 5 == 0) {
        let plain = (i * 7 % 256) as f32 / 255.0;
        let is = |row: &[f32], want: f32| row.iter().all(|v| (v - want).abs() < 1e-5);
        assert!(is(row(r), plain), "row {r} of image {i}");
        assert!(is(row(r + 10), 1.0 - plain), "row {r} of image {i}");
    }
}

#[test]
fn single_views_are_the_first_ones_of_pairs() {
    let with = |views| {
        all(Loader::new(2).train(TrainPlan {
            views,
            ..plan(fake(25))
        }))
    };
    for (single, pairs) in with(1).into_iter().zip(with(2)) {
        assert_eq!(single.indices, pairs.indices);
        assert_eq!(single.views, pairs.views[..10 * 192]);
    }
}

#[test]
fn rows_i_and_i_plus_n_are_views_of_one_image() {
    let images = fake(20);
    let mut augment = Augment::default();
    augment.jitter.p = 0.0;
    augment.grayscale.p = 0.0;
    let augmenter = Arc::new(Augmenter::new(&augment, 8));
    let flat = TrainPlan {
        augmenter,
        ..plan(images)
    };
    let batch = &all(Loader::new(2).train(flat))[0];
    let row = |r: usize| &batch.views[r * 192..(r + 1) * 192];
    for (r, i) in batch
        .indices
        .iter()
        .enumerate()
        .filter(|(_, i)| *i % 5 == 0)
    {
        let want = (i * 7 % 256) as f32 / 255.0;
        for v in row(r).iter().chain(row(r + 10)) {
            assert!((v - want).abs() < 1e-5, "row {r} of image {i}: {v}");
        }
    }
    let r = batch
        .indices
        .iter()
        .position(|i| i % 5 != 0)
        .expect("a textured image");
    assert_ne!(row(r), row(r + 10));
}

#[test]
fn an_unreadable_image_is_replaced_counted_and_named_once() {
    let bad = BTreeSet::from([3, 4, 19]);
    let loader = Loader::new(2);
    let mut batches = loader.train(plan(Fake { bad, ..fake(20) }));
    let mut counts = [0; 20];
    while let Some(batch) = batches.next().expect("most can be read") {
        batch.indices.iter().for_each(|i| counts[*i] += 1);
    }
    assert_eq!(
        (counts[3], counts[4], counts[5], counts[19], counts[0]),
        (0, 0, 9, 0, 6)
    );
    let notes = batches.take_notes();
    assert_eq!(notes.len(), 3, "{notes:?}");
    assert!(
        notes
            .iter()
            .any(|n| n.starts_with("fake #4 can't be read") && n.ends_with("image 4 is bad"))
    );
    assert!(batches.take_notes().is_empty());
}

#[test]
fn nothing_readable_or_too_few_images_is_an_error() {
    let loader = Loader::new(2);
    let mut batches = loader.train(plan(Fake {
        bad: (0..20).collect(),
        ..fake(20)
    }));
    let error = batches.next().expect_err("nothing to read").to_string();
    assert!(
        error.starts_with("none of the 20 training images can be read"),
        "{error}"
    );
    let notes = batches.take_notes();
    assert!(notes.len() <= 6, "{notes:?}");
    let error = loader
        .train(plan(fake(9)))
        .next()
        .expect_err("too few")
        .to_string();
    assert!(
        error.contains("batch of 10 pairs can't be drawn from 9"),
        "{error}"
    );
    let none = TrainPlan {
        batch: 0,
        ..plan(fake(9))
    };
    assert!(loader.train(none).next().is_err());
}

#[test]
fn a_panic_comes_out_as_an_error_and_the_threads_live_on() {
    let loader = Loader::new(2);
    let mut batches = loader.train(plan(Fake {
        panics: Some(7),
        ..fake(20)
    }));
    let error = loop {
        match batches.next() {
            Ok(Some(_)) => {}
            Ok(None) => panic!("image 7 came through"),
            Err(error) => break error.to_string(),
        }
    };
    assert!(error.contains("panicked: image 7 is cursed"), "{error}");
    assert_eq!(all(loader.train(plan(fake(40)))).len(), 12);
    let mut clean = loader.clean(
        Arc::new(Fake {
            panics: Some(0),
            ..fake(9)
        }),
        8,
        4,
    );
    assert!(clean.next().is_err());
}

#[test]
fn a_closed_loader_is_an_error_not_a_hang() {
    let loader = Loader::new(1);
    let mut batches = loader.train(TrainPlan {
        epochs: 1000,
        ..plan(fake(40))
    });
    let mut clean = loader.clean(Arc::new(fake(5000)), 8, 1);
    drop(loader);
    let error = loop {
        match batches.next() {
            Ok(batch) => assert!(batch.is_some(), "4,000 batches are not made ahead"),
            Err(error) => break error.to_string(),
        }
    };
    assert_eq!(error, "the loader has been closed");
    while let Ok(batch) = clean.next() {
        assert!(batch.is_some());
    }
}

#[test]
fn no_more_than_the_bound_is_prepared_and_dropping_cancels_it() {
    let gate = Some((Mutex::new(false), Condvar::new()));
    let images = Arc::new(Fake { gate, ..fake(1000) });
    let plan = TrainPlan {
        images: images.clone(),
        batch: 100,
        ..plan(fake(0))
    };
    let loader = Loader::new(1);
    drop(loader.train(plan.clone()));
    let (open, changed) = images.gate.as_ref().expect("set above");
    *open.lock().expect("no panic") = true;
    changed.notify_all();
    // Jobs are taken in order, so the cancelled ones are through when these views come.
    loader
        .clean(Arc::new(fake(1)), 8, 1)
        .next()
        .expect("readable");
    let read = images.read.swap(0, Ordering::SeqCst);
    assert!(read <= 1, "{read} images were read after the drop");

    let mut batches = loader.train(plan);
    batches.next().expect("readable");
    loader
        .clean(Arc::new(fake(1)), 8, 1)
        .next()
        .expect("readable");
    let read = images.read.load(Ordering::SeqCst);
    assert_eq!(read, 100 * (1 + AHEAD.1));
}

#[test]
fn clean_views_come_in_order_without_the_unreadable() {
    let images = Arc::new(Fake {
        bad: BTreeSet::from([0, 4, 5, 6, 7, 13]),
        ..fake(14)
    });
    let loader = Loader::new(3);
    let mut batches = loader.clean(images.clone(), 8, 4);
    let (mut indices, mut labels, mut views) = (Vec::new(), Vec::new(), Vec::new());
    while let Some(batch) = batches.next().expect("some can be read") {
        assert!(!batch.indices.is_empty());
        indices.extend(batch.indices);
        labels.extend(batch.labels);
        views.extend(batch.views);
    }
    assert_eq!(indices, [1, 2, 3, 8, 9, 10, 11, 12]);
    assert_eq!(labels, [1, 2, 0, 2, 0, 1, 2, 0]);
    for (row, i) in indices.iter().enumerate() {
        let mut want = vec![0.0; 192];
        clean(&images.image(*i).expect("readable"), 8, &mut want);
        assert_eq!(views[row * 192..][..192], want, "image {i}");
    }
    assert_eq!(batches.take_notes().len(), 6);
    let mut none = loader.clean(
        Arc::new(Fake {
            bad: (0..3).collect(),
            ..fake(3)
        }),
        8,
        2,
    );
    let error = none.next().expect_err("nothing to read").to_string();
    assert!(
        error.starts_with("none of the 3 images") && error.contains("fake #"),
        "{error}"
    );
    assert_eq!(
        loader.clean(Arc::new(fake(0)), 8, 2).next().expect("empty"),
        None
    );
}

#[test]
fn threads_end_with_the_loader() {
    let (sender, receiver) = mpsc::channel::<()>();
    let loader = Loader::new(4);
    assert_eq!(loader.threads(), 4);
    drop(loader.clean(Arc::new(Told(fake(50), sender)), 8, 10));
    drop(loader);
    // Nobody holds the images, and with them the sender, once threads and jobs are gone.
    assert_eq!(receiver.try_recv(), Err(mpsc::TryRecvError::Disconnected));
}
