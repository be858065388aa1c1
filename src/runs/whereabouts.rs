//! Where a run's data lie, seen from the folder that the program was started in: a relative path starts elsewhere there.

use super::{ENVIRONMENT, EXPERIMENT, Environment, Run};
use crate::disk::path::typed;
use crate::engine::data::Data;
use crate::experiment;
use std::path::Path;

/// The data of an experiment that comes from the run in a folder. A relative path of the run's own that leads nowhere from here
/// is that of where it led when the run was made; runs of older versions don't say.
#[must_use]
pub fn data_from_here(run: &Path, data: &Data) -> Data {
    if leads_nowhere(data)
        && let Ok(own) = experiment::load(&run.join(EXPERIMENT))
        && own.data.path == data.path
        && let Some(path) = kept(Environment::load(&run.join(ENVIRONMENT)).ok())
    {
        return Data {
            path,
            ..data.clone()
        };
    }
    data.clone()
}

impl Run {
    /// The run's data, seen from here.
    #[must_use]
    pub fn data_from_here(&self) -> Option<Data> {
        let mut data = self.experiment.as_ref()?.data.clone();
        if leads_nowhere(&data)
            && let Some(path) = kept(self.environment.clone())
        {
            data.path = path;
        }
        Some(data)
    }
}

fn leads_nowhere(data: &Data) -> bool {
    let path = typed(&data.path);
    data.source.needs_path() && !path.as_os_str().is_empty() && !path.exists()
}

fn kept(environment: Option<Environment>) -> Option<String> {
    environment?.data_path
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::data::Source;
    use crate::experiment::Experiment;
    use crate::runs::RunFolder;

    #[test]
    fn a_relative_path_that_leads_nowhere_is_the_runs_own_and_no_other_is() {
        let runs = tempfile::tempdir().unwrap();
        let mut experiment = Experiment::default();
        experiment.data.source = Source::Folder;
        experiment.data.path = "no/such/images".to_owned();
        let environment = Environment {
            data_path: Some("/kept/images".to_owned()),
            ..Environment::default()
        };
        let run = RunFolder::create(runs.path(), &experiment, &environment).unwrap();
        let from_here = |path: &str| {
            let data = Data {
                path: path.to_owned(),
                ..experiment.data.clone()
            };
            data_from_here(run.dir(), &data).path
        };
        assert_eq!(from_here("no/such/images"), "/kept/images");
        assert_eq!(from_here("no/other"), "no/other");
        assert_eq!(from_here("src"), "src", "what is there is meant");
        let old = RunFolder::create(runs.path(), &experiment, &Environment::default()).unwrap();
        let data = data_from_here(old.dir(), &experiment.data);
        assert_eq!(data.path, "no/such/images", "older runs don't say");
    }
}
