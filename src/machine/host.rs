//! Processor and memory, as the system tells.

use super::Amount;
use serde::Serialize;
use sysinfo::{ProcessRefreshKind, ProcessesToUpdate, System};

pub use sysinfo::MINIMUM_CPU_UPDATE_INTERVAL as INTERVAL;

/// The machine's own meters: utilisation is what happened since the last look.
#[derive(Debug)]
pub struct Host {
    system: Option<System>,
    looked: bool,
}

/// What they show; `None` is what the system doesn't tell.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct HostReading {
    /// Utilisation of all threads of the processor, in percent; unknown at the first look.
    pub cpu: Option<f64>,
    /// The same of each thread.
    pub cores: Vec<f64>,
    /// The memory that this process may have.
    pub memory: Option<Amount>,
    /// The memory that it has, in bytes.
    pub own: Option<u64>,
}

/// What doesn't change while the program runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Processor {
    /// Its name.
    pub name: Option<String>,
    /// Cores.
    pub cores: Option<usize>,
    /// Threads that this process may use.
    pub threads: usize,
}

/// Meters that haven't looked yet.
impl Default for Host {
    fn default() -> Self {
        Self {
            system: System::new().ok(),
            looked: false,
        }
    }
}

impl Host {
    /// What the meters show now; looks closer together than [`INTERVAL`] tell little of the processor.
    pub fn read(&mut self) -> HostReading {
        let Some(system) = &mut self.system else {
            return HostReading::default();
        };
        system.refresh_cpu_usage();
        system.refresh_memory();
        let before = std::mem::replace(&mut self.looked, true);
        HostReading {
            cpu: before.then(|| f64::from(system.global_cpu_usage())),
            cores: if before { cores(system) } else { Vec::new() },
            memory: memory(system),
            own: own(system),
        }
    }

    /// What processor this is.
    pub fn processor(&mut self) -> Processor {
        let named = self.system.as_mut().and_then(|system| {
            system.refresh_cpu_usage();
            let brand = system.cpus().first()?.brand().trim().to_owned();
            (!brand.is_empty()).then_some(brand)
        });
        Processor {
            name: named,
            cores: System::physical_core_count().ok(),
            threads: std::thread::available_parallelism().map_or(1, usize::from),
        }
    }
}

fn cores(system: &System) -> Vec<f64> {
    let usage = system.cpus().iter().map(|cpu| f64::from(cpu.usage()));
    usage.collect()
}

/// The memory of this process.
fn own(system: &mut System) -> Option<u64> {
    let pid = sysinfo::get_current_pid().ok()?;
    let what = ProcessRefreshKind::nothing().with_memory();
    system.refresh_processes_specifics(ProcessesToUpdate::Some(&[pid]), false, what);
    Some(system.process(pid)?.memory())
}

/// The machine's memory, or that of the group of processes that this one is confined to.
fn memory(system: &System) -> Option<Amount> {
    let total = system.total_memory();
    let machine = Amount {
        used: total.saturating_sub(system.available_memory()),
        total,
    };
    let confined = system.cgroup_limits().map(|limits| Amount {
        used: limits.total_memory.saturating_sub(limits.free_memory),
        total: limits.total_memory,
    });
    let tighter = confined.filter(|group| group.total > 0 && group.total < total);
    tighter.or(Some(machine)).filter(|memory| memory.total > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_look_knows_no_utilisation_and_the_second_does() {
        let mut host = Host::default();
        let first = host.read();
        assert_eq!(first.cpu, None);
        let memory = first.memory.expect("a system that tells its memory");
        assert!(memory.used <= memory.total);
        let second = host.read().cpu.expect("a utilisation");
        assert!((0.0..=100.0).contains(&second), "{second}");
        let third = host.read();
        assert!(!third.cores.is_empty());
        assert!(third.own.expect("its own memory") > 1 << 20);
    }

    #[test]
    fn there_is_a_processor() {
        assert!(Host::default().processor().threads >= 1);
    }
}
