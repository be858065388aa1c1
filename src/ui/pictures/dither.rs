//! Half blocks in the 240 colours of xterm that every terminal agrees on: each dot takes the nearest, and most of its error
//! goes to the dots beside and below it (Floyd and Steinberg 1976).

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Color;

/// The values that each channel of the cube has.
const STEPS: [f32; 6] = [0.0, 95.0, 135.0, 175.0, 215.0, 255.0];

/// How much of an error goes on: with all of it, dark grays would be speckled with the darkest green, which is not dark.
const SHARE: f32 = 0.7;

type Rgb = [f32; 3];

/// Gives a picture that was drawn there colours by number.
pub fn dither(area: Rect, buffer: &mut Buffer) {
    let width = usize::from(area.width);
    let mut errors = vec![[0.0; 3]; width + 2];
    for y in area.top()..area.bottom() {
        for lower in [false, true] {
            let mut below = vec![[0.0; 3]; width + 2];
            for x in 0..width {
                let cell = &mut buffer[(area.x + x as u16, y)];
                let colour = if lower { &mut cell.bg } else { &mut cell.fg };
                let Color::Rgb(r, g, b) = *colour else {
                    continue;
                };
                // Beyond the first and the last dot, errors are lost.
                let wanted = add([r, g, b].map(f32::from), errors[x + 1], 1.0);
                let (index, got) = nearest(wanted);
                *colour = Color::Indexed(index);
                let error = add(wanted, got, -1.0).map(|e| SHARE * e);
                errors[x + 2] = add(errors[x + 2], error, 7.0 / 16.0);
                for (at, share) in [(x, 3.0), (x + 1, 5.0), (x + 2, 1.0)] {
                    below[at] = add(below[at], error, share / 16.0);
                }
            }
            errors = below;
        }
    }
}

fn add(a: Rgb, b: Rgb, times: f32) -> Rgb {
    [0, 1, 2].map(|i| a[i] + times * b[i])
}

/// The nearest colour that has a number.
#[must_use]
pub fn indexed(colour: Color) -> Color {
    let Color::Rgb(r, g, b) = colour else {
        return colour;
    };
    Color::Indexed(nearest([r, g, b].map(f32::from)).0)
}

/// The dots of a colour; gray where the terminal decides on it.
#[must_use]
pub fn rgb(colour: Color) -> [u8; 3] {
    let step = |nth: u8| STEPS[usize::from(nth % 6)] as u8;
    match colour {
        Color::Rgb(r, g, b) => [r, g, b],
        Color::Indexed(nth @ 232..) => [8 + 10 * (nth - 232); 3],
        Color::Indexed(nth @ 16..) => [(nth - 16) / 36, (nth - 16) / 6, nth - 16].map(step),
        Color::Red => [205, 50, 50],
        Color::Green => [40, 160, 60],
        Color::Yellow => [200, 160, 30],
        Color::Blue => [60, 110, 220],
        Color::Magenta => [190, 70, 180],
        Color::Cyan => [40, 160, 180],
        _ => [128; 3],
    }
}

/// The nearest colour of the cube or of the 24 grays: its number and its value.
fn nearest(colour: Rgb) -> (u8, Rgb) {
    let steps = colour.map(|v| {
        let far = |step: &usize| (STEPS[*step] - v).abs();
        (0..STEPS.len())
            .min_by(|a, b| far(a).total_cmp(&far(b)))
            .unwrap_or(0)
    });
    let cube = steps.map(|step| STEPS[step]);
    let mean = colour.iter().sum::<f32>() / 3.0;
    let gray = ((mean - 8.0) / 10.0).round().clamp(0.0, 23.0);
    let value = [8.0 + 10.0 * gray; 3];
    let far = |of: Rgb| (0..3).map(|i| (of[i] - colour[i]).powi(2)).sum::<f32>();
    if far(value) < far(cube) {
        (232 + gray as u8, value)
    } else {
        let [r, g, b] = steps;
        ((16 + 36 * r + 6 * g + b) as u8, cube)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dots(colour: Color, width: u16, height: u16) -> Vec<Color> {
        let area = Rect::new(0, 0, width, height);
        let mut buffer = Buffer::empty(area);
        for position in area.positions() {
            buffer[position].set_fg(colour).set_bg(colour);
        }
        dither(area, &mut buffer);
        buffer
            .content
            .iter()
            .flat_map(|cell| [cell.fg, cell.bg])
            .collect()
    }

    #[test]
    fn colours_of_the_palette_stay() {
        for (rgb, index) in [
            ((0, 0, 0), 16),
            ((255, 255, 255), 231),
            ((255, 0, 0), 196),
            ((128, 128, 128), 244),
        ] {
            let all = dots(Color::Rgb(rgb.0, rgb.1, rgb.2), 3, 2);
            assert_eq!(all, vec![Color::Indexed(index); 12], "{rgb:?}");
        }
    }

    #[test]
    fn numbers_name_the_colours_that_they_are_taken_for() {
        for nth in 16..=255 {
            let colour = rgb(Color::Indexed(nth));
            let value = nearest(colour.map(f32::from)).1;
            assert_eq!(value.map(|v| v as u8), colour, "{nth}");
        }
    }

    #[test]
    fn a_colour_between_two_is_made_of_both_in_its_share() {
        // Red 115 lies in the middle of 95 and 135.
        let all = dots(Color::Rgb(115, 0, 0), 16, 8);
        let bright = all
            .iter()
            .filter(|dot| **dot == Color::Indexed(16 + 72))
            .count();
        let dark = all
            .iter()
            .filter(|dot| **dot == Color::Indexed(16 + 36))
            .count();
        assert_eq!(bright + dark, 256);
        assert!((96..=160).contains(&bright), "{bright} of 256 are bright");
    }
}
