//! The form of the Experiment screen: groups that fold, what keys and clicks do to them, and launches that can't be.

use super::common::{Bench, quick, runs};
use simclr_tui::trainer::{Command, Notice};
use simclr_tui::ui::screen_id::ScreenId;

/// The text of the form after some keys.
fn after(keys: &str, (width, height): (u16, u16)) -> String {
    let mut bench = Bench::new(Vec::new());
    bench.draw(width, height);
    bench.press(keys);
    bench.draw(width, height)
}

/// The row that begins with this label, its gaps closed.
fn row(text: &str, label: &str) -> String {
    let rows = text.lines().map(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        words.join(" ")
    });
    let mut rows = rows.filter_map(|row| row.strip_prefix("│ ").map(str::to_owned));
    let named = |row: &String| row.trim_start_matches("▸ ").starts_with(label);
    rows.find(named).unwrap_or_default()
}

#[test]
fn a_first_screen_shows_what_people_come_to_edit() {
    let text = after("", (80, 24));
    for name in [
        "temperature",
        "batch",
        "epochs",
        "rate",
        "strength",
        "+ Random resized crop p 1 · area 0.35–1 · ratio 0.75–1.3333",
        "+ Colour jitter       p 0.8 · bright, contrast, saturation 0.8 · hue 0.2",
        "grayscale p",
        "+ Gaussian blur",
        "+ Training            adamw · scaling none · warm-up 1.33",
        "+ Data",
    ] {
        assert!(text.contains(name), "{name}\n{text}");
    }
    let large = after("", (160, 48));
    for name in [
        "- Random",
        "- Colour",
        "- Gaussian",
        "+ Data",
        "+ Name and machine",
    ] {
        assert!(large.contains(name), "{name}\n{large}");
    }
}

#[test]
fn a_batch_that_does_not_fit_gets_a_chunk_that_does() {
    let mut bench = Bench::new(Vec::new());
    bench.app.shared.capacity.host = Some(250 << 20);
    let text = bench.draw(160, 48);
    assert!(text.contains("train.chunk 64 should fit"), "{text}");
    assert!(text.contains("f fit"), "{text}");
    bench.press("f");
    let text = bench.draw(160, 48);
    assert!(text.contains("64 pairs at once"), "{text}");
    assert!(!text.contains("should fit"), "{text}");
    // Batch statistics are of a chunk, which is said.
    let words = ["batch normalisation sees 64 pairs", "the loss all 128"];
    assert!(words.iter().all(|word| text.contains(word)), "{text}");
}

#[test]
fn groups_open_and_close_by_keys() {
    let open = |keys: &str| after(&format!("] {keys}"), (80, 24)).contains("area min");
    for (keys, opens) in [
        ("", false),
        ("<enter>", true),
        ("<space>", true),
        ("<right>", true),
        ("<right> <right>", true),
        ("<right> <left>", false),
        ("<left>", false),
        ("<enter> <enter>", false),
        ("<enter> j j <space>", false),
        ("<enter> <space> <space>", true),
        ("z", true),
        ("z z", false),
        // Moving over a closed group leaves it closed.
        ("j j j", false),
    ] {
        assert_eq!(open(keys), opens, "{keys:?}");
    }
    // Closing a group around the cursor leaves that on the heading, and its keys don't change values.
    let text = after("] <enter> j j <space> d D w", (80, 24));
    assert!(text.contains("▸ Random resized crop"), "{text}");
    assert!(text.contains("this is a group of fields"), "{text}");
    assert!(!text.contains("edited"), "{text}");
    assert!(after("<space>", (80, 24)).contains("always shown"));
}

#[test]
fn a_group_that_opened_by_itself_stays_open_around_the_cursor() {
    let mut bench = Bench::new(Vec::new());
    bench.draw(160, 48);
    bench.press("] j j");
    assert!(bench.draw(160, 48).contains("▸   area min"));
    assert!(bench.draw(80, 24).contains("▸   area min"));
    assert!(
        !bench.draw(80, 24).contains("contrast  "),
        "the others close"
    );
}

#[test]
fn a_search_opens_the_group_of_what_it_finds_and_no_other() {
    let text = after("/ h u e", (80, 24));
    assert!(text.contains("▸   hue"), "{text}");
    // On the way, h and hu were found elsewhere.
    assert_eq!(text.matches("\n│ - ").count(), 1, "{text}");
    assert!(!after("/ h u e <esc>", (80, 24)).contains("  hue"));
    // By the title of a group too, and by the label of a row.
    for words in ["b l u r", "s o l a r", "h e a d", "o t h e r"] {
        let text = after(&format!("/ {words}"), (80, 24));
        assert!(!text.contains("nothing has this name"), "{text}");
    }
}

#[test]
fn what_was_changed_is_seen_in_a_folded_group() {
    let text = after("/ h u e <enter> <right> <space>", (80, 24));
    let line = "p 0.8 · bright, contrast, saturation 0.8 · hue 0.21*";
    assert!(text.contains(line), "{text}");
    assert!(text.contains("▸ Colour jitter"), "{text}");
    let text = after("/ h u e <enter> <right> <space> j u", (80, 24));
    assert!(
        text.contains("▸   hue"),
        "an undo shows what it did\n{text}"
    );
}

#[test]
fn clicks_open_groups_and_edit_fields() {
    let mut bench = Bench::new(Vec::new());
    bench.draw(80, 24);
    bench.click_on("Colour jitter");
    let text = bench.draw(80, 24);
    assert!(text.contains("▸ Colour jitter") && text.contains("contrast  "));
    bench.click_on("contrast  ");
    assert!(bench.draw(80, 24).contains("▸   contrast"));
    bench.click_on("contrast  ");
    assert!(bench.draw(80, 24).contains("accept"), "it is being typed");
    bench.press("1 <enter>");
    assert!(row(&bench.draw(80, 24), "contrast").starts_with("▸ contrast 1 *"));
    bench.click_on("Colour jitter");
    assert!(bench.draw(80, 24).contains("contrast 1*"));
}

/// One meaning of digits: the header says that they choose a screen, and they do.
#[test]
fn digits_choose_screens_wherever_the_cursor_is_and_enter_types() {
    for find in ["b a t c h", "n a m e", "o p t i m", "s o l a r"] {
        let mut bench = Bench::new(runs());
        bench.press(&format!("/ {find} <enter> 3"));
        assert_eq!(bench.app.screen, ScreenId::History, "{find}");
    }
    let mut bench = Bench::new(runs());
    bench.press("/ b a t c h <enter> <enter> 3 2 <enter> 2");
    assert_eq!(bench.app.screen, ScreenId::Train);
    bench.press("1");
    assert!(row(&bench.draw(80, 24), "batch").starts_with("▸ batch 32 *"));
}

#[test]
fn a_path_in_place_of_the_built_in_shapes_chooses_what_lies_there() {
    let typed = |path: &str| {
        let mut bench = Bench::new(Vec::new());
        bench.press("/ p a t h <enter> <enter>");
        bench.paste(path);
        bench.press("<enter>");
        bench
    };
    let there = tempfile::tempdir().unwrap();
    let text = typed(there.path().to_str().unwrap()).draw(120, 36);
    assert!(row(&text, "source").contains(" folder * "), "{text}");
    assert!(text.contains("as the files there look"), "{text}");
    // Of what isn't there nobody knows, but the shapes are not trained in its place.
    let mut bench = typed("/nowhere");
    bench.press("t");
    assert!(bench.commands().is_empty());
    let text = bench.draw(120, 36);
    assert!(text.contains("/nowhere doesn't exist"), "{text}");
    assert!(!text.contains("⏎ sets"), "nothing is known to fit\n{text}");
}

#[test]
fn all_that_stands_against_a_launch_is_said_at_once_and_one_key_mends_it() {
    let mut bench = Bench::new(Vec::new());
    bench.draw(80, 24);
    bench.press("/ t r a i n _ l i m <enter> <enter> 1 0 0 <enter> <space> g");
    bench.press("/ w a r m <enter> <enter> 9 9 <enter> <space> g t");
    assert!(bench.commands().is_empty());
    assert_eq!(bench.app.screen, ScreenId::Experiment);
    let text = bench.draw(80, 24);
    for words in [
        "for 3 reasons",
        "train.warmup",
        "train.batch",
        "⏎ sets 64",
        "knn.k",
    ] {
        assert!(text.contains(words), "{words}\n{text}");
    }
    bench.press("<esc>");
    let text = bench.draw(80, 24);
    assert!(
        text.contains("▸   warmup"),
        "the first that is wrong\n{text}"
    );
    assert!(text.contains("f fit"), "{text}");
    bench.press("t f");
    let text = bench.draw(80, 24);
    assert!(
        text.contains("warmup 1.33, batch 64, k 64: t trains it"),
        "{text}"
    );
    assert!(!text.contains("f fit"), "{text}");
    bench.press("u");
    assert!(
        bench.draw(80, 24).contains("f fit"),
        "one undo takes all back"
    );
    bench.press("f t");
    let launched = bench.commands().pop();
    assert!(matches!(launched, Some(Command::Train(run)) if run.experiment.train.batch == 64));
    assert_eq!(bench.app.screen, ScreenId::Train);
}

#[test]
fn enter_takes_what_is_proposed_where_a_launch_can_not_be() {
    let mut bench = Bench::new(Vec::new());
    bench.press("/ e p o c h s <enter> <enter> 1 <enter> t");
    let text = bench.draw(80, 24);
    let says = ["⏎ sets 0.0665", "⏎ set what fits"];
    assert!(says.iter().all(|words| text.contains(words)), "{text}");
    bench.press("<enter> t");
    let launched = bench.commands().pop();
    assert!(matches!(launched, Some(Command::Train(run)) if run.experiment.train.epochs == 1));
    // Where there is nothing to take, it only closes.
    let mut bench = Bench::new(Vec::new());
    bench.press("/ s o u r c e <enter> <right> t <enter>");
    let text = bench.draw(80, 24);
    assert!(!text.contains("can't be trained yet"), "{text}");
}

#[test]
fn what_the_trainer_refuses_is_shown_on_the_form() {
    let mut bench = Bench::new(runs());
    bench.press("t");
    let why = "knn.k: 200 neighbours can't be found among 100 labelled training images; lower k";
    bench.say(Notice::Refused(why.to_owned()));
    assert_eq!(bench.app.screen, ScreenId::Experiment);
    let text = bench.draw(80, 24);
    assert!(
        text.contains("not started") && text.contains("images; lower k"),
        "{text}"
    );
    bench.press("<esc>");
    assert!(
        bench.draw(80, 24).contains("▸   kNN k"),
        "the field is open"
    );
    // A run that was launched elsewhere, or a user who has gone on, stays there.
    bench.press("3 R");
    bench.say(Notice::Refused(why.to_owned()));
    assert_eq!(bench.app.screen, ScreenId::Train);
}

#[test]
fn the_size_of_a_folder_is_known_once_it_was_looked_at() {
    let folder = tempfile::tempdir().unwrap();
    for class in ["cat", "dog"] {
        let class = folder.path().join(class);
        std::fs::create_dir(&class).unwrap();
        for nth in 0..100 {
            let image = image::RgbImage::new(4, 4);
            image.save(class.join(format!("{nth}.png"))).unwrap();
        }
    }
    let mut experiment = quick();
    experiment.data.source = simclr_tui::engine::data::Source::Folder;
    experiment.data.path = folder.path().display().to_string();
    experiment.train.batch = 256;
    let file = folder.path().join("folder.ron");
    std::fs::write(&file, simclr_tui::experiment::file::to_text(&experiment)).unwrap();
    let mut bench = Bench::colourless(Vec::new());
    bench.press("o");
    bench.paste(&file.display().to_string());
    bench.press("<enter>");
    assert!(bench.draw(160, 48).contains("looking at its files"));
    bench.app.shared.pictures.wait();
    let text = bench.draw(160, 48);
    assert!(text.contains("180 training images of 2 classes"), "{text}");
    bench.press("t");
    let text = bench.draw(160, 48);
    assert!(text.matches("⏎ sets 128").count() == 2, "{text}");
}

#[test]
fn a_name_that_is_typed_replaces_the_one_that_was_suggested() {
    let text = after("s m y", (80, 24));
    assert!(
        text.contains("│  my ") && !text.contains("quick.ron"),
        "{text}"
    );
    let text = after("s <right> x", (80, 24));
    assert!(text.contains("quick.ronx"), "{text}");
}

#[test]
fn where_nothing_fits_better_it_is_said_why() {
    assert!(after("f", (80, 24)).contains("all values are valid"));
    let text = after("/ s o u r c e <enter> <right> f", (80, 24));
    assert!(text.contains("type another value: data.path"), "{text}");
}
