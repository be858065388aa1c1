//! A chart of each metric below a line that names the curves.

use super::Compare;
use super::groups::{self, Group};
use crate::runs::Run;
use crate::text::{fit, width};
use crate::ui::draw_context::DrawContext;
use crate::ui::keymap::compare::Action;
use crate::ui::shared::Shared;
use crate::ui::theme::Theme;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};

/// Draws them.
pub fn draw(screen: &Compare, runs: &[&Run], ctx: &mut DrawContext, shared: &Shared, area: Rect) {
    let theme = &shared.theme;
    let groups = groups::groups(runs, screen.grid.by, shared.clock.now());
    let [head, charts] = Layout::vertical([Constraint::Length(1), Constraint::Fill(1)]).areas(area);
    let all = screen.metrics(shared);
    let drawn = all
        .iter()
        .map(|key| groups::chart(theme, &groups, key, &screen.chart_view));
    let left = ctx.charts(drawn.collect(), charts);
    let words = match (all.len(), left) {
        (0, _) => " no metric has such a name ".to_owned(),
        (_, 0) => String::new(),
        (_, left) => {
            let search = shared.keys.compare.key(Action::Search);
            format!(" no room for {left} more charts; {search} finds metrics ")
        }
    };
    let [head, right] = Layout::horizontal([
        Constraint::Fill(1),
        Constraint::Length(width(&words) as u16),
    ])
    .areas(head);
    let names = names(&groups, theme, usize::from(head.width));
    ctx.frame.render_widget(names, head);
    ctx.frame
        .render_widget(Line::styled(words, theme.warn), right);
}

/// The groups with their letters: letters alone where there is too little room for a name.
pub fn names(groups: &[Group], theme: &Theme, room: usize) -> Line<'static> {
    let letters = |group: &Group| group.places.iter().map(|nth| Theme::letter(*nth)).collect();
    let letters: Vec<String> = groups.iter().map(letters).collect();
    let most = letters.iter().map(String::len).max().unwrap_or(0);
    let each = (room.saturating_sub(1) / groups.len().max(1)).saturating_sub(2 + most);
    let each = if each < 8 { 0 } else { each.min(24) };
    let named: Vec<&str> = groups.iter().map(|group| group.name.as_str()).collect();
    let named = fit::apart(&named, each);
    let of = letters.into_iter().zip(groups);
    let names = named
        .into_iter()
        .zip(of)
        .flat_map(|(name, (letters, group))| {
            let style = theme.series(group.places[0]);
            [
                Span::styled(format!(" {letters} "), style),
                Span::styled(name, theme.dim),
            ]
        });
    Line::from(names.chain([Span::raw(" ")]).collect::<Vec<_>>())
}
