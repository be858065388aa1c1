//! Whatever is written, and whatever is read.

use super::*;

fn any_report() -> impl Strategy<Value = Report> {
    let value = prop_oneof![
        any::<f64>(),
        Just(f64::NAN),
        Just(f64::INFINITY),
        Just(-0.0),
        Just(f64::MIN_POSITIVE / 2.0)
    ];
    let key = prop_oneof![
        (0..METRICS.len()).prop_map(|i| METRICS[i].key.to_owned()),
        ".{0,9}"
    ];
    let values = proptest::collection::btree_map(key, value, 0..6);
    // What a run can say: the rest is damage.
    let (steps, finite) = (|| 0..1_u64 << 40, || 0.0..1e11_f64);
    let point = (steps(), finite(), finite(), values).prop_map(|(step, epoch, elapsed, values)| {
        Report::Point(Point {
            step,
            epoch,
            elapsed,
            values,
        })
    });
    prop_oneof![
        4 => point,
        1 => ".{0,40}".prop_map(|text| note(&text)),
        1 => Just(Report::Paused),
        1 => (steps(), -1e300..1e300, ".{0,9}").prop_map(|(step, rate, device)| {
            Report::Begin(Begin { step, device, rate, ..Begin::default() })
        }),
        1 => proptest::option::of(".{0,40}").prop_map(|reason| {
            Report::End(End { reason, ..Outcome::Failed.into() })
        }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn whatever_is_written_comes_back(reports in proptest::collection::vec(any_report(), 0..12)) {
        let (_dir, path) = scratch();
        write(&path, &reports);
        let mut follower = Follower::open(&path);
        prop_assert_eq!(texts(&follower.poll()), expected(&reports));
        prop_assert_eq!(follower.damaged(), 0);
    }

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300), cut in 0..300_usize) {
        let (_dir, path) = scratch();
        write(&path, &story());
        let mut text = fs::read(&path).unwrap();
        let at = cut.min(text.len());
        text.splice(at..at, bytes);
        fs::write(&path, text).unwrap();
        prop_assert!(Follower::open(&path).poll().len() >= story().len() - 1);
    }
}
