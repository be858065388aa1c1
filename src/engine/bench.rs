//! How fast the code paths of training are: each is the real one, run over and over and timed.

use crate::engine::augment::{Augmenter, Scratch, view_stream};
use crate::engine::data::{DataError, Image};
use crate::engine::device::Chosen;
use crate::engine::eval::knn::{self, Embeddings, Knn};
use crate::engine::fault::Fault;
use crate::engine::loss::Loss;
use crate::engine::random::{Purpose, Stream};
use crate::engine::readback;
use crate::engine::train::{Setup, TrainError, standalone};
use burn::tensor::{Tensor, TensorData};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Images that views are made of: few, so that they stay in the processor's cache as in a batch.
const IMAGES: usize = 200;

/// Batches a repetition: more than are made ahead, which would seem to take no time.
const TAKEN: usize = 32;

/// What one bench took, repetition by repetition.
#[derive(Clone, Debug)]
pub struct Timed {
    /// What was done once a repetition, such as views.
    pub unit: &'static str,
    /// How many of them a repetition.
    pub amount: f64,
    /// How long each repetition took.
    pub times: Vec<Duration>,
    /// The sizes that it depends on, in words.
    pub sizes: String,
    /// Threads that worked.
    pub threads: usize,
}

/// Repeats work until so many repetitions are timed, after one that is not.
fn repeat<E>(times: usize, mut work: impl FnMut() -> Result<(), E>) -> Result<Vec<Duration>, E> {
    work()?;
    let mut took = Vec::with_capacity(times);
    for _ in 0..times {
        let began = Instant::now();
        work()?;
        took.push(began.elapsed());
    }
    Ok(took)
}

/// Views on one thread, from decoded images.
///
/// # Errors
/// When an image can't be read.
pub fn augment(setup: Setup, times: usize) -> Result<Timed, DataError> {
    let e = setup.experiment;
    let augmenter = Augmenter::new(&e.augment, e.data.image_size);
    let train = &setup.data.train;
    let count = train.len().min(IMAGES);
    let images: Vec<Arc<Image>> = (0..count)
        .map(|i| train.image(i))
        .collect::<Result<_, _>>()?;
    let mut scratch = Scratch::default();
    let mut out = vec![0.0; augmenter.len()];
    let mut epoch = 0;
    let times = repeat(times, || {
        epoch += 1;
        for (i, image) in images.iter().enumerate() {
            for view in 0..2 {
                let mut stream = view_stream(e.train.seed, epoch, i, view);
                augmenter.view(image, &mut stream, &mut out, &mut scratch);
            }
        }
        std::hint::black_box(&out);
        Ok::<_, DataError>(())
    })?;
    let side = images.first().map_or(0, |image| image.width);
    Ok(Timed {
        unit: "views",
        amount: 2.0 * count as f64,
        times,
        sizes: format!("{side} to {} px", e.data.image_size),
        threads: 1,
    })
}

/// Batches as training takes them from the loader, its threads and all.
///
/// # Errors
/// When the data fail.
pub fn load(setup: Setup, times: usize) -> Result<Timed, TrainError> {
    let e = setup.experiment;
    let mut endless = e.clone();
    endless.train.epochs = 1_000_000;
    let mut batches = standalone::batches(Setup {
        experiment: &endless,
        ..setup
    });
    let times = repeat(times, || {
        (0..TAKEN).try_for_each(|_| batches.next().map(drop))
    })?;
    Ok(Timed {
        unit: "views",
        amount: (2 * TAKEN * e.train.batch) as f64,
        times,
        sizes: format!(
            "batches of {} pairs, {} px",
            e.train.batch, e.data.image_size
        ),
        threads: setup.loader.threads(),
    })
}

/// Training steps on views that are there already: both networks forward, the loss, backward, update.
///
/// # Errors
/// When data or device fail.
pub fn step(setup: Setup, times: usize) -> Result<Timed, TrainError> {
    let e = setup.experiment;
    let times = standalone::steps(setup, times)?;
    Ok(Timed {
        unit: "views",
        amount: 2.0 * e.train.batch as f64,
        times,
        sizes: format!(
            "{} w{}, {} pairs{}, {} px",
            e.model.encoder.name(),
            e.model.width,
            e.train.batch,
            if e.train.is_chunked() {
                format!(", {} at once", e.train.at_once())
            } else {
                String::new()
            },
            e.data.image_size
        ),
        threads: rayon::current_num_threads(),
    })
}

/// The loss and its gradient at z, for so many pairs of so many dimensions.
///
/// # Errors
/// When the device fails.
pub fn loss(
    loss: &Loss,
    (pairs, dims): (usize, usize),
    on: &Chosen,
    times: usize,
) -> Result<Timed, TrainError> {
    let device = on.device.clone().autodiff();
    let z = Tensor::<2>::from_data(
        TensorData::new(normal(2 * pairs * dims), [2 * pairs, dims]),
        &device,
    );
    let times = repeat(times, || {
        let z = z.clone().require_grad();
        let gradients = loss.forward(z.clone()).backward();
        let gradient = z.grad(&gradients);
        let gradient = gradient.ok_or_else(|| Fault::of("the loss gave no gradient"));
        let read = gradient.and_then(|g| readback::read(g.slice([0..1, 0..1])));
        read.map(drop).map_err(TrainError::Device)
    })?;
    Ok(Timed {
        unit: "pairs",
        amount: pairs as f64,
        times,
        sizes: format!("{pairs} pairs, {dims} dimensions"),
        threads: rayon::current_num_threads(),
    })
}

/// kNN of so many queries in a bank of so many, of so many dimensions.
#[must_use]
pub fn knn(settings: &Knn, (queries, bank, dims): (usize, usize, usize), times: usize) -> Timed {
    let made = |count: usize| Embeddings {
        values: normal(count * dims),
        dims,
        labels: (0..count as u32).map(|i| i % 10).collect(),
    };
    let (bank_of, asked) = (made(bank), made(queries));
    let times = repeat(times, || {
        std::hint::black_box(knn::accuracy(&bank_of, &asked, settings, 10));
        Ok::<_, std::convert::Infallible>(())
    });
    let Ok(times) = times;
    Timed {
        unit: "queries",
        amount: queries as f64,
        times,
        sizes: format!("bank of {bank}, {dims} dimensions, k {}", settings.k),
        threads: rayon::current_num_threads(),
    }
}

fn normal(count: usize) -> Vec<f32> {
    let mut stream = Stream::new(0, Purpose::Weights, &[0]);
    (0..count).map(|_| stream.normal() as f32).collect()
}
