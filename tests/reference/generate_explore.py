#!/usr/bin/env python3
"""Writes the reference cases of what looks at a representation, computed by scikit-learn and NumPy in float64.

    pip install numpy safetensors scikit-learn
    ./generate_explore.py OUT_DIR [--seed 2]

kind              tensors                                       metadata
pca               h [N,F], want_coordinates [N,3], want_shares [F]   (sklearn PCA; each component's largest number is positive)
clusters          h [N,F], want_inertia [1]                     k   (sklearn KMeans of 20 starts on normalised h)
mutual_information    a, b i64 [N], want [1]                    (sklearn adjusted_mutual_info_score)
cka               a [N,F], b [N,G], want [1]                    (linear CKA by its definition)
shared_neighbours     a [N,F], b [N,G], want [1]                k   (sklearn NearestNeighbors by cosine)
map               h [N,F], want_trustworthiness [1]             k   (of sklearn TSNE begun at PCA, by sklearn's trustworthiness)
"""
import argparse, pathlib
import numpy as np
from safetensors.numpy import save_file
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE, trustworthiness
from sklearn.metrics import adjusted_mutual_info_score
from sklearn.neighbors import NearestNeighbors


def main():
    ap = argparse.ArgumentParser(); ap.add_argument("out"); ap.add_argument("--seed", type=int, default=2); a = ap.parse_args()
    out = pathlib.Path(a.out); out.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(a.seed)

    def save(name, tensors, **meta):
        as_stored = {k: np.ascontiguousarray(v if v.dtype == np.int64 else v.astype(np.float32)) for k, v in tensors.items()}
        save_file(as_stored, out / f"{name}.safetensors", metadata={k: str(v) for k, v in meta.items()})

    def blobs(n, dims, groups, spread):
        """Rounded to float32 first, so that both sides see the same numbers; none negative, as h behind a ReLU."""
        centres = rng.normal(size=(groups, dims)) * 2
        label = rng.integers(groups, size=n)
        h = np.maximum(centres[label] + rng.normal(size=(n, dims)) * spread, 0)
        return h.astype(np.float32).astype(np.float64), label.astype(np.int64)

    unit = lambda h: h / np.maximum(np.linalg.norm(h, axis=1, keepdims=True), 1e-12)

    for i, (n, dims) in enumerate([(60, 8), (20, 48)]):
        h, _ = blobs(n, dims, 4, 1.0)
        pca = PCA().fit(h); axes = pca.components_[:3]
        sign = np.sign(axes[np.arange(3), np.abs(axes).argmax(1)])
        shares = np.zeros(dims); shares[: len(pca.explained_variance_ratio_)] = pca.explained_variance_ratio_
        save(f"pca_{i}", dict(h=h, want_coordinates=(h - h.mean(0)) @ (axes * sign[:, None]).T, want_shares=shares), kind="pca")

    h, label = blobs(300, 24, 6, 1.2)
    best = KMeans(6, n_init=20, random_state=0).fit(unit(h))
    save("clusters", dict(h=h, want_inertia=np.array([best.inertia_])), kind="clusters", k=6)
    for i, b in enumerate([best.labels_.astype(np.int64), rng.integers(3, size=300), label, np.zeros(300, np.int64), np.arange(300)]):
        save(f"mutual_information_{i}", dict(a=label, b=b, want=np.array([adjusted_mutual_info_score(label, b)])), kind="mutual_information")

    other = np.tanh(h @ rng.normal(size=(24, 10)) / 6).astype(np.float32).astype(np.float64)
    x, y = h - h.mean(0), other - other.mean(0)
    cka = np.linalg.norm(y.T @ x) ** 2 / (np.linalg.norm(x.T @ x) * np.linalg.norm(y.T @ y))
    save("cka", dict(a=h, b=other, want=np.array([cka])), kind="cka")
    near = lambda h, k: NearestNeighbors(n_neighbors=k, metric="cosine", algorithm="brute").fit(h).kneighbors(return_distance=False)
    common = np.mean([len(set(p) & set(q)) / 10 for p, q in zip(near(h, 10), near(other, 10))])
    save("shared_neighbours", dict(a=h, b=other, want=np.array([common])), kind="shared_neighbours", k=10)

    placed = TSNE(init="pca", perplexity=30, random_state=0).fit_transform(unit(h))
    save("map", dict(h=h, want_trustworthiness=np.array([trustworthiness(unit(h), placed, n_neighbors=10)])), kind="map", k=10)
    print(f"{len(list(out.glob('*.safetensors')))} cases")


main()
