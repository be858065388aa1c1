//! Leaving a run to the background: the shell comes back, training goes on, and no number tells.

use crate::session::{Folder, Session, assert_restored, experiment, run, status, wait_for_run};
use simclr_tui::engine::report::Report;
use simclr_tui::runs::{EVENTS, Follower, Run, Status};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};

/// Every recorded value with its step, to the bit; times of the machine left out.
fn values(run: &Run) -> BTreeMap<String, Vec<(u64, u64)>> {
    let timed = ["views_per_second", "data_wait", "cpu_util", "memory"];
    let keys = run.series.keys().filter(|key| !timed.contains(key));
    keys.map(|key| {
        let samples = run.series.curve(key).iter();
        let bits = samples.map(|s| (s.step, s.value.to_bits()));
        (key.to_owned(), bits.collect())
    })
    .collect()
}

/// The same training without an interruption.
fn twin(folder: &Path, epochs: u32) -> Run {
    let file = experiment(folder, epochs);
    let trained = Command::new(env!("CARGO_BIN_EXE_simclr-tui"))
        .args(["run".as_ref(), file.as_os_str()])
        .arg("--runs")
        .arg(folder.join("runs"))
        .stdout(Stdio::null())
        .status();
    assert!(trained.unwrap().success());
    run(folder)
}

#[test]
fn a_run_goes_on_in_the_background_bit_for_bit() {
    const EPOCHS: u32 = 150;
    let (folder, other) = (Folder::new(), Folder::new());
    let mut session = Session::training(folder.path(), EPOCHS);
    session.press("q");
    session.wait_for("b background");
    session.press("b");
    assert_eq!(session.end(), 0);
    // Taken over before the workbench is gone, and never anything else than running.
    assert!(matches!(
        status(folder.path()),
        Status::Running | Status::Completed
    ));
    let bytes = session.bytes();
    assert_restored(&bytes);
    let text = String::from_utf8_lossy(&bytes);
    let parting = &text[text.rfind("\x1b[?25h").unwrap()..];
    for words in [
        "tiny continues in the background",
        "shows it again",
        "stop 2",
    ] {
        assert!(parting.contains(words), "{words}: {parting:?}");
    }
    let run = wait_for_run(folder.path(), "over", |run| !run.status.is_live());
    assert_eq!(run.status, Status::Completed);
    let records = Follower::open(&run.dir.join(EVENTS)).poll();
    let count = |is: fn(&Report) -> bool| records.iter().filter(|r| is(&r.report)).count();
    assert_eq!(count(|r| matches!(r, Report::Begin(_))), 2);
    assert_eq!(count(|r| matches!(r, Report::End(_))), 1);
    let points = records.iter().filter_map(|r| match &r.report {
        Report::Point(point) if point.values.contains_key("loss") => Some(point.step),
        _ => None,
    });
    let steps: Vec<u64> = (1..=u64::from(EPOCHS) * 4).collect();
    assert_eq!(
        points.collect::<Vec<_>>(),
        steps,
        "no step twice, none missing"
    );
    assert_eq!(values(&run), values(&twin(other.path(), EPOCHS)));
    let console = std::fs::read_to_string(run.dir.join("console.log")).unwrap();
    assert!(console.contains("completed"), "{console}");
}

/// Ten gray squares of two classes.
fn squares(folder: &Path) -> std::path::PathBuf {
    let home = folder.join("squares");
    for (class, gray) in [("dark", 10), ("light", 200)] {
        std::fs::create_dir_all(home.join(class)).unwrap();
        for i in 0..10 {
            let image = image::RgbImage::from_pixel(8, 8, image::Rgb([gray + i; 3]));
            image.save(home.join(format!("{class}/{i}.bmp"))).unwrap();
        }
    }
    home
}

#[test]
fn a_run_that_no_other_process_could_train_stays() {
    let folder = Folder::new();
    let home = squares(folder.path());
    let file = folder.path().join("squares.ron");
    let text = format!(
        r#"(format: 1, name: "squares", data: (source: folder, path: {:?}, image_size: 8),
        model: (encoder: resnet10, width: 4), head: (out: 8),
        train: (batch: 4, epochs: 100000, warmup: 0.0), knn: (k: 1))"#,
        home.display().to_string()
    );
    std::fs::write(&file, text).unwrap();
    let mut command = crate::session::program(folder.path());
    command.arg(file.as_os_str());
    let mut session = Session::of(command);
    session.train();
    // The other process will not find its data; this one has images to go on with for a while.
    let away = folder.path().join("away");
    std::fs::rename(&home, &away).unwrap();
    session.press("qb");
    session.wait_for("it can't continue in the background");
    session.wait_for("squares: ");
    std::fs::rename(&away, &home).unwrap();
    session.press("2");
    let step = run(folder.path()).series.progress().unwrap().0;
    let later = wait_for_run(folder.path(), "going on", |run| {
        run.series.progress().unwrap().0 > step
    });
    assert!(later.series.gaps.is_empty(), "it never left");
    session.press("q");
    session.wait_for("b background");
    session.press("s");
    assert_eq!(session.end(), 0);
    assert_eq!(status(folder.path()), Status::Stopped);
}
