//! Where a GPU's tuned and compiled kernels are kept, so that the next run has them at once.

use std::path::PathBuf;

/// The folder of kernels in the user's cache; nothing where there is no such folder.
#[must_use]
pub fn folder() -> Option<PathBuf> {
    let dirs = directories::ProjectDirs::from("", "", "simclr-tui")?;
    Some(dirs.cache_dir().join("kernels"))
}

/// Has kernels kept there. By themselves they would lie in the `target` folder of whatever project one stands in. A
/// `cubecl.toml` that names another place is followed. To be called before any device is opened.
#[cfg(any(feature = "cuda", feature = "wgpu"))]
pub fn keep() {
    use cubecl_runtime::config::{CubeClRuntimeConfig, RuntimeConfig, cache::CacheConfig};
    let mut config = CubeClRuntimeConfig::from_current_dir().override_from_env();
    if let (CacheConfig::Target, Some(folder)) = (&config.environment.path, folder()) {
        config.environment.path = CacheConfig::Directory(folder);
    }
    config.compilation.cache = true;
    // Where something was set before, that stands.
    let _ = CubeClRuntimeConfig::try_set(config);
}

/// Without a GPU there are none.
#[cfg(not(any(feature = "cuda", feature = "wgpu")))]
pub const fn keep() {}

/// How many bytes of them are kept.
#[must_use]
pub fn kept() -> u64 {
    let files = folder().map(walkdir::WalkDir::new);
    let files = files.into_iter().flatten().flatten();
    let sizes = files.filter_map(|file| file.metadata().ok());
    sizes
        .filter(std::fs::Metadata::is_file)
        .map(|m| m.len())
        .sum()
}
