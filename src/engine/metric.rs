//! What is measured while training.

/// A recorded quantity: how it is named, measured and judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Metric {
    /// Key in logs and tables.
    pub key: &'static str,
    /// Title on screens.
    pub label: &'static str,
    /// Unit, or empty.
    pub unit: &'static str,
    /// One sentence on what it is.
    pub help: &'static str,
    /// Whether higher is better; `None` where neither is.
    pub higher_is_better: Option<bool>,
}

/// Every metric that a run may record, in the order of screens and tables: those first that say how the run does.
pub const METRICS: &[Metric] = &[
    Metric::new(
        "loss",
        "loss",
        "nats",
        "The experiment's loss, such as NT-Xent: mean over the 2N views of the batch.",
        Some(false),
    ),
    Metric::new(
        "knn",
        "kNN accuracy",
        "%",
        "Share of test images that their nearest training images classify correctly.",
        Some(true),
    ),
    Metric::new(
        "probe",
        "linear on h",
        "%",
        "Share of test images that a linear classifier on frozen h classifies correctly.",
        Some(true),
    ),
    Metric::new(
        "probe_z",
        "linear on z",
        "%",
        "The same on z, which the loss sees: h is expected to be better (paper, §4.2).",
        Some(true),
    ),
    Metric::new(
        "views_per_second",
        "speed",
        "views/s",
        "Views trained on per second, without evaluation.",
        Some(true),
    ),
    Metric::new(
        "contrastive_top1",
        "contrastive top-1",
        "%",
        "Share of views whose nearest other view in the batch is their partner.",
        Some(true),
    ),
    Metric::new(
        "alignment",
        "alignment",
        "",
        "Mean squared distance of the two views' z on the unit sphere (Wang & Isola 2020).",
        Some(false),
    ),
    Metric::new(
        "uniformity",
        "uniformity",
        "",
        "Log of the mean Gaussian potential of pairs of z (Wang & Isola 2020).",
        Some(false),
    ),
    Metric::new(
        "z_std",
        "z deviation",
        "",
        "Mean standard deviation of normalised z per dimension, over 1/sqrt(d): 0 is collapse, 1 is spread.",
        Some(true),
    ),
    Metric::new(
        "h_rank",
        "effective rank of h",
        "",
        "exp of the entropy of h's normalised singular values (Roy & Vetterli 2007).",
        Some(true),
    ),
    Metric::new(
        "few_1",
        "linear, 1 label",
        "%",
        "Linear on frozen h where only 1 label of each class is known: mean over ten draws.",
        Some(true),
    ),
    Metric::new(
        "few_2",
        "linear, 2 labels",
        "%",
        "Linear on frozen h where only 2 labels of each class are known: mean over ten draws.",
        Some(true),
    ),
    Metric::new(
        "few_5",
        "linear, 5 labels",
        "%",
        "Linear on frozen h where only 5 labels of each class are known: mean over ten draws.",
        Some(true),
    ),
    Metric::new(
        "few_10",
        "linear, 10 labels",
        "%",
        "Linear on frozen h where only 10 labels of each class are known: mean over ten draws.",
        Some(true),
    ),
    Metric::new(
        "rate",
        "learning rate",
        "",
        "Learning rate of the step.",
        None,
    ),
    Metric::new(
        "data_wait",
        "data wait",
        "%",
        "Share of training time spent waiting for the loader.",
        Some(false),
    ),
    Metric::new(
        "gpu_util",
        "GPU busy",
        "%",
        "Share of the last moment that the card was busy, for any program.",
        None,
    ),
    Metric::new(
        "gpu_memory",
        "GPU memory",
        "GiB",
        "Memory of the card in use, by any program.",
        None,
    ),
    Metric::new(
        "cpu_util",
        "CPU busy",
        "%",
        "Share of the last ten seconds that the processor was busy, for any program.",
        None,
    ),
    Metric::new(
        "memory",
        "RAM in use",
        "GiB",
        "Memory of the machine in use, by any program.",
        None,
    ),
];

impl Metric {
    const fn new(
        key: &'static str,
        label: &'static str,
        unit: &'static str,
        help: &'static str,
        higher_is_better: Option<bool>,
    ) -> Self {
        Self {
            key,
            label,
            unit,
            help,
            higher_is_better,
        }
    }

    /// What its newest figure is: one batch says little of the loss.
    #[must_use]
    pub fn newest(&self) -> &'static str {
        match self.key {
            "loss" => "epoch mean",
            _ => "last",
        }
    }

    /// The metric with this key.
    #[must_use]
    pub fn find(key: &str) -> Option<&'static Self> {
        METRICS.iter().find(|m| m.key == key)
    }
}
