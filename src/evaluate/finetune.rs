//! Fine-tuning with few labels, and the same network from scratch beside it (paper, §6 and appendix B.5).

use super::Subject;
use super::error::EvaluateError;
use crate::engine::data::{Images, Subset, UNLABELLED, few};
use crate::engine::eval::classification::{ClassificationReport, pooled};
use crate::engine::finetune::{Finetuning, Recipe, Trained};
use crate::engine::frozen::Space;
use crate::runs::Evaluation;
use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::str::FromStr;
use std::sync::Arc;

/// How many labels are given.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Labels {
    /// A share of all, from 0 to 1, as many of each class.
    Share(f64),
    /// So many of each class.
    PerClass(usize),
}

impl FromStr for Labels {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let share = |percent: &str| {
            let percent: f64 = percent.trim().parse().ok()?;
            (percent > 0.0 && percent <= 100.0).then_some(Self::Share(percent / 100.0))
        };
        let per_class = |count: &str| {
            let count = count.parse().ok().filter(|count| *count > 0);
            count.map(Self::PerClass)
        };
        let labels = match text.trim().strip_suffix('%') {
            Some(percent) => share(percent),
            None => per_class(text.trim().trim_end_matches("-per-class")),
        };
        labels
            .ok_or_else(|| "takes a share such as 10%, or a number such as 5-per-class".to_owned())
    }
}

impl Labels {
    /// Images a class, where so many have labels; at least 1.
    fn of_each(self, labelled: usize, classes: usize) -> usize {
        match self {
            Self::PerClass(count) => count,
            Self::Share(share) => {
                let count = share * labelled as f64 / classes.max(1) as f64;
                count.round().max(1.0) as usize
            }
        }
    }
}

/// What to fine-tune with.
#[derive(Clone, Copy, Debug)]
pub struct Finetune {
    /// How many labels.
    pub labels: Labels,
    /// Passes over the images; by the [`Recipe`], if none are given.
    pub epochs: Option<usize>,
    /// How often, each time with other images, views and new weights.
    pub seeds: u64,
}

/// What hears how many steps of how many are done, and says whether to go on.
pub type Steps<'a> = &'a mut dyn FnMut(usize, usize) -> ControlFlow<()>;

/// What came of one seed: how well the test images are named, and which share of those trained on.
type Judged = (ClassificationReport, f64);

impl Subject {
    /// Fine-tuning, and the same from scratch with the same images, of each seed that was done before `steps` said to stop;
    /// nothing, if none was.
    ///
    /// # Errors
    /// When the checkpoint is that of another network, or data or device fail.
    pub fn finetune(
        &self,
        with: &Finetune,
        steps: Steps,
    ) -> Result<Vec<Evaluation>, EvaluateError> {
        self.judged()?;
        let bank = &self.data.bank;
        let labels: Vec<u32> = (0..bank.len()).map(|i| bank.label(i)).collect();
        let known = labels.iter().filter(|label| **label != UNLABELLED);
        let classes = known.clone().collect::<BTreeSet<_>>().len();
        let labelled = known.count();
        let count = with.labels.of_each(labelled, classes);
        let images = few(&labels, count, 0).len();
        let recipe = Recipe::whole(images, labelled, with.epochs);
        let total = 2 * recipe.total() * with.seeds as usize;
        let mut done = 0;
        let mut on = || {
            done += 1;
            steps(done, total)
        };
        let mut sides: [Vec<Judged>; 2] = [Vec::new(), Vec::new()];
        let mut notes = BTreeSet::new();
        for seed in 0..with.seeds {
            let images: Arc<dyn Images> = Arc::new(Subset::of(bank, few(&labels, count, seed)));
            let Some(both) = self.both(&images, recipe, seed, &mut notes, &mut on)? else {
                break;
            };
            for (side, judged) in sides.iter_mut().zip(both) {
                side.push(judged);
            }
        }
        let finished = sides[0].len() as u64;
        if finished < with.seeds {
            notes.insert(format!("stopped after {finished} of {} seeds", with.seeds));
        }
        if images < count * classes {
            notes.insert(format!(
                "some classes have fewer than {count} labelled images"
            ));
        }
        let method = ["finetune", "scratch"];
        let sides = method.into_iter().zip(sides);
        let evaluations = sides.filter_map(|(method, judged)| {
            let mut evaluation = self.of_seeds(method, recipe, images, judged)?;
            evaluation.labels = count as u64;
            evaluation.notes.extend(notes.iter().cloned());
            Some(evaluation)
        });
        Ok(evaluations.collect())
    }

    /// Trains both sides of a seed and judges them; `None` where it is to stop.
    fn both(
        &self,
        images: &Arc<dyn Images>,
        recipe: Recipe,
        seed: u64,
        notes: &mut BTreeSet<String>,
        on: &mut dyn FnMut() -> ControlFlow<()>,
    ) -> Result<Option<[Judged; 2]>, EvaluateError> {
        let mut side = |from| {
            let training = Finetuning {
                setup: self.setup(),
                images: images.clone(),
                classes: self.data.classes.len(),
                recipe,
                trained: Trained::Whole,
                seed,
                from,
            };
            let Some(network) = training.train(on)? else {
                return Ok(None);
            };
            let mut missing = Vec::new();
            let test = training.judge(&network, &self.data.test, &mut missing)?;
            let train = training.judge(&network, images, &mut missing)?;
            notes.extend(missing);
            Ok(Some((test, train.top1)))
        };
        let Some(tuned) = side(Some(&self.found.checkpoint))? else {
            return Ok(None);
        };
        let scratch: Result<_, EvaluateError> = side(None);
        Ok(scratch?.map(|scratch| [tuned, scratch]))
    }

    /// What came of all seeds of one side; `None` of none.
    fn of_seeds(
        &self,
        method: &str,
        recipe: Recipe,
        images: usize,
        judged: Vec<Judged>,
    ) -> Option<Evaluation> {
        let (tests, trains): (Vec<ClassificationReport>, Vec<f64>) = judged.into_iter().unzip();
        let seeds: Vec<f64> = tests.iter().map(|test| test.top1).collect();
        let count = seeds.len();
        let protocol = format!("{count} seeds, {}", recipe.protocol());
        let pooled = pooled(&tests)?;
        let mut evaluation = self.evaluation(method, Space::H, protocol, images, pooled);
        evaluation.tested /= count as u64;
        evaluation.train_top1 = Some(trains.iter().sum::<f64>() / count as f64);
        evaluation.seeds = seeds;
        Some(evaluation)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_a_share_or_a_number_of_each_class() {
        for (text, labels) in [
            ("1%", Labels::Share(0.01)),
            (" 12.5 %", Labels::Share(0.125)),
            ("5-per-class", Labels::PerClass(5)),
            ("5", Labels::PerClass(5)),
        ] {
            assert_eq!(text.parse(), Ok(labels), "{text}");
        }
        for text in ["", "0", "0%", "101%", "x%", "-5", "1.5", "nan%"] {
            assert!(text.parse::<Labels>().is_err(), "{text}");
        }
        assert_eq!(Labels::Share(0.1).of_each(2_000, 10), 20);
        assert_eq!(Labels::Share(0.01).of_each(150, 3), 1);
        assert_eq!(Labels::PerClass(7).of_each(150, 3), 7);
    }
}
