//! Made readings: what a driver doesn't tell is n/a, and costs nothing else.

use super::fake_driver::Made;
use super::*;

#[test]
fn a_card_is_read_and_this_process_is_no_other() {
    let driver = Made::cards(1);
    let cards = read(&driver, 7).unwrap();
    assert_eq!(cards.driver.as_deref(), Some("580.65.06"));
    assert_eq!(cards.cuda, Some((13, 0)));
    let [card] = cards.cards.as_slice() else {
        panic!("one card")
    };
    assert_eq!((card.utilisation, card.temperature), (Some(97), Some(64)));
    assert_eq!((card.power, card.power_limit), (Some(612.5), Some(700.0)));
    let others = card.processes.as_ref().unwrap();
    assert_eq!(others.iter().map(|p| p.pid).collect::<Vec<_>>(), [4242]);
    assert!(!card.lost);
}

#[test]
fn a_meter_that_a_card_lacks_costs_no_other() {
    let driver = Made::cards(1).powerless();
    let card = &read(&driver, 7).unwrap().cards[0];
    assert_eq!((card.power, card.power_limit), (None, None));
    assert_eq!(card.utilisation, Some(97));
    assert!(!card.lost, "a card without a meter is not lost");
}

#[test]
fn a_lost_card_is_said_to_be_and_the_other_is_read() {
    let driver = Made::cards(2).lost();
    let cards = read(&driver, 7).unwrap().cards;
    assert!(!cards[0].lost && cards[1].lost);
    let nothing = Card {
        index: 1,
        lost: true,
        ..Card::default()
    };
    assert_eq!(cards[1], nothing);
}

#[test]
fn the_list_of_visible_cards_says_which_one_trains() {
    assert_eq!(visible("cuda:1", None), Some(1));
    assert_eq!(visible("cuda:1", Some("3, 5")), Some(5));
    assert_eq!(visible("cuda:2", Some("3,5")), None);
    assert_eq!(visible("cuda:0", Some("GPU-8f2a")), None);
    assert_eq!(visible("cpu", None), None);
}

#[test]
fn a_driver_that_says_nothing_is_a_sentence() {
    assert_eq!(
        read(&Made::default(), 7).unwrap_err(),
        "the NVIDIA driver doesn't answer: it sleeps"
    );
}
