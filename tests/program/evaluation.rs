//! After training: evaluations with their protocol, weights out and in, and a finished run that is trained on.

use crate::scratch::{Says, Scratch, TINY, said};
use serde_json::Value;
use simclr_tui::engine::weights::Weights;
use simclr_tui::engine::weights::file::{FileError, WeightsFile};
use std::fs;
use std::path::Path;

fn tiny(scratch: &Scratch, more: &str) {
    scratch.prints(&format!("{TINY} {more}"));
}

fn shown(scratch: &Scratch, name: &str) -> Value {
    scratch.json(&["show", name, "--json"])
}

fn fixture(name: &str) -> String {
    format!(
        "{}/tests/fixtures/weights/{name}",
        env!("CARGO_MANIFEST_DIR")
    )
}

#[test]
fn an_evaluation_gives_the_runs_own_number_and_is_kept_with_its_protocol() {
    let scratch = Scratch::new();
    tiny(&scratch, "--set probe.every=1");
    let judged = scratch.json(&["eval", "tiny", "--json"]);
    let of = |method: &str, space: &str| {
        let all = judged["evaluations"].as_array().unwrap();
        let one = all
            .iter()
            .find(|e| e["method"] == method && e["space"] == space && e["labels"] == 0);
        one.unwrap().clone()
    };
    let run = shown(&scratch, "tiny");
    let knn = of("knn", "h");
    let top1 = knn["top1"].as_f64().unwrap() * 100.0;
    assert!((top1 - run["knn"].as_f64().unwrap()).abs() < 1e-9, "{top1}");
    assert_eq!(knn["protocol"], "k 5, T 0.1, cosine");
    assert_eq!(
        (&knn["step"], &knn["tested"], &knn["fitted"]),
        (&8.into(), &40.into(), &64.into())
    );
    let counted: u64 = knn["confusion"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| c[2].as_u64().unwrap())
        .sum();
    assert_eq!(counted, 40);
    for (metric, space) in [("probe", "h"), ("probe_z", "z")] {
        let last = &run["metrics"][metric]["last"];
        let top1 = of("probe", space)["top1"].as_f64().unwrap() * 100.0;
        let recorded = last["value"].as_f64().unwrap();
        assert!((top1 - recorded).abs() < 1e-9, "{metric}: {top1} {last}");
    }
    for labels in [1, 2, 5] {
        let few = judged["evaluations"].as_array().unwrap().iter();
        let few = few.map(|e| (&e["labels"], &e["top1"]));
        let (_, top1) = few.clone().find(|(of, _)| **of == labels).unwrap();
        let last = &run["metrics"][format!("few_{labels}")]["last"]["value"];
        let off = top1.as_f64().unwrap() * 100.0 - last.as_f64().unwrap();
        assert!(off.abs() < 1e-9, "{labels} labels: {off}");
    }
    assert!(run["metrics"].get("few_10").is_none());
    let probe = of("probe", "h");
    assert!(
        probe["train_top1"].as_f64() >= probe["top1"].as_f64(),
        "{probe}"
    );
    probe["protocol"].as_str().unwrap().says("C 1");
    assert_eq!(of("probe", "z")["method"], "probe");
    assert_eq!(run["evaluations"], judged["evaluations"]);

    scratch.prints(&["eval", "tiny", "--knn", "-k", "3"]);
    scratch.prints(&["eval", "tiny", "--knn", "-k", "3"]);
    scratch.prints(&["eval", "tiny", "--knn", "-k", "4", "--no-save"]);
    let kept = shown(&scratch, "tiny")["evaluations"]
        .as_array()
        .unwrap()
        .len();
    // kNN and probe of h and z, three probes of few labels, and two of kNN.
    assert_eq!(kept, 9, "the same again takes the place of the first");
    scratch.prints(&["show", "tiny"]).says("k 3, T 0.1, cosine");
}

#[test]
fn an_evaluation_that_can_t_be_kept_is_printed_all_the_same() {
    let scratch = Scratch::new();
    tiny(&scratch, "");
    let dir = shown(&scratch, "tiny")["dir"].as_str().unwrap().to_owned();
    fs::write(format!("{dir}/evaluations"), "in the way").unwrap();
    for (json, part) in [(true, "\"top1\""), (false, "kNN")] {
        let args = ["eval", "tiny", "--knn"]
            .into_iter()
            .chain(json.then_some("--json"));
        let output = scratch.output(&args.collect::<Vec<_>>());
        assert_eq!(output.status.code(), Some(1));
        String::from_utf8(output.stdout).unwrap().says(part);
        String::from_utf8(output.stderr)
            .unwrap()
            .says("the results above could not be saved");
    }
    scratch.prints(&["eval", "tiny", "--knn", "--no-save"]);
}

#[test]
fn an_evaluation_of_something_else_is_refused() {
    let scratch = Scratch::new();
    tiny(&scratch, "");
    for (args, says) in [
        ("eval tiny --set model.width=8", "only data.* can be set"),
        ("eval tiny --checkpoint nothing", "there is no such file"),
        (
            "eval tiny -k 65 --knn",
            "65 neighbours can't be found among 64",
        ),
        ("eval tiny --c 0", "--c takes a number above 0 or auto"),
        (
            "eval tiny --finetune --labels 0",
            "takes a share such as 10%",
        ),
        ("eval tiny --finetune --knn", "cannot be used with"),
        ("eval tiny --epochs 3", "--finetune"),
        ("export tiny --to a.onnx", "has to end with .safetensors"),
    ] {
        let said = scratch.refuses(args);
        assert!(said.contains(says), "{args}: {said}");
    }
    let other = scratch.json("eval tiny --set data.test_limit=20 --knn --json");
    other["evaluations"][0]["notes"].says("the run was trained with other data");
}

#[test]
fn embeddings_leave_as_numpy_arrays_with_labels_and_indices() {
    let scratch = Scratch::new();
    tiny(&scratch, "");
    scratch.prints(&["export", "tiny", "--embeddings", "a.npy", "--space", "z"]);
    for (file, says) in [
        (
            "a.npy",
            "'descr': '<f4', 'fortran_order': False, 'shape': (40, 16, )",
        ),
        (
            "a.labels.npy",
            "'descr': '<i8', 'fortran_order': False, 'shape': (40, )",
        ),
        (
            "a.indices.npy",
            "'descr': '<i8', 'fortran_order': False, 'shape': (40, )",
        ),
    ] {
        let bytes = fs::read(scratch.path(file)).unwrap();
        let header = String::from_utf8_lossy(&bytes[..128]).into_owned();
        assert!(header.contains(says), "{file}: {header}");
    }
    let names = fs::read_to_string(scratch.path("a.images.csv")).unwrap();
    let lines: Vec<&str> = names.lines().collect();
    assert_eq!(
        (lines.len(), lines[0]),
        (41, "split,row,index,label,class,file")
    );
    assert_eq!(lines[8], "test,7,7,7,checker,test #7");
    scratch.prints(&["export", "tiny", "--embeddings", "a.safetensors"]);
    let names = fs::read_to_string(scratch.path("a.images.csv")).unwrap();
    names.says("\nbank,0,0,0,disc,train #0\r\n");
    names.says("\ntest,7,7,7,checker,test #7\r\n");
    let bytes = fs::read(scratch.path("a.safetensors")).unwrap();
    let (_, head) = safetensors::SafeTensors::read_metadata(&bytes).unwrap();
    let classes = &head.metadata().as_ref().unwrap()["classes"];
    classes.begins(r#"["disc","square","#);
}

#[test]
fn curves_hyperparameters_and_views_leave_for_tensorboard() {
    let scratch = Scratch::new();
    tiny(&scratch, "");
    let said = scratch.prints(&["export", "tiny", "--tensorboard", "board", "--follow"]);
    let file = said.lines().next().unwrap();
    let name = file.rsplit('/').next().unwrap();
    name.begins("events.out.tfevents.");
    let bytes = fs::read(scratch.path(file)).unwrap();
    // Records: a length, its checksum, as many bytes, theirs.
    let (mut records, mut rest) = (Vec::new(), &bytes[..]);
    while let Some((length, after)) = rest.split_first_chunk::<8>() {
        let length = u64::from_le_bytes(*length) as usize;
        records.push(String::from_utf8_lossy(&after[4..4 + length]).into_owned());
        rest = &after[length + 8..];
    }
    assert!(rest.is_empty());
    records[0].says("brain.Event:2");
    records[1].says("loss.temperature");
    records[2].says("PNG");
    assert!(records.iter().any(|record| record.contains("\u{3}knn")));
    records.last().unwrap().says("_hparams_/session_end_info");
}

#[test]
fn an_encoder_that_leaves_comes_in_again_with_the_same_h() {
    let scratch = Scratch::new();
    tiny(&scratch, "");
    scratch.prints(&["export", "tiny", "--to", "e.safetensors"]);
    let knn = shown(&scratch, "tiny")["knn"].clone();
    tiny(
        &scratch,
        "--set name=again --set weights.init=e.safetensors",
    );
    let again = shown(&scratch, "again");
    assert_eq!(again["knn_untrained"], knn);
    let beginning = again["environment"]["beginning"].to_string();
    beginning.says("e.safetensors");
    beginning.says("checksum");
    for (set, says) in [
        ("model.width=8", "width, stem or encoder differ"),
        ("model.encoder=resnet18", "hold no"),
        (
            "weights.extend=e.safetensors",
            "empty weights.init or weights.extend",
        ),
        (
            "weights.init=nowhere.pth",
            "nowhere.pth: there is no such file",
        ),
    ] {
        let init = "--set weights.init=e.safetensors";
        let output = scratch.output(&format!("{TINY} {init} --set {set}"));
        let said = said(&output);
        assert!(
            !output.status.success() && said.contains(says),
            "{set}: {said}"
        );
    }
}

#[test]
fn a_larger_encoder_is_no_smaller_one() {
    let scratch = Scratch::new();
    tiny(&scratch, "--set model.encoder=resnet18");
    scratch.prints(&["export", "tiny", "--to", "e.safetensors"]);
    let output = scratch.output(&format!("{TINY} --set weights.init=e.safetensors"));
    said(&output).says("belong to a larger one");
}

/// Every tensor of a file.
fn read(path: &Path) -> Result<Weights, FileError> {
    let file = WeightsFile::open(path, 0)?;
    let names = file.shapes().keys();
    names
        .map(|name| Ok((name.clone(), file.read(name)?)))
        .collect()
}

#[test]
fn what_pytorch_saves_is_read_as_it_is() {
    let pickled = read(fixture("resnet10-width4.pth").as_ref()).unwrap();
    let plain = read(fixture("resnet10-width4.safetensors").as_ref()).unwrap();
    for (name, array) in &plain {
        let same = &pickled[&format!("state_dict.module.backbone.{name}")];
        assert_eq!(same, array, "{name}");
    }
    let scratch = Scratch::new();
    for (name, file) in [
        ("one", "resnet10-width4.pth"),
        ("two", "resnet10-width4.safetensors"),
    ] {
        let init = fixture(file);
        tiny(
            &scratch,
            &format!("--set name={name} --set weights.init={init}"),
        );
    }
    let (one, two) = (shown(&scratch, "one"), shown(&scratch, "two"));
    assert_eq!(
        one["curves"]["loss"]["value"],
        two["curves"]["loss"]["value"]
    );
}

#[test]
fn a_file_that_holds_no_weights_is_refused_with_its_path() {
    let scratch = Scratch::new();
    let cut = fs::read(fixture("resnet10-width4.pth")).unwrap();
    fs::write(scratch.path("cut.pth"), &cut[..cut.len() / 2]).unwrap();
    fs::write(scratch.path("text.pth"), "hello, this is a text").unwrap();
    fs::write(scratch.path("empty.safetensors"), "").unwrap();
    for file in ["cut.pth", "text.pth", "empty.safetensors"] {
        read(&scratch.path(file)).unwrap_err().says(file);
    }
}

#[test]
fn a_finished_run_is_trained_on_as_a_new_run_that_says_what_it_came_from() {
    let scratch = Scratch::new();
    tiny(&scratch, "");
    let first = shown(&scratch, "tiny");
    let output = scratch.output("run --extend tiny --epochs 2 --name more");
    said(&output).says("raise the epochs");
    scratch.prints(&["run", "--extend", "tiny", "--epochs", "3", "--name", "more"]);
    let more = shown(&scratch, "more");
    assert_eq!(more["status"], "completed");
    assert_eq!(more["curves"]["loss"]["step"].as_array().unwrap()[0], 9);
    more["experiment"]["weights.extend"]
        .as_str()
        .unwrap()
        .says(first["id"].as_str().unwrap());
    more["environment"]["beginning"].says("step 8");
    assert_ne!(first["identity"], more["identity"]);
    assert_eq!(
        shown(&scratch, "tiny"),
        first,
        "the old run stays as it was"
    );
}

/// A folder of so many images of 16 px below each of these folders.
#[expect(clippy::unwrap_used, reason = "a helper of tests fails as tests do")]
fn pictures(scratch: &Scratch, folders: &[&str], count: u8) -> String {
    let home = scratch.path("pictures");
    for folder in folders {
        fs::create_dir_all(home.join(folder)).unwrap();
        for i in 0..count {
            let pixel = |x, y| image::Rgb([i * 7, x as u8 * 16, y as u8 * 16]);
            let image = image::RgbImage::from_fn(16, 16, pixel);
            image
                .save(home.join(folder).join(format!("{i}.png")))
                .unwrap();
        }
    }
    format!("data.path={}", home.display())
}

#[test]
fn images_without_labels_train_and_evaluation_says_what_it_needs() {
    for (folders, why) in [
        (&[""][..], "the images have no labels"),
        (&["only"], "all images are of one class"),
    ] {
        let scratch = Scratch::new();
        let path = pictures(&scratch, folders, 20);
        let set = format!("--set data.source=folder --set {path} --set probe.every=1");
        tiny(&scratch, &set);
        let run = shown(&scratch, "tiny");
        assert_eq!(
            (&run["status"], &run["knn"]),
            (&"completed".into(), &Value::Null)
        );
        let dir = run["dir"].as_str().unwrap();
        fs::read_to_string(Path::new(dir).join("events.jsonl"))
            .unwrap()
            .says(why);
        let output = scratch.output(&["eval", "tiny"]);
        assert!(!output.status.success());
        said(&output).says(why);
        let output = scratch.output(&["export", "tiny", "--embeddings", "a.npy"]);
        said(&output).says("no test images; --split bank");
        scratch.prints(&["export", "tiny", "--embeddings", "a.npy", "--split", "bank"]);
        let names = fs::read_to_string(scratch.path("a.images.csv")).unwrap();
        assert_eq!(names.lines().count(), 21, "{names}");
        scratch.prints(&["export", "tiny", "--embeddings", "a.safetensors"]);
        scratch.prints(&["runs"]);
    }
}

#[test]
fn every_image_is_decoded_where_that_is_wanted() {
    let scratch = Scratch::new();
    pictures(&scratch, &["a", "b"], 12);
    let home = scratch.path("pictures");
    let check = || scratch.output(&["data", "check", home.to_str().unwrap(), "--all"]);
    let output = check();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && said.contains("none is damaged"),
        "{said}"
    );
    let file = home.join("a/3.png");
    let bytes = fs::read(&file).unwrap();
    fs::write(&file, &bytes[..bytes.len() - 20]).unwrap();
    fs::write(home.join("b/list.txt"), b"x").unwrap();
    // Its name is an image's, and its first bytes aren't.
    fs::write(home.join("b/bad.png"), b"no image").unwrap();
    let output = check();
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{said}");
    said.says("damaged      a/3.png can't be read");
    said.says("left out     b/list.txt: isn't read");
    said.says("left out     b/bad.png (not a jpg");
    said.says("2 can't be read");
}
