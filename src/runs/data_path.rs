//! Where a run's data lie, seen from the folder that the program was started in: a relative path starts elsewhere there.

use super::{ENVIRONMENT, EXPERIMENT, Environment, Run};
use crate::disk::path::{typed, whole};
use crate::engine::data::{Data, Validation};
use crate::experiment;
use std::path::Path;

/// The data of an experiment that comes from the run in a folder. A relative path of the run's own leads to where it led when
/// the run was made, as long as something is there; runs of older versions don't say.
#[must_use]
pub fn data_from_here(run: &Path, data: &Data) -> Data {
    let mut data = data.clone();
    if !PLACES.iter().any(|place| place.is_relative(&data)) {
        return data;
    }
    let Ok(own) = experiment::load(&run.join(EXPERIMENT)) else {
        return data;
    };
    let environment = Environment::load(&run.join(ENVIRONMENT)).ok();
    for place in &PLACES {
        if place.is_relative(&data) && (place.path)(&own.data) == (place.path)(&data) {
            place.use_kept(&mut data, environment.as_ref());
        }
    }
    data
}

impl Run {
    /// Whether the same words for a place meant another one when the run was made: a relative path that started elsewhere.
    #[must_use]
    pub fn meant_elsewhere(&self) -> bool {
        let Some(data) = self.experiment.as_ref().map(|e| &e.data) else {
            return false;
        };
        let elsewhere = |place: &Place| {
            let kept = self.environment.as_ref().and_then(place.kept);
            // Where that is gone, the images moved along with the folder.
            let moved = |kept: &Path| kept.exists() && kept != whole(&typed((place.path)(data)));
            place.is_relative(data) && kept.map(Path::new).is_some_and(moved)
        };
        PLACES.iter().any(elsewhere)
    }

    /// The run's data, seen from here.
    #[must_use]
    pub fn data_from_here(&self) -> Option<Data> {
        let mut data = self.experiment.as_ref()?.data.clone();
        for place in &PLACES {
            if place.is_relative(&data) {
                place.use_kept(&mut data, self.environment.as_ref());
            }
        }
        Some(data)
    }
}

/// A path among the data's hyperparameters, and what a run keeps of it.
struct Place {
    /// Whether it is the source's own, which may need none.
    own: bool,
    path: fn(&Data) -> &str,
    set: fn(&mut Data, String),
    kept: fn(&Environment) -> Option<&str>,
}

const PLACES: [Place; 4] = [
    Place {
        own: true,
        path: |data| &data.path,
        set: |data, path| data.path = path,
        kept: |environment| environment.data_path.as_deref(),
    },
    Place {
        own: false,
        path: |data| &data.bank,
        set: |data, path| data.bank = path,
        kept: |environment| environment.bank_path.as_deref(),
    },
    Place {
        own: false,
        path: |data| &data.test,
        set: |data, path| data.test = path,
        kept: |environment| environment.test_path.as_deref(),
    },
    Place {
        own: false,
        path: |data| data.validation.path(),
        set: |data, path| data.validation = Validation::Path(path),
        kept: |environment| environment.validation_path.as_deref(),
    },
];

impl Place {
    fn is_relative(&self, data: &Data) -> bool {
        let path = (self.path)(data);
        // Shapes are made, whatever their path says.
        (data.source.needs_path() || !self.own) && !path.is_empty() && typed(path).is_relative()
    }

    /// Takes the path that was kept, unless only the other leads somewhere.
    fn use_kept(&self, data: &mut Data, environment: Option<&Environment>) {
        let Some(kept) = environment.and_then(self.kept) else {
            return;
        };
        if Path::new(kept).exists() || !typed((self.path)(data)).exists() {
            (self.set)(data, kept.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::data::Source;
    use crate::experiment::Experiment;
    use crate::runs::RunFolder;

    #[test]
    fn a_relative_path_of_the_runs_own_leads_to_where_it_led_and_no_other_does() {
        let runs = tempfile::tempdir().unwrap();
        let from_here = |own: &str, kept: Option<&Path>, asked: &str| {
            let mut experiment = Experiment::default();
            experiment.data.source = Source::Folder;
            experiment.data.path = own.to_owned();
            let environment = Environment {
                data_path: kept.map(|path| path.to_str().unwrap().to_owned()),
                ..Environment::default()
            };
            let run = RunFolder::create(runs.path(), &experiment, &environment).unwrap();
            experiment.data.path = asked.to_owned();
            let relative = Path::new(own).is_relative();
            let elsewhere = Run::open(run.dir()).meant_elsewhere();
            assert_eq!(elsewhere, relative && kept == Some(runs.path()), "{own}");
            data_from_here(run.dir(), &experiment.data).path
        };
        let (there, gone) = (runs.path(), Path::new("/no/images"));
        let kept = there.to_str().unwrap();
        assert_eq!(from_here("images", Some(there), "images"), kept);
        // Something of the same name lies here, too: other images, as like as not.
        assert_eq!(from_here("src", Some(there), "src"), kept);
        // The images moved along with the folder.
        assert_eq!(from_here("src", Some(gone), "src"), "src");
        assert_eq!(from_here("images", Some(gone), "images"), "/no/images");
        assert_eq!(from_here("images", Some(there), "src"), "src", "asked for");
        assert_eq!(
            from_here("images", None, "images"),
            "images",
            "an older run"
        );
        assert_eq!(from_here("/images", Some(there), "/images"), "/images");
    }
}
