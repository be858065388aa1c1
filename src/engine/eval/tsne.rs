//! A map of embeddings in which neighbours stay neighbours: t-SNE (van der Maaten and Hinton, JMLR 2008) with Barnes-Hut
//! trees, on the distances of normalised embeddings, begun at their principal components.

use super::embeddings::Embeddings;
use super::nearest::nearest_others;
use super::pca::components;
use bhtsne::{Neighbor, tSNE};
use rayon::ThreadPoolBuilder;

/// About how many neighbours each point attends to.
const PERPLEXITY: f32 = 30.0;
/// Rounds, of which the first third exaggerates what attracts, as in openTSNE.
pub const EPOCHS: usize = 750;
/// How coarse the trees are: points that lie within this angle repel as one.
const THETA: f32 = 0.5;
/// The deviation of the first component at the start.
const SPREAD: f32 = 1e-4;

/// A place on a map.
pub type Place = [f32; 2];

/// A place for each embedding, the same for the same embeddings on any number of threads. `seen` gets each round and
/// the map then, row-major `[N, 2]`.
///
/// Maps of up to four points are their principal components.
#[must_use]
pub fn map(of: &Embeddings, mut seen: impl FnMut(usize, &[f32])) -> Vec<Place> {
    let count = of.len();
    let start = start(of);
    if count < 5 {
        return places(&start);
    }
    let perplexity = PERPLEXITY.min((count - 1) as f32 / 3.0);
    let neighbours = neighbours(of, (3.0 * perplexity) as usize);
    let rows: Vec<&[f32]> = of.values.chunks_exact(of.dims).collect();
    let fit = || {
        let mut tsne: tSNE<f32, &[f32], 2> = tSNE::new(&rows);
        tsne.perplexity(perplexity)
            .epochs(EPOCHS)
            .stop_lying_epoch(EPOCHS / 3)
            .initial_embedding(start)
            .epoch_callback(|epoch, map| seen(epoch, map));
        tsne.barnes_hut_with_neighbors(THETA, &neighbours);
        places(&tsne.embedding())
    };
    // Sums over several threads end in other bits, and t-SNE makes other maps of these.
    match ThreadPoolBuilder::new()
        .num_threads(1)
        .use_current_thread()
        .build()
    {
        Ok(alone) => alone.in_place_scope(|_| fit()),
        Err(_) => fit(),
    }
}

/// The first two principal components, small.
fn start(of: &Embeddings) -> Vec<f32> {
    let mut start = components(of, 2).coordinates;
    if of.dims == 1 {
        start = start.iter().flat_map(|x| [*x, 0.0]).collect();
    }
    let squares: f32 = start.iter().step_by(2).map(|x| x * x).sum();
    let deviation = (squares / of.len().max(1) as f32).sqrt();
    let scale = SPREAD / deviation.max(f32::MIN_POSITIVE);
    start.iter().map(|v| v * scale).collect()
}

fn places(map: &[f32]) -> Vec<Place> {
    map.chunks_exact(2).map(|p| [p[0], p[1]]).collect()
}

/// For each embedding its nearest others by distance on the unit sphere, nearest first.
fn neighbours(of: &Embeddings, count: usize) -> Vec<Vec<Neighbor<f32>>> {
    let neighbour = |(i, cosine): (u32, f32)| Neighbor {
        index: i as usize,
        distance: (2.0 - 2.0 * cosine).max(0.0).sqrt(),
    };
    let rows = nearest_others(of, count).into_iter();
    rows.map(|row| row.into_iter().map(neighbour).collect())
        .collect()
}
