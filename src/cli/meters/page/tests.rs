//! Pages of made readings.

use super::*;
use crate::machine::cards::fake_driver::{GIB, Made};
use crate::machine::cards::read;
use crate::machine::host::HostReading;
use crate::text::says::Says;
use std::path::PathBuf;

fn look(cards: crate::machine::gpu_monitor::Reading) -> Look {
    Look {
        at: 1.0,
        host: HostReading {
            cpu: Some(95.0),
            memory: Some(Amount {
                used: 2 * GIB,
                total: 8 * GIB,
            }),
            ..HostReading::default()
        },
        runs: PathBuf::from("/runs"),
        disk: None,
        cards,
    }
}

/// The text of all lines without styles.
fn text(look: &Look) -> String {
    let line = |line: &Line| {
        line.iter()
            .map(|(_, text)| text.as_str())
            .collect::<String>()
    };
    let lines: Vec<String> = lines(look)
        .iter()
        .map(|l| line(l).trim_end().to_owned())
        .collect();
    lines.join("\n")
}

#[test]
fn a_machine_with_a_card_a_meter_of_which_is_missing() {
    let made = Made::cards(1).powerless();
    assert_eq!(
        text(&look(read(&made, 7))),
        "\
processor      ###################.   95 %
memory         #####...............   25 %  2.0 GiB of 8.0 GiB
disk of runs   n/a                          /runs

cuda:0         NVIDIA H100 80GB HBM3
  busy         ###################.   97 %
  memory       #####...............   25 %  20.0 GiB of 80.0 GiB
  heat, power  64 \u{b0}C, n/a
  clocks       1980 MHz, memory 2619 MHz
  slowed by    power cap
  others       python3 (4242) 12.0 GiB"
    );
}

#[test]
fn a_lost_card_and_a_missing_driver_are_said() {
    let made = Made::cards(2).lost();
    text(&look(read(&made, 7)))
        .ends("cuda:1         n/a: the card no longer answers; restart the machine");
    text(&look(Err("no NVIDIA driver was found".to_owned())))
        .ends("NVIDIA cards   n/a: no NVIDIA driver was found");
}

#[test]
fn lost_values_are_null_in_json_and_the_others_are_there() {
    let made = Made::cards(2).lost();
    let json = look(read(&made, 7)).json();
    assert_eq!(json["cards"][0]["power"], 612.5);
    assert_eq!(json["cards"][1]["lost"], true);
    assert!(json["cards"][1]["utilisation"].is_null());
    assert!(json["disk"].is_null() && json["cards_missing"].is_null());
}

#[test]
fn a_narrow_terminal_cuts_lines_so_that_they_can_be_written_over() {
    let mut screen = Screen::to(io::sink());
    screen.width = Some(30);
    let look = look(Err("no NVIDIA driver was found anywhere".to_owned()));
    for line in lines(&look) {
        assert!(width(&painted(&line, &screen)) <= 30);
    }
}
