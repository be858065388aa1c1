//! A report with a device that computes wrongly, and one that can't be used.

use super::arithmetic::subjects;
use super::*;
use crate::engine::selfcheck::trace;

/// The CPU under another name, compared by a trial.
fn card(trial: crate::engine::selfcheck::Trial) -> Chosen {
    Chosen {
        label: "cuda:0".to_owned(),
        trial: Some(trial),
        ..device::choose("cpu").unwrap()
    }
}

#[test]
fn a_device_that_computes_wrongly_fails_and_the_cpu_beside_it_does_not() {
    let wrong = card(|device, steps| {
        let mut trace = trace(device, steps)?;
        trace.losses[2] = 0.89;
        Ok(trace)
    });
    let subjects = subjects(Some(wrong));
    assert_eq!(subjects.len(), 2);
    let result = subjects[0].compare(5);
    let finding = subjects[0].finding(&result);
    assert_eq!(finding.state, State::Failed);
    let said = "cuda:0 computes wrongly: in 5 steps its loss of step 3 differs from the CPU's by ";
    assert!(finding.found.starts_with(said), "{finding:?}");
    let remedy = Some("update the driver, or use --device cpu".to_owned());
    assert_eq!(finding.remedy, remedy);
    let json = subjects[0].json(&result).unwrap();
    assert_eq!(
        (&json["agrees"], &json["largest"]),
        (&false.into(), &"loss of step 3".into())
    );
    let own = subjects[1].compare(5);
    assert_eq!(subjects[1].finding(&own).state, State::Ok);
}

#[test]
fn a_device_that_cannot_be_used_is_named_with_the_remedy() {
    let refused = of_device(
        "cuda:1",
        &Err(DeviceError::Absent {
            kind: "cuda",
            index: 1,
            found: "there are 1, numbered from 0".to_owned(),
            remedy: "check `nvidia-smi`",
        }),
    );
    assert_eq!(refused.state, State::Failed);
    assert_eq!(
        refused.found,
        "cuda:1 can't be used: cuda:1 isn't there: there are 1, numbered from 0"
    );
    assert_eq!(refused.remedy.as_deref(), Some("check `nvidia-smi`"));
    let auto = Chosen {
        note: Some("training on the CPU: no card".to_owned()),
        ..device::choose("cpu").unwrap()
    };
    assert_eq!(of_device("auto", &Ok(auto)).state, State::Warning);
}
