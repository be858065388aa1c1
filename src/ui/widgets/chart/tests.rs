//! Charts as text.

use super::*;
use crate::ui::theme::Depth;
use ratatui::buffer::Buffer;
use ratatui::widgets::Widget;

fn drawn(chart: Chart, width: u16, height: u16) -> String {
    let area = Rect::new(0, 0, width, height);
    let mut buffer = Buffer::empty(area);
    chart.render(area, &mut buffer);
    let row = |y| {
        (0..width)
            .map(|x| buffer[(x, y)].symbol())
            .collect::<String>()
    };
    (0..height).map(|y| row(y) + "\n").collect()
}

#[test]
fn a_falling_loss_with_its_guides() {
    let theme = Theme::new(Depth::None);
    let mut chart = Chart::new(&theme, Line::raw(" loss "));
    chart.value = Line::raw(" 1.380 ");
    let points = (0..200).map(|i| {
        (
            f64::from(i) / 10.0,
            1.3 + 4.2 * (-f64::from(i) / 50.0).exp(),
        )
    });
    chart.curves.push(Curve {
        points: points.collect(),
        style: Style::new(),
        letter: None,
        derived: false,
    });
    chart.guides = vec![
        Guide {
            y: 5.54,
            label: "chance".into(),
        },
        Guide {
            y: 0.97,
            label: "floor".into(),
        },
    ];
    insta::assert_snapshot!(drawn(chart, 60, 16));
}

#[test]
fn a_run_that_was_interrupted_twice() {
    let theme = Theme::new(Depth::None);
    let mut chart = Chart::new(&theme, Line::raw(" loss "));
    let fall = |i: i32| 1.3 + 4.2 * (-f64::from(i) / 50.0).exp();
    let points = (0..200).map(|i| (f64::from(i) / 10.0, fall(i))).collect();
    chart.curves.push(Curve {
        points,
        style: Style::new(),
        letter: None,
        derived: false,
    });
    let guide = |y, label: &str| Guide {
        y,
        label: label.into(),
    };
    chart.guides = vec![guide(5.54, "chance"), guide(0.97, "floor")];
    let stop = |at, label: &str| Break {
        at,
        label: label.into(),
    };
    chart.breaks = vec![stop(4.0, "gap 2 h"), stop(9.5, ""), stop(19.0, "gap 3 d")];
    insta::assert_snapshot!(drawn(chart, 60, 16));
}

#[test]
fn any_size_and_any_number_is_drawn() {
    let theme = Theme::new(Depth::True);
    let wild = [
        f64::NAN,
        f64::INFINITY,
        -f64::INFINITY,
        1e300,
        -1e300,
        0.0,
        1e-300,
    ];
    for (width, height) in [(1, 1), (2, 9), (14, 5), (20, 6), (300, 100)] {
        let mut chart = Chart::new(&theme, Line::raw("wild"));
        for y in wild {
            let points = wild.iter().map(|x| (*x, y)).chain([(1.0, 2.0)]);
            chart.curves.push(Curve {
                points: points.collect(),
                style: Style::new(),
                letter: Some('A'),
                derived: false,
            });
            chart.guides.push(Guide {
                y,
                label: "level".into(),
            });
            chart.breaks.push(Break {
                at: y,
                label: "gap 2 h".into(),
            });
        }
        let _ = drawn(chart, width, height);
    }
}
