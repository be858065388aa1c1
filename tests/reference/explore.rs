//! What looks at a representation, against scikit-learn.

use crate::case::Case;
use simclr_tui::engine::eval::agreement::{
    adjusted_mutual_information, linear_cka, shared_neighbours,
};
use simclr_tui::engine::eval::kmeans::kmeans;
use simclr_tui::engine::eval::knn::Embeddings;
use simclr_tui::engine::eval::pca::components;
use simclr_tui::engine::eval::tsne;

fn embeddings(case: &Case, name: &str) -> Embeddings {
    let shape = case.shape(name);
    Embeddings {
        values: case.values(name).to_vec(),
        dims: shape[1],
        labels: vec![0; shape[0]],
    }
}

/// Within `tolerance` of the one number wanted, whatever its size.
fn close(case: &Case, found: f64, tolerance: f64) -> Result<(), String> {
    let want = f64::from(case.values("want")[0]);
    let near = (found - want).abs() <= tolerance;
    near.then_some(())
        .ok_or_else(|| format!("{found} in place of {want}"))
}

pub fn pca(case: &Case) -> Result<(), String> {
    let found = components(&embeddings(case, "h"), 3);
    let shares: Vec<f32> = found.shares.iter().map(|v| *v as f32).collect();
    case.near("want_shares", &shares, 1e-5)?;
    case.near("want_coordinates", &found.coordinates, 1e-5)
}

/// Another start may find another optimum; a worse one by a hundredth has missed something.
pub fn clusters(case: &Case) -> Result<(), String> {
    let found = kmeans(&embeddings(case, "h"), case.whole("k"), 0).inertia;
    let want = f64::from(case.values("want_inertia")[0]);
    let near = found < want * 1.01 && found > want * 0.999;
    near.then_some(())
        .ok_or_else(|| format!("inertia {found} in place of {want}"))
}

pub fn mutual_information(case: &Case) -> Result<(), String> {
    let groups = |name: &str| -> Vec<u32> { case.ints[name].iter().map(|g| *g as u32).collect() };
    let found = adjusted_mutual_information(&groups("a"), &groups("b"));
    close(case, found, 1e-6)
}

pub fn cka(case: &Case) -> Result<(), String> {
    let found = linear_cka(&embeddings(case, "a"), &embeddings(case, "b"));
    close(case, found, 1e-5)
}

pub fn neighbours(case: &Case) -> Result<(), String> {
    let (a, b) = (embeddings(case, "a"), embeddings(case, "b"));
    let found = shared_neighbours(&a, &b, case.whole("k"));
    // A tie at the edge may go the other way.
    close(case, found, 2e-3)
}

/// Our map keeps neighbourhoods as well as scikit-learn's does, less .02.
pub fn map(case: &Case) -> Result<(), String> {
    let h = embeddings(case, "h");
    let found = trustworthiness(&h, &tsne::map(&h, |_, _| ()), case.whole("k"));
    let want = f64::from(case.values("want_trustworthiness")[0]);
    let enough = found >= want - 0.02;
    enough
        .then_some(())
        .ok_or_else(|| format!("trustworthiness {found} where {want} is had"))
}

/// How many of the k nearest on the map are near in truth too (Venna and Kaski 2001), 1 where all are.
fn trustworthiness(h: &Embeddings, map: &[tsne::Place], k: usize) -> f64 {
    let n = map.len();
    let length = |row: &[f32]| row.iter().map(|v| v * v).sum::<f32>().sqrt();
    let rows: Vec<&[f32]> = h.values.chunks_exact(h.dims).collect();
    let cosine = |i: usize, j: usize| {
        let dot: f32 = rows[i].iter().zip(rows[j]).map(|(a, b)| a * b).sum();
        dot / (length(rows[i]) * length(rows[j]))
    };
    let apart = |i: usize, j: usize| {
        let ([ax, ay], [bx, by]) = (map[i], map[j]);
        (ax - bx).hypot(ay - by)
    };
    let order = |i: usize, key: &dyn Fn(usize) -> f32| {
        let mut others: Vec<usize> = (0..n).filter(|j| *j != i).collect();
        others.sort_by(|a, b| key(*a).total_cmp(&key(*b)));
        others
    };
    let penalty = |i: usize| {
        let truth = order(i, &|j| -cosine(i, j));
        let mut rank = vec![0; n];
        truth
            .iter()
            .enumerate()
            .for_each(|(nth, j)| rank[*j] = nth + 1);
        let near = order(i, &|j| apart(i, j));
        near[..k]
            .iter()
            .map(|j| rank[*j].saturating_sub(k))
            .sum::<usize>()
    };
    let sum: usize = (0..n).map(penalty).sum();
    let most = (n * k * (2 * n - 3 * k - 1)) as f64;
    1.0 - 2.0 * sum as f64 / most
}
