//! Weights, and checkpoints of runs.

use crate::damage::{cases, damaged, damages};
use crate::memory::within;
use crate::open::fixture;
use proptest::prelude::*;
use simclr_tui::engine::checkpoint::{Checkpoint, Progress};
use simclr_tui::engine::model::{Encoder, Head, Model};
use simclr_tui::engine::weights::{Array, Start, Weights};
use std::fs;

/// The network of the fixtures takes a third of a MiB.
const MEMORY: usize = 32 << 20;

/// Whether an encoder can begin with these bytes.
fn begun(bytes: &[u8], memory: usize) -> Result<(), String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("weights");
    fs::write(&path, bytes).unwrap();
    let model = Model {
        encoder: Encoder::Resnet10,
        width: 4,
        ..Model::default()
    };
    let start = Start {
        init: path.display().to_string(),
        ..Start::default()
    };
    let opened = within(memory, || start.open(&model, &Head::default()));
    opened.map(drop).map_err(|e| e.to_string())
}

#[test]
fn a_bomb_takes_no_more_than_a_pickle_can() {
    assert_eq!(
        begun(&fixture("weights/resnet10-width4.pth"), MEMORY),
        Ok(())
    );
    let magic = b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02M\xe9\x03.\x80\x02}X\x0d\x00\x00\x00little_endian\x88s.";
    for (bomb, length, memory) in [
        (&b"N"[..], 1 << 20, 512 << 20),
        (b"]", 1 << 20, 512 << 20),
        (b"]\x94", 1 << 20, 512 << 20),
        (b"N", 100 << 20, MEMORY),
        (b"(", 100 << 20, MEMORY),
        (b"\x85", 1 << 20, MEMORY),
    ] {
        // In turn, so that no other reader pays for it.
        let bytes = within(1 << 30, || {
            let bomb = bomb.repeat(length / bomb.len());
            [&magic[..], &bomb, b".\x80\x02]."].concat()
        });
        let why = begun(&bytes, memory).unwrap_err();
        assert!(why.len() < 700, "{why}");
    }
}

/// A checkpoint that says of itself what it likes.
fn checkpoint() -> impl Strategy<Value = Checkpoint> {
    let array =
        (prop::collection::vec(0..4_usize, 0..5), any::<f32>()).prop_map(|(shape, value)| {
            let values = vec![value; shape.iter().product()];
            Array { shape, values }
        });
    let network = prop::collection::btree_map("[a-z.0-9]{0,20}", array, 0..8);
    let optimizer = prop::collection::vec(any::<u8>(), 0..99);
    (network, optimizer, any::<u64>(), any::<f64>()).prop_map(
        |(network, optimizer, step, elapsed)| Checkpoint {
            progress: Progress {
                step,
                elapsed,
                best_knn: None,
            },
            network: network.into_iter().collect::<Weights>(),
            optimizer,
        },
    )
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn damaged_files_of_torch_save_are_read_or_refused(damages in damages()) {
        let _ = begun(&damaged(&fixture("weights/resnet10-width4.pth"), &damages), MEMORY);
    }

    #[test]
    fn damaged_safetensors_are_read_or_refused(damages in damages()) {
        let _ = begun(&damaged(&fixture("weights/resnet10-width4.safetensors"), &damages), MEMORY);
    }

    #[test]
    fn damaged_checkpoints_are_refused(damages in damages()) {
        let good = fixture("v1/20261124-181749-tiny-8327/checkpoints/step-00000016.safetensors");
        let bytes = damaged(&good, &damages);
        let read = within(MEMORY, || Checkpoint::from_bytes(&bytes));
        prop_assert!(read.is_err() || bytes == good || read.ok() == Checkpoint::from_bytes(&good).ok());
    }

    #[test]
    fn bytes_are_no_weights(bytes in prop::collection::vec(any::<u8>(), 0..200), kind in 0..4_usize) {
        let start: [&[u8]; 4] = [b"PK\x03\x04", b"\x40\x00\x00\x00\x00\x00\x00\x00{", b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.", b""];
        let bytes = [start[kind], &bytes].concat();
        prop_assert!(begun(&bytes, MEMORY).is_err());
        prop_assert!(within(MEMORY, || Checkpoint::from_bytes(&bytes)).is_err());
    }

    #[test]
    fn a_checkpoint_says_what_it_likes(checkpoint in checkpoint(), damages in damages()) {
        let Ok(bytes) = checkpoint.to_bytes() else { return Ok(()) };
        let _ = within(MEMORY, || Checkpoint::from_bytes(&bytes));
        let _ = within(MEMORY, || Checkpoint::from_bytes(&damaged(&bytes, &damages)));
    }
}
