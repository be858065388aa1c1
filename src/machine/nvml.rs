//! NVIDIA's own library for meters, which comes with its driver and is loaded when somebody asks.

use super::Amount;
use super::cards::{Answer, Driver, Process, Silence};
use nvml_wrapper::bitmasks::device::ThrottleReasons;
use nvml_wrapper::enum_wrappers::device::{Clock, TemperatureSensor};
use nvml_wrapper::enums::device::UsedGpuMemory;
use nvml_wrapper::error::NvmlError;
use nvml_wrapper::{Device, Nvml, cuda_driver_version_major, cuda_driver_version_minor};

/// Reaches NVIDIA's driver.
///
/// # Errors
/// A sentence, when there is none or it doesn't work.
pub fn open() -> Result<Box<dyn Driver>, String> {
    let nvml = Nvml::init().map_err(|why| absent(&why))?;
    Ok(Box::new(Library(nvml)))
}

fn absent(why: &NvmlError) -> String {
    match why {
        NvmlError::LibloadingError(_) | NvmlError::LibraryNotFound => {
            "no NVIDIA driver was found".to_owned()
        }
        NvmlError::DriverNotLoaded => {
            "NVIDIA's library is installed, but its driver isn't loaded into the kernel".to_owned()
        }
        NvmlError::LibRmVersionMismatch => {
            "NVIDIA's library and the driver in the kernel have different versions; restart the machine".to_owned()
        }
        NvmlError::NoPermission => "this user has no access to the NVIDIA driver".to_owned(),
        why => format!("the NVIDIA driver doesn't work: {why}"),
    }
}

/// The library.
struct Library(Nvml);

impl From<NvmlError> for Silence {
    fn from(error: NvmlError) -> Self {
        match error {
            NvmlError::NotSupported
            | NvmlError::FunctionNotFound
            | NvmlError::FailedToLoadSymbol(_)
            | NvmlError::NoData => Self::Unsupported,
            NvmlError::GpuLost | NvmlError::ResetRequired => Self::Lost,
            error => Self::Other(error.to_string()),
        }
    }
}

impl Library {
    fn ask<'a, T>(
        &'a self,
        card: u32,
        what: impl FnOnce(&Device<'a>) -> Result<T, NvmlError>,
    ) -> Answer<T> {
        let device = self.0.device_by_index(card)?;
        Ok(what(&device)?)
    }
}

impl Driver for Library {
    fn version(&self) -> Answer<String> {
        Ok(self.0.sys_driver_version()?)
    }
    fn cuda(&self) -> Answer<(i32, i32)> {
        let version = self.0.sys_cuda_driver_version()?;
        Ok((
            cuda_driver_version_major(version),
            cuda_driver_version_minor(version),
        ))
    }
    fn count(&self) -> Answer<u32> {
        Ok(self.0.device_count()?)
    }
    fn name(&self, card: u32) -> Answer<String> {
        self.ask(card, Device::name)
    }
    fn memory(&self, card: u32) -> Answer<Amount> {
        let memory = self.ask(card, Device::memory_info)?;
        Ok(Amount {
            // What the driver keeps for itself is no more to be had than what programs have.
            used: memory.total.saturating_sub(memory.free),
            total: memory.total,
        })
    }
    fn utilisation(&self, card: u32) -> Answer<u32> {
        Ok(self.ask(card, Device::utilization_rates)?.gpu)
    }
    fn temperature(&self, card: u32) -> Answer<u32> {
        self.ask(card, |device| device.temperature(TemperatureSensor::Gpu))
    }
    fn power(&self, card: u32) -> Answer<u32> {
        self.ask(card, Device::power_usage)
    }
    fn power_limit(&self, card: u32) -> Answer<u32> {
        self.ask(card, Device::enforced_power_limit)
    }
    fn clock(&self, card: u32) -> Answer<u32> {
        self.ask(card, |device| device.clock_info(Clock::SM))
    }
    fn memory_clock(&self, card: u32) -> Answer<u32> {
        self.ask(card, |device| device.clock_info(Clock::Memory))
    }
    fn throttle(&self, card: u32) -> Answer<Vec<&'static str>> {
        Ok(slowed_by(self.ask(card, Device::current_throttle_reasons)?))
    }
    fn processes(&self, card: u32) -> Answer<Vec<Process>> {
        let mut all = self.ask(card, Device::running_compute_processes)?;
        // Cards without a screen may have no answer to this.
        all.extend(
            self.ask(card, Device::running_graphics_processes)
                .unwrap_or_default(),
        );
        all.sort_by_key(|process| process.pid);
        all.dedup_by_key(|process| process.pid);
        let told = |process: &nvml_wrapper::struct_wrappers::device::ProcessInfo| Process {
            pid: process.pid,
            name: name(process.pid),
            memory: match process.used_gpu_memory {
                UsedGpuMemory::Used(bytes) => Some(bytes),
                UsedGpuMemory::Unavailable => None,
            },
        };
        Ok(all.iter().map(told).collect())
    }
}

/// What a process is called, where the system tells; one in another container has no name here.
fn name(pid: u32) -> Option<String> {
    let name = std::fs::read_to_string(format!("/proc/{pid}/comm")).ok()?;
    Some(name.trim().to_owned()).filter(|name| !name.is_empty())
}

/// The reasons that mean a slower card, in words; that it idles is none.
fn slowed_by(reasons: ThrottleReasons) -> Vec<&'static str> {
    [
        (ThrottleReasons::SW_POWER_CAP, "power cap"),
        (ThrottleReasons::HW_POWER_BRAKE_SLOWDOWN, "power brake"),
        (ThrottleReasons::SW_THERMAL_SLOWDOWN, "heat"),
        (ThrottleReasons::HW_THERMAL_SLOWDOWN, "heat, by hardware"),
        (ThrottleReasons::HW_SLOWDOWN, "hardware slowdown"),
        (ThrottleReasons::SYNC_BOOST, "sync boost"),
        (
            ThrottleReasons::APPLICATIONS_CLOCKS_SETTING,
            "clocks as set",
        ),
        (
            ThrottleReasons::DISPLAY_CLOCK_SETTING,
            "display clocks as set",
        ),
    ]
    .into_iter()
    .filter(|(reason, _)| reasons.contains(*reason))
    .map(|(_, words)| words)
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn idling_is_no_throttling_and_heat_is() {
        assert!(slowed_by(ThrottleReasons::GPU_IDLE).is_empty());
        assert!(slowed_by(ThrottleReasons::NONE).is_empty());
        let hot = ThrottleReasons::GPU_IDLE | ThrottleReasons::SW_THERMAL_SLOWDOWN;
        assert_eq!(slowed_by(hot), ["heat"]);
    }

    #[test]
    fn what_the_library_says_is_told_apart() {
        assert_eq!(Silence::from(NvmlError::GpuLost), Silence::Lost);
        assert_eq!(Silence::from(NvmlError::NotSupported), Silence::Unsupported);
        assert!(matches!(
            Silence::from(NvmlError::Timeout),
            Silence::Other(_)
        ));
    }
}
