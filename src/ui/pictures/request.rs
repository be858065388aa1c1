//! What the worker is asked for, and what it answers.

use crate::engine::augment::Augment;
use crate::engine::data::{self, Data, Progress};
use ratatui::layout::Size;
use ratatui_image::protocol::Protocol;

/// Why there are no pictures of images that had other names.
pub const OTHER: &str = "the data set has other images now";

/// Throws that are tried until what is wanted is seen.
pub const TRIES: u64 = 32;

/// What is to be seen.
#[derive(Clone, Debug, PartialEq)]
pub struct PictureRequest {
    /// Of which data set.
    pub data: Data,
    /// Of which of its images.
    pub part: Part,
    /// Which throw of the dice: views are those of this epoch, or of one of the next [`TRIES`] in which `sees` is to be seen.
    pub roll: u64,
    /// The augmentation that should be applied to one of the views, by its group: pictures of what is changed should
    /// change.
    pub sees: Option<String>,
    /// The rows, each an image and views of it.
    pub rows: Vec<Views>,
    /// Images of the bank, with the names that they should have; their pictures come after the rows.
    pub bank: Vec<(usize, String)>,
    /// How many pictures of each: the original and its views.
    pub columns: u16,
    /// Room of one picture, in cells.
    pub tile: Size,
}

/// Red, green and blue.
pub type Rgb = [u8; 3];

/// A place among the dots of braille: two across a cell and four down, from the upper left.
pub type Dot = (u16, u16);

/// Images in one picture, each in a place of its own, and dots between them.
#[derive(Clone, Debug, PartialEq)]
pub struct Scene {
    /// What is seen: no picture of anything else is shown in its place.
    pub of: String,
    /// Room of the picture, in cells.
    pub size: Size,
    /// Dots across an image.
    pub side: u16,
    /// The images, those first that matter most.
    pub images: Vec<Placed>,
    /// Dots of a colour.
    pub dots: Vec<(Dot, Rgb)>,
}

/// An image in a scene.
#[derive(Clone, Debug, PartialEq)]
pub struct Placed {
    /// Which of the part's.
    pub image: usize,
    /// The name that it should have.
    pub name: String,
    /// Its upper left dot.
    pub at: Dot,
    /// The colour of its dot where the picture would be too large with it.
    pub dot: Rgb,
    /// Its edges from the outermost in: a colour, and how thick it is in quarters of a dot.
    pub edges: Vec<(Rgb, u16)>,
}

/// Some images of a data set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Part {
    /// The first of those that are learnt from.
    #[default]
    Sample,
    /// The bank's, which should have these names.
    Bank(Vec<String>),
    /// The test images, which should have these names.
    Test(Vec<String>),
}

impl Part {
    /// Test images of these names, or those of the bank where none are tested.
    #[must_use]
    pub const fn of(tested: bool, names: Vec<String>) -> Self {
        if tested {
            Self::Test(names)
        } else {
            Self::Bank(names)
        }
    }
}

/// One row of pictures.
#[derive(Clone, Debug, PartialEq)]
pub struct Views {
    /// Under which augmentations.
    pub augment: Augment,
    /// Seed of the views.
    pub seed: u64,
    /// The image, counted around the data set.
    pub image: usize,
}

/// What was drawn, or why nothing could be.
pub struct Panel {
    /// What was asked.
    pub request: PictureRequest,
    /// The pictures, row by row.
    pub drawn: Result<Drawn, String>,
}

/// Pictures with the names of their images' classes.
pub struct Drawn {
    /// The pictures, row by row.
    pub tiles: Vec<Protocol>,
    /// What was done to each; nothing of originals.
    pub descriptions: Vec<Vec<String>>,
    /// Of each row.
    pub classes: Vec<String>,
}

/// What the worker is asked for.
pub enum Job {
    /// A panel, and after it a picture of many images of the same part.
    Draw(PictureRequest, Option<Scene>),
    Measure(Data),
}

/// What it has done.
pub enum News {
    /// So far the data set is opened.
    Opening(Progress),
    Panel(Box<Panel>),
    Scene(Scene, Result<Protocol, String>),
    Measured(Data, Measured),
}

/// How large a data set is without limits, or why it can't be opened.
pub type Measured = Result<data::Size, String>;
