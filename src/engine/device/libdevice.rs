//! CUDA's library of functions such as exponentials, which NVIDIA's driver doesn't bring: where it lies, and how the
//! kernels' compiler is told.

use std::path::{Path, PathBuf};

/// Where it lies below a CUDA toolkit; the compiler looks nowhere else.
const BELOW: &str = "nvvm/libdevice/libdevice.10.bc";
/// Its name.
const NAME: &str = "libdevice.10.bc";
/// Toolkits where the compiler looks by itself.
const KNOWN: [&str; 4] = ["/usr/local/cuda", "/opt/cuda", "/usr/lib/cuda", "/usr"];
/// Where Python's packages have it: NVIDIA's own, by version, and Triton's copy, which PyTorch brings.
const PACKAGES: [&str; 4] = [
    "nvidia/cuda_nvcc/nvvm/libdevice",
    "nvidia/cu13/nvvm/libdevice",
    "nvidia/cu12/nvvm/libdevice",
    "triton/backends/nvidia/lib",
];
/// Variables that name a toolkit or an environment of conda's.
const TOOLKITS: [&str; 4] = ["CUDA_PATH", "CUDA_HOME", "CUDA_ROOT", "CONDA_PREFIX"];

/// What to do where there is none.
pub const REMEDY: &str = "install it with `pip install nvidia-cuda-nvcc-cu12` or a CUDA toolkit; elsewhere, set CUDA_PATH to the \
                          folder that holds nvvm/libdevice";

/// Where files are looked for: the real system, or one that a test made.
struct System<'a> {
    root: &'a Path,
    variable: &'a dyn Fn(&str) -> Option<PathBuf>,
    /// The folder of the program itself.
    program: Option<PathBuf>,
}

impl System<'_> {
    fn at(&self, place: &str) -> PathBuf {
        self.root.join(place.trim_start_matches('/'))
    }

    /// All places, the first to be taken first.
    fn places(&self) -> Vec<PathBuf> {
        let named = TOOLKITS.iter().filter_map(|name| (self.variable)(name));
        let known = KNOWN.iter().map(|place| self.at(place));
        let debian = self.at("/usr/lib/nvidia-cuda-toolkit/libdevice");
        let mut all: Vec<PathBuf> = named.chain(known).map(|root| root.join(BELOW)).collect();
        all.push(debian.join(NAME));
        all.extend(self.program.iter().map(|folder| folder.join(NAME)));
        for packages in self.python() {
            all.extend(PACKAGES.map(|below| packages.join(below).join(NAME)));
        }
        all
    }

    /// Folders of Python's packages, those of the active environment first.
    fn python(&self) -> Vec<PathBuf> {
        let active = ["VIRTUAL_ENV", "CONDA_PREFIX"];
        let active = active.iter().filter_map(|name| (self.variable)(name));
        let own = (self.variable)("HOME").map(|home| home.join(".local"));
        let usual = ["/usr/local", "/usr", "/opt/conda", "/opt/venv", "/venv"];
        let roots = active.chain(own).chain(usual.map(|place| self.at(place)));
        let mut found = Vec::new();
        for root in roots {
            let versions = std::fs::read_dir(root.join("lib"));
            let versions = versions.into_iter().flatten().flatten();
            let versions =
                versions.filter(|e| e.file_name().to_string_lossy().starts_with("python3"));
            for version in versions {
                found.extend(
                    ["site-packages", "dist-packages"].map(|kind| version.path().join(kind)),
                );
            }
        }
        found
    }
}

/// Where it lies, if anywhere.
#[must_use]
pub fn find() -> Option<PathBuf> {
    let variable = |name: &str| {
        std::env::var_os(name)
            .filter(|v| !v.is_empty())
            .map(PathBuf::from)
    };
    let program = std::env::current_exe().ok();
    let system = System {
        root: Path::new("/"),
        variable: &variable,
        program: program.and_then(|path| path.parent().map(Path::to_owned)),
    };
    system.places().into_iter().find(|path| path.is_file())
}

/// What `CUDA_PATH` has to be for the compiler to find it: nothing where it finds it by itself, or nobody does. `cache` is
/// where a link may be put, as some packages keep it in folders of another form.
#[must_use]
pub fn toolkit(cache: Option<&Path>) -> Option<PathBuf> {
    toolkit_for(
        &find()?,
        std::env::var_os("CUDA_PATH").map(PathBuf::from),
        cache,
    )
}

fn toolkit_for(found: &Path, named: Option<PathBuf>, cache: Option<&Path>) -> Option<PathBuf> {
    let root = found
        .to_str()
        .and_then(|path| path.strip_suffix(BELOW))
        .map(Path::new);
    let Some(root) = root else {
        return linked(found, cache?);
    };
    // The compiler looks where it is told, and only there.
    let seen = match named {
        Some(named) => named == root,
        None => KNOWN.iter().any(|known| Path::new(known) == root),
    };
    (!seen).then(|| root.to_owned())
}

/// A folder in the cache in which it lies as in a toolkit.
fn linked(found: &Path, cache: &Path) -> Option<PathBuf> {
    let root = cache.join("cuda");
    let link = root.join(BELOW);
    if std::fs::read_link(&link).is_ok_and(|to| to == found) {
        return Some(root);
    }
    std::fs::create_dir_all(link.parent()?).ok()?;
    let _ = std::fs::remove_file(&link);
    #[cfg(unix)]
    std::os::unix::fs::symlink(found, &link).ok()?;
    #[cfg(not(unix))]
    std::fs::copy(found, &link).ok()?;
    Some(root)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is found in a system with these files, seen from its root, and these variables.
    fn found(files: &[&str], variables: &[(&str, &str)]) -> Option<String> {
        let dir = tempfile::tempdir().unwrap();
        for file in files {
            let path = dir.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "").unwrap();
        }
        let variable = |wanted: &str| {
            let (_, value) = variables.iter().find(|(name, _)| *name == wanted)?;
            Some(dir.path().join(value))
        };
        let system = System {
            root: dir.path(),
            variable: &variable,
            program: Some(dir.path().join("bundle")),
        };
        let found = system.places().into_iter().find(|path| path.is_file())?;
        let found = found.strip_prefix(dir.path()).unwrap();
        Some(found.to_str().unwrap().to_owned())
    }

    #[test]
    fn it_is_found_in_toolkits_and_pythons_packages() {
        let places = [
            "usr/local/cuda/nvvm/libdevice/libdevice.10.bc",
            "usr/lib/nvidia-cuda-toolkit/libdevice/libdevice.10.bc",
            "bundle/libdevice.10.bc",
            "usr/local/lib/python3.12/dist-packages/triton/backends/nvidia/lib/libdevice.10.bc",
            "opt/conda/lib/python3.11/site-packages/nvidia/cu13/nvvm/libdevice/libdevice.10.bc",
        ];
        for place in places {
            assert_eq!(found(&[place], &[]).as_deref(), Some(place));
        }
        assert_eq!(found(&["usr/lib/libdevice.10.bc"], &[]), None);
    }

    #[test]
    fn what_a_variable_names_comes_first() {
        let usual = "usr/local/cuda/nvvm/libdevice/libdevice.10.bc";
        let mine = "mine/nvvm/libdevice/libdevice.10.bc";
        let active =
            "env/lib/python3.13/site-packages/nvidia/cuda_nvcc/nvvm/libdevice/libdevice.10.bc";
        for name in ["CUDA_PATH", "CUDA_HOME"] {
            assert_eq!(
                found(&[usual, mine], &[(name, "mine")]).as_deref(),
                Some(mine)
            );
        }
        // One that leads nowhere isn't the end.
        assert_eq!(
            found(&[usual], &[("CUDA_PATH", "gone")]).as_deref(),
            Some(usual)
        );
        assert_eq!(
            found(&[active], &[("VIRTUAL_ENV", "env")]).as_deref(),
            Some(active)
        );
    }

    #[test]
    fn the_compiler_is_told_only_what_it_does_not_see() {
        let told = |found: &str, named: Option<&str>| {
            toolkit_for(Path::new(found), named.map(PathBuf::from), None)
        };
        let known = "/usr/local/cuda/nvvm/libdevice/libdevice.10.bc";
        assert_eq!(told(known, None), None);
        assert_eq!(told(known, Some("/usr/local/cuda")), None);
        assert_eq!(
            told(known, Some("/gone")),
            Some(PathBuf::from("/usr/local/cuda/"))
        );
        let package = "/env/nvidia/cuda_nvcc/nvvm/libdevice/libdevice.10.bc";
        assert_eq!(
            told(package, None),
            Some(PathBuf::from("/env/nvidia/cuda_nvcc/"))
        );
    }

    #[test]
    fn a_copy_in_a_folder_of_another_form_is_linked_into_one_that_fits() {
        let dir = tempfile::tempdir().unwrap();
        let triton = dir.path().join(NAME);
        std::fs::write(&triton, "functions").unwrap();
        for _ in 0..2 {
            let root = toolkit_for(&triton, None, Some(dir.path())).unwrap();
            assert_eq!(
                std::fs::read_to_string(root.join(BELOW)).unwrap(),
                "functions"
            );
        }
        assert_eq!(toolkit_for(&triton, None, None), None);
    }
}
