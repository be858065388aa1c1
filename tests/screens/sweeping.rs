//! The Sweeps screen: the list, a matrix, a curve, the cases, and the queue.
#![expect(clippy::unwrap_used, reason = "a helper of tests fails as tests do")]

use crate::common::{Bench, finished};
use crate::snapshot;
use simclr_tui::queue::{Item, ItemState, Queue};
use simclr_tui::runs::{Run, Status};
use simclr_tui::sweep::included::SWEEPS;
use simclr_tui::sweep::slurm::Job;
use simclr_tui::sweep::{Source, at_scale};
use simclr_tui::ui::screen_id::ScreenId;

/// Complete runs of a shipped sweep: so much kNN for each case, a little more with each seed.
fn trained(sweep: &str, knn: &[f64]) -> Vec<Run> {
    let sweep = Source::open(sweep).unwrap().sweep(None, &[]).unwrap();
    let runs = sweep.trainings().filter_map(|training| {
        let knn = knn.get(training.case)? + training.seed as f64;
        let experiment = sweep.experiment(training);
        Some(finished(&experiment.name.clone(), experiment, knn))
    });
    runs.collect()
}

fn on_sweeps(runs: Vec<Run>) -> Bench {
    let mut bench = Bench::new(runs);
    bench.app.shared.listing_changed();
    bench.press("<alt-5>");
    bench
}

/// Chooses a shipped sweep in the list.
fn choose(bench: &mut Bench, name: &str) {
    let place = SWEEPS.iter().position(|sweep| sweep.name == name);
    (0..place.unwrap()).for_each(|_| bench.press("j"));
}

#[test]
fn nothing_is_trained_yet() {
    let mut bench = on_sweeps(Vec::new());
    snapshot("sweeps_empty", &mut bench);
}

#[test]
fn pairs_are_a_matrix() {
    let mut bench = on_sweeps(trained("composition", &[15.0, 75.0, 14.5, 60.0]));
    choose(&mut bench, "composition");
    snapshot("sweeps_matrix", &mut bench);
    // Both halves of the matrix, and the case in the table.
    let text = bench.draw(160, 48);
    assert_eq!(text.matches("74.9").count(), 3, "{text}");
}

#[test]
fn one_number_is_a_curve_with_its_values_below() {
    let mut bench = on_sweeps(trained("temperature", &[60.0, 70.0, 50.0, 40.0]));
    choose(&mut bench, "temperature");
    bench.press("<enter>");
    snapshot("sweeps_curve", &mut bench);
    let text = bench.draw(160, 48);
    assert!(text.contains("12 of 12 trained"), "{text}");
    // Three seeds with a deviation of 1 on both sides: t for 4 degrees of freedom is 2.776, the interval 2.27 to each side.
    assert!(text.contains("−11.9 to −7.5"), "{text}");
}

#[test]
fn differences_are_counted_from_another_case_and_by_another_figure() {
    let mut bench = on_sweeps(trained("temperature", &[60.0, 70.0, 50.0, 40.0]));
    choose(&mut bench, "temperature");
    bench.press("<enter> b");
    let text = bench.draw(160, 48);
    let row = text
        .lines()
        .find(|l| l.contains("temperature 0.05"))
        .unwrap();
    assert!(row.contains("baseline"), "{text}");
    bench.press("m");
    assert!(bench.draw(160, 48).contains("kNN accuracy %, best"));
    for _ in 0..12 {
        bench.press("m");
        bench.draw(80, 24);
    }
}

#[test]
fn the_runs_of_a_case_are_compared_and_its_experiment_is_edited() {
    let mut bench = on_sweeps(trained("temperature", &[60.0, 70.0]));
    choose(&mut bench, "temperature");
    bench.press("<enter> j <enter>");
    assert_eq!(bench.app.screen, ScreenId::Compare);
    let compared = bench.app.shared.marked.clone();
    assert_eq!(compared.len(), 3);
    bench.press("<alt-5> k <enter>");
    let text = bench.draw(160, 48);
    assert!(text.contains("3 other runs are marked"), "{text}");
    bench.press("<esc>");
    assert_eq!(bench.app.shared.marked, compared);
    bench.press("<enter> <enter>");
    let marked = &bench.app.shared.marked;
    assert!(marked.len() == 3 && !marked.contains(&compared[0]));
    bench.press("<alt-5> j j <enter>");
    assert!(bench.draw(120, 36).contains("this case has no runs yet"));
    bench.press("k e");
    assert_eq!(bench.app.screen, ScreenId::Experiment);
    assert!(bench.draw(160, 48).contains("case temperature 0.1"));
}

#[test]
fn scales_change_and_files_that_are_wrong_are_said() {
    let mut bench = on_sweeps(Vec::new());
    bench.press("s");
    assert!(bench.draw(160, 48).contains("cifar"));
    bench.press("o");
    bench.paste("/nowhere/sweep.ron");
    bench.press("<enter>");
    assert!(bench.draw(160, 48).contains("/nowhere/sweep.ron"));
    snapshot("sweeps_file", &mut bench);
    bench.press("<esc> l");
    assert!(!bench.app.screen_ref().is_typing());
}

#[test]
fn who_was_cut_and_why_stands_among_the_cases() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("halved.ron");
    let text = r#"(format: 2, name: "halved", base: "quick", set: {"train.epochs": 20, "knn.every": 1},
        grid: {"loss.temperature": [0.05, 0.1, 0.2, 0.5]}, halving: (first: 5, factor: 2))"#;
    std::fs::write(&file, text).unwrap();
    let sweep = Source::open(file.to_str().unwrap()).unwrap();
    let sweep = sweep.sweep(None, &[]).unwrap();
    let knn = [50.0, 60.0, 70.0, 40.0];
    let runs = sweep.trainings().map(|training| {
        let experiment = sweep.experiment(training);
        let mut run = finished(&experiment.name.clone(), experiment, knn[training.case]);
        run.origin = Some(sweep.origin(training, 0));
        if training.case != 2 {
            run.status = Status::Stopped;
        }
        run
    });
    let mut bench = on_sweeps(runs.collect());
    bench.press("o");
    bench.paste(file.to_str().unwrap());
    bench.press("<enter> <enter>");
    snapshot("sweeps_cut", &mut bench);
    let text = bench.draw(160, 48);
    assert!(text.contains("1 of 4 trained · 3 cut"), "{text}");
    assert_eq!(text.matches("cut at epoch 5: ").count(), 2, "{text}");
    assert_eq!(text.matches("cut at epoch 10: ").count(), 1, "{text}");
    bench.press("t");
    let text = bench.draw(160, 48);
    assert!(text.contains("all of it is trained"), "{text}");
}

#[test]
fn much_is_asked_before_it_is_begun_or_ended() {
    let mut bench = on_sweeps(trained("colour-strength", &[70.0]));
    bench.press("t");
    snapshot("sweeps_ask", &mut bench);
    bench.press("<esc>");
    bench.app.shared.queue.items = vec![Item {
        id: "000001000000-3f9a1c".to_owned(),
        title: "colour-strength quick".to_owned(),
        state: ItemState::Working {
            device: "cpu".to_owned(),
        },
        ..Item::default()
    }];
    bench.press("g d");
    snapshot("sweeps_take_out", &mut bench);
}

#[test]
fn a_sweep_waits_in_the_queue_and_is_taken_out_again() {
    let runs = tempfile::tempdir().unwrap();
    let mut bench = on_sweeps(Vec::new());
    bench.app.shared.listing.dir = runs.path().to_owned();
    bench.press("g");
    assert!(bench.draw(160, 48).contains("the queue is empty; t puts"));
    bench.press("t");
    let text = bench.draw(160, 48);
    assert!(text.contains("train this sweep?"), "{text}");
    bench.press("<esc>");
    assert!(
        Queue::new(runs.path()).items().unwrap().is_empty(),
        "not yet"
    );
    bench.press("t <enter>");
    let text = bench.draw(160, 48);
    assert!(
        text.contains("no worker could be started: there is no worker here"),
        "{text}"
    );
    bench.press("j t y");
    let titles = || -> Vec<String> {
        let items = Queue::new(runs.path()).items().unwrap();
        items.into_iter().map(|item| item.title).collect()
    };
    assert_eq!(titles(), ["colour-strength quick", "composition quick"]);
    snapshot("sweeps_queue", &mut bench);
    bench.press("t <enter>");
    assert!(bench.draw(160, 48).contains("is in the queue already"));
    bench.press("d");
    assert!(bench.draw(160, 48).contains("g goes into the queue first"));
    let key = Queue::new(runs.path()).items().unwrap()[0].key().to_owned();
    bench.press("g <enter>");
    assert!(bench.draw(160, 48).contains("it isn't trained yet"));
    assert!(bench.draw(160, 48).contains("t start the queue"));
    bench.press("t");
    let text = bench.draw(160, 48);
    assert!(
        text.contains("the queue is running again, but no worker"),
        "{text}"
    );
    bench.press("J");
    assert_eq!(titles(), ["composition quick", "colour-strength quick"]);
    bench.press("d");
    assert_eq!(titles(), ["composition quick"]);
    let text = bench.draw(160, 48);
    let full = format!("colour-strength quick ({key}) is removed from the queue");
    assert!(text.contains(&full), "{text}");
    // One that is at work is asked for, and left to its worker.
    let worker = Queue::new(runs.path()).work("cpu").unwrap();
    let claim = worker.take().unwrap().unwrap();
    bench.press("P P d");
    let text = bench.draw(160, 48);
    assert!(text.contains("stop it and remove it?"), "{text}");
    bench.press("<esc>");
    assert!(!claim.is_cancelled());
    bench.press("d <enter>");
    assert!(claim.is_cancelled());
    assert_eq!(titles(), ["composition quick"]);
    drop((claim, worker));
    bench.press("P");
    assert!(Queue::new(runs.path()).is_paused());
    assert!(bench.draw(160, 48).contains("paused"));
    bench.press("P <esc>");
    assert!(!Queue::new(runs.path()).is_paused());
}

#[cfg(unix)]
#[test]
fn a_sweep_made_on_the_screen_is_listed_after_a_restart() {
    let runs = tempfile::tempdir().unwrap();
    let mut bench = Bench::over(runs.path());
    bench.press("<alt-1> / t e m p <enter> w . 1 , . 5 <enter> t");
    let text = bench.draw(160, 48);
    assert!(
        text.contains("train this sweep?") && text.contains("2 runs, "),
        "{text}"
    );
    bench.press("y");
    let listed = |bench: &mut Bench| {
        let text = bench.draw(160, 48);
        let cells = text
            .lines()
            .map(|line| line.chars().skip(2).take(26).collect::<String>());
        let at = |word: &str| {
            cells
                .clone()
                .position(|c| c.trim_start_matches(['▸', ' ']).starts_with(word))
        };
        (at("yours"), at("quick"), at("included"), at(SWEEPS[0].name))
    };
    let made = listed(&mut bench);
    assert!(
        made.0 < made.1 && made.1 < made.2 && made.2 < made.3,
        "{made:?}"
    );
    assert!(made.0.is_some());
    let mut again = Bench::over(runs.path());
    again.press("<alt-5>");
    assert_eq!(listed(&mut again), made);
}

#[test]
fn a_sweep_made_on_the_screen_is_written_into_no_folder_behind_a_link() {
    let (runs, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut bench = Bench::new(Vec::new());
    bench.app.shared.listing.dir = runs.path().to_owned();
    bench.press("<alt-1> / t e m p <enter> w . 1 , . 5 <enter>");
    std::os::unix::fs::symlink(elsewhere.path(), runs.path().join(".sweeps")).unwrap();
    bench.press("t <enter>");
    let text = bench.draw(160, 48);
    assert!(text.contains("is a link"), "{text}");
    assert_eq!(std::fs::read_dir(elsewhere.path()).unwrap().count(), 0);
    std::fs::remove_file(runs.path().join(".sweeps")).unwrap();
    bench.press("t <enter>");
    assert_eq!(Queue::new(runs.path()).items().unwrap().len(), 1);
}

#[test]
fn jobs_of_slurm_stand_beside_their_cases_and_take_orders() {
    let mut bench = on_sweeps(trained("temperature", &[60.0]));
    choose(&mut bench, "temperature");
    let sweep = Source::open("temperature")
        .unwrap()
        .sweep(None, &[])
        .unwrap();
    let job = |task: usize, state: &str, why: &str| Job {
        id: if task > 0 {
            format!("71_{task}")
        } else {
            "72".to_owned()
        },
        sweep: at_scale(&sweep.name, sweep.scale.as_ref()),
        task: (task > 0).then_some(task),
        state: state.to_owned(),
        why: why.to_owned(),
    };
    bench.app.shared.slurm.pretend(vec![
        job(1, "completed", ""),
        job(2, "pending", "(Priority)"),
        job(6, "pending", "(Priority)"),
        job(10, "running", "n01"),
        job(3, "out of memory", "(OutOfMemory)"),
        job(7, "pending", "(JobHeldUser)"),
    ]);
    bench.press("<enter> j");
    snapshot("sweeps_slurm", &mut bench);
    let text = bench.draw(160, 48);
    assert!(
        text.contains("2 pending (Priority), running on n01"),
        "{text}"
    );
    assert!(
        text.contains("out of memory (OutOfMemory), pending (JobHeldUser)"),
        "{text}"
    );
    bench.press("d");
    let text = bench.draw(100, 30);
    assert!(text.contains("cancel its jobs?"), "{text}");
    assert!(text.contains("71_2, 71_6, 71_10."), "{text}");
    bench.press("<esc> j r");
    assert!(
        bench.draw(100, 30).contains("71_3."),
        "those that wait already are left alone"
    );
    bench.press("<esc> v");
    let text = bench.draw(160, 48);
    assert!(
        text.contains("the last lines of its jobs") && text.contains("71_3.out"),
        "{text}"
    );
    // A case without jobs has none to tell anything.
    bench.press("<esc> k k v");
    assert!(
        bench
            .draw(160, 48)
            .contains("this case has no job of Slurm")
    );
    // One job trains a whole sweep that compares its cases.
    bench
        .app
        .shared
        .slurm
        .pretend(vec![job(0, "running", "n01")]);
    let text = bench.draw(160, 48);
    assert!(
        text.contains("3 of 12 trained · job running on n01"),
        "{text}"
    );
    bench.press("d");
    let text = bench.draw(100, 30);
    assert!(
        text.contains("cancel its jobs?") && text.contains("72."),
        "{text}"
    );
}
