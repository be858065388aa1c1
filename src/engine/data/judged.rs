//! Images to judge by that lie apart from those that are learnt from: `data.bank`, `data.test` and a path in `data.validation`.

use super::few::Subset;
use super::open_alone::open_alone;
use super::skipped::listed;
use super::validation;
use super::{Data, DataError, DataSet, Images, Split, UNLABELLED, Watch, guess, subset};
use std::collections::HashMap;
use std::sync::Arc;

/// The data set with the bank and the test images that `data` names, where it names any.
pub fn apart(mut set: DataSet, data: &Data, watch: &Watch) -> Result<DataSet, DataError> {
    let bank = opened("data.bank", &data.bank, &data.test, data, watch)?;
    // Where there are no test images apart, all are for tests.
    let test = opened("data.test", &data.test, &data.test, data, watch)?;
    for (name, other) in [("data.bank", &bank), ("data.test", &test)] {
        let Some(other) = other else { continue };
        add(&mut set, name, other, "-");
    }
    if let Some(bank) = bank {
        // Labels of images that are learnt from are shown, and no more.
        let labels = relabelled(&*set.train, &set.classes, &bank.classes);
        let all = (0..set.train.len()).collect();
        set.train = Arc::new(Subset::labelled(&set.train, all, labels));
        set.bank = bank.bank;
        set.all.bank = bank.all.bank;
        set.test = bank.test;
        set.classes = bank.classes;
    }
    if let Some(test) = test {
        set.test = Arc::new(tested("data.test", test, &mut set, data.test_limit)?);
    }
    set.fingerprint.test = set.test.len() as u64;
    set.fingerprint.classes = set.classes.len() as u64;
    Ok(set)
}

/// The data set with images to choose by that lie elsewhere.
pub fn chosen_by(
    mut set: DataSet,
    path: &str,
    data: &Data,
    watch: &Watch,
) -> Result<DataSet, DataError> {
    let name = "data.validation";
    let other = opened(name, path, path, data, watch)?.filter(|_| set.unjudged().is_none());
    if let Some(other) = other {
        add(&mut set, name, &other, "-v-");
        let images = tested(name, other, &mut set, 0)?;
        set.notes.push(validation::note(images.len(), "lie apart"));
        if are_tested(&images, &*set.test, data.test_limit) {
            set.notes.push(TESTED.to_owned());
        }
        set.validation = Some(Arc::new(images));
    }
    Ok(set)
}

/// Tells a data set from those without the other one.
fn add(set: &mut DataSet, name: &str, other: &DataSet, sign: &str) {
    set.fingerprint.hash.push_str(sign);
    set.fingerprint.hash.push_str(&other.fingerprint.hash);
    let notes = other.notes.iter().map(|note| format!("{name}: {note}"));
    set.notes.extend(notes);
}

/// The test images of another data set, or all where it has none, of the classes that the bank has.
fn tested(
    name: &str,
    other: DataSet,
    set: &mut DataSet,
    limit: usize,
) -> Result<Subset, DataError> {
    let images = if other.test.is_empty() {
        other.bank
    } else {
        other.test
    };
    let known = known(&images, &other.classes, &set.classes, limit);
    let known = known.map_err(|why| DataError::Unusable(format!("{name}: {why}")))?;
    let has = |class: &String| set.classes.contains(class);
    let unknown = other.classes.into_iter().filter(|class| !has(class));
    let unknown: Vec<String> = unknown.collect();
    if !unknown.is_empty() {
        set.notes.push(format!(
            "{name}: images of classes that the bank doesn't have are left out: {}",
            listed(&unknown)
        ));
    }
    Ok(known)
}

/// The data set in a path, whatever it is, where these are the images to test on; none where the path is empty.
fn opened(
    name: &str,
    path: &str,
    test: &str,
    data: &Data,
    watch: &Watch,
) -> Result<Option<DataSet>, DataError> {
    if path.trim().is_empty() {
        return Ok(None);
    }
    let other = Data {
        source: guess(&crate::disk::path::typed(path.trim())),
        path: path.to_owned(),
        train_limit: 0,
        bank: String::new(),
        test: test.to_owned(),
        ..data.clone()
    };
    let opened = open_alone(&other, watch).map(Some);
    opened.map_err(|why| match why {
        DataError::Stopped => why,
        _ => DataError::Unusable(format!("{name}: {why}")),
    })
}

/// The places of names among others.
fn places<'a>(from: &'a [String], to: &'a [String]) -> Vec<u32> {
    let place: HashMap<&String, u32> = to.iter().zip(0..).collect();
    from.iter()
        .map(|name| place.get(name).copied().unwrap_or(UNLABELLED))
        .collect()
}

/// The labels of all images as places among other classes; those of classes that aren't there have none.
fn relabelled(images: &dyn Images, from: &[String], to: &[String]) -> Vec<u32> {
    let places = places(from, to);
    let label = |i| {
        places
            .get(images.label(i) as usize)
            .copied()
            .unwrap_or(UNLABELLED)
    };
    (0..images.len()).map(label).collect()
}

/// The images of known classes, within the limit.
fn known(
    images: &Arc<dyn Images>,
    from: &[String],
    to: &[String],
    limit: usize,
) -> Result<Subset, String> {
    let labels = relabelled(&**images, from, to);
    let known: Vec<usize> = (0..labels.len())
        .filter(|i| labels[*i] != UNLABELLED)
        .collect();
    if known.is_empty() {
        let said = |names: &[String]| {
            if names.is_empty() {
                "none".to_owned()
            } else {
                listed(names)
            }
        };
        return Err(format!(
            "no image is of a class that the bank has; its classes are {}, and the bank's are {}",
            said(from),
            said(to)
        ));
    }
    let kept = subset(known.len(), limit, Split::Test);
    let places: Vec<usize> = kept.into_iter().map(|i| known[i]).collect();
    let labels = places.iter().map(|i| labels[*i]).collect();
    Ok(Subset::labelled(images, places, labels))
}

/// What is said where the images to choose by are those that are tested on.
const TESTED: &str = "data.validation: these are the test images themselves: what is chosen by them looks better on \
                          them than it is; name other images, or hold out a share such as 0.1";

/// Test images that are looked at to tell.
const LOOKED_AT: usize = 8;

/// Whether the images to choose by are those that a limit of test images was applied to.
fn are_tested(held: &dyn Images, test: &dyn Images, limit: usize) -> bool {
    let places = subset(held.len(), limit, Split::Test);
    let same = |(i, place): (usize, &usize)| match (held.image(*place), test.image(i)) {
        (Ok(held), Ok(test)) => held == test,
        _ => false,
    };
    let step = places.len().div_ceil(LOOKED_AT).max(1);
    places.len() == test.len() && places.iter().enumerate().step_by(step).all(same)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::data::trials::{self, labels};
    use crate::engine::data::{Source, Validation, open};
    use crate::text::says::Says;
    use std::fs;
    use std::path::Path;

    fn folder(files: &[&str]) -> tempfile::TempDir {
        let home = tempfile::tempdir().unwrap();
        for (i, file) in files.iter().enumerate() {
            let path = home.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            let image = image::RgbImage::from_pixel(2 + i as u32, 3, image::Rgb([i as u8; 3]));
            image.save(path).unwrap();
        }
        home
    }

    fn data(path: &Path, bank: Option<&Path>, test: Option<&Path>) -> Data {
        let text = |path: Option<&Path>| path.map_or_else(String::new, |p| p.display().to_string());
        Data {
            bank: text(bank),
            test: text(test),
            ..trials::data(Source::Folder, path)
        }
    }

    #[test]
    fn bank_and_test_images_may_lie_apart() {
        let train = folder(&["1.png", "2.png", "3.png"]);
        let bank = folder(&["cat/1.png", "cat/2.png", "dog/1.png", "dog/2.png"]);
        let test = folder(&["cat/5.png", "dog/5.png", "eel/5.png"]);
        let open = |bank, test| open(&data(train.path(), bank, test));
        let alone = open(None, None).unwrap();
        assert!(alone.unjudged().is_some());
        let set = open(Some(bank.path()), Some(test.path())).unwrap();
        assert_eq!((set.train.len(), set.unjudged()), (3, None));
        assert_eq!(labels(&*set.train), [UNLABELLED; 3]);
        // None is held out, since there are test images.
        assert_eq!(
            (labels(&*set.bank), labels(&*set.test)),
            (vec![0, 0, 1, 1], vec![0, 1])
        );
        assert_eq!(set.classes, ["cat", "dog"]);
        assert!(
            set.notes.iter().any(|n| n.ends_with("are left out: eel")),
            "{:?}",
            set.notes
        );
        assert!(set.fingerprint.hash.starts_with(&alone.fingerprint.hash));
        assert_ne!(set.fingerprint, alone.fingerprint);
        let set = open(Some(bank.path()), None).unwrap();
        assert_eq!((set.bank.len(), set.test.len()), (2, 2));
        let limited = Data {
            test_limit: 1,
            ..data(train.path(), Some(bank.path()), Some(test.path()))
        };
        assert_eq!(super::super::open(&limited).unwrap().test.len(), 1);
    }

    #[test]
    fn images_to_choose_by_may_lie_apart() {
        let all = |class: &str| [1, 2, 3].map(|i| format!("{class}/{i}.png"));
        let train = [all("cat"), all("dog")].concat();
        let train = folder(&train.iter().map(String::as_str).collect::<Vec<_>>());
        let chosen = folder(&["cat/5.png", "dog/5.png", "eel/5.png"]);
        let open = |path: &str| {
            let validation = Validation::Path(path.to_owned());
            super::super::open(&Data {
                validation,
                ..data(train.path(), None, None)
            })
        };
        let alone = super::super::open(&data(train.path(), None, None)).unwrap();
        let set = open(&chosen.path().display().to_string()).unwrap();
        let held = set.validation.clone().unwrap();
        assert_eq!(labels(&*held), [0, 1], "none is held out of them");
        assert!(Arc::ptr_eq(set.chosen_on(), &held));
        let counts = |set: &DataSet| (set.train.len(), set.bank.len(), set.test.len());
        assert_eq!(counts(&set), counts(&alone));
        assert!(set.fingerprint.hash.starts_with(&alone.fingerprint.hash));
        assert_ne!(set.fingerprint, alone.fingerprint);
        for says in ["are left out: eel", "2 labelled images lie apart"] {
            assert!(
                set.notes.iter().any(|n| n.contains(says)),
                "{:?}",
                set.notes
            );
        }
        open("/nowhere")
            .unwrap_err()
            .says("data.validation: /nowhere: there is no such file or folder");
        let other = folder(&["ant/1.png", "bee/1.png"]);
        open(&other.path().display().to_string())
            .unwrap_err()
            .says("data.validation: no image is of a class that the bank has");
    }

    #[test]
    fn images_to_choose_by_that_are_those_to_test_on_are_told() {
        let files = |classes: [&str; 2]| {
            let file = |class: &str, i| format!("{class}/{i}.png");
            let of = |class| (0..9).map(move |i| file(class, i));
            classes.into_iter().flat_map(of).collect::<Vec<String>>()
        };
        let made = |files: &[String]| folder(&files.iter().map(String::as_str).collect::<Vec<_>>());
        let train = made(&files(["cat", "dog"]));
        let parts = [
            files(["train/cat", "train/dog"]),
            files(["test/cat", "test/dog"]),
        ];
        let both = made(&parts.concat());
        let told = |path: &Path, test: Option<&Path>, chosen: &Path, limit: usize| {
            let data = Data {
                validation: Validation::Path(chosen.display().to_string()),
                test_limit: limit,
                ..data(path, None, test)
            };
            let notes = super::super::open(&data).unwrap().notes;
            notes.iter().any(|note| note == TESTED)
        };
        let test = both.path().join("test");
        for limit in [0, 5] {
            assert!(told(train.path(), Some(&test), &test, limit), "{limit}");
            assert!(
                told(train.path(), Some(both.path()), &test, limit),
                "{limit}"
            );
            assert!(told(both.path(), None, both.path(), limit), "{limit}");
            assert!(
                !told(train.path(), Some(&test), train.path(), limit),
                "{limit}"
            );
        }
    }

    #[test]
    fn test_images_alone_are_of_the_classes_that_train() {
        let train = folder(&["cat/1.png", "dog/1.png"]);
        let test = folder(&["train/dog/7.png", "test/dog/5.png"]);
        let set = open(&data(train.path(), None, Some(test.path()))).unwrap();
        assert_eq!(
            (labels(&*set.train), labels(&*set.test)),
            (vec![0, 1], vec![1])
        );
        assert_eq!(set.test.name(0), "test/dog/5.png");
        let other = folder(&["ant/1.png", "bee/1.png"]);
        for (bank, test, says) in [
            (
                None,
                Some(other.path()),
                "data.test: no image is of a class that the bank has; its classes are ant, bee",
            ),
            (
                Some(Path::new("/nowhere")),
                None,
                "data.bank: /nowhere: there is no such file or folder",
            ),
        ] {
            open(&data(train.path(), bank, test))
                .unwrap_err()
                .says(says);
        }
    }
}
