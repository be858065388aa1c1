//! MNIST's idx files, packed and not.

use crate::damage::{cases, damaged, damages};
use crate::open::reads;
use crate::packed::{bomb, packed};
use proptest::prelude::*;
use simclr_tui::engine::data::Source;

const MEMORY: usize = 64 << 20;

fn idx(magic: u32, sizes: &[u32], values: usize) -> Vec<u8> {
    let words = std::iter::once(&magic).chain(sizes);
    let values = (0..values).map(|i| (i % 3) as u8);
    words.flat_map(|w| w.to_be_bytes()).chain(values).collect()
}

fn read(images: &[u8], labels: &[u8], gz: bool) -> bool {
    let (good, names) = (
        (idx(0x803, &[2, 2, 3], 12), idx(0x801, &[2], 2)),
        if gz { ".gz" } else { "" },
    );
    let files: [(&str, &[u8]); 4] = [
        (&format!("train-images-idx3-ubyte{names}"), images),
        (&format!("train-labels-idx1-ubyte{names}"), labels),
        ("t10k-images-idx3-ubyte", &good.0),
        ("t10k-labels-idx1-ubyte", &good.1),
    ];
    reads(MEMORY, Source::Idx, &files)
}

#[test]
fn a_packed_file_that_unpacks_to_much_is_refused() {
    let labels = packed(&idx(0x801, &[6], 6));
    assert!(read(&packed(&idx(0x803, &[6, 2, 3], 36)), &labels, true));
    // More than the header promises, and a gigabyte that it promises too.
    for (sizes, values) in [([6, 2, 3], 300 << 20), ([400, 1024, 1024], 400 << 20)] {
        let bomb = bomb(&idx(0x803, &sizes, 0), values, &[]);
        assert!(!read(&bomb, &labels, true), "{sizes:?}");
    }
}

proptest! {
    #![proptest_config(cases(600))]

    #[test]
    fn damaged_files_are_a_value_or_a_sentence(damages in damages(), which in any::<bool>(), gz in any::<bool>()) {
        let pack = |bytes: Vec<u8>| if gz { packed(&bytes) } else { bytes };
        let (mut images, mut labels) = (pack(idx(0x803, &[6, 2, 3], 36)), pack(idx(0x801, &[6], 6)));
        let file = if which { &mut images } else { &mut labels };
        *file = damaged(file, &damages);
        read(&images, &labels, gz);
    }

    #[test]
    fn packed_headers_may_promise_anything(sizes in prop::array::uniform3(any::<u32>()), values in 0..100_000_usize) {
        read(&packed(&idx(0x803, &sizes, values)), &packed(&idx(0x801, &sizes[..1], values)), true);
    }
}
