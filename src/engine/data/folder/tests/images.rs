//! Which images are kept, and how they stand.

use super::*;

#[test]
fn the_cache_keeps_what_it_has_room_for() {
    let home = home(6);
    let big = colour(800, 500, [3, 3, 3]);
    put(home.path(), "a/big.bmp", &big);
    let set = open(&Data {
        cache: 1,
        ..data(Source::Folder, home.path())
    })
    .expect("a good folder");
    let kept = |part: &std::sync::Arc<dyn crate::engine::data::Images>, i| {
        std::sync::Arc::ptr_eq(&part.image(i).expect("good"), &part.image(i).expect("good"))
    };
    for part in [&set.train, &set.test] {
        for i in 0..part.len() {
            assert_eq!(
                kept(part, i),
                !part.name(i).contains("big"),
                "{}",
                part.name(i)
            );
        }
    }
    let none = open(&Data {
        cache: 0,
        ..data(Source::Folder, home.path())
    })
    .expect("a good folder");
    assert!(!kept(&none.train, 0));
}

#[test]
fn limits_apply_to_both_parts() {
    let home = home(30);
    let limited = Data {
        train_limit: 10,
        test_limit: 3,
        ..data(Source::Folder, home.path())
    };
    let set = open(&limited).expect("a good folder");
    assert_eq!((set.train.len(), set.test.len()), (10, 3));
    assert_ne!(
        set.fingerprint.hash,
        opened(home.path()).expect("a good folder").fingerprint.hash
    );
}

#[test]
fn a_photograph_is_turned_upright() {
    let home = home(2);
    let mut bytes = Vec::new();
    let encoder = image::codecs::jpeg::JpegEncoder::new(&mut bytes);
    colour(16, 8, [9, 9, 9])
        .write_with_encoder(encoder)
        .expect("encoded");
    // An EXIF block of one entry, orientation 6: turn a quarter clockwise.
    let exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
    let mut turned = bytes[..2].to_vec();
    turned.extend([0xff, 0xe1, 0, exif.len() as u8 + 2]);
    turned.extend(exif);
    turned.extend(&bytes[2..]);
    let path = home.path().join("turned.jpg");
    fs::write(&path, turned).expect("written");
    let image = crate::engine::data::decode::decode(&path, Bounds::new(64)).expect("a good image");
    assert_eq!((image.width, image.height), (8, 16));
}
