//! What the user says of a run.

use super::*;

#[test]
fn what_several_say_of_a_run_at_once_is_all_kept() {
    let runs = scratch();
    let path = finished(runs.path()).join(NOTES);
    std::thread::scope(|scope| {
        for n in 0..16 {
            let path = &path;
            scope.spawn(move || Notes::edit(path, |notes| notes.tags.push(n.to_string())));
        }
    });
    assert_eq!(Notes::load(&path).unwrap().tags.len(), 16);
    // Whoever changes them keeps the others out, however fast the disk is.
    let held = || lock::look_file(&path.with_file_name("notes.lock"));
    let mut seen = None;
    Notes::edit(&path, |_| seen = Some(held())).unwrap();
    assert_eq!((seen, held()), (Some(lock::State::Held), lock::State::Free));
}

#[test]
fn notes_are_kept_and_those_that_cant_be_read_hide_nothing() {
    let runs = scratch();
    let dir = finished(runs.path());
    let mut run = Run::open(&dir);
    let notes = Notes {
        tags: vec!["a \"b\"".to_owned()],
        note: "two\nlines".to_owned(),
        archived: true,
        ..Notes::default()
    };
    run.annotate(|own| *own = notes.clone()).unwrap();
    assert_eq!(Run::open(&dir).notes, notes);
    assert!(!run.refresh(), "its own notes are no news");
    fs::write(dir.join(NOTES), "(tags: [\"x\"], colour: 3)").unwrap();
    assert_eq!(
        Run::open(&dir).notes.tags,
        ["x"],
        "fields may be missing or from a newer version"
    );
    fs::write(dir.join(NOTES), "nonsense").unwrap();
    let read = Run::open(&dir);
    assert_eq!(
        (read.status, read.notes),
        (Status::Completed, Notes::default())
    );
}
