//! How the Explore screen looks: one of its panes, or why there is nothing to see.

use super::state::{Explore, Pane};
use super::{confusion, figures, image, map_pane, two};
use crate::runs::Run;
use crate::runs::map::Map;
use crate::ui::draw_context::DrawContext;
use crate::ui::keymap::explore::Action;
use crate::ui::keymap::history;
use crate::ui::screens::View;
use crate::ui::shared::Shared;
use crate::ui::status;

impl View for Explore {
    fn view(&self, ctx: &mut DrawContext, shared: &Shared) {
        if let Some(of) = explored(self, ctx, shared) {
            match self.pane {
                Pane::Map => map_pane::draw(self, of, ctx, shared),
                Pane::Image => image::draw(self, of, ctx, shared),
                Pane::Confusion => confusion::draw(self, of, ctx, shared),
                Pane::Figures => figures::draw(self, of, ctx, shared),
                Pane::Two => two::draw(self, of, ctx, shared),
            }
        }
        self.write.view(ctx, shared);
    }
}

/// The run on screen and its map; says why there is nothing to see where either is missing.
fn explored<'a>(
    screen: &Explore,
    ctx: &mut DrawContext,
    shared: &'a Shared,
) -> Option<(&'a Run, &'a Map)> {
    let Some(run) = shared.shown() else {
        let words = "Train something first: the map is made from a run's checkpoint.";
        let head = ("nothing to explore yet", shared.theme.bright);
        status::centred(ctx.frame, ctx.area, head, words, &shared.theme);
        return None;
    };
    let map = screen.map(shared);
    if map.is_none() {
        no_map(screen, run, ctx, shared);
    }
    Some((run, map?))
}

fn no_map(screen: &Explore, run: &Run, ctx: &mut DrawContext, shared: &Shared) {
    let theme = &shared.theme;
    if let Some(said) = screen.making(shared) {
        let said = if said.is_empty() { "starting" } else { said };
        let words = format!(
            "Of {} in {}, by its newest checkpoint: {said}",
            run.title(),
            screen.space()
        );
        let head = ("the map is being made", theme.accent);
        return status::centred(ctx.frame, ctx.area, head, &words, theme);
    }
    let keys = &shared.keys;
    let key = keys.explore.key(Action::Map);
    let mut words = format!(
        "{key} maps the test images of {} by its newest checkpoint: neighbours in {} become neighbours on the screen.",
        run.title(),
        screen.space()
    );
    if shared.listing.runs.len() > 1 {
        let [other, before] = [1, -1].map(|rows| keys.explore.key(Action::Other(rows)));
        let open = keys.history.key(history::Action::Open);
        words += &format!(
            " It is the run of the Train screen; {before} {other} go to others, as {open} on History does."
        );
    }
    status::centred(
        ctx.frame,
        ctx.area,
        ("no map yet", theme.bright),
        &words,
        theme,
    );
}
