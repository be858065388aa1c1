//! A map of images in a representation for other programs: a page that moves, pictures, and records.

mod atlas;
pub mod projector;

use super::csv::{number, record};
use super::svg::{Anchor, Svg, escaped};
use crate::engine::data::Images;
use crate::runs::map::{Map, Point};
use atlas::atlas;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use image::codecs::jpeg::JpegEncoder;
use image::{ImageError, Rgb, RgbImage};
use serde_json::json;

/// The side of a picture on the page, in pixels.
const THUMBNAIL: u32 = 32;
/// The side of a picture of the whole map.
const WHOLE: u32 = 2048;

/// What the page and the pictures say of themselves, such as the run and its checkpoint.
#[derive(Clone, Debug, Default)]
pub struct About {
    /// In a line.
    pub title: String,
    /// In some more.
    pub lines: Vec<String>,
}

/// A page of one file that needs no network.
///
/// # Errors
/// When the pictures can't be made.
pub fn html(map: &Map, images: &dyn Images, about: &About) -> Result<String, ImageError> {
    let columns = (map.points.len() as f64).sqrt().ceil() as u32;
    let indices: Vec<usize> = map.points.iter().map(|point| point.index).collect();
    let pictures = atlas(images, &indices, THUMBNAIL, columns);
    let mut jpeg = Vec::new();
    pictures.write_with_encoder(JpegEncoder::new_with_quality(&mut jpeg, 90))?;
    let sprite = format!("data:image/jpeg;base64,{}", STANDARD.encode(jpeg));
    let data = json!({
        "about": about.lines,
        "classes": map.classes,
        "clusters": map.clusters,
        "side": THUMBNAIL,
        "columns": columns,
        "points": map.points,
        "space": map.space,
        "bank": map.bank.iter().map(|image| (&image.name, image.class)).collect::<Vec<_>>(),
        "bank_images": map.bank_images,
        "variance": map.variance,
        "invariance": map.invariance,
    });
    // Nothing in a name may end the element that holds it.
    let data = data
        .to_string()
        .replace("</", "<\\/")
        .replace("<!", "<\\u0021");
    let page = include_str!("map/page.html");
    let page = page.replace("{{TITLE}}", &escaped(&about.title));
    Ok(page
        .replace("{{SPRITE}}", &sprite)
        .replace("{{DATA}}", &data))
}

/// A record a point.
#[must_use]
pub fn csv(map: &Map) -> String {
    let heads = [
        "index",
        "name",
        "class",
        "taken_for",
        "votes",
        "cluster",
        "tsne_x",
        "tsne_y",
        "pca_1",
        "pca_2",
    ];
    let mut text = record(heads) + "\r\n";
    for point in &map.points {
        let class = |class: Option<u32>| class.map_or("", |class| map.class(class)).to_owned();
        let coordinate = |v: f32| number(Some(f64::from(v)));
        let fields = [
            point.index.to_string(),
            point.name.clone(),
            class(point.class),
            class(point.taken_for),
            number(point.votes),
            // As the screen counts.
            (point.cluster + 1).to_string(),
            coordinate(point.tsne[0]),
            coordinate(point.tsne[1]),
            coordinate(point.pca[0]),
            coordinate(point.pca[1]),
        ];
        text += &(record(fields) + "\r\n");
    }
    text
}

/// The map of neighbours as dots, coloured by class, with the classes' names at its side.
#[must_use]
pub fn svg(map: &Map, about: &About) -> String {
    const SIDE: f64 = 900.0;
    let mut svg = Svg::new(SIDE + 200.0, SIDE, &about.title);
    for (point, at) in map.points.iter().zip(fitted(map, SIDE - 20.0)) {
        let colour = colour(point.class.unwrap_or(0), map.classes.len());
        svg.circle((at[0] + 10.0, at[1] + 10.0), 3.0, &colour, "none");
    }
    for (nth, class) in map.classes.iter().enumerate().take(40) {
        let y = 20.0 + 20.0 * nth as f64;
        svg.rect(
            [SIDE + 10.0, y - 6.0, 12.0, 12.0],
            &colour(nth as u32, map.classes.len()),
        );
        svg.text((SIDE + 30.0, y), Anchor::Start, "#24272e", class);
    }
    svg.end()
}

/// The map of neighbours with the images themselves; later ones lie on earlier ones.
#[must_use]
pub fn picture(map: &Map, images: &dyn Images) -> RgbImage {
    let side = 32;
    let mut all = RgbImage::from_pixel(WHOLE, WHOLE, Rgb([255; 3]));
    let indices: Vec<usize> = map.points.iter().map(|point| point.index).collect();
    let pictures = atlas(images, &indices, side, 1);
    for (nth, [x, y]) in fitted(map, f64::from(WHOLE - side)).into_iter().enumerate() {
        let from = image::imageops::crop_imm(&pictures, 0, nth as u32 * side, side, side);
        image::imageops::replace(&mut all, &from.to_image(), x as i64, y as i64);
    }
    all
}

/// The places of the map of neighbours in a square of `side`, the second coordinate upwards.
fn fitted(map: &Map, side: f64) -> Vec<[f64; 2]> {
    let places: Vec<[f64; 2]> = map
        .points
        .iter()
        .map(|p: &Point| p.tsne.map(f64::from))
        .collect();
    let bound = |axis: usize, pick: fn(f64, f64) -> f64, from: f64| {
        places.iter().map(|at| at[axis]).fold(from, pick)
    };
    let low = [0, 1].map(|axis| bound(axis, f64::min, f64::INFINITY));
    let high = [0, 1].map(|axis| bound(axis, f64::max, f64::NEG_INFINITY));
    let scale = side
        / (high[0] - low[0])
            .max(high[1] - low[1])
            .max(f64::MIN_POSITIVE);
    let fit = |at: &[f64; 2]| [(at[0] - low[0]) * scale, side - (at[1] - low[1]) * scale];
    places.iter().map(fit).collect()
}

/// A colour for a group of so many, apart from the others'.
#[must_use]
pub fn colour(nth: u32, of: usize) -> String {
    const FEW: [&str; 10] = [
        "#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd", "#8c564b", "#e377c2", "#7f7f7f",
        "#bcbd22", "#17becf",
    ];
    if of <= FEW.len() {
        FEW[nth as usize % FEW.len()].to_owned()
    } else {
        let hue = f64::from(nth) * 137.508 % 360.0;
        format!("hsl({hue:.0} 65% {}%)", 45 + nth % 3 * 10)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::data::{DataError, Image};
    use serde_json::Value;
    use std::collections::BTreeSet;
    use std::sync::Arc;

    /// One gray image.
    struct One;

    impl Images for One {
        fn len(&self) -> usize {
            1
        }
        fn label(&self, _: usize) -> u32 {
            0
        }
        fn name(&self, _: usize) -> String {
            "one".to_owned()
        }
        fn image(&self, _: usize) -> Result<Arc<Image>, DataError> {
            Ok(Arc::new(Image {
                width: 1,
                height: 1,
                pixels: vec![128; 3],
            }))
        }
    }

    /// The words that come after `before` in a text, up to the first sign that no name has.
    fn names<'a>(text: &'a str, before: &str) -> BTreeSet<&'a str> {
        let after = text.split(before).skip(1);
        let end = |rest: &&str| rest.find(|c: char| c != '_' && !c.is_alphanumeric());
        after
            .map(|rest| &rest[..end(&rest).unwrap_or(rest.len())])
            .collect()
    }

    #[test]
    fn the_page_names_only_what_it_has() {
        let map = Map {
            classes: vec!["</script><!--".to_owned()],
            points: vec![Point::default()],
            ..Map::default()
        };
        let about = About {
            title: "a < b".to_owned(),
            ..About::default()
        };
        let page = html(&map, &One, &about).unwrap();
        assert!(page.contains("<title>a &lt; b</title>") && !page.contains("{{"));
        assert_eq!(
            page.matches("</script>").count(),
            2,
            "no name ends a script"
        );
        let (ids, asked) = (names(&page, " id=\""), names(&page, "get(\""));
        assert!(
            !asked.is_empty() && asked.is_subset(&ids),
            "{asked:?} of {ids:?}"
        );
        let data = page.split("id=\"data\">").nth(1).unwrap();
        let data: Value = serde_json::from_str(data.split("</script>").next().unwrap()).unwrap();
        let has = |of: &Value, name: &str| of.get(name).is_some();
        let script = page.split("\"use strict\";").nth(1).unwrap();
        let mut asked = names(script, "data.");
        assert!(asked.remove("points") && has(&data, "points"));
        let missing: Vec<_> = asked.iter().filter(|name| !has(&data, name)).collect();
        assert!(missing.is_empty(), "the page asks for {missing:?}");
        // What is done by hand: a mouse, a finger, two fingers.
        for event in [
            "pointerdown",
            "pointermove",
            "pointerup",
            "pointercancel",
            "dblclick",
            "wheel",
        ] {
            assert!(names(script, "canvas.on").contains(event), "{event}");
        }
    }
}
