//! The encoder that `export` writes is torchvision's: it loads strictly and computes the same h; and what PyTorch saves
//! is read back. Runs where a Python with PyTorch is found (`$SIMCLR_PYTHON`, else python3), and says so where none is.
#![expect(clippy::unwrap_used, reason = "a test that can't go on has failed")]

use serde_json::Value;
use std::path::Path;
use std::process::Command;

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/torchvision/check.py");
const NEEDS: &str = "import torch, torchvision, safetensors, numpy";

fn python() -> Option<String> {
    let python = std::env::var("SIMCLR_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let able = Command::new(&python).args(["-c", NEEDS]).output();
    able.is_ok_and(|o| o.status.success()).then_some(python)
}

/// A data set in CIFAR-10's layout whose classes differ by colour and stripes.
fn data(folder: &Path) {
    for (file, count) in [("data_batch_1.bin", 64_u32), ("test_batch.bin", 40)] {
        let mut bytes = Vec::new();
        for image in 0..count {
            let label = image % 10;
            bytes.push(label as u8);
            for at in 0..3072 {
                let (channel, row, column) = (at / 1024, at / 32 % 32, at % 32);
                let noise = (image * 7919 + at * 104_729) % 61;
                let stripes = (row * (label % 3) + column * (label / 3)) % 16 * 8;
                bytes.push((noise + stripes + channel * (label * 7 % 20)) as u8);
            }
        }
        std::fs::write(folder.join(file), bytes).unwrap();
    }
}

fn program(args: &[&str]) -> String {
    let out = Command::new(env!("CARGO_BIN_EXE_simclr-tui"))
        .args(args)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&out.stderr).into_owned();
    assert!(out.status.success(), "{args:?}: {said}");
    String::from_utf8(out.stdout).unwrap()
}

/// Trains a step or two and returns the run's kNN accuracies in percent, before and after.
fn trained(runs: &str, name: &str, data: &str, set: &[&str]) -> (f64, f64) {
    let path = format!("data.path={data}");
    let common = [
        "data.source=cifar10",
        &path,
        "data.image_size=32",
        "head.out=16",
        "train.batch=32",
        "train.epochs=1",
        "train.warmup=0",
        "knn.k=9",
    ];
    let mut args = vec!["--runs", runs, "run", "quick", "--name", name];
    for assignment in common.iter().chain(set) {
        args.extend(["--set", assignment]);
    }
    program(&args);
    let shown: Value =
        serde_json::from_str(&program(&["--runs", runs, "show", name, "--json"])).unwrap();
    (
        shown["knn_untrained"].as_f64().unwrap(),
        shown["knn"].as_f64().unwrap(),
    )
}

#[test]
fn torchvision_loads_an_exported_encoder_and_computes_the_same_h() {
    let Some(python) = python() else {
        eprintln!(
            "SKIPPED: no Python with PyTorch, torchvision, safetensors and numpy; set SIMCLR_PYTHON to one"
        );
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    data(folder.path());
    let at = |name: &str| folder.path().join(name).display().to_string();
    let (runs, images) = (at("runs"), at(""));
    for [encoder, width, stem] in [
        ["resnet18", "64", "cifar"],
        ["resnet50", "8", "imagenet"],
        ["resnet10", "4", "cifar"],
    ] {
        let set = [
            format!("model.encoder={encoder}"),
            format!("model.width={width}"),
            format!("model.stem={stem}"),
        ];
        let set: Vec<&str> = set.iter().map(String::as_str).collect();
        let (_, knn) = trained(&runs, encoder, &images, &set);
        let (weights, embeddings, pth) = (at("e.safetensors"), at("h.safetensors"), at("e.pth"));
        program(&[
            "--runs",
            &runs,
            "export",
            encoder,
            "--to",
            &weights,
            "--embeddings",
            &embeddings,
        ]);
        let out = Command::new(&python)
            .args([
                SCRIPT,
                &weights,
                &embeddings,
                &images,
                "--k",
                "9",
                "--save-pth",
                &pth,
            ])
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&out.stderr).into_owned();
        let judged: Value = serde_json::from_slice(&out.stdout)
            .unwrap_or_else(|e| panic!("{encoder}: {e}: {said}"));
        let of = |key: &str| judged[key].as_f64().unwrap();
        assert!(of("difference") < 1e-3, "{encoder}: {judged}");
        assert!(
            (of("knn_exported") * 100.0 - knn).abs() < 1e-3,
            "{encoder}: {judged}, own {knn}"
        );
        assert!(
            (of("knn_torchvision") * 100.0 - knn).abs() < 5.1,
            "{encoder}: {judged}, own {knn}"
        );
        for file in [&pth, &weights] {
            let init = format!("weights.init={file}");
            let mut again = set.clone();
            again.push(&init);
            let name = format!("{encoder}-again-{}", &file[file.len() - 3..]);
            let (before, _) = trained(&runs, &name, &images, &again);
            assert!((before - knn).abs() < 1e-9, "{file}: {before} is not {knn}");
        }
    }
}
