//! Numbers, times and sizes as a person reads them, on the screen and on the command line alike.

/// A whole number with commas between thousands: 12,345.
#[must_use]
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (nth, digit) in digits.chars().enumerate() {
        if nth > 0 && (digits.len() - nth).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A real number as the nearest whole one, with commas between thousands.
#[must_use]
pub fn rounded(number: f64) -> String {
    let whole = number.abs().round();
    if !number.is_finite() || whole > 1e18 {
        return significant(number, 3);
    }
    let sign = if number <= -0.5 { "-" } else { "" };
    format!("{sign}{}", thousands(whole as u64))
}

/// A real number with so many decimals; `NaN` and `inf` as such.
#[must_use]
pub fn decimal(number: f64, decimals: usize) -> String {
    format!("{number:.decimals$}")
}

/// The same, and a dash where there is none.
#[must_use]
pub fn perhaps(number: Option<f64>, decimals: usize) -> String {
    number.map_or_else(|| "-".to_owned(), |number| decimal(number, decimals))
}

/// A real number with about so many significant digits, short: 0.00133, 2e-5, 12.4.
#[must_use]
pub fn significant(number: f64, digits: usize) -> String {
    if number == 0.0 || !number.is_finite() {
        return decimal(number, 0);
    }
    let magnitude = number.abs().log10().floor();
    if !(-4.0..6.0).contains(&magnitude) {
        return format!("{number:.*e}", digits.saturating_sub(1));
    }
    let decimals = (digits as f64 - 1.0 - magnitude).max(0.0);
    format!("{number:.*}", decimals as usize)
}

/// A metric's value in three or four digits.
#[must_use]
pub fn figure(number: f64) -> String {
    match number.abs() {
        1000.0.. => rounded(number),
        10.0..1000.0 => decimal(number, 1),
        1.0..10.0 => decimal(number, 3),
        1e-3..1.0 => decimal(number, 4),
        v if v > 0.0 && v < 1e-3 => format!("{number:.2e}"),
        _ => number.to_string(),
    }
}

/// A number in words with the true minus, as differences have it.
#[must_use]
pub fn with_minus(number: String) -> String {
    match number.strip_prefix('-') {
        Some(size) => format!("−{size}"),
        None => number,
    }
}

/// A difference with its sign, the true minus among them.
#[must_use]
pub fn signed(number: f64, decimals: usize) -> String {
    if number.is_nan() {
        return "NaN".to_owned();
    }
    let text = format!("{:.decimals$}", number.abs());
    let zero = text.chars().all(|c| matches!(c, '0' | '.'));
    let sign = if zero { "" } else { sign(number) };
    format!("{sign}{text}")
}

/// The sign of a difference.
#[must_use]
pub fn sign(number: f64) -> &'static str {
    match number {
        0.0 => "",
        n if n < 0.0 => "−",
        _ => "+",
    }
}

/// A span of time in its two largest units at most: 45 s, 3 min 05 s, 14 min, 1 h 04 min, 2 d 3 h.
#[must_use]
pub fn duration(seconds: f64) -> String {
    if !seconds.is_finite() {
        return "?".to_owned();
    }
    // Clocks that were set back make negative ones.
    let s = seconds.max(0.0).round() as u64;
    let (minutes, hours, days) = (s / 60, s / 3600, s / 86_400);
    match s {
        0..60 => format!("{s} s"),
        60..600 => format!("{minutes} min {:02} s", s % 60),
        600..3600 => format!("{minutes} min"),
        3600..86_400 => format!("{hours} h {:02} min", minutes % 60),
        _ => format!("{days} d {} h", hours % 24),
    }
}

/// How long ago, in one unit: now, 5 min, 3 h, 12 d.
#[must_use]
pub fn age(seconds: f64) -> String {
    let s = seconds.max(0.0) as u64;
    match s {
        0..60 => "now".to_owned(),
        60..3600 => format!("{} min", s / 60),
        3600..86_400 => format!("{} h", s / 3600),
        86_400..31_536_000 => format!("{} d", s / 86_400),
        _ => format!("{} y", s / 31_536_000),
    }
}

/// A moment in local time, from seconds since 1970.
#[must_use]
pub fn moment(unix: f64) -> String {
    let time = jiff::Timestamp::from_millisecond((unix * 1000.0) as i64);
    time.map_or_else(
        |_| "-".to_owned(),
        |time| {
            let local = time.to_zoned_datetime(jiff::tz::TimeZone::system());
            local.strftime("%Y-%m-%d %H:%M").to_string()
        },
    )
}

/// A number of bytes.
#[must_use]
pub fn bytes(count: u64) -> String {
    let count = count as f64;
    match count {
        ..1024.0 => format!("{count} B"),
        ..1_048_576.0 => format!("{:.1} KiB", count / 1024.0),
        ..1_073_741_824.0 => format!("{:.1} MiB", count / 1_048_576.0),
        _ => format!("{:.1} GiB", count / 1_073_741_824.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_numbers_read_well() {
        assert_eq!(duration(0.4), "0 s");
        assert_eq!(duration(59.9), "1 min 00 s");
        assert_eq!(duration(185.0), "3 min 05 s");
        assert_eq!(duration(840.0), "14 min");
        assert_eq!(duration(7501.0), "2 h 05 min");
        assert_eq!(duration(200_000.0), "2 d 7 h");
        assert_eq!(
            (duration(-1.0), duration(f64::NAN)),
            ("0 s".into(), "?".into())
        );
        assert_eq!(age(7300.0), "2 h");
        assert_eq!(thousands(1_234_567), "1,234,567");
        assert_eq!(
            (rounded(8912.4), rounded(0.2)),
            ("8,912".into(), "0".into())
        );
        assert_eq!(
            (rounded(-1000.0), rounded(1e300)),
            ("-1,000".into(), "1.00e300".into())
        );
        assert_eq!(rounded(f64::INFINITY), "inf");
        assert_eq!(decimal(f64::NAN, 2), "NaN");
        assert_eq!(significant(0.001_333, 3), "0.00133");
        assert_eq!(significant(2e-5, 2), "2.0e-5");
        assert_eq!(significant(1812.4, 3), "1812");
        assert_eq!(signed(-21.44, 1), "−21.4");
        assert_eq!(signed(0.01, 1), "0.0");
        assert_eq!(bytes(4_718_592), "4.5 MiB");
    }
}
