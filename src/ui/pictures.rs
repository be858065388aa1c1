//! Pictures of views: what an experiment's augmentations make of a few images of its data set. A thread of their own
//! opens the data, draws views with the code that training uses, and encodes them for the terminal; the newest request
//! counts, so that nudging a value is never behind by more than one picture. It also finds out how large a data set is.

mod dither;
mod request;
mod scene;
mod worker;

pub use dither::{indexed, rgb};
pub use request::{Dot, Drawn, Panel, Part, PictureRequest, Placed, Rgb, Scene, TRIES, Views};

use crate::engine::data::{self, Data, Progress};
use crate::ui::theme::Depth;
use ratatui::buffer::Buffer;
use ratatui::layout::{Rect, Size};
use ratatui::widgets::Widget;
use ratatui_image::Image;
use ratatui_image::picker::cap_parser::QueryStdioOptions;
use ratatui_image::picker::{Picker, ProtocolType};
use ratatui_image::protocol::Protocol;
use request::{Job, Measured, News};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

/// How long an answer may take, over a slow line too: one that comes later would be taken for keys.
const PATIENCE: Duration = Duration::from_secs(1);

/// How pictures may be drawn, as the settings and `SIMCLR_TUI_IMAGES` write it.
pub const NAMES: [&str; 5] = ["auto", "kitty", "sixel", "iterm2", "halfblocks"];

/// What the terminal takes: `wanted` says it, else the terminal is asked, once and before anything else reads its input,
/// if it is known to answer; half blocks everywhere else.
#[must_use]
pub fn detect(wanted: &str, depth: Depth) -> Picker {
    let protocol = match wanted {
        "kitty" => Some(ProtocolType::Kitty),
        "sixel" => Some(ProtocolType::Sixel),
        "iterm2" => Some(ProtocolType::Iterm2),
        _ => None,
    };
    if depth == Depth::None || wanted == "halfblocks" {
        return Picker::halfblocks();
    }
    if let Some(protocol) = protocol {
        // Who says it need not be asked, and one that stays silent, as tmux may, would lose the keys typed meanwhile.
        let mut picker = of_font();
        picker.set_protocol_type(protocol);
        return picker;
    }
    if cell().is_none() || !answers(|name| std::env::var(name).unwrap_or_default()) {
        return Picker::halfblocks();
    }
    let options = QueryStdioOptions {
        timeout: PATIENCE,
        ..QueryStdioOptions::default()
    };
    Picker::from_query_stdio_with_options(options).unwrap_or_else(|_| Picker::halfblocks())
}

/// A picker for cells as large as the terminal's driver says, else of a usual size.
fn of_font() -> Picker {
    #[expect(deprecated, reason = "the other ways query the terminal")]
    cell().map_or_else(Picker::halfblocks, |size| {
        Picker::from_fontsize(size.into())
    })
}

/// Dots of a cell, as the terminal's driver says. It doesn't where something stands between that knows of letters only, as
/// mosh and screen do: they keep the name of the terminal behind them and answer nothing.
fn cell() -> Option<(u16, u16)> {
    let size = crossterm::terminal::window_size().ok()?;
    let across = size.width.checked_div(size.columns)?;
    let down = size.height.checked_div(size.rows)?;
    (across > 0 && down > 0).then_some((across, down))
}

/// Whether the environment names a terminal that answers questions about pictures. From one that stays silent, as tmux
/// without a window does, the keys that are typed meanwhile would be taken for the answer and lost.
fn answers(var: impl Fn(&str) -> String) -> bool {
    let (term, program) = (var("TERM"), var("TERM_PROGRAM"));
    let known = [
        "kitty", "ghostty", "foot", "wezterm", "contour", "mlterm", "rio",
    ];
    var("TMUX").is_empty()
        && var("STY").is_empty()
        && (known.iter().any(|name| term.contains(name))
            || ["iTerm.app", "WezTerm", "ghostty", "rio"].contains(&program.as_str())
            || !var("KITTY_WINDOW_ID").is_empty()
            || !var("KONSOLE_VERSION").is_empty())
}

/// Data sets whose sizes are remembered.
const REMEMBERED: usize = 32;

/// The worker's front: takes requests, shows the newest panel.
pub struct Pictures {
    /// The panel that was asked for last, and the scene with it.
    requested: Option<(PictureRequest, Option<Scene>)>,
    panel: Option<Panel>,
    scene: Option<(Scene, Result<Protocol, String>)>,
    /// The data set whose size was asked for last, and whether the answer is still to come.
    asked: Option<(Data, bool)>,
    measured: Vec<(Data, Measured)>,
    /// How far the worker is with opening a data set.
    opening: Option<Progress>,
    depth: Depth,
    graphics: bool,
    /// Whether the terminal was asked what it takes.
    pub detected: bool,
    jobs: Sender<Job>,
    news: Receiver<News>,
}

impl Pictures {
    /// A worker that draws for the terminal that `picker` describes.
    #[must_use]
    pub fn new(picker: Picker, depth: Depth) -> Self {
        let (jobs, mut wanted) = channel();
        let (send, news) = channel();
        let graphics = picker.protocol_type() != ProtocolType::Halfblocks;
        // Without another thread there are no pictures, and everything else goes on.
        let _ = std::thread::Builder::new()
            .name("pictures".to_owned())
            .spawn(move || worker::serve(&picker, &mut wanted, &send));
        Self {
            requested: None,
            panel: None,
            scene: None,
            asked: None,
            measured: Vec::new(),
            opening: None,
            depth,
            graphics,
            detected: false,
            jobs,
            news,
        }
    }

    /// Whether the terminal shows pictures dot by dot, not only in half blocks.
    #[must_use]
    pub const fn graphics(&self) -> bool {
        self.graphics
    }

    /// Whether the terminal's colours make pictures worth drawing.
    #[must_use]
    pub const fn possible(&self) -> bool {
        self.graphics || matches!(self.depth, Depth::True | Depth::Indexed)
    }

    /// Asks for a panel and a picture of many images of its part, if they aren't those asked for last.
    pub fn request(&mut self, panel: PictureRequest, scene: Option<Scene>) {
        let wanted = (panel, scene);
        if self.requested.as_ref() != Some(&wanted) {
            let (panel, scene) = wanted.clone();
            let _ = self.jobs.send(Job::Draw(panel, scene));
            self.requested = Some(wanted);
        }
    }

    /// Takes a panel that has come; tells whether one has.
    pub fn poll(&mut self) -> bool {
        let all: Vec<News> = self.news.try_iter().collect();
        let any = !all.is_empty();
        for news in all {
            self.take(news);
        }
        any
    }

    fn take(&mut self, news: News) {
        self.opening = None;
        match news {
            News::Opening(progress) => self.opening = Some(progress),
            News::Panel(panel) => self.panel = Some(*panel),
            News::Scene(scene, drawn) => self.scene = Some((scene, drawn)),
            News::Measured(data, size) => {
                if let Some((asked, awaited)) = &mut self.asked
                    && *asked == data
                {
                    *awaited = false;
                }
                let same = |(known, _): &(Data, _)| worker::same_images(known, &data);
                self.measured.retain(|one| !same(one));
                self.measured.truncate(REMEMBERED - 1);
                self.measured.insert(0, (data, size));
            }
        }
    }

    /// Asks how large a data set is, if it isn't the one that was asked about last; nobody has to look for those that
    /// have no files.
    pub fn measure(&mut self, data: &Data) {
        let asked = |(known, _): &(Data, _)| worker::same_images(known, data);
        if !data.source.needs_path() || self.asked.as_ref().is_some_and(asked) {
            return;
        }
        let sent = self.jobs.send(Job::Measure(data.clone())).is_ok();
        self.asked = Some((data.clone(), sent));
    }

    /// How large it is, limits aside, once it was asked and found out; or why it can't be opened.
    #[must_use]
    pub fn size(&self, data: &Data) -> Option<Result<data::Size, &str>> {
        let same = |(known, _): &&(Data, _)| worker::same_images(known, data);
        let (_, size) = self.measured.iter().find(same)?;
        Some(size.as_ref().copied().map_err(String::as_str))
    }

    /// How far the worker is with opening a data set, while it does.
    #[must_use]
    pub const fn opening(&self) -> Option<Progress> {
        self.opening
    }

    /// Whether pictures are under way.
    #[must_use]
    pub fn is_waiting(&self) -> bool {
        let measuring = matches!(self.asked, Some((_, true)));
        let drawing = self.requested.as_ref().is_some_and(|(panel, scene)| {
            let known = self.scene.as_ref().map(|(scene, _)| scene);
            self.panel.as_ref().map(|p| &p.request) != Some(panel)
                || (scene.is_some() && scene.as_ref() != known)
        });
        measuring || drawing
    }

    /// Draws the newest picture of a map, even if another of its images was chosen a moment ago; tells whether there is
    /// one of that size.
    pub fn draw_scene(&self, wanted: &Scene, area: Rect, buffer: &mut Buffer) -> bool {
        let same = |(scene, _): &&(Scene, _)| scene.of == wanted.of && scene.size == wanted.size;
        let Some((_, Ok(picture))) = self.scene.as_ref().filter(same) else {
            return false;
        };
        Image::new(picture).render(area, buffer);
        true
    }

    /// The newest panel of this layout, even if its values are a moment old; a panel of another layout would tear.
    #[must_use]
    pub fn panel(&self, request: &PictureRequest) -> Option<&Panel> {
        let same = |p: &&Panel| {
            let of = |request: &PictureRequest| {
                let (rows, bank) = (request.rows.len(), request.bank.len());
                (rows, bank, request.columns, request.tile)
            };
            of(&p.request) == of(request)
        };
        self.panel.as_ref().filter(same)
    }

    /// Waits for the panel that was asked for last.
    pub fn wait(&mut self) {
        while self.is_waiting() {
            match self.news.recv() {
                Ok(news) => self.take(news),
                Err(_) => return,
            }
        }
    }
}

impl Drawn {
    /// Draws one picture.
    pub fn tile(&self, nth: usize, depth: Depth, area: Rect, buffer: &mut Buffer) {
        let Some(tile) = self.tiles.get(nth) else {
            return;
        };
        Image::new(tile).render(area, buffer);
        if depth != Depth::True && matches!(tile, Protocol::Halfblocks(_)) {
            dither::dither(area.intersection(buffer.area), buffer);
        }
    }
}

impl std::fmt::Debug for Pictures {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pictures")
            .field("requested", &self.requested)
            .finish_non_exhaustive()
    }
}

/// How many images and pictures of each fit into a place, and how large: rows, columns, and a picture's cells. Pictures
/// are square on a terminal whose cells are twice as high as wide.
#[must_use]
pub fn layout(place: Rect, graphics: bool) -> Option<(u16, u16, Size)> {
    let enough = if graphics { 4 } else { 8 };
    let height = |rows: u16, columns: u16| {
        let across = place.width.saturating_sub(columns - 1) / columns / 2;
        across.min((place.height.saturating_sub(rows - 1)) / rows)
    };
    let choices = (1..=4).flat_map(|rows| (3..=7).map(move |columns| (rows, columns)));
    let fitting = choices.filter(|(rows, columns)| height(*rows, *columns) >= enough);
    let most = fitting.max_by_key(|(rows, columns)| (rows * columns, height(*rows, *columns)));
    // Where there is little room, one row as high as it gives.
    let one = || {
        let fitting = (3..=7).filter(|columns| height(1, *columns) == height(1, 3));
        let columns = fitting.max().filter(|_| height(1, 3) >= 3);
        columns.map(|columns| (1, columns))
    };
    let (rows, columns) = most.or_else(one)?;
    let height = height(rows, columns);
    Some((rows, columns, Size::new(height * 2, height)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_room_shows_more_and_none_shows_nothing() {
        let of = |width, height, graphics| layout(Rect::new(0, 0, width, height), graphics);
        assert_eq!(of(64, 20, false), Some((2, 3, Size::new(18, 9))));
        assert_eq!(of(64, 20, true), Some((4, 7, Size::new(8, 4))));
        assert_eq!(of(76, 7, false), Some((1, 5, Size::new(14, 7))));
        assert_eq!(of(20, 2, false), None);
        assert_eq!(of(0, 0, true), None);
    }

    #[test]
    fn only_terminals_that_answer_are_asked() {
        let asked = |pairs: &[(&str, &str)]| {
            answers(|name| {
                let pair = pairs.iter().find(|(n, _)| *n == name);
                pair.map_or_else(String::new, |(_, value)| (*value).to_owned())
            })
        };
        assert!(asked(&[("TERM", "xterm-kitty")]) && asked(&[("TERM", "foot")]));
        assert!(asked(&[
            ("TERM", "xterm-256color"),
            ("TERM_PROGRAM", "iTerm.app")
        ]));
        assert!(!asked(&[("TERM", "xterm-256color")]));
        assert!(!asked(&[
            ("TERM", "tmux-256color"),
            ("TMUX", "/tmp/x"),
            ("KITTY_WINDOW_ID", "1")
        ]));
        let screen = ("STY", "4242.pts-1.box");
        assert!(!asked(&[("TERM", "screen.xterm-kitty"), screen]));
    }

    #[test]
    fn another_part_of_a_map_leaves_the_pictures_beside_it_as_they_are() {
        let mut picker = Picker::halfblocks();
        picker.set_protocol_type(ProtocolType::Kitty);
        let mut pictures = Pictures::new(picker, Depth::True);
        let scene = |of: &str| Scene {
            of: of.to_owned(),
            size: Size::new(4, 2),
            side: 8,
            images: Vec::new(),
            dots: vec![((0, 0), [255; 3])],
        };
        let request = PictureRequest {
            data: Data::default(),
            part: Part::Sample,
            roll: 0,
            sees: None,
            rows: vec![Views {
                augment: crate::engine::augment::Augment::default(),
                seed: 0,
                image: 0,
            }],
            bank: Vec::new(),
            columns: 1,
            tile: Size::new(4, 2),
        };
        let area = Rect::new(0, 0, 4, 2);
        let mut sent = |of: &str| {
            pictures.request(request.clone(), Some(scene(of)));
            pictures.wait();
            let (mut beside, mut map) = (Buffer::empty(area), Buffer::empty(area));
            let drawn = pictures.panel(&request).unwrap().drawn.as_ref();
            drawn.ok().unwrap().tile(0, Depth::True, area, &mut beside);
            assert!(pictures.draw_scene(&scene(of), area, &mut map));
            [beside, map].map(|buffer| buffer[(0, 0)].symbol().contains("a=T"))
        };
        assert_eq!(sent("here"), [true, true]);
        assert_eq!(sent("there"), [false, true]);
        assert_eq!(sent("there"), [false, false]);
    }
}
