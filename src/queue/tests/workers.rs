//! Who takes what waits, and what becomes of it.

use super::*;

#[test]
fn a_device_has_one_worker_and_workers_take_different_items() {
    let place = place(&["a", "b", "c"]);
    assert_eq!(place.queue.workers(), Vec::<String>::new());
    let cuda = place.queue.work("cuda:1").unwrap();
    place
        .queue
        .work("cuda:1")
        .unwrap_err()
        .says("a worker for device cuda:1 is running already");
    let cpu = place.queue.work("cpu").unwrap();
    assert_eq!(place.queue.workers(), ["cpu", "cuda:1"]);
    let (first, second) = (cuda.take().unwrap().unwrap(), cpu.take().unwrap().unwrap());
    assert_eq!(
        (first.item.title.as_str(), second.item.title.as_str()),
        ("a", "b")
    );
    assert_eq!(
        place.states(),
        [working("cuda:1"), working("cpu"), ItemState::Waiting]
    );
    place
        .queue
        .remove(&first.item.id, false)
        .unwrap_err()
        .says("is being trained");
    // It may be shifted while it is trained.
    place.queue.shift(&first.item.id, 2).unwrap();
    first.done().unwrap();
    drop(cuda);
    assert_eq!(place.queue.workers(), ["cpu"]);
    place.queue.work("cuda:1").unwrap();
    assert_eq!(place.titles(), ["b", "c"]);
}

#[test]
fn machines_may_have_devices_of_the_same_name() {
    let place = place(&[]);
    let lock = |name: &str| {
        lock::take_file(&place.queue.dir.join(name))
            .unwrap()
            .unwrap()
    };
    let _ours = place.queue.work("cuda:0").unwrap();
    let _theirs = lock(&files::worker("cuda:0", "node-2.local"));
    // An older version named no machine.
    let _older = lock("worker-cuda-1.lock");
    fs::write(place.queue.dir.join("worker-cpu.lock"), "").unwrap();
    let workers = place.queue.workers();
    assert_eq!(workers, ["cuda:0", "cuda:0 on node-2.local", "cuda:1"]);
    assert!(place.queue.has_worker("cuda:0") && !place.queue.has_worker("cpu"));
    place.queue.work("cpu").unwrap();
}

#[test]
fn what_was_called_off_is_not_taken_again() {
    let place = place(&["a", "b", "c"]);
    let worker = place.queue.work("cpu").unwrap();
    let claim = worker.take().unwrap().unwrap();
    assert!(place.queue.remove(&claim.item.id, true).unwrap() && claim.is_cancelled());
    // One that waits is simply gone.
    assert!(!place.queue.remove(&place.item("b").id, true).unwrap());
    assert_eq!(place.titles(), ["a", "c"]);
    // Its worker dies before it can take it out.
    drop((claim, worker));
    let again = place.queue.work("cpu").unwrap();
    assert_eq!(again.take().unwrap().unwrap().item.title, "c");
    assert_eq!(place.titles(), ["c"]);
}

#[test]
fn an_item_whose_worker_is_gone_waits_again() {
    let place = place(&["a", "b"]);
    let worker = place.queue.work("cpu").unwrap();
    let claim = worker.take().unwrap().unwrap();
    assert_eq!(place.states(), [working("cpu"), ItemState::Waiting]);
    drop((claim, worker));
    assert_eq!(place.states(), [ItemState::Waiting, ItemState::Waiting]);
    let again = place.queue.work("cpu").unwrap();
    assert_eq!(again.take().unwrap().unwrap().item.title, "a");
}

#[test]
fn the_run_of_an_experiment_is_the_same_whoever_takes_it() {
    let place = place(&["a"]);
    place.queue.add(single()).unwrap();
    let runs: Vec<Option<String>> = ["cpu", "cuda:0"]
        .iter()
        .map(|device| {
            let worker = place.queue.work(device).unwrap();
            let sweep = worker.take().unwrap().unwrap();
            assert_eq!(sweep.run, None);
            worker.take().unwrap().unwrap().run
        })
        .collect();
    let name = runs[0].clone().unwrap();
    name.says("-a-quoted-name-");
    assert_eq!(runs[0], runs[1]);
    place.queue.add(single()).unwrap();
    let worker = place.queue.work("cpu").unwrap();
    let taken: Vec<Claim> = std::iter::from_fn(|| worker.take().unwrap()).collect();
    assert_ne!(taken[1].run, taken[2].run, "another item, another run");
}

#[test]
fn a_failed_item_is_passed_over_until_it_is_tried_again() {
    let place = place(&["a", "b"]);
    let worker = place.queue.work("cpu").unwrap();
    place
        .queue
        .retry(&place.item("a").id)
        .unwrap_err()
        .says("did not fail");
    worker
        .take()
        .unwrap()
        .unwrap()
        .failed("the \"disk\" is full")
        .unwrap();
    let failed = ItemState::Failed {
        why: "the \"disk\" is full".to_owned(),
    };
    assert_eq!(place.states(), [failed, ItemState::Waiting]);
    assert_eq!(worker.take().unwrap().unwrap().item.title, "b");
    place.queue.retry(&place.item("a").id).unwrap();
    assert_eq!(worker.take().unwrap().unwrap().item.title, "a");
}
