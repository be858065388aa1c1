//! Where a sweep comes from: a file or one that ships, its text, and what the text comes to at a scale.

use super::expand::{self, Draft};
use super::file::{self, Paper, Scale, SweepFile};
use super::halving::Halving;
use super::settings;
use super::{Case, Sweep, SweepError, included, own};
use crate::engine::metric::Metric;
use crate::experiment::position::{Place, of_string};
use crate::experiment::presets::{PRESETS, find as preset};
use crate::experiment::{self, Experiment, FileError};
use crate::hparam::{did_you_mean, nearest};
use crate::runs::Fact;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// Most faults of cases that are told: a whole grid may have the same.
const MOST_FAULTS: usize = 10;

/// A sweep as it was read.
#[derive(Clone, Debug)]
pub struct Source {
    /// What errors call it.
    pub file: String,
    text: String,
    /// Where paths in it start.
    folder: PathBuf,
    read: SweepFile,
}

impl Source {
    /// The sweep in this file; or the one that ships under this name, or was made on the screen into this folder of runs.
    ///
    /// # Errors
    /// As [`Self::open`], and where several are called so.
    pub fn find(name: &str, runs: &Path) -> Result<Self, SweepError> {
        if Path::new(name).exists() || included::find(name).is_some() {
            return Self::open(name);
        }
        if preset(name).is_some() {
            let why = format!("{name} is an experiment; `simclr-tui run {name}` trains it");
            return Err(SweepError::Asked(why));
        }
        match own::find(runs, name)? {
            Some(file) => Self::open(&file.to_string_lossy()),
            None => Self::open(name),
        }
    }

    /// The sweep in this file, or the one that ships under this name.
    ///
    /// # Errors
    /// A sentence with the file, and with line and column where the text is wrong.
    pub fn open(name: &str) -> Result<Self, SweepError> {
        let path = Path::new(name);
        if let Some(sweep) = included::find(name).filter(|_| !path.is_file()) {
            return Self::parse(sweep.text, name, Path::new(""));
        }
        if !path.exists() && !name.contains(['/', '\\', '.']) {
            let hint = did_you_mean(name, "", included::SWEEPS.iter().map(|s| s.name));
            let preset = || did_you_mean(name, "the experiment ", PRESETS.iter().map(|p| p.name));
            let hint = if hint.is_empty() { preset() } else { hint };
            let hint = if hint.is_empty() {
                "; `simclr-tui presets` lists them".to_owned()
            } else {
                hint
            };
            let why =
                format!("{name}: there is no such file, and no included sweep has this name{hint}");
            return Err(SweepError::Asked(why));
        }
        let text = experiment::file::read(path)?;
        let folder = path.parent().unwrap_or_else(|| Path::new(""));
        Self::parse(&text, name, folder)
    }

    /// A sweep from its text; paths in it start from `folder`.
    ///
    /// # Errors
    /// A sentence with line and column.
    pub fn parse(text: &str, file: &str, folder: &Path) -> Result<Self, SweepError> {
        Ok(Self {
            read: file::parse(text, file)?,
            file: file.to_owned(),
            text: text.to_owned(),
            folder: folder.to_owned(),
        })
    }

    /// The names of its scales; the first is taken unless another is asked for.
    pub fn scales(&self) -> impl Iterator<Item = &str> {
        self.read.scales.0.iter().map(|(name, _)| name.as_str())
    }

    /// What it comes to at a scale, with `PATH=VALUE`s set besides.
    ///
    /// # Errors
    /// A sentence that names the place.
    pub fn sweep(&self, scale: Option<&str>, set: &[String]) -> Result<Sweep, SweepError> {
        let (scale_name, scale) = self.scale(scale)?;
        self.sound()?;
        let read = self.at(scale);
        expand::kinds(&read).map_err(|why| self.wrong(None, why))?;
        let drafts = expand::drafts(&read).map_err(|why| self.wrong(None, why))?;
        let varied = expand::varied(&drafts);
        let mut shared = self.shared(&read, scale)?;
        for assignment in set {
            let path = assignment.split('=').next().unwrap_or_default().trim();
            let refused = |why: String| SweepError::Asked(format!("--set {assignment}: {why}"));
            settings::find(path).map_err(refused)?;
            if varied.contains(&path) {
                return Err(refused(format!("the sweep varies {path}")));
            }
            shared.assign(assignment).map_err(refused)?;
        }
        let seeds = self.seeds(scale).to_vec();
        shared.name.clone_from(&read.name);
        shared.train.seed = seeds[0];
        let cases = self.cases(drafts, &shared)?;
        let apart = [&varied[..], &["train.seed"]].concat();
        let baseline = scale.and_then(|s| s.baseline.as_ref());
        let baseline = baseline.or(read.baseline.as_ref());
        let baseline = baseline.map(|name| self.named(name, "baseline", &cases));
        // What may be cut is nothing to compare with, unless the file wants it.
        let first = (cases.len() > 1 && read.halving.is_none()).then_some(0);
        Ok(Sweep {
            file: self.file.clone(),
            about: first_comment(&self.text),
            scale: scale_name,
            set: set.to_vec(),
            baseline: baseline.transpose()?.or(first),
            metric: self.metric(&read.metric)?,
            also: read
                .also
                .iter()
                .map(|name| self.metric(name))
                .collect::<Result<_, _>>()?,
            pairs: read.pairs.iter().map(|pair| pair.name.clone()).collect(),
            halving: self.halving(&cases)?,
            paper: self.paper(&cases)?,
            run: None,
            name: read.name,
            fingerprint: shared.identity_but(&apart),
            shared,
            varied,
            cases,
            seeds,
        })
    }

    /// How cases are cut, once each of them has a kNN accuracy where they are compared.
    fn halving(&self, cases: &[Case]) -> Result<Option<Halving>, SweepError> {
        let Some(halving) = self.read.halving else {
            return Ok(None);
        };
        let why = cases.iter().find_map(|case| {
            let why = halving.objection(&case.experiment)?;
            Some(format!("halving: {why}"))
        });
        why.map_or(Ok(Some(halving)), |why| Err(self.wrong(None, why)))
    }

    /// A metric that the file names.
    fn metric(&self, name: &str) -> Result<Fact, SweepError> {
        metric(name).map_err(|why| self.wrong(Some(name), why))
    }

    /// What is wrong at a place, found by a name in quotes where there is one.
    fn wrong(&self, quoted: Option<&str>, why: impl Into<String>) -> SweepError {
        let (file, why): (String, String) = (self.file.clone(), why.into());
        match quoted.and_then(|quoted| of_string(&self.text, quoted)) {
            Some(Place { line, column }) => FileError::at(&file, (line, column), &why).into(),
            None => SweepError::Senseless { file, why },
        }
    }

    fn scale(&self, wanted: Option<&str>) -> Result<(Option<String>, Option<&Scale>), SweepError> {
        let scales = &self.read.scales.0;
        let Some(wanted) = wanted else {
            let first = scales.first();
            return Ok((first.map(|(name, _)| name.clone()), first.map(|(_, s)| s)));
        };
        let found = scales.iter().find(|(name, _)| name == wanted);
        let (name, scale) = found.ok_or_else(|| {
            let names: Vec<&str> = self.scales().collect();
            let there = if names.is_empty() {
                "it has none".to_owned()
            } else {
                format!("it has {}", names.join(", "))
            };
            SweepError::Asked(format!("{} has no scale {wanted:?}; {there}", self.file))
        })?;
        Ok((Some(name.clone()), Some(scale)))
    }

    /// The file with the scale's cases, and its values in the grid.
    fn at(&self, scale: Option<&Scale>) -> SweepFile {
        let mut read = self.read.clone();
        if let Some(cases) = scale.and_then(|s| s.cases.as_ref()) {
            read.cases.clone_from(cases);
        }
        for (path, values) in scale
            .and_then(|s| s.grid.as_ref())
            .map_or(&[][..], |g| &g.0)
        {
            match read.grid.0.iter_mut().find(|(known, _)| known == path) {
                Some((_, own)) => own.clone_from(values),
                None => read.grid.0.push((path, values.clone())),
            }
        }
        read
    }

    fn seeds<'a>(&'a self, scale: Option<&'a Scale>) -> &'a [u64] {
        let own = scale.and_then(|s| s.seeds.as_ref());
        own.unwrap_or(&self.read.seeds)
    }

    /// What is wrong whatever the scale.
    fn sound(&self) -> Result<(), SweepError> {
        let read = &self.read;
        let name = read.name.trim();
        if name.is_empty() || name.len() > 60 || name.contains('\n') {
            return Err(self.wrong(None, "name takes 1 to 60 letters on one line"));
        }
        let scales = read.scales.0.iter();
        let lists = scales.filter_map(|(_, s)| s.seeds.as_ref());
        for seeds in lists.chain([&read.seeds]) {
            let twice = (1..seeds.len()).find(|&nth| seeds[..nth].contains(&seeds[nth]));
            if let Some(nth) = twice {
                return Err(self.wrong(None, format!("seeds has {} twice", seeds[nth])));
            }
            if seeds.is_empty() {
                return Err(self.wrong(None, "seeds is empty; one seed is [0]"));
            }
            if let Some(seed) = seeds.iter().find(|s| **s > u64::MAX >> 12) {
                return Err(self.wrong(None, format!("{seed} is too large for a seed")));
            }
        }
        Ok(())
    }

    /// What all cases begin with.
    fn shared(&self, read: &SweepFile, scale: Option<&Scale>) -> Result<Experiment, SweepError> {
        let base = scale.and_then(|scale| scale.base.as_ref());
        let mut shared = self.base(base.unwrap_or(&read.base))?;
        let applied = read.set.apply(&mut shared);
        let scaled = scale.map_or(Ok(()), |scale| scale.set.apply(&mut shared));
        applied.and(scaled).map_err(|why| self.wrong(None, why))?;
        Ok(shared)
    }

    fn base(&self, base: &str) -> Result<Experiment, SweepError> {
        if base.is_empty() {
            return Ok(Experiment::default());
        }
        if let Some(preset) = preset(base) {
            return Ok(preset.experiment()?);
        }
        let path = self.folder.join(base);
        if path.exists() {
            return experiment::load(&path)
                .map_err(|e| self.wrong(Some(base), format!("base: {e}")));
        }
        let hint = did_you_mean(base, "the preset ", PRESETS.iter().map(|p| p.name));
        let why = format!(
            "base: {base}: there is no such preset, and no such file beside the sweep{hint}"
        );
        Err(self.wrong(Some(base), why))
    }

    /// The drafts as experiments that pass their check and differ from each other.
    fn cases(&self, drafts: Vec<Draft>, shared: &Experiment) -> Result<Vec<Case>, SweepError> {
        let based = shared.objections();
        let mut known: HashMap<String, String> = HashMap::new();
        let mut cases: Vec<Case> = Vec::new();
        let mut faults: Vec<String> = Vec::new();
        for draft in drafts {
            let Draft {
                name,
                settings,
                pair,
            } = draft;
            let mut experiment = shared.clone();
            let in_case = |why: &dyn std::fmt::Display| format!("case {name:?}: {why}");
            let set = settings.apply(&mut experiment);
            set.map_err(|why| self.wrong(Some(&name), in_case(&why)))?;
            if let Some(objection) = experiment.objections().first() {
                let fault = if based.contains(objection) {
                    self.wrong(None, format!("base: {objection}"))
                } else {
                    self.wrong(Some(&name), in_case(objection))
                };
                let fault = fault.to_string();
                if !faults.contains(&fault) {
                    faults.push(fault);
                }
                continue;
            }
            if let Some(twin) = known.insert(experiment.identity(), name.clone()) {
                let why = format!("the cases {twin:?} and {name:?} are the same experiment");
                return Err(self.wrong(Some(&name), why));
            }
            cases.push(Case {
                name,
                settings,
                pair,
                experiment,
            });
        }
        if faults.is_empty() {
            return Ok(cases);
        }
        if faults.len() > MOST_FAULTS {
            let more = faults.len() - MOST_FAULTS;
            faults.truncate(MOST_FAULTS);
            faults.push(format!("{}: {more} more cases can't be trained", self.file));
        }
        Err(FileError::Invalid(faults).into())
    }

    /// The place of a case by its name.
    fn named(&self, name: &str, what: &str, cases: &[Case]) -> Result<usize, SweepError> {
        let found = cases.iter().position(|case| case.name == name);
        found.ok_or_else(|| {
            let near = nearest(name, cases.iter().map(|case| case.name.as_str()));
            let hint = near.map_or_else(String::new, |n| format!("; did you mean {n:?}?"));
            self.wrong(
                Some(name),
                format!("{what}: no case is named {name:?}{hint}"),
            )
        })
    }

    /// What the paper has, each value for a case of some scale.
    fn paper(&self, cases: &[Case]) -> Result<Option<Paper>, SweepError> {
        let Some(paper) = self.read.paper.clone() else {
            return Ok(None);
        };
        for (name, _) in &paper.values.0 {
            let elsewhere = || {
                let scales = self.read.scales.0.iter();
                let mut files = scales.map(|(_, scale)| self.at(Some(scale)));
                files.any(|read| expand::has(&read, name))
            };
            if !cases.iter().any(|case| case.name == *name) && !elsewhere() {
                self.named(name, "paper", cases)?;
            }
        }
        Ok(Some(paper))
    }
}

/// What cases can be judged by.
///
/// # Errors
/// A sentence with the nearest name, when it is no metric.
pub fn metric(name: &str) -> Result<Fact, String> {
    let metrics = || {
        let keys = crate::engine::metric::METRICS.iter();
        keys.map(|m: &Metric| m.key).collect::<Vec<_>>()
    };
    match Fact::find(name) {
        Ok(fact @ (Fact::Last(_) | Fact::Best(_))) => Ok(fact),
        Ok(_) => Err(format!(
            "{name:?} is not a metric; there are {}",
            metrics().join(", ")
        )),
        Err(_) => {
            let key = name.split('.').next().unwrap_or(name);
            let near = nearest(key, metrics());
            let hint = near.map_or_else(
                || format!("; there are {}", metrics().join(", ")),
                |near| format!("; did you mean {near}.last or {near}.best?"),
            );
            Err(format!("there is no metric {name:?}{hint}"))
        }
    }
}

/// The first line of a file that is a comment, without the slashes.
fn first_comment(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    line.strip_prefix("//")
        .unwrap_or_default()
        .trim()
        .to_owned()
}
