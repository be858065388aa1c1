//! Machines that aren't this one.

use super::*;
use crate::cli::doctor::finding::State;
use crate::machine::cards::fake_driver::Made;
use crate::machine::cards::read;
use crate::text::says::Says;

fn states(findings: &[Finding]) -> Vec<(&str, State)> {
    findings.iter().map(|f| (f.what, f.state)).collect()
}

#[test]
fn a_missing_driver_fails_only_who_asks_for_a_card() {
    let none = Err("no NVIDIA driver was found".to_owned());
    let asked = findings(&none, Wanted::Cuda(0));
    assert_eq!(asked[0].state, State::Failed);
    asked[0].remedy.as_deref().unwrap().says("--device cpu");
    for wanted in [Wanted::Auto, Wanted::Cpu] {
        let found = findings(&none, wanted);
        assert!(found.iter().all(|f| f.state != State::Failed), "{found:?}");
    }
}

#[test]
fn cards_are_listed_with_memory_and_company() {
    let made = Made::cards(2).lost();
    let found = of_cards(&read(&made, 7).unwrap());
    assert_eq!(found[0].found, "NVIDIA 580.65.06, CUDA up to 13.0");
    assert_eq!(
        found[1].found,
        "cuda:0 is NVIDIA H100 80GB HBM3, 60.0 GiB free of 80.0 GiB, used by 1 other process"
    );
    assert_eq!(found[2].found, "cuda:1 no longer answers");
    assert_eq!(found[2].state, State::Warning);
}

#[test]
fn an_old_driver_is_worth_a_word() {
    let old = Cards {
        cuda: Some((11, 8)),
        ..Cards::default()
    };
    let found = of_cards(&old);
    assert_eq!(
        states(&found),
        [("driver", State::Warning), ("card", State::Ok)]
    );
}

#[test]
fn libdevice_is_named_where_it_lies() {
    let found = of_libdevice(Some("/opt/cuda/x.bc"), true, true);
    assert_eq!(
        (found.state, found.found.as_str()),
        (State::Ok, "/opt/cuda/x.bc")
    );
    let missing = of_libdevice(None::<&Path>, true, true);
    let state = if cfg!(feature = "cuda") {
        State::Failed
    } else {
        State::Ok
    };
    assert_eq!(missing.state, state);
}

#[test]
fn every_device_has_its_memory_in_json() {
    let made = Made::cards(1);
    let devices = devices(&read(&made, 7));
    assert_eq!(devices[0]["device"], "cpu");
    assert_eq!(devices[1]["device"], "cuda:0");
    assert_eq!(devices[1]["free"], 60_u64 << 30);
}
