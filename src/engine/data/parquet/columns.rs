//! Which columns hold the images and the labels, by the names that are in use on the Hugging Face hub, and what the classes
//! are called there.

use super::meta::{Column, Kind, Meta};
use serde_json::Value;

/// Names of columns of images, the one to be taken first.
const IMAGES: [&str; 7] = ["image", "img", "picture", "photo", "jpg", "png", "webp"];
/// Names of columns of labels, the one to be taken first.
const LABELS: [&str; 9] = [
    "label",
    "labels",
    "fine_label",
    "coarse_label",
    "cls",
    "class",
    "target",
    "category",
    "y",
];

/// The columns that are read, by their places in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chosen {
    pub image: usize,
    /// The paths of image files, for rows that have no bytes of them.
    pub path: Option<usize>,
    pub label: Option<usize>,
}

impl Chosen {
    /// Those of a file.
    ///
    /// # Errors
    /// A few words that name its columns, where none is of images.
    pub fn of(meta: &Meta) -> Result<Self, String> {
        let columns = &meta.columns;
        let named = |name: &&str| columns.iter().position(|column| is_image(column, name));
        let pictured = || {
            columns
                .iter()
                .position(|column| is_picture(column, columns))
        };
        let image = IMAGES.iter().find_map(named).or_else(pictured);
        let Some(image) = image else {
            let names: Vec<String> = columns.iter().map(|column| column.path.join(".")).collect();
            return Err(format!(
                "has no column of images, such as image or img, that holds the bytes of image files (it has {})",
                names.join(", ")
            ));
        };
        let label = |name: &&str| columns.iter().position(|column| is_label(column, name));
        let listed = LABELS.iter().find_map(label);
        let first = || class_labels(meta).find_map(|(name, _)| label(&name.as_str()));
        let path = columns
            .iter()
            .position(|path| is_path_of(path, &columns[image]));
        Ok(Self {
            image,
            path,
            label: listed.or_else(first),
        })
    }
}

/// Whether a column is this one, or the bytes in it.
fn is_image(column: &Column, name: &str) -> bool {
    let path: Vec<&str> = column.path.iter().map(String::as_str).collect();
    let named = matches!(path.as_slice(), [one] | [one, "bytes"] if *one == name);
    named && column.kind == Kind::Bytes && !column.repeated
}

/// Whether a column is the bytes of a structure that has a path, too, as the Hugging Face library writes images.
fn is_picture(column: &Column, all: &[Column]) -> bool {
    let [one, bytes] = column.path.as_slice() else {
        return false;
    };
    let has_path = || all.iter().any(|other| is_path_of(other, column));
    bytes == "bytes" && is_image(column, one) && has_path()
}

/// Whether a column is the path in the structure of these bytes.
fn is_path_of(column: &Column, bytes: &Column) -> bool {
    let ([name, path], [own, _]) = (column.path.as_slice(), bytes.path.as_slice()) else {
        return false;
    };
    name == own && path == "path" && column.kind == Kind::Bytes && !column.repeated
}

fn is_label(column: &Column, name: &str) -> bool {
    let named = matches!(column.path.as_slice(), [one] if one == name);
    named && column.kind != Kind::Other && !column.repeated
}

/// The columns that the Hugging Face library calls labels, with the names of their classes.
fn class_labels(meta: &Meta) -> impl Iterator<Item = (String, Vec<String>)> {
    let text = meta.features.as_deref().unwrap_or_default();
    let features = serde_json::from_str::<Value>(text).unwrap_or_default();
    let features = features
        .pointer("/info/features")
        .and_then(Value::as_object)
        .cloned();
    features
        .unwrap_or_default()
        .into_iter()
        .filter_map(|(name, feature)| {
            let names = feature.get("names")?.as_array()?;
            let names: Option<Vec<String>> = names
                .iter()
                .map(|name| Some(name.as_str()?.to_owned()))
                .collect();
            Some((name, names?))
        })
}

/// The names of a label column's classes; none where they aren't told.
pub fn class_names(meta: &Meta, label: usize) -> Vec<String> {
    let column = &meta.columns[label].path;
    let named = class_labels(meta).find(|(name, _)| column.first() == Some(name));
    named.map(|(_, names)| names).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::says::Says;

    fn column(path: &[&str], kind: Kind) -> Column {
        Column {
            path: path.iter().map(|name| (*name).to_owned()).collect(),
            kind,
            optional: 1,
            repeated: false,
        }
    }

    fn chosen(columns: &[Column], features: &str) -> Result<Chosen, String> {
        Chosen::of(&Meta {
            columns: columns.to_vec(),
            features: Some(features.to_owned()),
            ..Meta::default()
        })
    }

    #[test]
    fn columns_are_chosen_by_their_names() {
        let bytes = |name| column(&[name, "bytes"], Kind::Bytes);
        let path = |name| column(&[name, "path"], Kind::Bytes);
        let number = |name| column(&[name], Kind::Int64);
        let all = |image, path, label| Ok(Chosen { image, path, label });
        let both = |image, label| all(image, None, label);
        assert_eq!(
            chosen(&[bytes("image"), path("image"), number("label")], ""),
            all(0, Some(1), Some(2))
        );
        let cifar = [
            bytes("img"),
            path("img"),
            number("coarse_label"),
            number("fine_label"),
        ];
        assert_eq!(chosen(&cifar, ""), all(0, Some(1), Some(3)));
        assert_eq!(
            chosen(&[number("id"), column(&["image"], Kind::Bytes)], ""),
            both(1, None)
        );
        let features =
            r#"{"info": {"features": {"breed": {"names": ["a", "b"], "_type": "ClassLabel"}}}}"#;
        let dogs = [path("dog"), bytes("dog"), number("breed")];
        assert_eq!(chosen(&dogs, features), all(1, Some(0), Some(2)));
        chosen(&[column(&["text"], Kind::Bytes), number("label")], "{")
            .unwrap_err()
            .says("(it has text, label)");
    }
}
