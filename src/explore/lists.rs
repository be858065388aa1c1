//! What a map says of single images: those that are alike, and those that are like no other.

use crate::runs::map::{Map, Point};

/// Two images that lie close together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pair<'a> {
    /// The one on the map.
    pub one: Seen<'a>,
    /// The other one.
    pub other: Seen<'a>,
    /// Whether the other one is of the bank, and the first is not.
    pub in_bank: bool,
    /// Their cosine.
    pub cosine: f32,
}

/// An image of a list.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Seen<'a> {
    /// Its file, or its place in the data set's files.
    pub name: &'a str,
    /// The name of its class, where it has one.
    pub class: Option<&'a str>,
}

impl Pair<'_> {
    /// Whether both have a class, and not the same.
    #[must_use]
    pub fn disagrees(&self) -> bool {
        matches!((self.one.class, self.other.class), (Some(a), Some(b)) if a != b)
    }
}

/// Pairs with a cosine above `above`, on the map or of one on it and one of the bank: first those whose labels disagree,
/// then the closest. Of each image the nearest that the map keeps are looked at.
#[must_use]
pub fn duplicates(map: &Map, above: f32) -> Vec<Pair<'_>> {
    let mut pairs = Vec::new();
    for (row, point) in map.points.iter().enumerate() {
        let one = seen(map, point);
        let close = |(_, cosine): &&(u32, f32)| *cosine > above;
        for (other, cosine) in point.nearest.iter().filter(close) {
            let other = *other as usize;
            let back = map.points[other].nearest.iter();
            // Where each is among the nearest of the other, the pair is told once.
            if row < other || !back.clone().any(|(nth, _)| *nth as usize == row) {
                pairs.push(Pair {
                    one,
                    other: seen(map, &map.points[other]),
                    in_bank: false,
                    cosine: *cosine,
                });
            }
        }
        for (place, cosine) in point.bank.iter().filter(close) {
            let image = &map.bank[*place as usize];
            pairs.push(Pair {
                one,
                other: Seen {
                    name: &image.name,
                    class: image.class.map(|class| map.class(class)),
                },
                in_bank: true,
                cosine: *cosine,
            });
        }
    }
    pairs.sort_by(|a, b| {
        let first = b.disagrees().cmp(&a.disagrees());
        first.then(b.cosine.total_cmp(&a.cosine))
    });
    pairs
}

/// All points with the mean cosine to their nearest others that the map keeps, the least like any other first.
#[must_use]
pub fn outliers(map: &Map) -> Vec<(&Point, f64)> {
    let mean = |point: &Point| {
        let sum: f64 = point
            .nearest
            .iter()
            .map(|(_, cosine)| f64::from(*cosine))
            .sum();
        sum / point.nearest.len().max(1) as f64
    };
    let mut all: Vec<(&Point, f64)> = map.points.iter().map(|p| (p, mean(p))).collect();
    all.sort_by(|a, b| a.1.total_cmp(&b.1));
    all
}

fn seen<'a>(map: &'a Map, point: &'a Point) -> Seen<'a> {
    Seen {
        name: &point.name,
        class: point.class.map(|class| map.class(class)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runs::map::BankImage;

    /// Three points: the first two near each other with other labels, the third alone; one image of the bank.
    fn map() -> Map {
        let point = |name: &str, class, nearest: &[(u32, f32)], bank: f32| Point {
            name: name.to_owned(),
            class: Some(class),
            nearest: nearest.to_vec(),
            bank: vec![(0, bank)],
            ..Point::default()
        };
        Map {
            classes: vec!["cat".to_owned(), "dog".to_owned()],
            points: vec![
                point("a", 0, &[(1, 0.995), (2, 0.1)], 0.999),
                point("b", 1, &[(0, 0.995), (2, 0.2)], 0.5),
                point("c", 1, &[(1, 0.2), (0, 0.1)], 0.3),
            ],
            bank: vec![BankImage {
                name: "z".to_owned(),
                class: Some(0),
                index: 0,
            }],
            ..Map::default()
        }
    }

    #[test]
    fn pairs_whose_labels_disagree_come_first_and_each_comes_once() {
        let map = map();
        let pairs = duplicates(&map, 0.99);
        let names: Vec<_> = pairs
            .iter()
            .map(|p| (p.one.name, p.other.name, p.in_bank))
            .collect();
        assert_eq!(names, [("a", "b", false), ("a", "z", true)]);
        assert!(pairs[0].disagrees() && !pairs[1].disagrees());
        assert_eq!(duplicates(&map, 0.15).len(), 5);
    }

    #[test]
    fn what_is_like_no_other_comes_first() {
        let map = map();
        let names: Vec<&str> = outliers(&map)
            .iter()
            .map(|(p, _)| p.name.as_str())
            .collect();
        assert_eq!(names, ["c", "a", "b"]);
    }
}
