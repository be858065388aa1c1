//! Steps that compute the inside of blocks again, beside those that keep it.

use super::{bits, run, tiny};
use simclr_tui::engine::model::{Encoder, NormKind, Precision, Stem};
use simclr_tui::engine::report::Outcome;
use simclr_tui::experiment::Experiment;

/// Changes one thing in an experiment.
type Change = fn(&mut Experiment);

#[test]
fn what_is_computed_again_changes_no_bit_of_losses_weights_and_running_statistics() {
    let changes: [(&str, Change); 6] = [
        ("batch norm", |_| {}),
        ("group norm", |e| e.model.norm = NormKind::Group),
        ("bottlenecks", |e| e.model.encoder = Encoder::Resnet50),
        ("pooling", |e| e.model.stem = Stem::Imagenet),
        ("16 bits", |e| e.model.precision = Precision::Bf16),
        ("chunks", |e| e.train.chunk = 6),
    ];
    for (name, change) in changes {
        let of = |recompute| {
            let mut e = tiny();
            (e.train.epochs, e.head.norm) = (1, true);
            change(&mut e);
            e.train.recompute = recompute;
            let (memory, outcome) = run(&e, 1, None, None);
            assert_eq!(outcome.expect("no failure"), Outcome::Completed, "{name}");
            let curves = ["loss", "uniformity"].map(|key| bits(&memory.curve(key)));
            (curves, memory.newest.expect("a checkpoint").network)
        };
        let (kept, again) = (of(false), of(true));
        assert!(kept.0.iter().all(|curve| !curve.is_empty()), "{name}");
        assert_eq!(again.0, kept.0, "{name}");
        for (of, array) in &kept.1 {
            assert!(again.1[of] == *array, "{name}: {of}");
        }
    }
}
