//! The colours of each theme, at each depth of terminals.

use ratatui::style::Color;

/// One colour: red, green and blue, its place among xterm's 256, and its name among the sixteen.
pub struct Shade(pub u8, pub u8, pub u8, pub u8, pub Color);

/// The colours of a theme.
pub struct Colours {
    /// Of curves; the first is also the accent.
    pub series: [Shade; 6],
    pub dim: Shade,
    pub faint: Shade,
    pub good: Shade,
    pub warn: Shade,
    pub bad: Shade,
}

/// For dark backgrounds: after Okabe and Ito, told apart by every kind of colour vision.
pub const DARK: Colours = Colours {
    series: [
        Shade(86, 180, 233, 74, Color::Cyan),
        Shade(230, 159, 0, 178, Color::Yellow),
        Shade(0, 158, 115, 36, Color::Green),
        Shade(204, 121, 167, 175, Color::Magenta),
        Shade(213, 94, 0, 166, Color::Red),
        Shade(120, 130, 230, 104, Color::Blue),
    ],
    dim: Shade(124, 130, 146, 245, Color::DarkGray),
    faint: Shade(84, 90, 106, 240, Color::DarkGray),
    good: Shade(0, 170, 125, 36, Color::Green),
    warn: Shade(230, 159, 0, 178, Color::Yellow),
    bad: Shade(224, 96, 80, 167, Color::Red),
};

/// For light backgrounds: the same hues, darker, and further apart in lightness.
pub const LIGHT: Colours = Colours {
    series: [
        Shade(30, 130, 200, 32, Color::Blue),
        Shade(190, 125, 0, 136, Color::Magenta),
        Shade(0, 120, 85, 29, Color::Green),
        Shade(205, 95, 160, 169, Color::DarkGray),
        Shade(150, 45, 0, 88, Color::Red),
        Shade(30, 20, 90, 17, Color::Cyan),
    ],
    dim: Shade(96, 100, 114, 242, Color::DarkGray),
    faint: Shade(160, 164, 176, 248, Color::DarkGray),
    good: Shade(0, 120, 85, 29, Color::Green),
    warn: Shade(160, 92, 0, 130, Color::Magenta),
    bad: Shade(190, 40, 30, 160, Color::Red),
};

#[cfg(test)]
mod tests {
    use super::*;

    type Matrix = [[f64; 3]; 3];

    /// What is left of linear red, green and blue without one kind of cone (Machado et al. 2009), and all of it.
    const VISION: [(&str, Matrix); 4] = [
        (
            "normal",
            [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
        ),
        (
            "protanopia",
            [
                [0.152_286, 1.052_583, -0.204_868],
                [0.114_503, 0.786_281, 0.099_216],
                [-0.003_882, -0.048_116, 1.051_998],
            ],
        ),
        (
            "deuteranopia",
            [
                [0.367_322, 0.860_646, -0.227_968],
                [0.280_085, 0.672_501, 0.047_413],
                [-0.011_820, 0.042_940, 0.968_881],
            ],
        ),
        (
            "tritanopia",
            [
                [1.255_528, -0.076_749, -0.178_779],
                [-0.078_411, 0.930_809, 0.147_602],
                [0.004_733, 0.691_367, 0.303_900],
            ],
        ),
    ];

    fn linear(shade: &Shade) -> [f64; 3] {
        [shade.0, shade.1, shade.2].map(|v| {
            let v = f64::from(v) / 255.0;
            if v <= 0.040_45 {
                v / 12.92
            } else {
                ((v + 0.055) / 1.055).powf(2.4)
            }
        })
    }

    fn times(matrix: &Matrix, v: [f64; 3]) -> [f64; 3] {
        matrix.map(|row| row.iter().zip(v).map(|(a, b)| a * b).sum())
    }

    /// Lightness and the two opponent colours of CIE Lab.
    fn lab(rgb: [f64; 3]) -> [f64; 3] {
        const XYZ: Matrix = [
            [0.4339, 0.3763, 0.1899],
            [0.2126, 0.7152, 0.0722],
            [0.0177, 0.1095, 0.8730],
        ];
        let [x, y, z] = times(&XYZ, rgb.map(|v| v.clamp(0.0, 1.0))).map(|t| {
            if t > 0.008_856 {
                t.cbrt()
            } else {
                7.787 * t + 16.0 / 116.0
            }
        });
        [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
    }

    #[test]
    fn every_kind_of_colour_vision_tells_curves_apart() {
        for (theme, colours) in [("dark", &DARK), ("light", &LIGHT)] {
            for (vision, matrix) in &VISION {
                let seen = colours
                    .series
                    .each_ref()
                    .map(|s| lab(times(matrix, linear(s))));
                for (i, a) in seen.iter().enumerate() {
                    for (j, b) in seen.iter().enumerate().skip(i + 1) {
                        let far = (0..3).map(|k| (a[k] - b[k]).powi(2)).sum::<f64>().sqrt();
                        assert!(
                            far > 14.0,
                            "{theme} {vision}: {i} and {j} are {far:.1} apart"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn curves_stand_out_from_the_background() {
        let light = |shade: &Shade| {
            let [r, g, b] = linear(shade);
            0.2126 * r + 0.7152 * g + 0.0722 * b
        };
        for shade in &DARK.series {
            assert!((light(shade) + 0.05) / 0.05 > 3.0);
        }
        for shade in &LIGHT.series {
            assert!(1.05 / (light(shade) + 0.05) > 3.0);
        }
    }
}
