//! Numbers, times and shares as a person reads them.

/// A number with so many decimals, or what it is instead.
pub fn decimal(value: f64, digits: usize) -> String {
    format!("{value:.digits$}")
}

/// The same, with nothing for nothing.
pub fn perhaps(value: Option<f64>, digits: usize) -> String {
    value.map_or_else(|| "-".to_owned(), |v| decimal(v, digits))
}

/// A metric's value in three or four digits.
pub fn figure(value: f64) -> String {
    match value.abs() {
        1000.0.. if value.is_finite() => thousands(value),
        10.0..1000.0 => decimal(value, 1),
        1.0..10.0 => decimal(value, 3),
        1e-3..1.0 => decimal(value, 4),
        v if v > 0.0 && v < 1e-3 => format!("{value:.2e}"),
        _ => value.to_string(),
    }
}

/// A whole number with commas between thousands.
pub fn thousands(value: f64) -> String {
    if !value.is_finite() {
        return value.to_string();
    }
    let digits = format!("{:.0}", value.abs());
    let mut out = String::new();
    for (nth, digit) in digits.chars().enumerate() {
        if nth > 0 && (digits.len() - nth).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if value <= -0.5 {
        format!("-{out}")
    } else {
        out
    }
}

/// A time span in its two largest units at most.
pub fn duration(seconds: f64) -> String {
    let s = seconds.max(0.0).round() as u64;
    let (minutes, hours, days) = (s / 60, s / 3600, s / 86400);
    match s {
        0..60 => format!("{s} s"),
        60..600 => format!("{minutes} min {:02} s", s % 60),
        600..3600 => format!("{minutes} min"),
        3600..86400 => format!("{hours} h {:02} min", minutes % 60),
        _ => format!("{days} d {} h", hours % 24),
    }
}

/// A moment in local time.
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
pub fn bytes(count: u64) -> String {
    let count = count as f64;
    match count {
        ..1024.0 => format!("{count} B"),
        ..1_048_576.0 => format!("{:.1} KiB", count / 1024.0),
        ..1_073_741_824.0 => format!("{:.1} MiB", count / 1_048_576.0),
        _ => format!("{:.1} GiB", count / 1_073_741_824.0),
    }
}

/// What is said while the queue may begin nothing.
pub const PAUSED: &str = "the queue is paused; `simclr-tui queue continue` goes on";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_numbers_read_well() {
        assert_eq!(duration(0.4), "0 s");
        assert_eq!(duration(59.9), "1 min 00 s");
        assert_eq!(duration(840.0), "14 min");
        assert_eq!(duration(7501.0), "2 h 05 min");
        assert_eq!(duration(200_000.0), "2 d 7 h");
        assert_eq!(thousands(8912.4), "8,912");
        assert_eq!(thousands(1_234_567.0), "1,234,567");
        assert_eq!(thousands(-1000.0), "-1,000");
        assert_eq!(thousands(0.2), "0");
        assert_eq!(decimal(f64::NAN, 2), "NaN");
        assert_eq!(bytes(4_718_592), "4.5 MiB");
    }
}
