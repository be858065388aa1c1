//! The thread that draws: images of a data set, and views of them by the training's own code.

use super::request::{Drawn, Job, News, Panel, Part, PictureRequest, TRIES, Views};
use crate::engine::augment::{Applied, Augmenter, Scratch, clean_with, rgb, view_stream};
use crate::engine::catch_panic::catch;
use crate::engine::data::{self, Data, DataSet, Image, Images, size};
use ratatui::layout::Size;
use ratatui_image::Resize;
use ratatui_image::picker::Picker;
use ratatui_image::protocol::Protocol;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender};

/// Does what is wished until nobody is left to request: of several wishes that came meanwhile, the last of each kind.
pub fn serve(picker: &Picker, jobs: &Receiver<Job>, news: &Sender<News>) {
    let mut opened = Opened::default();
    while let Ok(job) = jobs.recv() {
        let (mut data, mut request) = (None, None);
        for job in std::iter::once(job).chain(jobs.try_iter()) {
            match job {
                Job::Measure(wanted) => data = Some(wanted),
                Job::Draw(wanted) => request = Some(wanted),
            }
        }
        let measured = data.map(|data| {
            let size = opened.of(&data, true).map(DataSet::size);
            News::Measured(data, size)
        });
        let drawn = request.map(|request| {
            let sample = request.part == Part::Sample;
            let drawn = opened.of(&request.data, sample).and_then(|set| {
                catch(|| draw(&request, set, picker))
                    .unwrap_or_else(|_| Err("the views can't be drawn".to_owned()))
            });
            News::Panel(Panel { request, drawn })
        });
        let mut all = measured.into_iter().chain(drawn);
        if all.any(|one| news.send(one).is_err()) {
            return;
        }
    }
}

/// The data set that was opened last, and whether it is a sample.
#[derive(Default)]
struct Opened(Option<(Data, bool, Result<DataSet, String>)>);

impl Opened {
    fn of(&mut self, data: &Data, sample: bool) -> Result<&DataSet, String> {
        // Of a whole data set the limits and the seed of its split say which images are in it.
        let same = |(known, is_sample, _): &(Data, bool, _)| {
            *is_sample == sample
                && if sample {
                    same_images(known, data)
                } else {
                    known == data
                }
        };
        if !self.0.as_ref().is_some_and(same) {
            let opened = if sample {
                open(&size::sample(data))
            } else {
                open(data)
            };
            self.0 = Some((data.clone(), sample, opened));
        }
        match &self.0 {
            Some((.., Ok(set))) => Ok(set),
            Some((.., Err(why))) => Err(why.clone()),
            None => Err("there are no data".to_owned()),
        }
    }
}

/// The size of views, loader threads and the like don't change which images there are.
pub fn same_images(a: &Data, b: &Data) -> bool {
    let places =
        |data: &Data| [&data.path, &data.bank, &data.test].map(|path| path.trim().to_owned());
    (a.source, a.largest) == (b.source, b.largest) && places(a) == places(b)
}

fn open(data: &Data) -> Result<DataSet, String> {
    let open = || data::open(data).map_err(|e| e.to_string());
    catch(open).unwrap_or_else(|_| Err("the data set can't be opened".to_owned()))
}

fn draw(request: &PictureRequest, set: &DataSet, picker: &Picker) -> Result<Drawn, String> {
    let size = request.data.image_size;
    let rows = rows(request, set)?;
    let roll = seeing(request, &rows);
    let mut scratch = Scratch::default();
    let (mut tiles, mut descriptions, mut classes) = (Vec::new(), Vec::new(), Vec::new());
    for Row {
        augmenter,
        seed,
        nth,
        image,
    } in &rows
    {
        let class = set.classes.get(part(request, set).label(*nth) as usize);
        classes.push(class.cloned().unwrap_or_default());
        let mut picture = vec![0.0; augmenter.len()];
        clean(image, size, &mut picture, &mut scratch);
        tiles.push(encode(&picture, size, request.tile, picker)?);
        descriptions.push(Vec::new());
        for view in 1..u64::from(request.columns) {
            let mut stream = view_stream(*seed, roll, *nth, view - 1);
            let applied = augmenter.describe(image, &stream).into_iter();
            descriptions.push(applied.map(|one| one.words).collect());
            augmenter.view(image, &mut stream, &mut picture, &mut scratch);
            tiles.push(encode(&picture, size, request.tile, picker)?);
        }
    }
    let mut picture = vec![0.0; 3 * size * size];
    for (nth, name) in &request.bank {
        if *nth >= set.bank.len() || set.bank.name(*nth) != *name {
            return Err(OTHER.to_owned());
        }
        let image = set.bank.image(*nth).map_err(|e| e.to_string())?;
        clean(&image, size, &mut picture, &mut scratch);
        tiles.push(encode(&picture, size, request.tile, picker)?);
    }
    Ok(Drawn {
        tiles,
        descriptions,
        classes,
    })
}

/// Why there are no pictures of images that had other names.
const OTHER: &str = "the data set has other images now";

/// An image and what makes its views.
struct Row {
    augmenter: Augmenter,
    seed: u64,
    nth: usize,
    image: Arc<Image>,
}

fn rows(request: &PictureRequest, set: &DataSet) -> Result<Vec<Row>, String> {
    let images = part(request, set);
    if let Part::Bank(names) | Part::Test(names) = &request.part {
        let known = |(row, name): (&Views, &String)| {
            row.image < images.len() && images.name(row.image) == *name
        };
        if !request.rows.iter().zip(names).all(known) {
            return Err(OTHER.to_owned());
        }
    }
    let row = |row: &Views| {
        let nth = row.image % images.len().max(1);
        Ok(Row {
            augmenter: Augmenter::new(&row.augment, request.data.image_size),
            seed: row.seed,
            nth,
            image: images.image(nth).map_err(|e| e.to_string())?,
        })
    };
    request.rows.iter().map(row).collect()
}

/// The images that a request is about.
fn part<'a>(request: &PictureRequest, set: &'a DataSet) -> &'a dyn Images {
    match request.part {
        Part::Sample => &*set.train,
        Part::Bank(_) => &*set.bank,
        Part::Test(_) => &*set.test,
    }
}

/// The first throw in which what is wanted is to be seen in a view; the first of all where it is in none.
fn seeing(request: &PictureRequest, rows: &[Row]) -> u64 {
    let Some(group) = request.sees.as_deref() else {
        return request.roll;
    };
    let shows = |applied: &[Applied]| {
        let has = |group: &str| applied.iter().any(|one| one.group == group);
        // Without colour, nothing is to be seen of what was done to it.
        has(group) && !(group == "jitter" && (has("grayscale") || has("sobel")))
    };
    let seen = |roll: &u64| {
        rows.iter().any(|row| {
            let stream = |view| view_stream(row.seed, *roll, row.nth, view);
            let mut views = 0..u64::from(request.columns) - 1;
            views.any(|view| shows(&row.augmenter.describe(&row.image, &stream(view))))
        })
    };
    let mut throws = request.roll..request.roll.saturating_add(TRIES);
    throws.find(seen).unwrap_or(request.roll)
}

fn clean(image: &Arc<Image>, size: usize, out: &mut [f32], scratch: &mut Scratch) {
    clean_with(image, size, out, scratch);
}

/// A view `[3, S, S]` from 0 to 1 as the terminal takes it, dot by dot where it is enlarged.
fn encode(view: &[f32], size: usize, tile: Size, picker: &Picker) -> Result<Protocol, String> {
    let (small, side) = (rgb(view, size), size as u32);
    let font = picker.font_size();
    let width = u32::from(tile.width) * u32::from(font.width);
    let height = u32::from(tile.height) * u32::from(font.height);
    let filter = if width >= side {
        image::imageops::FilterType::Nearest
    } else {
        image::imageops::FilterType::Triangle
    };
    let large = image::imageops::resize(&small, width.max(1), height.max(1), filter);
    picker
        .new_protocol(large.into(), tile, Resize::Fit(None))
        .map_err(|e| format!("the terminal's pictures can't be made: {e}"))
}
