//! What a run is worth downstream: with few labels, on other data, and what is chosen on images that are held out.

use crate::scratch::{Says, Scratch, TINY, is_described, squares};
use serde_json::Value;

fn tiny(scratch: &Scratch, more: &str) {
    scratch.prints(&format!("{TINY} {more}"));
}

fn kept(scratch: &Scratch) -> Value {
    scratch.json("show tiny --json")["evaluations"].clone()
}

#[test]
fn fine_tuning_stands_beside_the_same_from_scratch() {
    for more in [
        "",
        "--set model.norm=group --set model.precision=bf16 --set train.chunk=8",
    ] {
        let scratch = Scratch::new();
        tiny(&scratch, more);
        let line = "eval tiny --finetune --labels 2-per-class --epochs 2 --seeds 2 --json";
        let judged = scratch.json(line);
        is_described(&judged);
        let [tuned, other] = [0, 1].map(|nth| judged["evaluations"][nth].clone());
        assert_eq!(
            (&tuned["method"], &other["method"]),
            (&"finetune".into(), &"scratch".into())
        );
        assert_eq!(tuned["protocol"], other["protocol"]);
        tuned["protocol"].says("2 seeds, 2 epochs of 1 x 20 images");
        for one in [&tuned, &other] {
            let figures = ["labels", "fitted", "tested"].map(|key| one[key].as_u64().unwrap());
            assert_eq!(figures, [2, 20, 40], "{one}");
            let seeds: Vec<f64> = serde_json::from_value(one["seeds"].clone()).unwrap();
            let mean = seeds.iter().sum::<f64>() / 2.0;
            assert_eq!(seeds.len(), 2);
            assert!(
                (one["top1"].as_f64().unwrap() - mean).abs() < 1e-12,
                "{one}"
            );
        }
        assert_ne!(tuned["confusion"], other["confusion"]);
        assert_eq!(kept(&scratch), judged["evaluations"]);
        let mut again = scratch.json(line);
        for nth in [0, 1] {
            again["evaluations"][nth]["at"] = judged["evaluations"][nth]["at"].clone();
        }
        assert_eq!(again, judged, "{more}");
        let table = scratch.prints(&["show", "tiny"]);
        table.says("from scratch");
    }
}

#[cfg(unix)]
#[test]
fn an_interrupted_fine_tuning_keeps_the_seeds_that_are_done() {
    use std::io::{BufRead, BufReader};
    use std::process::Stdio;
    let scratch = Scratch::new();
    tiny(&scratch, "");
    let line = "eval tiny --finetune --labels 1 --epochs 100 --seeds 50 --json --progress";
    let mut command = scratch.command(line);
    let (out, err) = (Stdio::piped(), Stdio::piped());
    let mut child = command.stdout(out).stderr(err).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    // The first of 50 seeds is behind it, and the last is not.
    assert!(lines.any(|line| line.unwrap().ends_with("fine-tuning 3 %")));
    crate::scratch::signal(child.id(), "-INT");
    let ended = child.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(130));
    let judged: Value = serde_json::from_slice(&ended.stdout).unwrap();
    let one = &judged["evaluations"][0];
    let seeds = one["seeds"].as_array().unwrap().len();
    assert!((1..50).contains(&seeds), "{seeds}");
    one["notes"].says(format!("stopped after {seeds} of 50 seeds"));
    assert_eq!(kept(&scratch), judged["evaluations"]);
}

#[test]
fn few_labels_are_drawn_often_and_told_as_a_curve() {
    let scratch = Scratch::new();
    tiny(&scratch, "");
    let judged = scratch.json("eval tiny --probe=sgd --c auto --json");
    is_described(&judged);
    let all = judged["evaluations"].as_array().unwrap();
    let few: Vec<&Value> = all.iter().filter(|e| e["labels"] != 0).collect();
    // 64 images of ten classes: six or seven each.
    let curve: Vec<_> = few.iter().map(|e| (&e["labels"], &e["fitted"])).collect();
    assert_eq!(
        curve,
        [
            (&1.into(), &10.into()),
            (&2.into(), &20.into()),
            (&5.into(), &50.into())
        ]
    );
    for one in few {
        assert_eq!(one["seeds"].as_array().unwrap().len(), 10);
        assert_eq!(
            (&one["method"], &one["tested"]),
            (&"probe".into(), &40.into())
        );
    }
    all[0]["protocol"].says("chosen on a held-out fifth of the labelled images");
    let by_sgd = all.last().unwrap();
    by_sgd["protocol"].says("500 epochs of 1 x 64 images, SGD");
    by_sgd["protocol"].says("rate 0.1 x batch / 256");
    assert!(by_sgd["train_top1"].as_f64().unwrap() > 0.1, "{by_sgd}");
    scratch.prints("show tiny").says("labels a class");
}

#[test]
fn what_is_judged_on_another_data_set_says_so_and_stands_apart() {
    let scratch = Scratch::new();
    tiny(&scratch, "");
    let other = scratch.path("squares");
    squares(&other, 6);
    scratch.json("eval tiny --json");
    let on = format!("--on {} --json", other.display());
    for line in [
        "eval tiny -k 3",
        "eval tiny --finetune --labels 2 --epochs 1 --seeds 1",
    ] {
        let judged = scratch.json(&format!("{line} {on}"));
        is_described(&judged);
        for one in judged["evaluations"].as_array().unwrap() {
            assert_eq!(one["transfer"], true);
            let classes = serde_json::json!(["dark", "light"]);
            assert_eq!(
                (&one["classes"], &one["data"]["name"]),
                (&classes, &"squares".into())
            );
            assert_eq!(one["notes"].as_array().unwrap().len(), 0, "{one}");
        }
    }
    let own = kept(&scratch);
    let own = own
        .as_array()
        .unwrap()
        .iter()
        .filter(|e| e["transfer"] == false);
    assert_eq!(own.count(), 7);
    scratch.prints("show tiny").says("images of");
    let refused = scratch.refuses("eval tiny --on nowhere");
    refused.says("nowhere: there is no such file or folder");
}

#[test]
fn with_a_validation_part_test_images_have_no_say() {
    let scratch = Scratch::new();
    // A seed with which kNN rises above the untrained network's in both, so that there is a best checkpoint.
    let more = "--set train.epochs=8 --set train.seed=6";
    tiny(
        &scratch,
        &format!("{more} --set data.validation=0.25 --set name=held"),
    );
    tiny(&scratch, more);
    let show = |name: &str| scratch.json(&format!("show {name} --json"));
    let [held, plain] = ["held", "tiny"].map(show);
    let images = |run: &Value| run["environment"]["dataset"]["train"].as_u64().unwrap();
    // A quarter of six or seven images a class is two.
    assert_eq!((images(&held), images(&plain)), (44, 64));
    let console = held["console"].to_string();
    console.says("20 labelled images are held out");
    let of = |name: &str, which: &str| {
        let line = format!("eval {name} --knn --json --checkpoint {which}");
        scratch.json(&line)["evaluations"][0].clone()
    };
    let (judged, best) = (of("held", "last"), of("held", "best"));
    assert_eq!(
        (&judged["fitted"], &judged["tested"]),
        (&44.into(), &40.into())
    );
    // While training, shares are of 20 images, and of 40 in the end.
    let twentieths = held["knn"].as_f64().unwrap() / 5.0;
    assert!(
        (twentieths - twentieths.round()).abs() < 1e-9,
        "{twentieths}"
    );
    assert!(!best["notes"].to_string().contains("flatters"), "{best}");
    of("tiny", "best")["notes"].says("flatters");
}
