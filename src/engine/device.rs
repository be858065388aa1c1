//! Which devices exist, and one sentence why a wanted one can't be used.

pub mod kernels;
pub mod libdevice;

use crate::engine::model::Precision;
use crate::engine::readback;
use crate::engine::threads;
use crate::engine::trace::Trial;
use crate::hparam::Hparam;
use crate::hparams;
use burn::tensor::Device;
use thiserror::Error;

hparams! {
    /// Machine
    pub struct Machine {
        /// Where to compute: auto, cpu, cuda:N or wgpu:N.
        device: String = "auto".to_owned() => Hparam::text().free();
        /// Epochs between checkpoints; one is always written at the end.
        checkpoint_every: usize = 10 => Hparam::whole(1, 10_000, 1).unit("epochs").free();
        /// Epochs between checkpoints that are kept for good, 0 for none; the newest two and the best are always kept.
        keep_every: usize = 0 => Hparam::whole(0, 10_000, 1).unit("epochs").free();
        /// How long a run waits at its end for room on a full disk before it fails; 0 means don't wait.
        wait_for_room: usize = 600 => Hparam::whole(0, 86_400, 60).unit("s").free();
    }
}

impl Machine {
    /// Whether it computes on the CPU, as far as the name of the device tells.
    #[must_use]
    pub fn is_cpu(&self) -> bool {
        match self.device.as_str() {
            "cpu" => true,
            "auto" => !cfg!(feature = "cuda"),
            _ => false,
        }
    }
}

/// A device to train on.
#[derive(Clone, Debug)]
pub struct Chosen {
    /// What experiments call it: `cpu`, `cuda:0` or `wgpu:0`.
    pub id: String,
    /// Without autodiff.
    pub device: Device,
    /// Its name in words, such as `cpu · Intel(R) Xeon(R) · 2 threads`.
    pub label: String,
    /// What the user should know about the choice.
    pub note: Option<String>,
    /// Whether computing there is asynchronous, so that reading a number back waits for all that was asked before.
    pub asynchronous: bool,
    /// What compares it with the CPU in place of the usual steps, for tests.
    pub trial: Option<Trial>,
}

impl Chosen {
    /// Why it can't multiply numbers of this precision, if it can't: a sentence.
    #[must_use]
    pub fn cannot(&self, precision: Precision) -> Option<String> {
        // The CPU rounds for itself.
        let able = precision == Precision::F32
            || !self.asynchronous
            || self.device.supports_dtype(burn::tensor::FloatDType::BF16);
        (!able).then(|| {
            format!(
                "model.precision: {} can't multiply numbers of 16 bits (bf16); set it to f32",
                self.label
            )
        })
    }
}

/// Why a device can't be used: a sentence with the remedy.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum DeviceError {
    /// The name is none.
    #[error("{0:?} is not a device; use auto, cpu, cuda:0 or wgpu:0")]
    Name(String),
    /// This binary has no support for it.
    #[error(
        "this simclr-tui was built without {kind}; rebuild it with `cargo build --release --features {kind}`, or use --device cpu"
    )]
    NotBuilt {
        /// cuda or wgpu.
        kind: &'static str,
    },
    /// There is none with this number.
    #[error("{kind}:{index} isn't there: {found}; {remedy}")]
    Absent {
        /// cuda or wgpu.
        kind: &'static str,
        /// Its number.
        index: usize,
        /// What was found instead.
        found: String,
        /// What to do.
        remedy: &'static str,
    },
    /// It is there and doesn't compute.
    #[error("{kind}:{index} doesn't compute: {why}")]
    Broken {
        /// cuda or wgpu.
        kind: &'static str,
        /// Its number.
        index: usize,
        /// What the first operation said.
        why: String,
    },
}

/// The device that `wanted` names: auto, cpu, cuda:N or wgpu:N. `auto` is the first CUDA device, else the CPU.
///
/// # Errors
/// A sentence with the remedy, when it can't be used.
pub fn choose(wanted: &str) -> Result<Chosen, DeviceError> {
    let fewer = threads::start().map(str::to_owned);
    let mut chosen = match wanted.parse()? {
        Wanted::Cpu => cpu(None),
        Wanted::Auto => automatic(),
        Wanted::Cuda(index) => gpu::cuda(index)?,
        Wanted::Wgpu(index) => gpu::wgpu(index)?,
    };
    let notes: Vec<String> = chosen.note.into_iter().chain(fewer).collect();
    chosen.note = (!notes.is_empty()).then(|| notes.join("; "));
    Ok(chosen)
}

/// Prepares the process for burn, and is called before anything else:
///
/// - The CPU is the device that burn takes where nobody chose one, such as for the state of an optimizer that is read back.
///   By itself it would take a GPU as soon as it is built for one, and panic where none is there.
/// - CUDA's compiler is told where libdevice lies, and kernels are kept in the user's cache.
/// - What a device's own threads fail at is listened to.
pub fn prepare() {
    #[expect(
        unsafe_code,
        reason = "burn has no other way; no other thread reads the environment yet"
    )]
    // SAFETY: the process has one thread.
    unsafe {
        std::env::set_var("BURN_DEVICE", "flex");
        if cfg!(feature = "cuda")
            && let Some(toolkit) = libdevice::toolkit(kernels::folder().as_deref())
        {
            std::env::set_var("CUDA_PATH", toolkit);
        }
    }
    kernels::keep();
    readback::listen();
}

/// What a device's name asks for, whether it is there or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// The first CUDA device, else the CPU.
    Auto,
    /// The CPU.
    Cpu,
    /// An NVIDIA card by number.
    Cuda(usize),
    /// A GPU by number, through Vulkan, Metal or DirectX.
    Wgpu(usize),
}

impl std::str::FromStr for Wanted {
    type Err = DeviceError;

    /// auto, cpu, cuda:N or wgpu:N; without a number the first.
    fn from_str(name: &str) -> Result<Self, DeviceError> {
        let unknown = || DeviceError::Name(name.to_owned());
        let (kind, index) = match name.split_once(':') {
            Some((kind, index)) => (kind, Some(index.parse().map_err(|_| unknown())?)),
            None => (name, None),
        };
        match (kind, index) {
            ("auto", None) => Ok(Self::Auto),
            ("cpu", None) => Ok(Self::Cpu),
            ("cuda", index) => Ok(Self::Cuda(index.unwrap_or(0))),
            ("wgpu", index) => Ok(Self::Wgpu(index.unwrap_or(0))),
            _ => Err(unknown()),
        }
    }
}

fn automatic() -> Chosen {
    match gpu::cuda(0) {
        Ok(chosen) => chosen,
        Err(DeviceError::NotBuilt { .. }) if nvidia_card() => cpu(Some(
            "this machine has an NVIDIA card, and this simclr-tui was built without cuda; rebuild it with `cargo build \
             --release --features cuda` to use the card"
                .to_owned(),
        )),
        Err(DeviceError::Broken { kind, index, why }) => cpu(Some(format!("training on the CPU: {kind}:{index} doesn't compute: {why}"))),
        Err(DeviceError::Absent { .. }) => cpu(Some(
            "training on the CPU: no NVIDIA card or driver was found; `nvidia-smi` shows whether there is one".to_owned(),
        )),
        Err(_) => cpu(None),
    }
}

fn cpu(note: Option<String>) -> Chosen {
    let threads = rayon::current_num_threads();
    let label = match processor() {
        Some(name) => format!("cpu · {name} · {threads} threads"),
        None => format!("cpu · {threads} threads"),
    };
    Chosen {
        id: "cpu".to_owned(),
        device: Device::flex(),
        label,
        note,
        asynchronous: false,
        trial: None,
    }
}

/// The processor's name, where the system tells.
#[must_use]
pub fn processor() -> Option<String> {
    let info = std::fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = info.lines().find(|l| l.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

/// Whether an NVIDIA driver runs a card here, as far as files tell.
#[must_use]
pub fn nvidia_card() -> bool {
    std::path::Path::new("/dev/nvidia0").exists()
        || std::path::Path::new("/proc/driver/nvidia/version").exists()
}

/// GPU devices, in binaries that have them.
mod gpu {
    use super::{Chosen, DeviceError};

    #[cfg(not(feature = "cuda"))]
    pub fn cuda(_index: usize) -> Result<Chosen, DeviceError> {
        Err(DeviceError::NotBuilt { kind: "cuda" })
    }

    #[cfg(not(feature = "wgpu"))]
    pub fn wgpu(_index: usize) -> Result<Chosen, DeviceError> {
        Err(DeviceError::NotBuilt { kind: "wgpu" })
    }

    #[cfg(feature = "cuda")]
    pub fn cuda(index: usize) -> Result<Chosen, DeviceError> {
        let remedy = "check `nvidia-smi`, install the NVIDIA driver, or use --device cpu";
        numbered("cuda", index, burn::tensor::DeviceType::Cuda, remedy)
    }

    #[cfg(feature = "wgpu")]
    pub fn wgpu(index: usize) -> Result<Chosen, DeviceError> {
        let remedy = "check `vulkaninfo`, install a Vulkan driver, or use --device cpu";
        numbered("wgpu", index, burn::tensor::DeviceType::Wgpu, remedy)
    }

    #[cfg(any(feature = "cuda", feature = "wgpu"))]
    fn numbered(
        kind: &'static str,
        index: usize,
        filter: burn::tensor::DeviceType,
        remedy: &'static str,
    ) -> Result<Chosen, DeviceError> {
        // Enumerating is quiet without a driver; opening a device that isn't there panics on another thread.
        let devices = burn::tensor::Device::enumerate(filter).into_vec();
        let found = match devices.len() {
            0 => format!("no {kind} device or driver was found"),
            n => format!("there are {n}, numbered from 0"),
        };
        let device = devices.into_iter().nth(index).ok_or(DeviceError::Absent {
            kind,
            index,
            found,
            remedy,
        })?;
        warm_up(&device).map_err(|why| DeviceError::Broken {
            kind,
            index,
            why: explained(why),
        })?;
        let id = format!("{kind}:{index}");
        Ok(Chosen {
            label: id.clone(),
            id,
            device,
            note: None,
            asynchronous: true,
            trial: None,
        })
    }

    /// The compiler's words for what a user can mend.
    #[cfg(any(feature = "cuda", feature = "wgpu"))]
    fn explained(why: String) -> String {
        if !why.contains("libdevice") {
            return why;
        }
        let remedy = super::libdevice::REMEDY;
        format!("libdevice.10.bc, CUDA's library of functions, was not found; {remedy}")
    }

    /// One matrix product and one exponential: what a missing libdevice or a broken driver trips over.
    #[cfg(any(feature = "cuda", feature = "wgpu"))]
    fn warm_up(device: &burn::tensor::Device) -> Result<(), String> {
        let device = device.clone();
        let computed = crate::engine::catch_panic::catch(move || {
            let x = burn::tensor::Tensor::<2>::ones([8, 8], &device);
            crate::engine::readback::read(x.clone().matmul(x).exp()).map(drop)
        });
        Ok(computed??)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_that_is_not_there_is_refused_with_the_remedy() {
        assert_eq!(
            choose("gpu").unwrap_err(),
            DeviceError::Name("gpu".to_owned())
        );
        assert_eq!(
            choose("cuda:x").unwrap_err(),
            DeviceError::Name("cuda:x".to_owned())
        );
        #[cfg(not(feature = "cuda"))]
        assert!(
            choose("cuda:0")
                .unwrap_err()
                .to_string()
                .contains("--features cuda")
        );
        assert!(choose("cpu").unwrap().label.starts_with("cpu"));
    }
}
