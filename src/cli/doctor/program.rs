//! This program, the processor and the memory.

use super::finding::Finding;
use crate::machine::host::{Host, Processor};
use crate::text::figures::bytes;

/// Less memory than this is little, even for small networks.
const LITTLE: u64 = 1 << 30;

/// The devices that this binary was built for, beside the CPU.
pub fn features() -> Vec<&'static str> {
    [
        ("cuda", cfg!(feature = "cuda")),
        ("wgpu", cfg!(feature = "wgpu")),
    ]
    .into_iter()
    .filter(|(_, built)| *built)
    .map(|(name, _)| name)
    .collect()
}

pub fn findings() -> Vec<Finding> {
    let mut host = Host::default();
    vec![version(), processor(&host.processor()), memory(&mut host)]
}

fn version() -> Finding {
    let built = match features().as_slice() {
        [] => "built for the CPU alone, without cuda and wgpu".to_owned(),
        features => format!("built with {}", features.join(" and ")),
    };
    let version = env!("CARGO_PKG_VERSION");
    Finding::ok("version", format!("simclr-tui {version}, {built}"))
}

fn processor(processor: &Processor) -> Finding {
    let name = processor.name.as_deref();
    let name = name.unwrap_or("a processor that the system doesn't name");
    let cores = processor.cores.map_or_else(String::new, |cores| {
        format!(", {}", many(cores, "core", "cores"))
    });
    let threads = many(processor.threads, "thread", "threads");
    Finding::ok("processor", format!("{name}{cores}, {threads}"))
}

fn many(count: usize, one: &str, several: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { several })
}

fn memory(host: &mut Host) -> Finding {
    let Some(memory) = host.read().memory else {
        return Finding::ok("memory", "n/a: the system doesn't say");
    };
    let found = format!("{} free of {}", bytes(memory.free()), bytes(memory.total));
    if memory.free() < LITTLE {
        Finding::warning(
            "memory",
            found,
            "end other programs, or lower train.batch, if training runs out of memory",
        )
    } else {
        Finding::ok("memory", found)
    }
}
