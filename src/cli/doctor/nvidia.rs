//! NVIDIA's driver, its cards, and what CUDA needs besides.

use super::finding::Finding;
use crate::engine::device::{Wanted, kernels, libdevice};
use crate::machine::Amount;
use crate::machine::cards::{Card, Cards, listed};
use crate::machine::gpu_monitor::{Reading, Watch};
use crate::machine::host::Host;
use crate::machine::open;
use crate::text::figures::bytes;
use serde_json::{Value as Json, json};
use std::path::Path;
use std::time::Duration;

/// How long the driver may take: waking a card takes seconds.
const PATIENCE: Duration = Duration::from_secs(20);
/// The oldest CUDA that the kernels were written for.
const OLDEST: (i32, i32) = (12, 0);

/// Asks the driver.
pub fn cards() -> Reading {
    Watch::begin(open).read(PATIENCE)
}

/// What is there, judged by whether this binary and the device that is `wanted` have a use for it.
pub fn findings(cards: &Reading, wanted: Wanted) -> Vec<Finding> {
    let needed = matches!(wanted, Wanted::Cuda(_));
    let mut all = match cards {
        Ok(cards) => of_cards(cards),
        Err(why) => vec![missing(why, needed)],
    };
    let listed = listed();
    if let (Ok(_), Some(listed)) = (cards, listed.filter(|list| !list.is_empty())) {
        let found = format!(
            "CUDA_VISIBLE_DEVICES is {listed}: --device cuda:0 is the first that it names; the numbers above are the \
             driver's"
        );
        all.push(Finding::ok("visible", found));
    }
    let some = cards.as_ref().is_ok_and(|cards| !cards.cards.is_empty());
    all.push(of_libdevice(libdevice::find(), some, needed));
    all.push(kernels());
    all
}

/// No driver: a fault only where a card was asked for.
fn missing(why: &str, needed: bool) -> Finding {
    let remedy = "install NVIDIA's driver (`nvidia-smi` then lists the cards), or use --device cpu";
    if needed {
        Finding::failed("driver", why, remedy)
    } else if cfg!(feature = "cuda") {
        Finding::warning("driver", why, remedy)
    } else {
        Finding::ok("driver", format!("{why}; the CPU needs none"))
    }
}

fn of_cards(cards: &Cards) -> Vec<Finding> {
    let version = cards.driver.as_deref().unwrap_or("of unknown version");
    let cuda = cards.cuda.map_or_else(
        || "CUDA unknown".to_owned(),
        |(major, minor)| format!("CUDA up to {major}.{minor}"),
    );
    let found = format!("NVIDIA {version}, {cuda}");
    let driver = match cards.cuda {
        Some(version) if version < OLDEST => {
            let (major, minor) = OLDEST;
            let remedy = format!("update the driver to one for CUDA {major}.{minor} or newer");
            Finding::warning("driver", found, remedy)
        }
        _ => Finding::ok("driver", found),
    };
    let mut all = vec![driver];
    if cards.cards.is_empty() {
        all.push(Finding::ok("card", "the driver is there and finds no card"));
    }
    all.extend(cards.cards.iter().map(of_card));
    all
}

fn of_card(card: &Card) -> Finding {
    let name = card.name.as_deref().unwrap_or("a card without a name");
    let memory = card.memory.map_or_else(
        || ", memory n/a".to_owned(),
        |m| format!(", {} free of {}", bytes(m.free()), bytes(m.total)),
    );
    let others = card.processes.as_deref().unwrap_or_default().len();
    let shared = match others {
        0 => String::new(),
        1 => ", used by 1 other process".to_owned(),
        n => format!(", used by {n} other processes"),
    };
    let found = format!("cuda:{} is {name}{memory}{shared}", card.index);
    if card.lost {
        let found = format!("cuda:{} no longer answers", card.index);
        Finding::warning("card", found, "restart the machine, or use another device")
    } else if cfg!(feature = "cuda") {
        Finding::ok("card", found)
    } else {
        let remedy = "this simclr-tui was built without cuda; rebuild it with `cargo build --release --features cuda` to \
                      use the card";
        Finding::warning("card", found, remedy)
    }
}

/// Whether exponentials and logarithms can be computed on a card: their code comes with CUDA's toolkit, not the driver.
fn of_libdevice(path: Option<impl AsRef<Path>>, card: bool, needed: bool) -> Finding {
    const WHAT: &str = "libdevice";
    if let Some(path) = path {
        return Finding::ok(WHAT, path.as_ref().display().to_string());
    }
    let found = "no libdevice.10.bc was found in a CUDA toolkit or a Python package";
    let remedy = libdevice::REMEDY;
    match (cfg!(feature = "cuda"), card || needed) {
        (true, true) => Finding::failed(WHAT, found, remedy),
        (true, false) => Finding::warning(WHAT, found, remedy),
        (false, _) => Finding::ok(WHAT, "not looked for: only cuda builds need it"),
    }
}

/// Where tuned kernels are kept.
fn kernels() -> Finding {
    if !cfg!(any(feature = "cuda", feature = "wgpu")) {
        return Finding::ok("kernels", "no cache: nothing is tuned on the CPU");
    }
    let Some(folder) = kernels::folder() else {
        let remedy = "set $HOME or $XDG_CACHE_HOME, or kernels are tuned again at each start";
        return Finding::warning("kernels", "there is no cache folder", remedy);
    };
    let found = match kernels::kept() {
        0 => format!(
            "none kept yet; the first run on a GPU tunes them into {}",
            folder.display()
        ),
        size => format!("{} of tuned kernels in {}", bytes(size), folder.display()),
    };
    Finding::ok("kernels", found)
}

/// The devices with their memory, as `docs/json.md` describes them.
pub fn devices(cards: &Reading) -> Vec<Json> {
    let mut host = Host::default();
    let memory = host.read().memory;
    let cpu = json!({
        "device": "cpu",
        "name": host.processor().name,
        "memory": memory.map(|m| m.total),
        "free": memory.map(Amount::free),
    });
    let cards = cards.as_ref().map_or(&[][..], |cards| &cards.cards);
    let cards = cards.iter().map(|card| {
        json!({
            "device": format!("cuda:{}", card.index),
            "name": card.name,
            "memory": card.memory.map(|m| m.total),
            "free": card.memory.map(Amount::free),
        })
    });
    std::iter::once(cpu).chain(cards).collect()
}

#[cfg(test)]
mod tests;
