//! A map for TensorBoard's projector: its configuration, and the three files that this names.

use super::atlas::atlas;
use crate::engine::data::Images;
use crate::engine::eval::knn::Embeddings;
use crate::runs::map::Map;
use crate::text::shown;
use image::imageops::replace;
use image::{ImageError, ImageFormat, RgbImage};
use std::io::Cursor;

/// The name that TensorBoard looks for.
pub const CONFIG: &str = "projector_config.pbtxt";
/// The side of a picture, in pixels.
const SIDE: u32 = 32;
/// The longest side of a sprite that TensorBoard takes, in pixels.
const LARGEST: u32 = 8192;

/// Images that its sprite has room for.
pub const MOST: usize = ((LARGEST / SIDE) * (LARGEST / SIDE)) as usize;

/// The files with their names, the configuration last: `h` has the representation of each point.
///
/// # Errors
/// When the pictures can't be made.
pub fn files(
    map: &Map,
    h: &Embeddings,
    images: &dyn Images,
) -> Result<Vec<(&'static str, Vec<u8>)>, ImageError> {
    let columns = (map.points.len() as f64).sqrt().ceil() as u32;
    let indices: Vec<usize> = map.points.iter().map(|point| point.index).collect();
    // It has as many rows as columns.
    let mut square = RgbImage::new(columns * SIDE, columns * SIDE);
    replace(&mut square, &atlas(images, &indices, SIDE, columns), 0, 0);
    let mut sprite = Cursor::new(Vec::new());
    square.write_to(&mut sprite, ImageFormat::Png)?;
    Ok(vec![
        ("tensors.tsv", tensors(h).into_bytes()),
        ("metadata.tsv", metadata(map).into_bytes()),
        ("sprite.png", sprite.into_inner()),
        (CONFIG, config(&map.space).into_bytes()),
    ])
}

fn tensors(h: &Embeddings) -> String {
    let rows = h.values.chunks_exact(h.dims.max(1));
    let line = |row: &[f32]| {
        row.iter()
            .map(f32::to_string)
            .collect::<Vec<_>>()
            .join("\t")
    };
    rows.map(|row| line(row) + "\n").collect()
}

/// A line of names, which TensorBoard wants where there are several columns, and one a point.
fn metadata(map: &Map) -> String {
    let class = |class: Option<u32>| class.map_or("", |class| map.class(class)).to_owned();
    let right =
        |right: Option<bool>| right.map_or("", |right| if right { "right" } else { "wrong" });
    let mut text = "name\tclass\ttaken_for\tkNN\tcluster\n".to_owned();
    for point in &map.points {
        let fields = [
            point.name.clone(),
            class(point.class),
            class(point.taken_for),
            right(point.right()).to_owned(),
            (point.cluster + 1).to_string(),
        ];
        // A tab or a line's end within a name would be another field.
        let fields = fields.map(|field| shown(&field).replace('\t', " "));
        text += &(fields.join("\t") + "\n");
    }
    text
}

fn config(space: &str) -> String {
    format!(
        "embeddings {{\n  tensor_name: \"{space}\"\n  tensor_path: \"tensors.tsv\"\n  metadata_path: \"metadata.tsv\"\n  \
         sprite {{\n    image_path: \"sprite.png\"\n    single_image_dim: {SIDE}\n    single_image_dim: {SIDE}\n  }}\n}}\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runs::map::Point;

    #[test]
    fn a_name_stays_one_field_and_each_point_one_line() {
        let point = |name: &str| Point {
            name: name.to_owned(),
            class: Some(0),
            taken_for: Some(1),
            ..Point::default()
        };
        let map = Map {
            classes: vec!["a".to_owned(), "b".to_owned()],
            points: vec![point("one\ttwo\nthree"), point("four")],
            ..Map::default()
        };
        let text = metadata(&map);
        let lines: Vec<Vec<&str>> = text
            .lines()
            .map(|line| line.split('\t').collect())
            .collect();
        assert_eq!(lines.len(), 3, "{text}");
        assert!(lines.iter().all(|fields| fields.len() == 5), "{text}");
        assert_eq!(lines[2], ["four", "a", "b", "wrong", "1"]);
        let h = Embeddings {
            values: vec![0.5, -1e-9, 3.0, 4.0],
            dims: 2,
            labels: vec![0; 2],
        };
        assert_eq!(tensors(&h), "0.5\t-0.000000001\n3\t4\n");
    }
}
