#!/usr/bin/env python3
"""Loads an exported encoder into torchvision and compares what it computes with exported embeddings.

    check.py ENCODER.safetensors EMBEDDINGS.safetensors CIFAR_FOLDER [--k 200] [--temperature .1] [--save-pth FILE.pth]

Needs PyTorch, torchvision, safetensors and numpy. The images are those of a folder in CIFAR-10's binary layout. Prints one
line of JSON: the largest difference of h relative to its largest value, and the kNN accuracy from either side's h.
"""
import argparse, json, pathlib
import numpy as np
import torch
from torch import nn
from safetensors import safe_open
from safetensors.torch import load_file
from torchvision.models.resnet import BasicBlock, Bottleneck, ResNet

BLOCKS = {"resnet10": (BasicBlock, [1, 1, 1, 1]), "resnet18": (BasicBlock, [2, 2, 2, 2]),
          "resnet34": (BasicBlock, [3, 4, 6, 3]), "resnet50": (Bottleneck, [3, 4, 6, 3])}


class Encoder(ResNet):
    """torchvision's ResNet of any width, with either stem and without a classifier: its output is h."""

    def __init__(self, encoder, width, stem, norm):
        self.width = width
        norm = {"batch": nn.BatchNorm2d, "group": lambda c: nn.GroupNorm(max(1, c // 16), c)}[norm]
        super().__init__(*BLOCKS[encoder], norm_layer=norm)
        self.bn1, self.fc = norm(width), nn.Identity()
        if stem == "cifar":
            self.conv1, self.maxpool = nn.Conv2d(3, width, 3, 1, 1, bias=False), nn.Identity()
        else:
            self.conv1 = nn.Conv2d(3, width, 7, 2, 3, bias=False)

    def _make_layer(self, block, planes, blocks, stride=1, dilate=False):
        if planes == 64:
            self.inplanes = self.width
        return super()._make_layer(block, planes * self.width // 64, blocks, stride, dilate)


def load(path):
    with safe_open(path, "pt") as file:
        about = file.metadata()
    net = Encoder(about["encoder"], int(about["width"]), about["stem"], about.get("norm", "batch"))
    net.load_state_dict(load_file(path), strict=True)
    return net.eval()


def images(folder, pattern, indices):
    rows = np.concatenate([np.fromfile(f, np.uint8).reshape(-1, 3073) for f in sorted(folder.glob(pattern))])[indices]
    return torch.from_numpy(rows[:, 1:].reshape(-1, 3, 32, 32).copy()).float() / 255, torch.from_numpy(rows[:, 0].astype(np.int64))


def embed(net, x):
    with torch.no_grad():
        return torch.cat([net(part) for part in x.split(250)])


def knn(bank, labels, queries, truth, k, temperature):
    bank, queries = nn.functional.normalize(bank, dim=1), nn.functional.normalize(queries, dim=1)
    cosine, nearest = (queries @ bank.T).topk(k, 1)
    votes = torch.zeros(len(queries), int(labels.max()) + 1).scatter_add_(1, labels[nearest], (cosine / temperature).exp())
    return (votes.argmax(1) == truth).float().mean().item()


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("encoder")
    ap.add_argument("embeddings")
    ap.add_argument("folder", type=pathlib.Path)
    ap.add_argument("--k", type=int, default=200)
    ap.add_argument("--temperature", type=float, default=.1)
    ap.add_argument("--save-pth")
    a = ap.parse_args()
    net, ours = load(a.encoder), load_file(a.embeddings)
    h, labels, off = {}, {}, 0.
    for split, pattern in ("bank", "data_batch_*.bin"), ("test", "test_batch.bin"):
        x, labels[split] = images(a.folder, pattern, ours[f"{split}.indices"].numpy())
        h[split] = embed(net, x)
        assert torch.equal(labels[split], ours[f"{split}.labels"]), f"labels of {split} differ"
        off = max(off, ((h[split] - ours[f"{split}.h"]).abs().max() / h[split].abs().max()).item())
    judge = lambda h: knn(h["bank"], labels["bank"], h["test"], labels["test"], a.k, a.temperature)
    print(json.dumps({"difference": off, "knn_torchvision": judge(h), "knn_exported": judge({s: ours[f"{s}.h"] for s in h})}))
    if a.save_pth:
        state = {f"module.backbone.{name}": value for name, value in net.state_dict().items()}
        torch.save({"epoch": 3, "state_dict": state, "optimizer": {"lr": .1}}, a.save_pth)


if __name__ == "__main__":
    main()
