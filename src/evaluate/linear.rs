//! Linear evaluation of frozen features: by L-BFGS with all labels and with few, and by the paper's own recipe (§4.2, appendix B.6).

use super::error::EvaluateError;
use super::finetune::Steps;
use super::{Spaces, Subject};
use crate::engine::data::share_of_each;
use crate::engine::eval::classification::pooled;
use crate::engine::eval::few_labels::{self, DRAWS};
use crate::engine::eval::knn::Embeddings;
use crate::engine::eval::probe::{self, Classifier};
use crate::engine::finetune::{Finetuning, Recipe, Trained};
use crate::engine::frozen::Space;
use crate::runs::Evaluation;
use crate::runs::evaluation::a_class;
use std::collections::BTreeSet;
use std::str::FromStr;

/// What is tried for C, and the share of the images that it is chosen on.
const TRIED: [f64; 7] = [1e-3, 1e-2, 1e-1, 1.0, 1e1, 1e2, 1e3];
const HELD_OUT: f64 = 0.2;

/// Inverse strength of the probe's L2 penalty.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Penalty {
    /// As scikit-learn's C.
    C(f64),
    /// The best of some on a fifth of the labelled images, which is held out for that.
    Chosen,
}

impl FromStr for Penalty {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "auto" {
            return Ok(Self::Chosen);
        }
        let c = text
            .parse()
            .ok()
            .filter(|c: &f64| c.is_finite() && *c > 0.0);
        c.map(Self::C)
            .ok_or_else(|| format!("--c takes a number above 0 or auto, not {text}"))
    }
}

/// How a fit with this C is described.
fn described(c: f64) -> String {
    format!("logistic regression, L-BFGS, L2 with C {c}, features as they are")
}

impl Subject {
    /// Linear evaluation.
    ///
    /// # Errors
    /// A sentence on what the images lack.
    pub fn probe(
        &self,
        spaces: &Spaces,
        space: Space,
        penalty: Penalty,
    ) -> Result<Evaluation, EvaluateError> {
        self.judged()?;
        let (bank, test) = spaces.of(space);
        let (c, how) = match penalty {
            Penalty::C(c) => (c, ""),
            Penalty::Chosen => (
                self.chosen(bank),
                ", chosen on a held-out fifth of the labelled images",
            ),
        };
        let classifier = self.fit(bank, c);
        let protocol = described(c) + how;
        let judged = classifier.evaluate(test);
        let mut evaluation = self.evaluation("probe", space, protocol, bank.len(), judged);
        evaluation.train_top1 = Some(classifier.evaluate(bank).top1);
        if !classifier.converged {
            let why = format!(
                "the fit had not converged after {} iterations",
                classifier.iterations
            );
            evaluation.notes.push(why);
        }
        Ok(evaluation)
    }

    fn fit(&self, bank: &Embeddings, c: f64) -> Classifier {
        probe::fit(bank, self.data.classes.len(), c)
    }

    /// The C with which a fit to four fifths names most of the last one rightly; of equals the smallest.
    fn chosen(&self, bank: &Embeddings) -> f64 {
        let held = share_of_each(&bank.labels, HELD_OUT);
        let (held, rest): (Vec<usize>, _) = (0..bank.len()).partition(|row| held.contains(row));
        let (held, rest) = (bank.rows(&held), bank.rows(&rest));
        let right = |c: f64| self.fit(&rest, c).evaluate(&held).top1;
        let first = (TRIED[0], right(TRIED[0]));
        let tried = TRIED[1..].iter().map(|c| (*c, right(*c)));
        tried
            .fold(
                first,
                |best, next| if next.1 > best.1 { next } else { best },
            )
            .0
    }

    /// Linear evaluation of h with few labels a class, as far as each class has so many: the mean over draws.
    ///
    /// # Errors
    /// A sentence on what the images lack.
    pub fn few(&self, spaces: &Spaces, penalty: Penalty) -> Result<Vec<Evaluation>, EvaluateError> {
        self.judged()?;
        let (bank, test) = spaces.of(Space::H);
        let classes = bank.labels.iter().collect::<BTreeSet<_>>().len();
        let c = match penalty {
            Penalty::C(c) => c,
            // There is nothing to hold out.
            Penalty::Chosen => 1.0,
        };
        let drawn = few_labels::evaluate(bank, test, self.data.classes.len(), c);
        let of = |(labels, draws): (usize, Vec<_>)| {
            let protocol = format!(
                "{}, {DRAWS} draws, {}",
                a_class(labels as u64),
                described(c)
            );
            let fitted = labels * classes;
            let judged = pooled(&draws)?;
            let mut evaluation = self.evaluation("probe", Space::H, protocol, fitted, judged);
            evaluation.tested = test.len() as u64;
            evaluation.labels = labels as u64;
            evaluation.seeds = draws.iter().map(|draw| draw.top1).collect();
            // Of a curve, the figures are enough.
            evaluation.per_class.clear();
            evaluation.confusion.clear();
            Some(evaluation)
        };
        Ok(drawn.into_iter().filter_map(of).collect())
    }

    /// Linear evaluation of h by SGD on augmented views (appendix B.6); `None` where `steps` said to stop.
    ///
    /// # Errors
    /// When the checkpoint is that of another network, or data or device fail.
    pub fn probe_by_sgd(&self, steps: Steps) -> Result<Option<Evaluation>, EvaluateError> {
        self.judged()?;
        let images = &self.data.bank;
        let recipe = Recipe::linear(images.len());
        let training = Finetuning {
            setup: self.setup(),
            images: images.clone(),
            classes: self.data.classes.len(),
            recipe,
            trained: Trained::Linear,
            seed: 0,
            from: Some(&self.found.checkpoint),
        };
        let mut done = 0;
        let mut on = || {
            done += 1;
            steps(done, recipe.total())
        };
        let Some(network) = training.train(&mut on)? else {
            return Ok(None);
        };
        let mut missing = Vec::new();
        let judged = training.judge(&network, &self.data.test, &mut missing)?;
        let train = training.judge(&network, images, &mut missing)?;
        let protocol = format!("logistic regression, {}", recipe.protocol());
        let mut evaluation = self.evaluation("probe", Space::H, protocol, images.len(), judged);
        evaluation.train_top1 = Some(train.top1);
        evaluation.notes.extend(missing);
        Ok(Some(evaluation))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_penalty_is_a_number_or_left_to_the_images() {
        assert_eq!("0.5".parse(), Ok(Penalty::C(0.5)));
        assert_eq!("auto".parse(), Ok(Penalty::Chosen));
        for text in ["0", "-1", "inf", "nan", "best", ""] {
            assert!(text.parse::<Penalty>().is_err(), "{text}");
        }
    }
}
