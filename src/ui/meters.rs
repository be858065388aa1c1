//! Small meters in the status line: a block for each core, the memory of this process, and each card.

use crate::machine::cards::Card;
use crate::machine::gpu_monitor::Watch;
use crate::machine::host::{Host, HostReading};
use crate::machine::open;
use crate::text::figures;
use crate::ui::theme::Theme;
use crate::ui::widgets::spark::BLOCKS;
use ratatui::text::{Line, Span};
use std::time::{Duration, Instant};

/// From one look to the next at least.
const PACE: Duration = Duration::from_secs(2);
/// Most blocks for cores: of more cores several share one.
const MOST: usize = 16;

/// The meters, and what they show.
#[derive(Debug)]
pub struct Meters {
    host: Host,
    watch: Watch,
    looked: Instant,
    /// What processor and memory showed.
    pub reading: HostReading,
    /// What the cards showed.
    pub cards: Vec<Card>,
}

impl Default for Meters {
    fn default() -> Self {
        let mut host = Host::default();
        host.read();
        Self {
            host,
            watch: Watch::begin(open),
            looked: Instant::now(),
            reading: HostReading::default(),
            cards: Vec::new(),
        }
    }
}

impl Meters {
    /// Looks, if it is time to; whether there is anything new to see. The cards' driver is not waited for.
    pub fn look(&mut self) -> bool {
        if self.looked.elapsed() < PACE {
            return false;
        }
        let before = self.words();
        self.looked = Instant::now();
        self.reading = self.host.read();
        if let Some(cards) = self.watch.take() {
            self.cards = cards.map_or_else(|_| Vec::new(), |all| all.cards);
        }
        self.watch.ask();
        before != self.words()
    }

    /// The blocks and what stands behind them: of the processor, then of each card.
    fn words(&self) -> Vec<(String, String)> {
        let cores = &self.reading.cores;
        let each = cores.len().div_ceil(MOST).max(1);
        let share = |cores: &[f64]| cores.iter().sum::<f64>() / cores.len() as f64;
        let blocks: String = cores
            .chunks(each)
            .map(|cores| block(share(cores)))
            .collect();
        let memory = self
            .reading
            .own
            .map(|own| format!(" {} RAM", figures::bytes(own)));
        let host = (blocks, memory.unwrap_or_default());
        let cards = self.cards.iter().map(|card| {
            let busy = card
                .utilisation
                .map_or_else(String::new, |busy| block(f64::from(busy)).into());
            let memory = card
                .memory
                .map(|memory| format!(" {}", figures::bytes(memory.used)));
            (
                busy,
                format!("{} GPU {}", memory.unwrap_or_default(), card.index),
            )
        });
        std::iter::once(host).chain(cards).collect()
    }

    /// The meters in one line.
    #[must_use]
    pub fn line(&self, theme: &Theme) -> Line<'static> {
        let words = self
            .words()
            .into_iter()
            .filter(|(blocks, _)| !blocks.is_empty());
        let spans = words.flat_map(|(blocks, words)| {
            [
                Span::styled(blocks, theme.series(0)),
                Span::styled(format!("{words}  "), theme.dim),
            ]
        });
        spans.collect()
    }
}

/// So much of a hundred.
fn block(percent: f64) -> char {
    let top = BLOCKS.len() - 1;
    BLOCKS[((percent / 100.0 * top as f64).round() as usize).min(top)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::theme::Depth;

    fn shown(cores: &[f64], cards: Vec<Card>) -> String {
        let meters = Meters {
            reading: HostReading {
                cores: cores.to_vec(),
                own: Some(3 << 29),
                ..HostReading::default()
            },
            cards,
            ..Meters::default()
        };
        meters.line(&Theme::new(Depth::True)).to_string()
    }

    #[test]
    fn each_core_has_a_block_and_many_share_some() {
        assert_eq!(shown(&[0.0, 50.0, 100.0], Vec::new()), "▁▄▇ 1.5 GiB RAM  ");
        assert_eq!(
            shown(&[100.0; 64], Vec::new()),
            format!("{} 1.5 GiB RAM  ", "▇".repeat(16))
        );
        assert_eq!(shown(&[], Vec::new()), "", "nothing is known yet");
    }

    #[test]
    fn each_card_has_its_own() {
        let card = Card {
            index: 1,
            utilisation: Some(97),
            memory: Some(crate::machine::Amount {
                used: 20 << 30,
                total: 80 << 30,
            }),
            ..Card::default()
        };
        assert_eq!(
            shown(&[0.0], vec![card]),
            "▁ 1.5 GiB RAM  ▇ 20.0 GiB GPU 1  "
        );
    }
}
