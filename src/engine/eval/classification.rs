//! How well scores name images: top-1, top-5, per class, and what was taken for what.

/// Classes from which on top-5 says something; below, five of them are half of all.
const MANY: usize = 10;

/// How well a classifier names labelled images.
#[derive(Clone, Debug, PartialEq)]
pub struct ClassificationReport {
    /// Share named rightly, from 0 to 1.
    pub top1: f64,
    /// Share whose class is among the five highest, where there are more than ten classes.
    pub top5: Option<f64>,
    /// Share of each class named rightly; `None` for a class without images.
    pub per_class: Vec<Option<f64>>,
    /// How many of class (row) were named so (column).
    pub confusion: Vec<Vec<u64>>,
}

impl ClassificationReport {
    /// From row-major scores `[N, C]`, higher being likelier, and the true labels. A tie goes to the lower class.
    #[must_use]
    pub fn from_scores(scores: &[f64], labels: &[u32], classes: usize) -> Self {
        let mut confusion = vec![vec![0; classes]; classes];
        let mut in_five = 0_usize;
        for (row, label) in scores.chunks(classes.max(1)).zip(labels) {
            let truth = *label as usize;
            in_five += usize::from(rank(row, truth) < 5);
            confusion[truth][best(row)] += 1;
        }
        let total = labels.len().max(1) as f64;
        let right: u64 = (0..classes).map(|k| confusion[k][k]).sum();
        let per_class = confusion.iter().enumerate().map(|(k, row)| {
            let all: u64 = row.iter().sum();
            (all > 0).then(|| row[k] as f64 / all as f64)
        });
        Self {
            top1: right as f64 / total,
            top5: (classes > MANY).then(|| in_five as f64 / total),
            per_class: per_class.collect(),
            confusion,
        }
    }
}

/// The mean of several reports on the same images, with the counts of all.
#[must_use]
pub fn pooled(reports: &[ClassificationReport]) -> Option<ClassificationReport> {
    let (first, rest) = reports.split_first()?;
    let mut confusion = first.confusion.clone();
    for report in rest {
        let cells = confusion.iter_mut().flatten();
        cells
            .zip(report.confusion.iter().flatten())
            .for_each(|(sum, count)| *sum += count);
    }
    let mean = |of: &dyn Fn(&ClassificationReport) -> Option<f64>| {
        let values: Option<Vec<f64>> = reports.iter().map(of).collect();
        values.map(|values| values.iter().sum::<f64>() / reports.len() as f64)
    };
    let classes = 0..first.per_class.len();
    Some(ClassificationReport {
        top1: mean(&|r| Some(r.top1)).unwrap_or_default(),
        top5: mean(&|r| r.top5),
        per_class: classes.map(|k| mean(&|r| r.per_class[k])).collect(),
        confusion,
    })
}

/// How many classes stand before the true one.
fn rank(row: &[f64], truth: usize) -> usize {
    let before =
        |(k, score): &(usize, &f64)| **score > row[truth] || (**score >= row[truth] && *k < truth);
    let others = row.iter().enumerate().filter(|(k, _)| *k != truth);
    others.filter(before).count()
}

fn best(row: &[f64]) -> usize {
    let scores = row.iter().enumerate();
    scores.fold(0, |best, (k, s)| if *s > row[best] { k } else { best })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn top_five_counts_the_true_class_among_the_five_likeliest() {
        let scores: Vec<f64> = (0..12).map(|k| -f64::from(k)).collect();
        let judged = ClassificationReport::from_scores(&scores.repeat(2), &[4, 5], 12);
        assert_eq!(judged.top5, Some(0.5));
        assert!(judged.top1.abs() < 1e-9);
        assert_eq!(judged.confusion[4][0], 1);
        assert_eq!(judged.per_class[0], None);
    }

    #[test]
    fn reports_are_pooled_by_their_mean() {
        let report = |scores: &[f64]| ClassificationReport::from_scores(scores, &[0, 1], 3);
        let right = report(&[1.0, 0.0, 0.0, 0.0, 1.0, 0.0]);
        let wrong = report(&[0.0, 1.0, 0.0, 0.0, 1.0, 0.0]);
        let pooled = pooled(&[right.clone(), wrong]).unwrap();
        assert!((pooled.top1 - 0.75).abs() < 1e-9);
        assert_eq!(pooled.per_class, [Some(0.5), Some(1.0), None]);
        assert_eq!(pooled.confusion, [[1, 1, 0], [0, 2, 0], [0, 0, 0]]);
        assert_eq!(super::pooled(std::slice::from_ref(&right)), Some(right));
    }

    #[test]
    fn a_tie_goes_to_the_lower_class_and_ten_classes_have_no_top_five() {
        let judged = ClassificationReport::from_scores(&[1.0, 1.0, 1.0, 1.0], &[0, 1], 2);
        assert_eq!(judged.per_class, [Some(1.0), Some(0.0)]);
        assert_eq!(judged.top5, None);
    }
}
