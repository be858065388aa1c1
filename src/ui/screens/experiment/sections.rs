//! In which order the form lists the hyperparameters, and in which sections: first what people come to change.

use crate::hparam::{Field, Value};

/// Hyperparameters that stand together and fold into one line.
#[derive(Debug)]
pub struct Section {
    /// Its title; those without one have no heading and never fold.
    pub title: &'static str,
    /// What it is about.
    pub help: &'static str,
    /// What it holds, in order: paths of hyperparameters or groups, and the word before the names of each.
    of: &'static [(&'static str, &'static str)],
}

/// All sections in order. What no path names stands in the last one.
pub const SECTIONS: [Section; 12] = [
    Section {
        title: "",
        help: "",
        of: &[
            ("loss.temperature", ""),
            ("train.batch", ""),
            ("train.epochs", ""),
            ("train.rate", ""),
            ("augment.strength", ""),
        ],
    },
    Section {
        title: "Random resized crop",
        help: "Cuts a part out of the image and makes it as large as a view.",
        of: &[("augment.crop", "")],
    },
    Section {
        title: "Colour jitter",
        help: "Changes brightness, contrast, saturation and hue at random.",
        of: &[("augment.jitter", "")],
    },
    Section {
        title: "Grayscale",
        help: "Takes the colour away.",
        of: &[("augment.grayscale", "grayscale")],
    },
    Section {
        title: "Gaussian blur",
        help: "Blurs the view.",
        of: &[("augment.blur", "")],
    },
    Section {
        title: "Other augmentations",
        help: "Flip, rotation, solarization, Sobel filter, noise and cutout, and which views are augmented.",
        of: &[
            ("augment.flip", "flip"),
            ("augment.rotate", "rotate"),
            ("augment.solarize", "solar"),
            ("augment.sobel", "sobel"),
            ("augment.noise", "noise"),
            ("augment.cutout", "cutout"),
            ("augment", ""),
        ],
    },
    Section {
        title: "Training",
        help: "Optimizer, schedule of the rate, and seed.",
        of: &[("train", "")],
    },
    Section {
        title: "Loss",
        help: "Which loss is trained, and how similarity is measured.",
        of: &[("loss", "")],
    },
    Section {
        title: "Network",
        help: "Encoder f, projection head g, and the weights that they begin with.",
        of: &[("model", ""), ("head", "head"), ("weights", "weights")],
    },
    Section {
        title: "Data",
        help: "Which images are learnt from, where they lie, and how large the views are.",
        of: &[
            ("data.source", ""),
            ("data.path", ""),
            ("data.image_size", ""),
            ("data.train_limit", ""),
            ("data", ""),
        ],
    },
    Section {
        title: "Evaluation",
        help: "How and how often the encoder is judged while it trains.",
        of: &[("knn", "kNN"), ("probe", "probe")],
    },
    Section {
        title: "Name and machine",
        help: "The experiment's name, the device, when checkpoints are kept, and what ends a run early.",
        of: &[("name", ""), ("machine", ""), ("stop", "stop")],
    },
];

/// Which sections are open where there is room for them, unless the user said otherwise: the first goes first.
pub const OPENED: [usize; 5] = [1, 2, 4, 6, 7];

/// What stands before a value in a folded line in place of its label; nothing where the value says it all.
const BRIEF: &[(&str, &str)] = &[
    ("augment.jitter.brightness", "bright"),
    ("data.path", ""),
    ("data.source", ""),
    ("loss.kind", ""),
    ("machine.device", ""),
    ("model.encoder", ""),
    ("model.precision", ""),
    ("name", ""),
    ("train.optimizer", ""),
    ("train.warmup", "warm-up"),
    ("train.weight_decay", "decay"),
];

/// The section of a hyperparameter and its place there, and the word before its name: by the longest path that leads to it.
fn place(path: &str) -> (usize, usize, &'static str) {
    let mut best = (SECTIONS.len() - 1, usize::MAX, "");
    let mut length = 0;
    for (nth, section) in SECTIONS.iter().enumerate() {
        for (at, (to, word)) in section.of.iter().enumerate() {
            let rest = path.strip_prefix(to);
            let leads = rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
            if leads && to.len() > length {
                (best, length) = ((nth, at, *word), to.len());
            }
        }
    }
    best
}

/// The section of a hyperparameter.
#[must_use]
pub fn of(path: &str) -> usize {
    place(path).0
}

/// Puts hyperparameters into the order of the form.
pub fn sort(fields: &mut [Field]) {
    // Stable, so that those of a group keep the order of their declaration.
    fields.sort_by_cached_key(|field| {
        let (section, at, _) = place(&field.path);
        (section, at)
    });
}

/// What the form calls a hyperparameter.
#[must_use]
pub fn label(field: &Field) -> String {
    let name = field.param.name.replace('_', " ");
    match place(&field.path).2 {
        "" => name,
        word => format!("{word} {name}"),
    }
}

/// The group that a hyperparameter is in.
fn group(path: &str) -> &str {
    path.rsplit_once('.').map_or("", |(group, _)| group)
}

/// One value in a folded line, or several that are alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// What it says.
    pub text: String,
    /// Whether it is no longer as it was loaded.
    pub changed: bool,
    /// Whether it is what a file that says nothing means.
    pub usual: bool,
}

/// A hyperparameter of a folded section.
#[derive(Clone, Copy, Debug)]
pub struct Folded<'a> {
    /// It and its value.
    pub field: &'a Field,
    /// Whether it is no longer as it was loaded.
    pub changed: bool,
    /// Whether it has its default.
    pub usual: bool,
}

/// What a section says in one line: its values, those left out that mean nothing now.
#[must_use]
pub fn summary(section: &[Folded]) -> Vec<Part> {
    let off = |group_of: &str| {
        let chance = |f: &&Folded| f.field.param.name == "p" && group(&f.field.path) == group_of;
        section
            .iter()
            .find(chance)
            .is_some_and(|f| f.field.value == Value::Float(0.0))
    };
    let says = |f: &&Folded| {
        let empty = f.field.value.to_string().is_empty();
        let idle = f.field.param.name != "p" && off(group(&f.field.path));
        f.changed || !(empty || idle)
    };
    let mut left = section.iter().filter(says).copied().collect::<Vec<_>>();
    let mut parts = Vec::new();
    while !left.is_empty() {
        let (part, taken) = first(&left);
        parts.push(part);
        left.drain(..taken);
    }
    parts
}

/// The first part, and how many hyperparameters are in it: the ends of a range, or neighbours with the same value.
fn first(left: &[Folded]) -> (Part, usize) {
    let one = left[0];
    let range = left.get(1).filter(|next| {
        let stem = one.field.path.strip_suffix("_min");
        stem.is_some() && stem == next.field.path.strip_suffix("_max")
    });
    if let Some(high) = range {
        let name = brief(one.field);
        let name = name.trim_end_matches(" min");
        let star = |f: &Folded| if f.changed { "*" } else { "" };
        let (low, star_low) = (&one.field.value, star(&one));
        let text = format!("{name} {low}{star_low}–{}{}", high.field.value, star(high));
        let part = Part {
            text,
            changed: one.changed || high.changed,
            usual: one.usual && high.usual,
        };
        return (part, 2);
    }
    let alike = |f: &&Folded| {
        let (a, b) = (one.field, f.field);
        let same = a.param.rule == b.param.rule && a.value == b.value;
        let number = a.value.number().is_some() && (a.param.name == "p") == (b.param.name == "p");
        same && number && f.changed == one.changed
    };
    let several: Vec<&Folded> = left.iter().take_while(alike).collect();
    let taken = several.len().max(1);
    let names: Vec<String> = left[..taken].iter().map(|f| brief(f.field)).collect();
    let star = if one.changed { "*" } else { "" };
    let value = match one.field.value.to_string() {
        empty if empty.is_empty() => "–".to_owned(),
        value => value,
    };
    let text = format!("{} {value}{star}", names.join(", "));
    let part = Part {
        text: text.trim_start().to_owned(),
        changed: one.changed,
        usual: left[..taken].iter().all(|f| f.usual),
    };
    (part, taken)
}

fn brief(field: &Field) -> String {
    if let Some((_, brief)) = BRIEF.iter().find(|(path, _)| *path == field.path) {
        return (*brief).to_owned();
    }
    match place(&field.path).2 {
        // The chance of an augmentation by its name is the augmentation.
        word if !word.is_empty() && field.param.name == "p" => word.to_owned(),
        _ => label(field),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::{Experiment, catalogue};
    use crate::hparam::Group;
    use crate::text::says::Says;

    fn lines(experiment: &Experiment, loaded: &Experiment) -> Vec<String> {
        let mut fields = experiment.fields();
        fields.retain(|f| f.path != "format");
        sort(&mut fields);
        let default = Experiment::default();
        let folded = |f| {
            let is = |other: &Experiment, field: &Field| {
                other.get(&field.path) == Some(field.value.clone())
            };
            Folded {
                field: f,
                changed: !is(loaded, f),
                usual: is(&default, f),
            }
        };
        let line = |section: usize| {
            let fields = fields.iter().filter(|f| of(&f.path) == section);
            let parts = summary(&fields.map(folded).collect::<Vec<_>>());
            let texts: Vec<String> = parts.into_iter().map(|part| part.text).collect();
            texts.join(" · ")
        };
        (0..SECTIONS.len()).map(line).collect()
    }

    #[test]
    fn every_path_of_a_section_leads_to_something() {
        let paths = || catalogue().iter().map(|f| f.path.as_str());
        let named = SECTIONS.iter().flat_map(|s| s.of).map(|(path, _)| *path);
        for named in named.chain(BRIEF.iter().map(|(path, _)| *path)) {
            let starts = format!("{named}.");
            assert!(
                paths().any(|path| path == named || path.starts_with(&starts)),
                "{named}"
            );
        }
        for path in paths().filter(|path| *path != "format") {
            assert_ne!(
                place(path).1,
                usize::MAX,
                "{path} has no section of its own"
            );
        }
    }

    #[test]
    fn a_folded_section_says_its_values_and_what_was_changed() {
        let loaded = Experiment::default();
        let mut now = loaded.clone();
        let before = lines(&now, &loaded);
        assert_eq!(before[1], "p 1 · area 0.08–1 · ratio 0.75–1.3333");
        assert_eq!(
            before[2],
            "p 0.8 · bright, contrast, saturation 0.8 · hue 0.2"
        );
        assert_eq!(before[4], "p 0", "what does nothing is left out");
        before[5].begins("flip 0.5 · rotate, solar");
        before[5].ends(" 0 · branches both");
        assert_eq!(
            before[7],
            "nt_xent · normalize on · margin 0.8 · class prior 0.1 · mining none"
        );
        now.augment.crop.area_max = 0.9;
        now.augment.jitter.contrast = 0.4;
        now.augment.blur.kernel = 0.2;
        now.data.path = "/data".to_owned();
        let after = lines(&now, &loaded);
        assert_eq!(after[1], "p 1 · area 0.08–0.9* · ratio 0.75–1.3333");
        assert_eq!(
            after[2],
            "p 0.8 · bright 0.8 · contrast 0.4* · saturation 0.8 · hue 0.2"
        );
        assert_eq!(after[4], "p 0 · kernel 0.2*");
        assert!(after[9].starts_with("shapes · /data*"), "{}", after[9]);
    }
}
