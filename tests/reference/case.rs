//! One reference case: tensors by name and the scalars of its metadata.

use safetensors::{Dtype, SafeTensors};
use std::collections::HashMap;

/// A case as `generate.py` wrote it.
pub struct Case {
    pub name: String,
    pub floats: HashMap<String, (Vec<usize>, Vec<f32>)>,
    pub ints: HashMap<String, Vec<i64>>,
    meta: HashMap<String, String>,
}

impl Case {
    pub fn of_kind(kind: &str, meta: &[(&str, &str)]) -> Self {
        let mut meta: HashMap<_, _> = meta
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
            .collect();
        meta.insert("kind".to_owned(), kind.to_owned());
        Self {
            name: kind.to_owned(),
            floats: HashMap::new(),
            ints: HashMap::new(),
            meta,
        }
    }

    pub fn kind(&self) -> &str {
        &self.meta["kind"]
    }

    pub fn text(&self, key: &str) -> &str {
        &self.meta[key]
    }

    pub fn has(&self, key: &str) -> bool {
        self.meta.contains_key(key)
    }

    pub fn number(&self, key: &str) -> f64 {
        self.meta[key]
            .parse()
            .unwrap_or_else(|_| panic!("{}: {key} is no number", self.name))
    }

    pub fn whole(&self, key: &str) -> usize {
        self.number(key) as usize
    }

    pub fn shape(&self, key: &str) -> &[usize] {
        &self.floats[key].0
    }

    pub fn values(&self, key: &str) -> &[f32] {
        &self.floats[key].1
    }

    /// Fails unless the largest difference is within `tolerance` of the largest wanted magnitude.
    pub fn near(&self, key: &str, found: &[f32], tolerance: f32) -> Result<(), String> {
        let wanted = self.values(key);
        if wanted.len() != found.len() {
            return Err(format!(
                "{key}: {} values in place of {}",
                found.len(),
                wanted.len()
            ));
        }
        let scale = wanted.iter().fold(0.0f32, |m, v| m.max(v.abs())).max(1e-12);
        let worst = wanted
            .iter()
            .zip(found)
            .map(|(w, f)| (w - f).abs())
            .fold(0.0f32, f32::max)
            / scale;
        if worst <= tolerance {
            Ok(())
        } else {
            Err(format!(
                "{key}: relative difference {worst:.2e} is above {tolerance:.0e}"
            ))
        }
    }
}

pub fn read_folder(folder: &str) -> Vec<Case> {
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap_or_else(|e| panic!("{folder}: {e}"))
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "safetensors"))
        .collect();
    files.sort();
    files.iter().map(|path| read(path)).collect()
}

fn read(path: &std::path::Path) -> Case {
    let bytes = std::fs::read(path).unwrap();
    let (_, header) = SafeTensors::read_metadata(&bytes).unwrap();
    let mut case = Case::of_kind("", &[]);
    case.name = path.file_stem().unwrap().to_string_lossy().into_owned();
    case.meta = header.metadata().clone().unwrap();
    for (name, tensor) in SafeTensors::deserialize(&bytes).unwrap().tensors() {
        if tensor.dtype() == Dtype::I64 {
            let values = tensor
                .data()
                .as_chunks()
                .0
                .iter()
                .map(|b| i64::from_le_bytes(*b))
                .collect();
            case.ints.insert(name, values);
        } else {
            assert_eq!(tensor.dtype(), Dtype::F32, "{name}");
            let values = tensor
                .data()
                .as_chunks()
                .0
                .iter()
                .map(|b| f32::from_le_bytes(*b))
                .collect();
            case.floats.insert(name, (tensor.shape().to_vec(), values));
        }
    }
    case
}
