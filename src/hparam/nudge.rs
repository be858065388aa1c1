//! How numbers are nudged: along round ones.

/// Rounds away the noise of binary fractions: 0.30000000000000004 becomes 0.3.
pub fn tidy(v: f64) -> f64 {
    format!("{v:.10e}").parse().unwrap_or(v)
}

/// Steps 1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10: about twelve per cent to thirty a nudge, on round numbers.
pub fn nudge_log(v: f64, steps: i64, min: f64, max: f64) -> f64 {
    const LADDER: [f64; 10] = [1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0];
    let floor = if min > 0.0 { min } else { max * 1e-6 };
    let mut v = v;
    for _ in 0..steps.unsigned_abs() {
        if steps > 0 && v < floor {
            v = floor;
            continue;
        }
        let decade = 10f64.powf(v.log10().floor());
        let rungs = LADDER.iter().map(|r| r * decade);
        v = if steps > 0 {
            rungs
                .chain([10.0 * decade])
                .find(|r| *r > v * (1.0 + 1e-9))
                .unwrap_or(max)
        } else {
            LADDER
                .iter()
                .map(|r| r * decade / 10.0)
                .chain(rungs)
                .rfind(|r| *r < v * (1.0 - 1e-9))
                .unwrap_or(min)
        };
        if steps < 0 && v < floor {
            v = min;
        }
    }
    tidy(v).clamp(min, max)
}

/// Doubles or halves by way of the powers of two; a `min` of 0 lies below 1.
pub fn nudge_doubling(v: u64, steps: i64, min: u64, max: u64) -> u64 {
    let mut v = v;
    for _ in 0..steps.unsigned_abs().min(64) {
        v = if steps > 0 {
            (v + 1).next_power_of_two()
        } else {
            v.div_ceil(2).next_power_of_two() >> u32::from(v <= 1)
        };
    }
    v.clamp(min, max)
}
