//! What the colours of a map say.

use super::state::Colour;
use crate::runs::map::Map;
use crate::text::{self, fit};
use crate::ui::theme::Theme;
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};

/// The style of a group: categories stand apart, and what has an order goes from dim to bright.
fn style_of(colour: Colour, group: usize, theme: &Theme) -> Style {
    match colour {
        Colour::Right => [theme.faint, theme.bad][group % 2],
        Colour::Density => {
            let rising = [
                theme.faint,
                theme.dim,
                theme.text,
                theme.bright,
                theme.accent,
            ];
            rising[group % rising.len()]
        }
        Colour::Class | Colour::Knn | Colour::Cluster => theme.group(group),
    }
}

/// The groups of points with their colours.
pub struct Legend<'a> {
    colour: Colour,
    groups: Vec<u32>,
    /// The group of the chosen image, where colours are too few to tell it from all others.
    apart: Option<u32>,
    theme: &'a Theme,
}

impl<'a> Legend<'a> {
    pub fn of(
        colour: Colour,
        groups: &[Option<u32>],
        chosen: Option<u32>,
        theme: &'a Theme,
    ) -> Self {
        let mut groups: Vec<u32> = groups.iter().flatten().copied().collect();
        groups.sort_unstable();
        groups.dedup();
        let apart = chosen.filter(|_| groups.len() > theme.groups());
        Self {
            colour,
            groups,
            apart,
            theme,
        }
    }

    pub fn style(&self, group: u32) -> Style {
        if self.apart == Some(group) {
            return self.theme.bright.add_modifier(Modifier::BOLD);
        }
        style_of(self.colour, group as usize, self.theme)
    }

    /// What the colours say, and how few they are; more of it where there is room.
    fn head(&self, room: u16) -> String {
        let (count, colours) = (self.groups.len(), self.theme.groups());
        match self.colour.plural() {
            Some(groups) if count > colours => {
                let few = format!("{count} {groups} in {colours} colours");
                let more = format!("{few}, that of the image bright: ");
                let fits = text::width(&more) <= usize::from(room);
                if fits { more } else { few + ": " }
            }
            _ => format!("{}: ", self.colour.title()),
        }
    }

    /// The groups in lines, that of the chosen image first where it stands apart.
    pub fn lines(&self, map: &Map, width: u16) -> Vec<Line<'static>> {
        let mut lines = vec![Line::styled(self.head(width), self.theme.dim)];
        let others = self
            .groups
            .iter()
            .filter(|group| self.apart != Some(**group));
        for group in self.apart.iter().chain(others) {
            let name = format!("{} ", fit::shorten(&self.colour.name(map, *group), 16));
            let full = |line: &Line| line.width() + text::width(&name) > usize::from(width);
            if lines.last().is_some_and(full) {
                lines.push(Line::default());
            }
            if let Some(line) = lines.last_mut() {
                line.push_span(Span::styled(name, self.style(*group)));
            }
        }
        lines
    }
}

/// As many lines as have room; an ellipsis says that there are more.
pub fn cut(
    mut lines: Vec<Line<'static>>,
    most: usize,
    width: u16,
    theme: &Theme,
) -> Vec<Line<'static>> {
    if lines.len() > most {
        lines.truncate(most);
        if let Some(last) = lines.last_mut() {
            if last.width() + 1 > usize::from(width) {
                last.spans.pop();
            }
            last.push_span(Span::styled("…", theme.dim));
        }
    }
    lines
}
