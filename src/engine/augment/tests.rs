//! What the augmentations promise together.

use super::*;
use crate::hparam::{Group, Value};

/// An image in which every pixel differs.
fn gradient(width: usize, height: usize) -> Image {
    let pixels = (0..width * height)
        .flat_map(|i| {
            [
                (i % 251) as u8,
                (i * 7 % 256) as u8,
                (i / width * 5 % 256) as u8,
            ]
        })
        .collect();
    Image {
        width,
        height,
        pixels,
    }
}

/// The first view of an image.
fn view(augment: &Augment, image: usize) -> Vec<f32> {
    nth_view(augment, image, 0)
}

fn nth_view(augment: &Augment, image: usize, nth: u64) -> Vec<f32> {
    let augmenter = Augmenter::new(augment, 24);
    let mut out = vec![f32::NAN; augmenter.len()];
    let mut stream = view_stream(3, 1, image, nth);
    augmenter.view(
        &gradient(40, 31),
        &mut stream,
        &mut out,
        &mut Scratch::default(),
    );
    out
}

/// Every augmentation with this chance.
fn everything(p: f64) -> Augment {
    let mut all = Augment::default();
    for field in all.fields() {
        if field.param.name == "p" {
            all.set_at(&field.path, &Value::Float(p)).expect("a chance");
        }
    }
    all
}

#[test]
fn views_are_whole_in_range_and_apart() {
    let all = everything(0.5);
    let views: Vec<_> = (0..200).map(|i| view(&all, i)).collect();
    for v in &views {
        assert!(v.iter().all(|x| (0.0..=1.0).contains(x)), "{v:?}");
    }
    assert_ne!(views[0], views[1]);
    assert_eq!(views[7], view(&all, 7));
}

#[test]
fn experiments_that_differ_in_one_augmentation_see_the_same_crops() {
    let mut changed = [(); 5].map(|()| Augment::default());
    changed[1].jitter.p = 0.0;
    changed[2].grayscale.p = 1.0;
    changed[3].blur.p = 1.0;
    changed[4].flip.p = 0.0;
    for i in 0..100 {
        let crops = changed.each_ref().map(|augment| {
            let mut stream = view_stream(0, 0, i, 1);
            Augmenter::new(augment, 24)
                .draw(40, 31, &mut stream.own)
                .crop
        });
        assert!(crops.iter().all(|c| *c == crops[0]), "{crops:?}");
    }
}

#[test]
fn nothing_drawn_leaves_the_clean_view() {
    let none = everything(0.0);
    assert!(!none.any());
    let mut want = vec![0.0; 3 * 24 * 24];
    clean(&gradient(40, 31), 24, &mut want);
    assert_eq!(view(&none, 0), want);
}

#[test]
fn an_image_of_the_views_size_comes_through_untouched() {
    let image = gradient(24, 24);
    let mut out = vec![0.0; 3 * 24 * 24];
    clean(&image, 24, &mut out);
    for (i, pixel) in image.pixels.chunks_exact(3).enumerate() {
        for (c, byte) in pixel.iter().enumerate() {
            let got = out[c * 576 + i] * 255.0;
            assert!((got - f32::from(*byte)).abs() < 1e-3, "{i} {c}: {got}");
        }
    }
}

#[test]
fn the_clean_view_of_a_wide_image_is_its_centre() {
    let mut image = gradient(30, 10);
    for (i, pixel) in image.pixels.chunks_exact_mut(3).enumerate() {
        pixel.fill(if (10..20).contains(&(i % 30)) { 200 } else { 0 });
    }
    let mut out = vec![0.0; 3 * 100];
    clean(&image, 10, &mut out);
    assert!(
        out.iter().all(|v| (v - 200.0 / 255.0).abs() < 1e-5),
        "{out:?}"
    );
}

/// The augmentations that draw apart, each always on, and nothing else than the crop.
fn drawn_apart() -> [Augment; 5] {
    let mut each = [(); 5].map(|()| {
        let mut crop = everything(0.0);
        crop.crop.p = 1.0;
        crop
    });
    each[0].rotate.p = 1.0;
    each[1].solarize.p = 1.0;
    each[2].sobel.p = 1.0;
    each[3].noise.p = 1.0;
    each[4].cutout.p = 1.0;
    each
}

#[test]
fn what_draws_apart_leaves_every_other_draw_as_it_was() {
    let (off, on) = (Augment::default(), everything(1.0));
    for i in 0..50 {
        let draw = |augment: &Augment| {
            let mut stream = view_stream(0, 0, i, 1).own;
            let drawn = Augmenter::new(augment, 24).draw(40, 31, &mut stream);
            (drawn, stream)
        };
        let mut old = view_stream(0, 0, i, 1).own;
        // All that was drawn, in its order, before others drew apart.
        let want = Draw {
            flip: old.chance(0.5),
            jitter: off.jitter.draw(off.strength, &mut old),
            grayscale: old.chance(0.2),
            blur: off.blur.draw(&mut old),
            crop: off.crop.draw(40, 31, &mut old),
            turns: 0,
            solarize: false,
            sobel: false,
            noise: None,
            cutout: None,
        };
        assert_eq!(draw(&off), (want, old.clone()));
        let (drawn, stream) = draw(&on);
        assert_eq!((drawn.crop, stream), (draw(&off).0.crop, old));
        assert!(drawn.turns > 0 && drawn.noise.is_some() && drawn.cutout.is_some());
    }
}

#[test]
fn each_augmentation_that_draws_apart_changes_the_view() {
    let mut crop = everything(0.0);
    crop.crop.p = 1.0;
    assert!(crop.any());
    let plain = view(&crop, 4);
    for augment in drawn_apart() {
        assert_ne!(view(&augment, 4), plain, "{augment:?}");
        assert_ne!(view(&augment, 4), view(&augment, 5), "{augment:?}");
    }
}

#[test]
fn noise_comes_behind_every_filter_and_cutout_behind_the_noise() {
    let all = everything(1.0);
    let mut before = all.clone();
    (before.noise.p, before.cutout.p) = (0.0, 0.0);
    for image in 0..20 {
        let mut want = view(&before, image);
        let mut stream = view_stream(3, 1, image, 0).own;
        let draw = Augmenter::new(&all, 24).draw(40, 31, &mut stream);
        draw.noise.expect("p is 1").add(&mut want);
        cutout::cut(&mut want, 24, &draw.cutout.expect("p is 1"));
        assert_eq!(view(&all, image), want);
    }
}

#[test]
fn colours_change_before_filters_and_the_blur_before_the_sobel_filter() {
    let all = everything(1.0);
    let augmenter = Augmenter::new(&all, 24);
    let mut plain = everything(0.0);
    plain.crop.p = 1.0;
    for image in 0..20 {
        let mut want = view(&plain, image);
        let draw = augmenter.draw(40, 31, &mut view_stream(3, 1, image, 0).own);
        flip::flip(&mut want, 24);
        rotate::rotate(&mut want, 24, draw.turns);
        draw.jitter.expect("p is 1").apply(&mut want);
        grayscale::grayscale(&mut want);
        let (sigma, kernel) = (draw.blur.expect("p is 1"), all.blur.kernel_side(24));
        blur::gaussian_blur(&mut want, 24, kernel, sigma, &mut blur::Buffers::default());
        solarize::solarize(&mut want, 0.5);
        sobel::sobel(&mut want, 24, &mut Vec::new());
        let mut filtered = all.clone();
        (filtered.noise.p, filtered.cutout.p) = (0.0, 0.0);
        assert_eq!(view(&filtered, image), want);
    }
}

#[test]
fn with_one_branch_the_first_view_is_the_crop_that_the_second_is_made_from() {
    let mut jitter = everything(0.0);
    jitter.branches = Branches::One;
    let identity = jitter.clone();
    jitter.jitter.p = 1.0;
    let mut clean = vec![0.0; 3 * 576];
    super::clean(&gradient(40, 31), 24, &mut clean);
    for image in 0..20 {
        let first = nth_view(&identity, image, 0);
        assert_ne!(first, clean, "no crop although p is 0");
        assert_eq!(first, nth_view(&identity, image, 1));
        assert_eq!(first, nth_view(&jitter, image, 0));
        let draw = Augmenter::new(&jitter, 24).draw(24, 24, &mut view_stream(3, 1, image, 1).own);
        let mut second = first.clone();
        draw.jitter.expect("p is 1").apply(&mut second);
        assert_eq!(nth_view(&jitter, image, 1), second);
    }
    assert_ne!(nth_view(&identity, 0, 0), nth_view(&identity, 1, 0));
}

#[test]
fn with_one_branch_a_crop_is_cut_from_the_first_view() {
    let mut crop = everything(0.0);
    crop.branches = Branches::One;
    crop.crop.p = 1.0;
    for image in 0..20 {
        let (first, second) = (nth_view(&crop, image, 0), nth_view(&crop, image, 1));
        let mut stream = view_stream(3, 1, image, 1).own;
        let area = Augmenter::new(&crop, 24).draw(24, 24, &mut stream).crop;
        let base = resize::Planes {
            width: 24,
            height: 24,
            values: &first,
        };
        let mut want = vec![0.0; 3 * 576];
        let mut buffers = resize::Buffers::default();
        resize::crop_planes(base, area.expect("p is 1"), 24, &mut want, &mut buffers);
        assert_eq!(second, want);
    }
}

#[test]
fn views_are_the_same_bits_on_vectors_of_any_width() {
    let mut all = everything(0.5);
    for (branches, size) in [
        (Branches::Both, 24),
        (Branches::Both, 65),
        (Branches::One, 40),
    ] {
        all.branches = branches;
        let augmenter = Augmenter::new(&all, size);
        let image = gradient(67, 51);
        let views = || -> Vec<Vec<u32>> {
            let mut scratch = Scratch::default();
            let view = |i| {
                let mut out = vec![f32::NAN; augmenter.len()];
                augmenter.view(&image, &mut view_stream(3, 1, i, 1), &mut out, &mut scratch);
                out.into_iter().map(f32::to_bits).collect()
            };
            (0..60).map(view).collect()
        };
        let wanted = wide::tests::limited(wide::Width::Any, views);
        for width in wide::tests::WIDTHS {
            assert!(wide::tests::limited(*width, views) == wanted, "{width:?}");
        }
    }
}

#[test]
fn a_view_does_not_depend_on_what_the_buffers_held() {
    let all = everything(0.5);
    let mut scratch = Scratch::default();
    for i in 0..40 {
        let (size, side) = ([24, 9, 40][i % 3], [31, 60, 8, 24][i % 4]);
        let augmenter = Augmenter::new(&all, size);
        let view = |scratch: &mut Scratch| {
            let mut out = vec![f32::NAN; augmenter.len()];
            let mut stream = view_stream(0, 0, i, 1);
            augmenter.view(&gradient(side, 40), &mut stream, &mut out, scratch);
            out
        };
        assert_eq!(view(&mut scratch), view(&mut Scratch::default()));
    }
}

#[test]
fn what_is_told_of_a_view_was_done_to_it() {
    let plain = everything(0.0);
    let all = Augment::default().fields();
    let groups = all.iter().filter(|field| field.param.name == "p");
    for field in groups {
        let mut alone = plain.clone();
        alone.strength = 1.0;
        // The weakest blurs change no pixel.
        alone.blur.sigma_min = 0.5;
        let half = Value::Float(0.5);
        alone.set_at(&field.path, &half).expect("a chance");
        let group = field.path.rsplit('.').nth(1).expect("a group");
        let (mut done, mut told) = (0, 0);
        for image in 0..100 {
            let applied = Augmenter::new(&alone, 24)
                .describe(&gradient(40, 31), &view_stream(3, 1, image, 0));
            let said = applied.iter().any(|one| one.group == group);
            assert_eq!(said, !applied.is_empty(), "{group}: {applied:?}");
            let changed = view(&alone, image) != view(&plain, image);
            assert_eq!(said, changed, "{group} of image {image}: {applied:?}");
            (done, told) = (done + usize::from(changed), told + usize::from(said));
        }
        assert!(
            (20..80).contains(&done) && done == told,
            "{group}: {done} of 100"
        );
    }
}
