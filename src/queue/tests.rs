//! The queue on disk: its order, what it says of its items, and who may take them.

use super::*;
use crate::text::says::Says;

struct Place {
    queue: Queue,
    _folder: tempfile::TempDir,
}

fn place(titles: &[&str]) -> Place {
    let folder = tempfile::tempdir().unwrap();
    let queue = Queue::new(folder.path());
    for title in titles {
        queue.add(sweep(title)).unwrap();
    }
    Place {
        queue,
        _folder: folder,
    }
}

fn sweep(title: &str) -> Item {
    Item {
        title: title.to_owned(),
        sweep: format!("/{title}.ron"),
        ..Item::default()
    }
}

fn single() -> Item {
    Item {
        title: "a \"quoted\" name".to_owned(),
        experiment: Some("(\n    name: \"a \\\"quoted\\\" name\",\n)\n".to_owned()),
        added: 1_795_464_900.25,
        ..Item::default()
    }
}

impl Place {
    fn titles(&self) -> Vec<String> {
        let items = self.queue.items().unwrap().into_iter();
        items.map(|item| item.title).collect()
    }
    fn states(&self) -> Vec<ItemState> {
        let items = self.queue.items().unwrap().into_iter();
        items.map(|item| item.state).collect()
    }
    fn item(&self, title: &str) -> Item {
        let items = self.queue.items().unwrap();
        items.into_iter().find(|item| item.title == title).unwrap()
    }
}

fn working(device: &str) -> ItemState {
    let device = device.to_owned();
    ItemState::Working { device }
}

#[test]
fn what_is_added_comes_back_behind_what_is_there() {
    let place = place(&[]);
    assert_eq!(place.queue.items().unwrap(), []);
    assert!(!place.queue.dir.exists(), "looking makes nothing");
    let scaled = Item {
        scale: Some("cifar".to_owned()),
        set: vec![
            "data.path=a b".to_owned(),
            "loss.temperature=0.2".to_owned(),
        ],
        ..sweep("x")
    };
    let added = [
        place.queue.add(single()).unwrap(),
        place.queue.add(scaled).unwrap(),
        place.queue.add(sweep("x")).unwrap(),
    ];
    assert_eq!(place.queue.items().unwrap(), added);
    let ids: Vec<&str> = added.iter().map(|item| item.id.as_str()).collect();
    assert!(ids.is_sorted(), "{ids:?}");
}

#[test]
fn the_same_sweep_waits_only_once() {
    let place = place(&["x"]);
    place
        .queue
        .add(sweep("x"))
        .unwrap_err()
        .says("is in the queue already");
    // Trained again on purpose.
    place.queue.add(single()).unwrap();
    place.queue.add(single()).unwrap();
    assert_eq!(place.titles().len(), 3);
}

#[test]
fn items_are_shifted_any_number_of_times_and_old_ids_still_name_them() {
    let names = ["a", "b", "c", "d", "e"];
    let place = place(&names);
    let mut wanted: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let first = place.item("c").id;
    let mut dice = 1_u64;
    // Often enough that the room between two of them is used up again and again.
    for round in 0..400 {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let (at, places) = ((dice >> 33) as usize % 5, (dice >> 40) as isize % 7 - 3);
        let (at, places) = if round % 2 == 0 { (0, 1) } else { (at, places) };
        let moved = wanted.remove(at);
        let to = at.saturating_add_signed(places).min(4);
        wanted.insert(to, moved.clone());
        let item = place.queue.shift(&place.item(&moved).id, places).unwrap();
        assert_eq!(
            (item.title, place.titles()),
            (moved, wanted.clone()),
            "{round}"
        );
    }
    assert_eq!(
        place.queue.find(&first).unwrap().0.key,
        place.item("c").key()
    );
    place.queue.shift(&first, -9).unwrap();
    assert_eq!(place.titles()[0], "c");
    let key = place.item("c").key().to_owned();
    place.queue.shift(&key, 9).unwrap();
    assert_eq!(place.titles()[4], "c");
    place
        .queue
        .shift("nothing", 1)
        .unwrap_err()
        .says("`simclr-tui queue` lists them");
}

#[test]
fn room_that_is_used_up_is_made_anew() {
    let place = place(&["a", "b", "c"]);
    let orders = || -> Vec<u64> {
        let names = place.queue.names().unwrap().into_iter();
        names.filter_map(|name| name.order).collect()
    };
    let narrow = place.queue.names().unwrap();
    for (order, name) in narrow.iter().enumerate() {
        place.queue.rename(name, order as u64 + 1).unwrap();
    }
    assert_eq!(orders(), [1, 2, 3]);
    place.queue.shift(&place.item("c").id, -1).unwrap();
    assert_eq!(place.titles(), ["a", "c", "b"]);
    assert!(
        orders().windows(2).all(|two| two[1] - two[0] > 1000),
        "{:?}",
        orders()
    );
}

#[test]
fn a_broken_file_is_one_failed_item_and_hides_no_other() {
    let place = place(&["a"]);
    let broken = [
        ("000000000001-aa", "(title: \"x\"", "000000000001-aa.ron:1:"),
        (
            "000000000002-bb",
            "(format: 9, colour: red)",
            "a newer simclr-tui wrote it",
        ),
        ("000000000003-cc", "()", "neither a sweep nor an experiment"),
        (
            "notes",
            "(title: \"x\", sweep: \"/x.ron\")",
            "notes.ron is not an item of the queue",
        ),
    ];
    for (stem, text, _) in broken {
        fs::write(place.queue.dir.join(format!("{stem}.ron")), text).unwrap();
    }
    fs::write(place.queue.dir.join(".half.ron.1-2.tmp"), "(").unwrap();
    place.queue.add(sweep("b")).unwrap();
    let items = place.queue.items().unwrap();
    assert_eq!(items.len(), 6);
    assert_eq!([&items[3].title, &items[4].title], ["a", "b"]);
    for (stem, _, says) in broken {
        let item = items.iter().find(|item| item.id == stem).unwrap();
        let ItemState::Failed { why } = &item.state else {
            panic!("{item:?}");
        };
        why.says(says);
        place.queue.retry(stem).unwrap_err().says("queue remove");
    }
    let worker = place.queue.work("cpu").unwrap();
    assert_eq!(worker.take().unwrap().unwrap().item.title, "a");
    for (stem, ..) in broken {
        place.queue.remove(stem, false).unwrap();
    }
    assert_eq!(place.titles(), ["a", "b"]);
}

#[test]
fn what_belongs_to_an_item_goes_with_it() {
    let place = place(&["a", "b"]);
    let worker = place.queue.work("cpu").unwrap();
    let claim = worker.take().unwrap().unwrap();
    let turn = format!("{}.turn", claim.item.key());
    fs::write(place.queue.dir.join(turn), "as older versions had").unwrap();
    claim.done().unwrap();
    worker.take().unwrap().unwrap().failed("why").unwrap();
    place.queue.remove(&place.item("b").id, false).unwrap();
    for left in ["abc.claim", "abc.lock", ".x.ron.1-2.tmp"] {
        fs::write(place.queue.dir.join(left), "").unwrap();
    }
    drop(worker);
    place.queue.work("cpu").unwrap();
    let files = fs::read_dir(&place.queue.dir).unwrap();
    let mut files: Vec<_> = files.map(|file| file.unwrap().file_name()).collect();
    files.sort();
    assert_eq!(files, ["lock", files::worker("cpu", &host()).as_str()]);
}

#[test]
fn a_pause_lasts_until_it_is_over() {
    let place = place(&["a"]);
    assert!(!place.queue.is_paused());
    place.queue.pause(false).unwrap();
    place.queue.pause(true).unwrap();
    place.queue.pause(true).unwrap();
    assert!(Queue::new(place.queue.dir.parent().unwrap()).is_paused());
    assert_eq!(place.titles(), ["a"]);
    place.queue.pause(false).unwrap();
    assert!(!place.queue.is_paused());
}

#[test]
fn items_are_named_by_a_part_of_their_key() {
    let place = place(&[]);
    for (order, key) in [(1, "abc001"), (2, "abd002")] {
        let path = place.queue.file(&Name::new(order, key));
        fs::create_dir_all(&place.queue.dir).unwrap();
        files::write(&path, &sweep(key)).unwrap();
    }
    assert_eq!(place.queue.find("abd").unwrap().0.key, "abd002");
    place
        .queue
        .find("ab")
        .unwrap_err()
        .says("\"ab\" could be abc001, abd002");
    assert!(matches!(place.queue.find("abd"), Ok((_, false))));
    assert!(matches!(place.queue.find("abd002"), Ok((_, true))));
    for none in ["", "x", "-"] {
        assert!(matches!(
            place.queue.find(none),
            Err(QueueError::Unknown(_))
        ));
    }
}

#[test]
fn a_claim_names_a_run_of_ours_or_none() {
    let place = place(&[]);
    let key = place.queue.add(single()).unwrap().key().to_owned();
    let claim = place.queue.dir.join(format!("{key}.claim"));
    let taken = || {
        let worker = place.queue.work("cpu").unwrap();
        worker.take().unwrap().unwrap().run.unwrap()
    };
    let chosen = taken();
    assert_eq!(taken(), chosen, "as it was chosen before");
    for run in ["/../precious", "queue", "20261101-101500-a/../../b", ""] {
        fs::write(&claim, format!("(run: \"{run}\")")).unwrap();
        let chosen = taken();
        assert!(crate::runs::folder::is_run_name(&chosen), "{run}: {chosen}");
    }
}

#[cfg(unix)]
#[test]
fn links_in_the_place_of_its_files_are_not_followed() {
    use std::os::unix::fs::symlink;
    let place = place(&["a", "b"]);
    let precious = place.queue.dir.join("../precious");
    fs::write(&precious, "(sweep: \"/c.ron\")").unwrap();
    symlink(&precious, place.queue.dir.join("000009000000-abc123.ron")).unwrap();
    let items = place.queue.items().unwrap();
    let ItemState::Failed { why } = &items[2].state else {
        panic!("{items:?}");
    };
    why.says("is a link");
    symlink(&precious, place.queue.dir.join("paused")).unwrap();
    place.queue.pause(true).unwrap_err().says("is a link");
    fs::remove_file(place.queue.dir.join("lock")).unwrap();
    symlink(&precious, place.queue.dir.join("lock")).unwrap();
    let error = place.queue.add(sweep("c")).unwrap_err().to_string();
    error.says("is a link");
    assert_eq!(
        fs::read_to_string(&precious).unwrap(),
        "(sweep: \"/c.ron\")"
    );

    let other = tempfile::tempdir().unwrap();
    symlink(&place.queue.dir, other.path().join(QUEUE)).unwrap();
    let linked = Queue::new(other.path());
    for error in [
        linked.items().unwrap_err(),
        linked.pause(false).unwrap_err(),
    ] {
        error.says("is a link");
    }
}

mod workers;
