//! Many images in one picture, each at its place: what a map looks like from near.

use super::request::{Dot, OTHER, Placed, Rgb, Scene};
use crate::engine::augment::{Scratch, clean_with, rgb};
use crate::engine::data::Images;
use flate2::Compression;
use flate2::write::ZlibEncoder;
use image::imageops::{FilterType, replace, resize};
use image::{RgbImage, Rgba, RgbaImage};
use ratatui::layout::Size;
use ratatui_image::picker::{Capability, Picker, ProtocolType};
use ratatui_image::protocol::Protocol;
use ratatui_image::protocol::kitty::Kitty;
use ratatui_image::{FontSize, Resize};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::Write;

/// Bytes that a picture may send to the terminal: a second over a slow line.
pub const LARGEST: usize = 128 << 10;

/// Draws a scene of some images, with fewer of them where it would send more than [`LARGEST`].
///
/// # Errors
/// A sentence, when images can't be read or are others now, or the terminal takes no picture of that size.
pub fn draw(
    scene: &Scene,
    images: &dyn Images,
    size: usize,
    picker: &Picker,
) -> Result<Protocol, String> {
    let pictures = scene.images.iter().map(|one| picture(one, images, size));
    let pictures: Vec<RgbImage> = pictures.collect::<Result<_, _>>()?;
    let mut shown = pictures.len();
    loop {
        let composed = compose(scene, &pictures[..shown], picker.font_size());
        let (protocol, bytes) = encode(composed, scene.size, picker)?;
        if bytes <= LARGEST {
            return Ok(protocol);
        }
        if shown <= 1 {
            return Err("the terminal's window has too many dots".to_owned());
        }
        shown = (shown * LARGEST / bytes).clamp(1, shown - 1);
    }
}

/// An image as evaluation sees it.
fn picture(of: &Placed, images: &dyn Images, size: usize) -> Result<RgbImage, String> {
    if of.image >= images.len() || images.name(of.image) != of.name {
        return Err(OTHER.to_owned());
    }
    let image = images.image(of.image).map_err(|e| e.to_string())?;
    let mut view = vec![0.0; 3 * size * size];
    clean_with(&image, size, &mut view, &mut Scratch::default());
    Ok(rgb(&view, size))
}

/// A picture in another size, dot by dot where it is enlarged.
pub fn scaled(picture: &RgbImage, width: u32, height: u32) -> RgbImage {
    let filter = if width >= picture.width() {
        FilterType::Nearest
    } else {
        FilterType::Triangle
    };
    resize(picture, width, height, filter)
}

/// The first images of a scene on nothing; of all others their dots.
fn compose(scene: &Scene, pictures: &[RgbImage], font: FontSize) -> RgbaImage {
    let pixels = |cells: u16, each: u16| u32::from(cells) * u32::from(each);
    let (width, height) = (scene.size.width, scene.size.height);
    let mut all = RgbaImage::new(pixels(width, font.width), pixels(height, font.height));
    // Two dots across a cell and four down; a dot is at least a pixel.
    let (wide, high) = (u32::from(font.width), u32::from(font.height));
    let at = |(x, y): Dot| (u32::from(x) * wide / 2, u32::from(y) * high / 4);
    let dot = (wide / 2).min(high / 4).max(1);
    let (side, quarter) = (u32::from(scene.side) * dot, dot.div_ceil(4));
    let (shown, rest) = scene.images.split_at(pictures.len());
    let centre = |one: &Placed| {
        let half = scene.side / 2;
        ((one.at.0 + half, one.at.1 + half), one.dot)
    };
    let dots = scene.dots.iter().copied().chain(rest.iter().map(centre));
    for (place, colour) in dots {
        fill(&mut all, at(place), dot, colour);
    }
    for (one, picture) in shown.iter().zip(pictures) {
        let (mut place, mut left) = (at(one.at), side);
        for (colour, thick) in &one.edges {
            fill(&mut all, place, left, *colour);
            let thick = quarter * u32::from(*thick);
            place = (place.0 + thick, place.1 + thick);
            left = left.saturating_sub(2 * thick).max(1);
        }
        let inner = image::DynamicImage::from(scaled(picture, left, left)).into_rgba8();
        replace(&mut all, &inner, place.0.into(), place.1.into());
    }
    all
}

/// A square of one colour.
fn fill(all: &mut RgbaImage, (x, y): (u32, u32), side: u32, [r, g, b]: Rgb) {
    let square = RgbaImage::from_pixel(side, side, Rgba([r, g, b, 255]));
    replace(all, &square, x.into(), y.into());
}

/// A picture as the terminal takes it, and how many bytes that are.
fn encode(picture: RgbaImage, size: Size, picker: &Picker) -> Result<(Protocol, usize), String> {
    if picker.protocol_type() == ProtocolType::Kitty {
        return kitty(picture, size, picker);
    }
    let made = picker.new_protocol(picture.into(), size, Resize::Fit(None));
    let protocol = made.map_err(|e| format!("the terminal's pictures can't be made: {e}"))?;
    let bytes = match &protocol {
        Protocol::Sixel(sixel) => sixel.data.len(),
        Protocol::ITerm2(picture) => picture.data.len(),
        Protocol::Halfblocks(_) | Protocol::Kitty(_) => 0,
    };
    Ok((protocol, bytes))
}

/// Compressed, unless the terminal was asked whether it takes that and didn't say so: most of a map is empty.
fn kitty(picture: RgbaImage, size: Size, picker: &Picker) -> Result<(Protocol, usize), String> {
    let failed = |e: &dyn std::fmt::Display| format!("the terminal's pictures can't be made: {e}");
    let said = picker.capabilities();
    let compress = said.is_empty() || said.contains(&Capability::KittyCompression);
    let mut bytes = picture.len();
    if compress {
        let mut deflated = ZlibEncoder::new(Vec::new(), Compression::fast());
        let written = deflated.write_all(&picture);
        let deflated = written.and_then(|()| deflated.finish());
        bytes = deflated.map_err(|e| failed(&e))?.len();
    }
    let id = RandomState::new().build_hasher().finish() as u32;
    let made = Kitty::new(picture.into(), size, id, picker.tmux_detected(), compress);
    let protocol = Protocol::Kitty(made.map_err(|e| failed(&e))?);
    Ok((protocol, bytes.div_ceil(3) * 4))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::data::{DataError, Image};
    use ratatui::buffer::Buffer;
    use ratatui::layout::Rect;
    use ratatui::widgets::Widget;
    use std::sync::Arc;

    /// Images of noise, of which no protocol makes less; of one colour each where they are plain.
    struct Noise {
        plain: bool,
    }

    impl Images for Noise {
        fn len(&self) -> usize {
            64
        }
        fn label(&self, _: usize) -> u32 {
            0
        }
        fn name(&self, i: usize) -> String {
            i.to_string()
        }
        fn image(&self, i: usize) -> Result<Arc<Image>, DataError> {
            let byte = |at: u32| (at.wrapping_mul(2_654_435_761) >> 13) as u8;
            let pixels = (0..3 * 32 * 32).map(|at| {
                if self.plain {
                    3 * i as u8
                } else {
                    byte(at + 7919 * i as u32)
                }
            });
            let pixels = pixels.collect();
            Ok(Arc::new(Image {
                width: 32,
                height: 32,
                pixels,
            }))
        }
    }

    /// Eight rows of eight images, the first with two edges.
    fn scene() -> Scene {
        let placed = |i: u16| Placed {
            image: i.into(),
            name: i.to_string(),
            at: (17 * (i % 8), 17 * (i / 8)),
            dot: [0, 0, 255],
            edges: Vec::new(),
        };
        let mut scene = Scene {
            of: String::new(),
            size: Size::new(70, 35),
            side: 16,
            images: (0..64).map(placed).collect(),
            dots: vec![((137, 0), [0, 255, 0])],
        };
        scene.images[0].edges = vec![([255, 0, 0], 3), ([255, 255, 0], 2)];
        scene
    }

    fn picker(protocol: ProtocolType) -> Picker {
        #[expect(deprecated, reason = "the other ways query the terminal")]
        let mut picker = Picker::from_fontsize(FontSize::new(8, 16));
        picker.set_protocol_type(protocol);
        picker
    }

    #[test]
    fn images_stand_at_their_places_in_their_edges_and_the_others_are_dots() {
        let scene = scene();
        let pictures: Vec<RgbImage> = scene.images[..2]
            .iter()
            .map(|one| picture(one, &Noise { plain: true }, 32).unwrap())
            .collect();
        let all = compose(&scene, &pictures, FontSize::new(8, 16));
        assert_eq!(all.dimensions(), (560, 560));
        let at = |x, y| all.get_pixel(x, y).0;
        // A dot is four pixels, and a quarter of it one.
        assert_eq!(at(2, 2), [255, 0, 0, 255]);
        assert_eq!(at(3, 3), [255, 255, 0, 255]);
        assert_eq!((at(5, 5), at(58, 58)), ([0, 0, 0, 255], [0, 0, 0, 255]));
        assert_eq!((at(61, 61), at(65, 0)), ([255, 0, 0, 255], [0; 4]));
        assert_eq!((at(68, 0), at(131, 63)), ([3, 3, 3, 255], [3, 3, 3, 255]));
        assert_eq!(at(4 * (34 + 8), 4 * 8), [0, 0, 255, 255], "the third's dot");
        assert_eq!(
            (at(548, 0), at(551, 3)),
            ([0, 255, 0, 255], [0, 255, 0, 255])
        );
    }

    #[test]
    fn no_picture_sends_more_than_it_may() {
        for protocol in [
            ProtocolType::Kitty,
            ProtocolType::Sixel,
            ProtocolType::Iterm2,
        ] {
            let picker = picker(protocol);
            let noise = Noise { plain: false };
            let pictures: Vec<RgbImage> = scene()
                .images
                .iter()
                .map(|one| picture(one, &noise, 32).unwrap())
                .collect();
            let composed = compose(&scene(), &pictures, picker.font_size());
            let (_, bytes) = encode(composed, scene().size, &picker).unwrap();
            assert!(bytes > LARGEST, "{protocol:?} had to leave nothing out");
            let drawn = draw(&scene(), &noise, 32, &picker).unwrap();
            let area = Rect::new(0, 0, 70, 35);
            let mut buffer = Buffer::empty(area);
            ratatui_image::Image::new(&drawn).render(area, &mut buffer);
            let bytes: Vec<usize> = buffer.content.iter().map(|c| c.symbol().len()).collect();
            // What frames the data of one picture comes on top, and letters for each of kitty's cells.
            let largest = bytes.iter().max().copied().unwrap_or_default();
            assert!(largest < LARGEST + LARGEST / 50, "{protocol:?}: {largest}");
            assert!(
                largest > LARGEST / 4,
                "{protocol:?}: {largest} shows nothing"
            );
            let pictures = bytes.iter().filter(|bytes| **bytes > 64).count();
            assert_eq!(pictures, 1, "{protocol:?} sends one picture");
        }
    }

    #[test]
    fn images_that_have_other_names_are_not_drawn() {
        let mut other = scene();
        other.images[63].name = "another".to_owned();
        let drawn = draw(
            &other,
            &Noise { plain: true },
            32,
            &picker(ProtocolType::Sixel),
        );
        assert_eq!(drawn.err().as_deref(), Some(OTHER));
    }
}
