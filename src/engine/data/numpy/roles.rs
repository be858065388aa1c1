//! What an array is of, by its name: `train_images` of `MedMNIST`, `x_train` of Keras, `images` and `labels`.

use crate::engine::data::split_names::{Part, one_of};

/// What an array holds of its part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    Images,
    Labels,
}

const WHATS: [(What, &[&str]); 2] = [
    (
        What::Images,
        &["images", "image", "imgs", "img", "x", "data", "pixels"],
    ),
    (
        What::Labels,
        &["labels", "label", "y", "targets", "target", "classes"],
    ),
];

/// What an array is of, by its name and its file's; what says nothing of a part is of the training part.
pub fn role(name: &str, stem: &str) -> Option<(Part, What)> {
    // NumPy's name for what was given none.
    let names = if name.starts_with("arr_") {
        [stem, ""]
    } else {
        [name, stem]
    };
    let what = names.iter().find_map(|name| one_of(name, &WHATS))?;
    let part = names.iter().find_map(|name| Part::of(name));
    Some((part.unwrap_or(Part::Train), what))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_use_are_known() {
        use Part::{Test, Train, Validation};
        use What::{Images, Labels};
        for (name, stem, says) in [
            ("train_images", "pathmnist", Some((Train, Images))),
            ("val_labels", "pathmnist", Some((Validation, Labels))),
            ("test_images", "pathmnist", Some((Test, Images))),
            ("x_train", "mnist", Some((Train, Images))),
            ("y_test", "mnist", Some((Test, Labels))),
            ("arr_0", "kmnist-test-imgs", Some((Test, Images))),
            ("X", "data", Some((Train, Images))),
            ("labels", "test", Some((Test, Labels))),
            ("train-labels", "train-labels", Some((Train, Labels))),
            ("mean", "pathmnist", None),
            ("arr_0", "arrays", None),
        ] {
            assert_eq!(role(name, stem), says, "{name} in {stem}");
        }
    }
}
