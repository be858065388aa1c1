//! Texts of the screens, of the program's own.

pub use crate::text::figures::*;
pub use crate::text::fit::*;
pub use crate::text::width;

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        /// What ratatui takes for the width of a text, and what it draws, are what was measured.
        #[test]
        fn what_stands_behind_a_text_stands_where_it_was_measured(name in "(\\PC|[ｶﾞﾟ❤لا\u{fe0f}\u{200d}\u{1b}\t]){0,10}", room in 0..16_usize) {
            let area = ratatui::layout::Rect::new(0, 0, 20, 1);
            let mut buffer = ratatui::buffer::Buffer::empty(area);
            let line = ratatui::text::Line::from_iter([left(&name, room), "|".to_owned()]);
            ratatui::widgets::Widget::render(line, area, &mut buffer);
            proptest::prop_assert_eq!(buffer[(room as u16, 0)].symbol(), "|");
            proptest::prop_assert!(buffer.content.iter().all(|cell| !cell.symbol().contains(crate::text::steers)));
        }
    }
}
