//! The thread that draws: images of a data set, and views of them by the training's own code.

use super::request::{Drawn, Job, News, OTHER, Panel, Part, PictureRequest, Scene, TRIES, Views};
use super::scene;
use crate::engine::augment::{Applied, Augmenter, Scratch, clean_with, rgb, view_stream};
use crate::engine::catch_panic::catch;
use crate::engine::data::{self, Data, DataSet, Image, Images, Progress, Seldom, Watch, size};
use ratatui::layout::Size;
use ratatui_image::Resize;
use ratatui_image::picker::Picker;
use ratatui_image::protocol::Protocol;
use std::sync::mpsc::{Receiver, Sender};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Does what is wished until nobody is left to request: of several wishes that came meanwhile, the last of each kind.
pub fn serve(picker: &Picker, jobs: &mut Receiver<Job>, news: &Sender<News>) {
    let mut opened = Opened::default();
    let mut front = Front {
        jobs,
        news,
        measure: None,
        draw: None,
    };
    let (mut last, mut last_scene): (Option<PictureRequest>, Option<Scene>) = (None, None);
    while front.wait() {
        let (data, request) = (front.measure.take(), front.draw.take());
        let measured = data.and_then(|data| {
            let size = opened.of(&data, true, &mut front, |front, data| {
                front.measures_other(data)
            });
            let size = size.map(DataSet::size);
            // Nobody waits for what was given up for another.
            let wanted = size.is_ok() || !front.measures_other(&data);
            wanted.then_some(News::Measured(data, size))
        });
        // The newest counts.
        let request = request.filter(|_| front.draw.is_none());
        // One that is there needs no other pictures, which a terminal would take for new ones.
        let panel = request.as_ref().map(|(panel, _)| panel);
        let panel = panel.filter(|panel| last.as_ref() != Some(panel)).cloned();
        let drawn = panel.and_then(|request| {
            let drawn = opened.for_request(&request, &mut front).and_then(|set| {
                catch(|| draw(&request, set, picker))
                    .unwrap_or_else(|_| Err("the views can't be drawn".to_owned()))
            });
            let wanted = drawn.is_ok() || !front.draws_other(&request.data);
            wanted.then(|| {
                last = Some(request.clone());
                News::Panel(Box::new(Panel { request, drawn }))
            })
        });
        let mut all = measured.into_iter().chain(drawn);
        if all.any(|one| news.send(one).is_err()) {
            return;
        }
        // It takes longer than what stands beside it, which is there meanwhile.
        let scene = request.and_then(|(request, scene)| {
            let known = last_scene.as_ref();
            let scene = scene.filter(|scene| front.is_idle() && known != Some(scene))?;
            let drawn = opened.for_request(&request, &mut front).and_then(|set| {
                catch(|| scene::draw(&scene, part(&request, set), request.data.image_size, picker))
                    .unwrap_or_else(|_| Err("the map can't be drawn".to_owned()))
            });
            front.is_idle().then_some((scene, drawn))
        });
        if let Some((scene, drawn)) = scene {
            last_scene = Some(scene.clone());
            if news.send(News::Scene(scene, drawn)).is_err() {
                return;
            }
        }
    }
}

/// What is asked for, and whom to tell.
struct Front<'a> {
    jobs: &'a mut Receiver<Job>,
    news: &'a Sender<News>,
    /// The last of each kind.
    measure: Option<Data>,
    draw: Option<(PictureRequest, Option<Scene>)>,
}

impl Front<'_> {
    /// Waits until something is asked for; false once nobody is left to ask.
    fn wait(&mut self) -> bool {
        if self.measure.is_none() && self.draw.is_none() {
            match self.jobs.recv() {
                Ok(job) => self.take(job),
                Err(_) => return false,
            }
        }
        self.hear();
        true
    }

    /// Takes in what was asked for meanwhile.
    fn hear(&mut self) {
        while let Ok(job) = self.jobs.try_recv() {
            self.take(job);
        }
    }

    /// Whether no other pictures are asked for by now.
    fn is_idle(&mut self) -> bool {
        self.hear();
        self.draw.is_none()
    }

    fn take(&mut self, job: Job) {
        match job {
            Job::Measure(wanted) => self.measure = Some(wanted),
            Job::Draw(panel, scene) => self.draw = Some((panel, scene)),
        }
    }

    /// Whether it is to be told of other images by now.
    fn measures_other(&self, data: &Data) -> bool {
        let other = |wanted: &Data| !same_images(wanted, data);
        self.measure.as_ref().is_some_and(other)
    }

    /// Whether other images are to be drawn by now.
    fn draws_other(&self, data: &Data) -> bool {
        let wanted = self.draw.as_ref().map(|(panel, _)| &panel.data);
        wanted.is_some_and(|wanted| !same_images(wanted, data))
    }

    /// Opens a data set, tells how far that is, and gives it up once it is stale.
    fn open(&mut self, data: &Data, stale: Stale) -> Result<DataSet, String> {
        let (pace, news) = (Seldom::every(PACE), self.news);
        let front = Mutex::new(&mut *self);
        let told = |progress: Progress| {
            if !pace.is_due() {
                return true;
            }
            let _ = news.send(News::Opening(progress));
            front.try_lock().is_ok_and(|mut front| {
                front.hear();
                !stale(&front, data)
            })
        };
        let open = || data::open_watched(data, &Watch::new(&told)).map_err(|e| e.to_string());
        catch(open).unwrap_or_else(|_| Err("the data set can't be opened".to_owned()))
    }
}

/// Whether nobody wants the images any more.
type Stale = fn(&Front, &Data) -> bool;

/// Between two looks at what is asked for.
const PACE: Duration = Duration::from_millis(100);

/// The data set that was opened last, and whether it is a sample.
#[derive(Default)]
struct Opened(Option<(Data, bool, Result<DataSet, String>)>);

impl Opened {
    /// The data set of a request.
    fn for_request(
        &mut self,
        request: &PictureRequest,
        front: &mut Front,
    ) -> Result<&DataSet, String> {
        let sample = request.part == Part::Sample;
        self.of(&request.data, sample, front, |front, data| {
            front.draws_other(data)
        })
    }

    /// A data set, unless it is `stale` before it is open.
    fn of(
        &mut self,
        data: &Data,
        sample: bool,
        front: &mut Front,
        stale: Stale,
    ) -> Result<&DataSet, String> {
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
                front.open(&size::sample(data), stale)
            } else {
                front.open(data, stale)
            };
            // One that was given up is not known to be bad.
            if opened.is_ok() || !stale(front, data) {
                self.0 = Some((data.clone(), sample, opened));
            } else {
                opened?;
            }
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
    let places = |data: &Data| {
        [
            &*data.path,
            &*data.bank,
            &*data.test,
            data.validation.path(),
        ]
        .map(|path| path.trim().to_owned())
    };
    (a.source, a.largest) == (b.source, b.largest) && places(a) == places(b)
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
        let nth = match request.part {
            Part::Sample => scattered(row.image, images.len()),
            _ => row.image % images.len().max(1),
        };
        Ok(Row {
            augmenter: Augmenter::new(&row.augment, request.data.image_size),
            seed: row.seed,
            nth,
            image: images.image(nth).map_err(|e| e.to_string())?,
        })
    };
    request.rows.iter().map(row).collect()
}

/// Another image for each place, far from those of the places beside it: data sets often lie sorted by class.
fn scattered(place: usize, images: usize) -> usize {
    let shares = |step: &usize| {
        let (mut a, mut b) = (*step, images);
        while b > 0 {
            (a, b) = (b, a % b);
        }
        a > 1
    };
    // About the golden ratio of them, and of no factor in common, so that each comes once.
    let step = (images * 5 / 8..=images)
        .find(|step| !shares(step))
        .unwrap_or(1);
    place % images.max(1) * step % images.max(1)
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
    let small = rgb(view, size);
    let font = picker.font_size();
    let width = u32::from(tile.width) * u32::from(font.width);
    let height = u32::from(tile.height) * u32::from(font.height);
    let large = scene::scaled(&small, width.max(1), height.max(1));
    picker
        .new_protocol(large.into(), tile, Resize::Fit(None))
        .map_err(|e| format!("the terminal's pictures can't be made: {e}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::data::Source;
    use std::sync::mpsc::channel;

    #[test]
    fn samples_are_of_all_places_once_and_neighbours_far_apart() {
        for images in [1, 2, 3, 43, 256, 1000] {
            let all: std::collections::HashSet<usize> =
                (0..images).map(|place| scattered(place, images)).collect();
            assert_eq!(all.len(), images);
            assert!(all.iter().all(|nth| *nth < images));
        }
        // Of 256 images in files of four classes, one after another.
        let classes: Vec<usize> = (0..3).map(|place| scattered(place, 256) / 64).collect();
        assert_eq!(classes.len(), {
            let mut apart = classes.clone();
            apart.sort_unstable();
            apart.dedup();
            apart.len()
        });
        assert_eq!((scattered(0, 0), scattered(7, 0)), (0, 0));
    }

    #[test]
    fn a_data_set_is_given_up_once_another_is_asked_for() {
        let folder = tempfile::tempdir().unwrap();
        let image = image::RgbImage::new(2, 2);
        image.save(folder.path().join("a.png")).unwrap();
        let data = |path: &str| Data {
            source: Source::Folder,
            path: path.to_owned(),
            ..Data::default()
        };
        let here = data(&folder.path().display().to_string());
        let (ask, mut jobs) = channel();
        let (news, told) = channel();
        let mut front = Front {
            jobs: &mut jobs,
            news: &news,
            measure: None,
            draw: None,
        };
        let mut open = |wanted: &Data| {
            ask.send(Job::Measure(wanted.clone())).unwrap();
            let stale: Stale = |front, data| front.measures_other(data);
            let opened = front.open(&here, stale);
            opened.map(|set| set.train.len())
        };
        assert_eq!(open(&here), Ok(1));
        assert!(open(&data("elsewhere")).unwrap_err().contains("stopped"));
        let opening = |news| matches!(news, News::Opening(Progress::Found(1)));
        assert!(told.try_iter().all(opening));
    }
}
