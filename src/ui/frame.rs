//! What stands around every screen: tabs, status line, footer, and the boxes over everything.

use crate::text::{self, fit};
use crate::ui::draw_context::DrawContext;
use crate::ui::intent::Question;
use crate::ui::keys::{self, Hint, Key, Table};
use crate::ui::live::Stage;
use crate::ui::overlay::{LeaveReason, Overlay};
use crate::ui::pictures::{self, PictureRequest};
use crate::ui::screen_id::ScreenId;
use crate::ui::screens::Screen;
use crate::ui::shared::Shared;
use crate::ui::status_line;
use crate::ui::widgets::popup;
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

/// The smallest screen on which anything can be read.
const SMALLEST: (u16, u16) = (40, 12);

/// Cells of the program's name and the gap behind it.
const BRAND: u16 = 13;

/// What a frame shows.
pub struct Scene<'a> {
    /// What all screens see.
    pub shared: &'a Shared,
    /// Which screen is in front.
    pub screen: ScreenId,
    /// That screen.
    pub front: &'a dyn Screen,
    /// The box over it.
    pub overlay: Option<&'a Overlay>,
    /// The keys that work now.
    pub hints: Vec<Hint>,
}

/// What a frame leaves behind.
#[derive(Debug, Default)]
pub struct Hits {
    /// Where tabs were drawn, so that clicks find them.
    pub tabs: Vec<(Rect, ScreenId)>,
    /// Where rows were drawn.
    pub rows: Vec<(Rect, usize)>,
    /// Where sliders were drawn.
    pub sliders: Vec<(Rect, usize)>,
    /// Where headings of columns were drawn.
    pub headings: Vec<(Rect, usize)>,
    /// Where the footer names keys.
    pub keys: Vec<(Rect, Key)>,
    /// Pictures that the screen has room for.
    pub picture_request: Option<PictureRequest>,
    /// A picture of many images, which comes after those.
    pub scene: Option<pictures::Scene>,
    /// Where charts were drawn, and which stretch of x each shows.
    pub charts: Vec<(Rect, (f64, f64))>,
}

/// Draws everything, and returns where clicks mean something.
pub fn draw(scene: &Scene, frame: &mut Frame) -> Hits {
    let area = frame.area();
    if area.width < SMALLEST.0 || area.height < SMALLEST.1 {
        too_small(scene, frame);
        return Hits::default();
    }
    let hits = whole(scene, frame, area);
    scene.shared.theme.symbols.apply(frame.buffer_mut());
    hits
}

fn whole(scene: &Scene, frame: &mut Frame, area: Rect) -> Hits {
    let [top, content, status, bottom] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Fill(1),
        Constraint::Length(1),
        Constraint::Length(1),
    ])
    .areas(area);
    let tabs = tabs(scene, frame, top);
    let mut ctx = DrawContext {
        frame,
        area: content,
        rows: Vec::new(),
        sliders: Vec::new(),
        headings: Vec::new(),
        picture_request: None,
        scene: None,
        charts: Vec::new(),
    };
    scene.front.view(&mut ctx, scene.shared);
    let DrawContext {
        rows,
        sliders,
        headings,
        picture_request,
        scene: picture,
        charts,
        ..
    } = ctx;
    status_line::draw(scene.shared, scene.screen, frame, (content, status));
    let keys = footer(scene, frame, bottom);
    overlay(scene, frame, area);
    Hits {
        tabs,
        rows,
        sliders,
        headings,
        keys,
        picture_request,
        scene: picture,
        charts,
    }
}

fn too_small(scene: &Scene, frame: &mut Frame) {
    let area = frame.area();
    let theme = &scene.shared.theme;
    let size = format!("{} x {}", area.width, area.height);
    let lines = match scene.overlay {
        Some(Overlay::Leave(_)) => vec![
            "training runs",
            "b background",
            "s stop and quit",
            "esc stay",
        ],
        Some(Overlay::HandingOver(_)) => vec!["to the background ...", "esc stay"],
        Some(Overlay::Ask(question)) => vec![&question.title, "y yes", "esc no"],
        Some(Overlay::Stopping) => vec!["stopping ...", "q quit now", "esc stay"],
        Some(Overlay::Help(_) | Overlay::Palette(_)) => {
            vec!["esc goes back", "enlarge for more"]
        }
        None => vec![&size, "is too small;", "40 x 12 will do", "q quit  ? help"],
    };
    let top = area.height.saturating_sub(lines.len() as u16) / 2;
    for (i, line) in lines.iter().enumerate() {
        let y = area.y + top + i as u16;
        if y < area.bottom() {
            let style = if i == 0 { theme.bright } else { theme.dim };
            let line = Line::styled(fit::shorten(line, usize::from(area.width)), style).centered();
            frame.render_widget(line, Rect::new(area.x, y, area.width, 1));
        }
    }
}

fn tabs(scene: &Scene, frame: &mut Frame, area: Rect) -> Vec<(Rect, ScreenId)> {
    let theme = &scene.shared.theme;
    let titles = ScreenId::ALL.iter().map(|id| text::width(id.title()) + 3);
    // Where it is narrow, one space has to do between two of them.
    let close = titles.sum::<usize>() as u16;
    let titles = close + ScreenId::ALL.len() as u16 + 1;
    let (wide, named) = (area.width >= titles + BRAND, area.width >= close);
    let end = if area.width >= titles { " " } else { "" };
    let mut spans = vec![Span::raw(end)];
    let mut x = area.x + end.len() as u16;
    if wide {
        spans.push(Span::styled("simclr-tui   ", theme.bright));
        x += BRAND;
    }
    let mut hits = Vec::new();
    for (i, screen) in ScreenId::ALL.into_iter().enumerate() {
        let mut label = format!(" {} {}{end}", i + 1, screen.title());
        if !named && screen != scene.screen {
            label = format!(" {} ", i + 1);
        }
        let cells = text::width(&label) as u16;
        hits.push((Rect::new(x, area.y, cells, 1), screen));
        x += cells;
        let style = if screen == scene.screen {
            theme.selected
        } else {
            theme.dim
        };
        spans.push(Span::styled(label, style));
    }
    frame.render_widget(Line::from(spans), area);
    let left = usize::from(area.right().saturating_sub(x + 3));
    if left >= 12 {
        let line = Line::styled(format!("{} ", device(scene.shared, left)), theme.dim);
        let rest = Rect::new(x, area.y, area.right() - x, 1);
        frame.render_widget(line.right_aligned(), rest);
    }
    hits
}

/// The device of our run, else of the newest run: as many words as have room.
fn device(shared: &Shared, room: usize) -> String {
    let run = shared.own().or_else(|| shared.listing.runs.first());
    let begin = run.and_then(|r| r.series.begin.as_ref());
    let mut device = begin.map_or("", |b| b.device.as_str());
    while text::width(device) > room
        && let Some((rest, _)) = device.rsplit_once(" · ")
    {
        device = rest;
    }
    fit::shorten(device, room)
}

fn footer(scene: &Scene, frame: &mut Frame, area: Rect) -> Vec<(Rect, Key)> {
    let theme = &scene.shared.theme;
    let mut spans = vec![Span::raw(" ")];
    let mut hits = Vec::new();
    let mut x = area.x + 1;
    for hint in keys::footer(&scene.hints, usize::from(area.width).saturating_sub(2)) {
        let name = format!(" {}  ", hint.name);
        let cells = (text::width(&hint.keys) + text::width(&name)) as u16;
        hits.push((Rect::new(x, area.y, cells - 2, 1), hint.key()));
        x += cells;
        spans.push(Span::styled(hint.keys, theme.accent));
        spans.push(Span::styled(name, theme.dim));
    }
    frame.render_widget(Line::from(spans), area);
    hits
}

fn overlay(scene: &Scene, frame: &mut Frame, area: Rect) {
    let theme = &scene.shared.theme;
    let Some(overlay) = scene.overlay else {
        return;
    };
    let is_prepared = matches!(scene.shared.live.stage, Stage::Preparing(_));
    let (title, words) = match overlay {
        Overlay::Help(help) => return help.view(frame, scene.shared, area),
        Overlay::Palette(palette) => return palette.view(frame, scene.shared, area),
        Overlay::Ask(question) => return ask(question, scene.shared, frame, area),
        Overlay::Leave(why) => (
            match why {
                LeaveReason::Quit
                    if scene
                        .shared
                        .own()
                        .is_some_and(|run| scene.shared.is_paused(run)) =>
                {
                    "a run is paused"
                }
                LeaveReason::Quit if is_prepared => "a run is being prepared",
                LeaveReason::Quit => "a run is training",
                LeaveReason::Suspend => "suspending would stop training",
            },
            if is_prepared {
                "Nothing is trained yet, and nothing is lost where it stops now."
            } else {
                "In the background it continues without this terminal. Stopping ends it after this step, with a checkpoint; \
             what it learnt so far stays in the history."
            },
        ),
        Overlay::Stopping => (
            "stopping",
            "The run ends after this step and writes its checkpoint; then the program quits.",
        ),
        Overlay::HandingOver(_) => (
            "to the background",
            "Another process gets ready and continues from a checkpoint that the run writes after this step; then the program quits.",
        ),
    };
    let answers = overlay.answers(&scene.shared.keys);
    let keys = &answers.map_or_else(String::new, Table::line);
    let width = 62.min(area.width.saturating_sub(4));
    let inner = popup::open(frame, theme, area, (width, 7), title, keys);
    let lines = fit::wrap(words, usize::from(inner.width));
    let lines: Vec<Line> = lines.into_iter().map(Line::raw).collect();
    frame.render_widget(Paragraph::new(lines), inner);
}

/// A question of a screen, as high as its sentences are.
fn ask(question: &Question, shared: &Shared, frame: &mut Frame, area: Rect) {
    let theme = &shared.theme;
    let keys = &shared.keys.ask.line();
    let width = 64.min(area.width.saturating_sub(4));
    // The frame, and room beside the words.
    let room = usize::from(width.saturating_sub(6));
    let words = question.words.iter().filter(|words| !words.is_empty());
    let wrapped = words.flat_map(|words| fit::wrap(&theme.symbols.spell(words), room));
    let lines: Vec<Line> = wrapped.map(Line::raw).collect();
    let height = (lines.len() as u16 + 4).max(7).min(area.height);
    let inner = popup::open(frame, theme, area, (width, height), &question.title, keys);
    frame.render_widget(Paragraph::new(lines), inner);
}
