#!/usr/bin/env python3
"""Writes the reference cases of fine-tuning, computed by PyTorch.

    pip install torch safetensors
    ./generate_finetune.py OUT_DIR [--seed 3]

kind            tensors                                                 metadata
cross_entropy   logits [N,C], labels i64 [N], want_loss [1], want_grad [N,C]    (torch.nn.functional.cross_entropy)
nesterov        w0, g1..gT, want_w1..want_wT                            lr   (torch.optim.SGD with momentum .9 and nesterov=True)
"""
import argparse, pathlib
import torch, torch.nn.functional as F
from safetensors.torch import save_file


def main():
    ap = argparse.ArgumentParser(); ap.add_argument("out"); ap.add_argument("--seed", type=int, default=3); a = ap.parse_args()
    out = pathlib.Path(a.out); out.mkdir(parents=True, exist_ok=True)
    gen = torch.Generator().manual_seed(a.seed)
    randn = lambda *s: torch.randn(*s, generator=gen)

    def save(name, tensors, **meta):
        save_file({k: v.detach().contiguous().clone() for k, v in tensors.items()}, out / f"{name}.safetensors", metadata={k: str(v) for k, v in meta.items()})

    for i, (n, c, scale) in enumerate([(4, 2, 1.), (50, 10, 3.), (7, 100, 40.)]):
        logits = (randn(n, c) * scale).requires_grad_(); labels = torch.randint(c, (n,), generator=gen)
        loss = F.cross_entropy(logits.double(), labels); loss.backward()
        save(f"cross_entropy_{i}", dict(logits=logits, labels=labels, want_loss=loss.float().reshape(1), want_grad=logits.grad), kind="cross_entropy")

    for i, (shape, lr) in enumerate([((16, 8), .3), ((8, 4, 3, 3), .0125), ((16,), .1)]):
        w = randn(*shape).requires_grad_(); opt = torch.optim.SGD([w], lr=lr, momentum=.9, nesterov=True); t = dict(w0=w.detach().clone())
        for s in range(1, 6):
            t[f"g{s}"] = w.grad = randn(*shape) * .1
            opt.step(); t[f"want_w{s}"] = w.detach().clone()
        save(f"nesterov_{i}", t, kind="nesterov", lr=lr)
    print(f"{len(list(out.glob('*.safetensors')))} cases")


main()
