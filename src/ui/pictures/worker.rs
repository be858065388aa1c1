//! The thread that draws: images of a data set, and views of them by the training's own code.

use super::{Drawn, Job, News, Panel, PictureRequest, TRIES, Views};
use crate::engine::augment::{Applied, Augmenter, Scratch, clean_with, view_stream};
use crate::engine::catch_panic::catch;
use crate::engine::data::{self, Data, DataSet, Image, size};
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
            let size = opened.of(&data).map(DataSet::size);
            News::Measured(data, size)
        });
        let drawn = request.map(|request| {
            let drawn = opened.of(&request.data).and_then(|set| {
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

/// The sample that was opened last.
#[derive(Default)]
struct Opened(Option<(Data, Result<DataSet, String>)>);

impl Opened {
    fn of(&mut self, data: &Data) -> Result<&DataSet, String> {
        let same = |(known, _): &(Data, _)| same_images(known, data);
        if !self.0.as_ref().is_some_and(same) {
            self.0 = Some((data.clone(), open(data)));
        }
        match &self.0 {
            Some((_, Ok(set))) => Ok(set),
            Some((_, Err(why))) => Err(why.clone()),
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
    let open = || data::open(&size::sample(data)).map_err(|e| e.to_string());
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
        let class = set.classes.get(set.train.label(*nth) as usize);
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
    Ok(Drawn {
        tiles,
        descriptions,
        classes,
    })
}

/// An image and what makes its views.
struct Row {
    augmenter: Augmenter,
    seed: u64,
    nth: usize,
    image: Arc<Image>,
}

fn rows(request: &PictureRequest, set: &DataSet) -> Result<Vec<Row>, String> {
    let row = |row: &Views| {
        let nth = row.image % set.train.len().max(1);
        Ok(Row {
            augmenter: Augmenter::new(&row.augment, request.data.image_size),
            seed: row.seed,
            nth,
            image: set.train.image(nth).map_err(|e| e.to_string())?,
        })
    };
    request.rows.iter().map(row).collect()
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
    let plane = size * size;
    let byte = |v: f32| (v * 255.0).round().clamp(0.0, 255.0) as u8;
    let side = size as u32;
    let small = image::RgbImage::from_fn(side, side, |x, y| {
        let at = y as usize * size + x as usize;
        image::Rgb([0, 1, 2].map(|channel| byte(view[channel * plane + at])))
    });
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
