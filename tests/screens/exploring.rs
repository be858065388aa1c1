//! The Explore screen: a map of images, the chosen one, its neighbours and mistakes.

use crate::common::{Bench, finished, quick};
use crate::snapshot;
use ratatui_image::picker::{Picker, ProtocolType};
use simclr_tui::engine::data;
use simclr_tui::runs::map::{BankImage, FORMAT, Invariance, Map, Point, Strengths};
use simclr_tui::runs::{Run, Status};
use std::path::Path;

/// Sixty images in three groups, of which the first of each is taken for the next class.
fn map() -> Map {
    let point = |nth: u32| {
        let (class, turn) = (nth % 3, f64::from(nth) * 2.4);
        let far = (f64::from(nth) / 60.0).sqrt() * 3.0;
        let at = [
            (8.0 * f64::from(class) + far * turn.cos()) as f32,
            (4.0 * f64::from(class % 2) + far * turn.sin()) as f32,
        ];
        let taken = if nth < 3 { (class + 1) % 3 } else { class };
        Point {
            index: nth as usize,
            name: format!("test/{nth:02}.png"),
            class: Some(class),
            taken_for: Some(taken),
            votes: Some(0.9 - f64::from(nth) / 100.0),
            cluster: class,
            tsne: at,
            pca: [at[1], at[0]],
            nearest: vec![((nth + 3) % 60, 0.987), ((nth + 1) % 60, 0.5)],
            bank: (0..8).map(|i| (i, 0.99 - 0.01 * i as f32)).collect(),
            views: (0..8).map(|i| (0.995 - 0.02 * i as f32, 3 * i)).collect(),
        }
    };
    Map {
        format: FORMAT,
        space: "h".to_owned(),
        step: 300,
        tested: true,
        images: 60,
        classes: ["circle", "cross", "star"].map(str::to_owned).to_vec(),
        effective_rank: 12.5,
        clusters: 3,
        cluster_class_ami: Some(0.75),
        points: (0..60).map(point).collect(),
        bank_images: 2000,
        bank: (0..8)
            .map(|nth| BankImage {
                index: 7 * nth,
                name: format!("train/{nth}.png"),
                class: Some(u32::from(nth > 4)),
            })
            .collect(),
        variance: (0..32).map(|nth| 0.5_f64.powi(nth + 1)).collect(),
        invariance: Some(Invariance {
            images: 60,
            other_images: 0.4,
            of: [
                "crop",
                "hue",
                "saturation",
                "brightness",
                "contrast",
                "blur",
                "noise",
                "rotation",
            ]
            .iter()
            .enumerate()
            .map(|(nth, name)| strengths(name, 0.03 * (nth + 1) as f64))
            .collect(),
        }),
        ..Map::default()
    }
}

/// Cosines that fall by so much from one strength to the next.
fn strengths(name: &str, by: f64) -> Strengths {
    Strengths {
        augmentation: name.to_owned(),
        unit: "sigma".to_owned(),
        cosines: (1..5)
            .map(f64::from)
            .map(|at| (0.1 * at, 1.0 - by * at))
            .collect(),
    }
}

fn explored(run: &Run) -> Bench {
    let mut bench = Bench::new(vec![run.clone()]);
    bench
        .app
        .shared
        .maps
        .look(std::slice::from_ref(&run.dir), "h");
    bench.press("6");
    bench
}

fn mapped(dir: &Path) -> Bench {
    let mut run = finished("quick", quick(), 66.1);
    dir.clone_into(&mut run.dir);
    assert!(map().save(dir).is_ok());
    explored(&run)
}

#[test]
fn explore_states() {
    let mut bench = Bench::new(Vec::new());
    bench.press("6");
    snapshot("explore_empty", &mut bench);
    let run = finished("quick", quick(), 66.1);
    assert_eq!(run.status, Status::Completed);
    snapshot("explore_unmapped", &mut explored(&run));
    let dir = tempfile::tempdir().unwrap();
    let mut bench = mapped(dir.path());
    snapshot("explore", &mut bench);
    bench.press("c c n");
    snapshot("explore_mistake", &mut bench);
    bench.press("m + +");
    snapshot("explore_components", &mut bench);
    bench.press("m <enter>");
    snapshot("explore_image", &mut bench);
    bench.press("M");
    snapshot("explore_confusion", &mut bench);
    bench.press("i");
    snapshot("explore_figures", &mut bench);
    bench.press("<esc>");
    assert!(bench.draw(80, 24).contains("right and wrong: "));
    bench.press("c c");
    assert!(
        bench
            .draw(160, 48)
            .contains("mean cosine of the nearest: loneliest fifth ")
    );
}

/// Two runs, both with a map, of which the second is turned the other way and changes by hue alone.
#[test]
fn figures_of_marked_runs_share_the_charts() {
    let dirs = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let mut runs = vec![
        finished("quick", quick(), 66.1),
        finished("colour", quick(), 50.0),
    ];
    for (run, dir) in runs.iter_mut().zip(&dirs) {
        dir.path().clone_into(&mut run.dir);
    }
    let mut other = map();
    let invariance = other.invariance.as_mut().unwrap();
    invariance.of = vec![strengths("hue", 0.02)];
    map().save(dirs[0].path()).unwrap();
    other.save(dirs[1].path()).unwrap();
    let mut bench = Bench::new(runs);
    let ids: Vec<String> = bench
        .app
        .shared
        .listing
        .runs
        .iter()
        .map(|r| r.id.clone())
        .collect();
    bench.app.shared.marked.extend(ids);
    let dirs = dirs.each_ref().map(|dir| dir.path().to_owned());
    bench.app.shared.maps.look(&dirs, "h");
    bench.press("6 i");
    snapshot("explore_figures_two", &mut bench);
    bench.press("b");
    snapshot("explore_two_maps", &mut bench);
}

#[test]
fn more_classes_than_colours_are_said() {
    let dir = tempfile::tempdir().unwrap();
    let mut run = finished("quick", quick(), 66.1);
    dir.path().clone_into(&mut run.dir);
    let mut many = map();
    many.classes = (0..43).map(|class| format!("class {class}")).collect();
    for (nth, point) in many.points.iter_mut().enumerate() {
        point.class = Some(nth as u32 % 43);
    }
    many.save(dir.path()).unwrap();
    for (width, height, said) in [
        (
            160,
            48,
            "43 classes in 10 colours, that of the image bright: class 0 class 1 ",
        ),
        (80, 24, "43 classes in 10 colours: class 0 class 1 "),
    ] {
        let text = explored(&run).draw(width, height);
        assert!(text.contains(said), "{text}");
    }
}

#[test]
fn a_map_that_is_being_made_is_said() {
    let run = finished("quick", quick(), 66.1);
    let mut bench = explored(&run);
    let doing = Some(("mapping quick".to_owned(), "embedding 40 %".to_owned()));
    bench.app.shared.doing = doing;
    let text = bench.draw(80, 24);
    assert!(
        text.contains("the map is being made")
            && text.contains("newest checkpoint: embedding 40 %"),
        "{text}"
    );
    bench.press("n");
    assert!(
        bench
            .draw(80, 24)
            .contains("the map is being made; wait for it")
    );
}

#[test]
fn keys_lead_from_image_to_image() {
    let dir = tempfile::tempdir().unwrap();
    let mut bench = mapped(dir.path());
    let name = |bench: &mut Bench| {
        let text = bench.draw(80, 24);
        let at = text.find("test/").unwrap();
        text[at..at + 11].to_owned()
    };
    assert_eq!(name(&mut bench), "test/00.png");
    bench.press("n");
    assert_eq!(
        name(&mut bench),
        "test/01.png",
        "the next in which it is less sure"
    );
    bench.press("n n");
    assert_eq!(name(&mut bench), "test/00.png", "around the end");
    bench.press("g");
    assert_eq!(name(&mut bench), "test/03.png", "the nearest");
    bench.press("<right>");
    let right = name(&mut bench);
    assert_ne!(right, "test/03.png");
    let place = |name: &str| {
        map()
            .points
            .into_iter()
            .find(|p| p.name == name)
            .unwrap()
            .tsne[0]
    };
    assert!(place(&right) > place("test/03.png"));
}

#[test]
fn arrows_lead_from_box_to_box_of_the_confusion() {
    let dir = tempfile::tempdir().unwrap();
    let mut bench = mapped(dir.path());
    bench.press("M");
    let mut title = |keys: &str| {
        bench.press(keys);
        bench.draw(80, 24)
    };
    assert!(title("").contains("circle taken for cross"));
    assert!(title("<left>").contains("circle, as kNN says"));
    assert!(
        title("<down>").contains("star taken for circle"),
        "past an empty box"
    );
    assert!(title("<right>").contains("star, as kNN says"));
    assert!(title("<up>").contains("cross taken for star"));
    assert!(
        title("<up>").contains("circle taken for cross"),
        "none is straight ahead"
    );
    assert!(title("<up>").contains("circle taken for cross"), "the edge");
    assert!(
        title("n").contains("cross taken for star"),
        "the next mistake"
    );
    assert!(title("<esc>").contains("neighbours in h"));
}

#[test]
fn a_map_that_is_wanted_is_a_task() {
    let run = finished("quick", quick(), 66.1);
    let mut bench = explored(&run);
    bench.press("n");
    assert!(
        bench
            .draw(80, 24)
            .contains("there is no map yet; E makes one")
    );
}

/// A workbench on a terminal that has pictures, with the map of images that are there.
fn pictured(dir: &Path) -> Bench {
    let mut run = finished("quick", quick(), 66.1);
    dir.clone_into(&mut run.dir);
    let mut map = map();
    if let Ok(set) = data::open(&quick().data) {
        for point in &mut map.points {
            point.name = set.test.name(point.index);
        }
    }
    assert!(map.save(dir).is_ok());
    let mut bench = explored(&run);
    let mut picker = Picker::halfblocks();
    picker.set_protocol_type(ProtocolType::Iterm2);
    bench.app.use_pictures(picker);
    bench
}

/// The pictures in the pane of the map.
fn on_the_map(bench: &mut Bench) -> Vec<String> {
    bench.draw(80, 24);
    let cells = bench.buffer().area.positions().filter(|at| at.x < 50);
    let symbols = cells.map(|at| bench.buffer()[at].symbol().to_owned());
    symbols
        .filter(|symbol| symbol.contains("]1337;File"))
        .collect()
}

#[test]
fn images_themselves_are_on_the_map_from_near_as_one_picture() {
    let dir = tempfile::tempdir().unwrap();
    let mut bench = pictured(dir.path());
    let none: [String; 0] = [];
    assert_eq!(on_the_map(&mut bench), none, "not on the whole map");
    bench.press("+ + + +");
    assert_eq!(on_the_map(&mut bench), none, "not yet drawn");
    bench.app.shared.pictures.wait();
    let first = on_the_map(&mut bench);
    assert!(
        matches!(first.as_slice(), [one] if one.len() > 2000),
        "{first:?}"
    );
    assert!(!bench.draw(80, 24).contains('@'));
    // Nothing else is drawn until something else is to be seen, and then the old picture stays until the new one is there.
    assert!(!bench.app.shared.pictures.is_waiting());
    assert_eq!(on_the_map(&mut bench), first);
    bench.press("n");
    assert_eq!(on_the_map(&mut bench), first);
    assert!(bench.app.shared.pictures.is_waiting());
    bench.app.shared.pictures.wait();
    let second = on_the_map(&mut bench);
    assert!(second.len() == 1 && second != first);
    bench.press("m + + + +");
    assert_eq!(
        on_the_map(&mut bench),
        none,
        "another map's are not shown meanwhile"
    );
    bench.press("m + + + +");
    bench.app.use_pictures(Picker::halfblocks());
    assert!(bench.draw(80, 24).contains('@'));
    bench.app.shared.pictures.wait();
    assert!(
        bench.draw(80, 24).contains('@'),
        "dots where there are half blocks"
    );
}
