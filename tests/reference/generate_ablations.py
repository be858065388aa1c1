#!/usr/bin/env python3
"""Writes the reference cases of what the paper's ablations and large batches need, beside those of generate.py and in the same form.

    pip install torch torchvision safetensors numpy
    ./generate_ablations.py OUT_DIR [--seed 1]

kind            tensors                                        metadata
loss            z [2N,D], want_loss [1], want_grad [2N,D]       kind of loss, temperature, normalize, margin, mining; computed in float64, triple by triple
cutout          image [3,S,S], want                             top, left, height, width   (covered with .5)
sobel           image, want                                     (correlation with reflect padding, magnitude / 4, at most 1)
noise           image, want                                     sigma, seed, words   (a stream of views named by these, SplitMix64, Box and Muller)
rotate          image, want                                     turns   (quarter turns, counter-clockwise)
solarize        image, want                                     threshold
adamw           w0, g1..gT, want_w1..want_wT                    lr, momentum, weight_decay   (torch.optim.AdamW)
adamw_excluded  the same, for a bias or a norm's parameter      (no decay)
group_norm      x [N,C,H,W], gamma, beta [C], grad like x, want, want_dx, want_dgamma, want_dbeta   groups   (torch.nn.functional.group_norm, then ReLU)
resnet          as in generate.py, with torch.nn.GroupNorm of max(1, C // 16) groups   norm: group
"""
import argparse, math, pathlib
import torch, torch.nn.functional as F, torchvision
from safetensors.torch import save_file
from torchvision.transforms.v2 import functional as T
from generate import shrink

MASK = (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15


def mix(z):
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 & MASK
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB & MASK
    return z ^ (z >> 31)


def units(seed, words, purpose=3):
    """Numbers from 0 to 1 of the stream of views with this seed and these words."""
    state = mix(mix(seed ^ GOLDEN) ^ purpose)
    for word in words:
        state = mix(state ^ mix(word + GOLDEN & MASK))
    while True:
        state = state + GOLDEN & MASK
        yield (mix(state) >> 11) / (1 << 53)


def normals(stream):
    """Standard normals, in pairs of one radius."""
    while True:
        radius, turn = math.sqrt(-2 * math.log(1 - next(stream))), math.tau * next(stream)
        yield radius * math.cos(turn)
        yield radius * math.sin(turn)


def loss_of(z, kind, temperature, normalize, margin, mining, prior=.1):
    """Table 2 of the paper, negated: for each anchor u with partner p and negatives n, and then the mean over anchors; dcl and debiased from their papers."""
    u = F.normalize(z.double(), dim=1) if normalize == "on" else z.double()
    rows, losses, empty = len(u), [], 0
    for i in range(rows):
        partner = (i + rows // 2) % rows
        others = [k for k in range(rows) if k not in (i, partner)]
        p, s = u[i] @ u[partner], torch.stack([u[i] @ u[k] for k in others])
        if mining == "semi_hard":
            farther = s[s < p]
            s = farther.max().reshape(1) if len(farther) else farther
            empty += not len(farther)
        if kind == "nt_xent":
            losses.append(torch.logsumexp(torch.cat([p.reshape(1), s]) / temperature, 0) - p / temperature)
            continue
        if kind == "dcl":
            losses.append(torch.logsumexp(s / temperature, 0) - p / temperature)
            continue
        if kind == "debiased":
            biased = ((s / temperature).exp().mean() - prior * (p / temperature).exp()) / (1 - prior)
            clamped = torch.maximum(biased, torch.full_like(biased, math.exp(-1 / temperature)))
            empty += bool(biased < clamped)
            losses.append(-torch.log((p / temperature).exp() / ((p / temperature).exp() + len(s) * clamped)))
            continue
        if kind == "nt_logistic":
            attraction, repulsion = -F.logsigmoid(p / temperature), -F.logsigmoid(-s / temperature)
        else:
            attraction, repulsion = 0 * p, F.relu(s - p + margin)
        losses.append(attraction + (repulsion.mean() if len(s) else 0))
    return torch.stack(losses).mean(), empty


LOSSES = [  # pairs, dimensions, how far partners are apart (above 1 they are near opposite), then the loss
    (33, 16, .7, "nt_xent", 10., "off", .8, "none"),
    (2, 4, .7, "nt_logistic", .5, "on", .8, "none"),
    (33, 64, .7, "nt_logistic", .2, "on", .8, "none"),
    (16, 8, .7, "nt_logistic", 10., "off", .8, "none"),
    (33, 16, .7, "nt_logistic", .5, "on", .8, "semi_hard"),
    (33, 16, .7, "margin_triplet", .5, "on", .8, "none"),
    (16, 8, .7, "margin_triplet", .5, "on", 0., "none"),
    (48, 16, .4, "margin_triplet", .5, "on", .4, "semi_hard"),
    (16, 8, .7, "margin_triplet", .5, "off", 1.6, "semi_hard"),
    (4, 4, 1.2, "nt_logistic", .5, "on", .8, "semi_hard"),
    (4, 4, 1.2, "margin_triplet", .5, "on", .8, "semi_hard"),
]

DEBIASED = [(2, 4, .7, .5, .1), (33, 8, .7, .2, .1), (64, 8, .7, .3, .1), (33, 64, 1., .5, .3)]  # the same, and the prior
DECOUPLED = [(2, 4, .7, .5), (33, 64, .7, .1), (64, 32, .4, .5)]


def main():
    ap = argparse.ArgumentParser(); ap.add_argument("out", type=pathlib.Path); ap.add_argument("--seed", type=int, default=1); a = ap.parse_args()
    a.out.mkdir(parents=True, exist_ok=True)
    gen = torch.Generator().manual_seed(a.seed)

    def save(name, tensors, **meta):
        save_file({k: v.detach().contiguous().clone() for k, v in tensors.items()}, a.out / f"{name}.safetensors", metadata={k: str(v) for k, v in meta.items()})

    for i, (n, d, apart, kind, temperature, normalize, margin, mining) in enumerate(LOSSES):
        base = torch.randn(n, d, generator=gen)
        z = (torch.cat([base, base if apart < 1 else -.2 * base]) + apart * torch.randn(2 * n, d, generator=gen)).requires_grad_()
        loss, empty = loss_of(z, kind, temperature, normalize, margin, mining); loss.backward()
        # The last two are there for some views without any semi-hard negative.
        assert 0 < empty < 2 * n if apart > 1 else not empty, (i, empty)
        save(f"loss_{i:02}", dict(z=z, want_loss=loss.float().reshape(1), want_grad=z.grad), kind="loss", loss=kind, temperature=temperature, normalize=normalize, margin=margin, mining=mining)

    noisy = torch.rand(3, 24, 24, generator=gen); image = .5 * noisy + .5 * T.gaussian_blur(noisy, [9, 9], [2., 2.])
    for i, (top, left, height, width) in enumerate([(0, 0, 24, 24), (3, 0, 12, 7)]):
        save(f"cutout_{i}", dict(image=image, want=T.erase(image, top, left, height, width, torch.tensor(.5))), kind="cutout", top=top, left=left, height=height, width=width)
    across = torch.tensor([[-1., 0., 1.], [-2., 0., 2.], [-1., 0., 1.]])
    kernels = torch.stack([across, across.T])[:, None]
    edges = F.conv2d(F.pad(image[:, None], (1, 1, 1, 1), mode="reflect"), kernels)
    save("sobel", dict(image=image, want=(edges.square().sum(1).sqrt() / 4).clamp_max(1)), kind="sobel")
    for i, (sigma, seed, words) in enumerate([(.05, 0, [0, 1, 0, 4]), (.4, 12345678901, [99, 50000, 1, 4])]):
        stream = normals(units(seed, words)); want = image.flatten().double()
        want = (want + sigma * torch.tensor([next(stream) for _ in range(want.numel())], dtype=torch.float64)).clamp(0, 1)
        save(f"noise_{i}", dict(image=image, want=want.float().reshape(image.shape)), kind="noise", sigma=sigma, seed=seed, words=" ".join(map(str, words)))
    for turns in 1, 2, 3:
        want = T.rotate(image, 90. * turns)
        assert torch.equal(want, torch.rot90(image, turns, (1, 2)))
        save(f"rotate_{turns}", dict(image=image, want=want), kind="rotate", turns=turns)
    for i, threshold in enumerate([.5, .3]):
        save(f"solarize_{i}", dict(image=image, want=T.solarize(image, threshold)), kind="solarize", threshold=threshold)
    for kind, decay in ("adamw", .1), ("adamw_excluded", 0.):
        w = torch.nn.Parameter(torch.randn(16, 8, generator=gen)); t = dict(w0=w.detach().clone())
        optimizer = torch.optim.AdamW([w], lr=2e-2, weight_decay=decay)
        for step in range(1, 8):
            # Gradients of very different sizes, down to where epsilon matters.
            w.grad = torch.randn(16, 8, generator=gen) * 10. ** torch.arange(-8., 0.); t[f"g{step}"] = w.grad.clone()
            optimizer.step(); t[f"want_w{step}"] = w.detach().clone()
        save(kind, t, kind=kind, lr=2e-2, momentum=.9, weight_decay=decay)

    # With a generator of their own, so that the cases above stay as they were.
    gen = torch.Generator().manual_seed(a.seed + 1); torch.manual_seed(a.seed + 1)
    for i, (n, d, apart, temperature) in enumerate(DECOUPLED, len(LOSSES)):
        base = torch.randn(n, d, generator=gen)
        z = (torch.cat([base, base]) + apart * torch.randn(2 * n, d, generator=gen)).requires_grad_()
        loss, _ = loss_of(z, "dcl", temperature, "on", .8, "none"); loss.backward()
        save(f"loss_{i:02}", dict(z=z, want_loss=loss.float().reshape(1), want_grad=z.grad), kind="loss", loss="dcl", temperature=temperature, normalize="on", margin=.8, mining="none")
    for i, (n, c, h, w, groups) in enumerate([(3, 8, 5, 7, 1), (4, 48, 8, 8, 3), (6, 100, 1, 1, 5)]):
        x = (.3 + 2 * torch.randn(n, c, h, w, generator=gen)).requires_grad_()
        gamma, beta = torch.randn(2, c, generator=gen).unbind(); gamma.requires_grad_(); beta.requires_grad_()
        y = F.relu(F.group_norm(x, groups, gamma, beta)); grad = torch.randn(y.shape, generator=gen); y.backward(grad)
        save(f"group_norm_{i}", dict(x=x, gamma=gamma, beta=beta, grad=grad, want=y, want_dx=x.grad, want_dgamma=gamma.grad, want_dbeta=beta.grad), kind="group_norm", groups=groups)
    norm = lambda c: torch.nn.GroupNorm(max(1, c // 16), c)
    net = torchvision.models.ResNet(torchvision.models.resnet.BasicBlock, [2, 2, 2, 2], norm_layer=norm)
    shrink(net, 4, norm); net.conv1 = torch.nn.Conv2d(3, 4, 3, 1, 1, bias=False); net.maxpool = torch.nn.Identity(); net.fc = torch.nn.Identity()
    for p in net.modules():
        if isinstance(p, torch.nn.GroupNorm):
            p.weight.data.copy_(1 + .1 * torch.randn(p.num_channels, generator=gen)); p.bias.data.copy_(.1 * torch.randn(p.num_channels, generator=gen))
    x = torch.rand(4, 3, 32, 32, generator=gen); h = net(x)
    save("resnet18_group", dict(x=x, want_h=h, want_h_train=h, **{f"encoder.{k}": v for k, v in net.state_dict().items()}), kind="resnet", depth=18, stem="cifar", width=4, norm="group")
    gen = torch.Generator().manual_seed(a.seed + 2)
    for i, (n, d, apart, temperature, prior) in enumerate(DEBIASED, len(LOSSES) + len(DECOUPLED)):
        base = torch.randn(n, d, generator=gen)
        z = (torch.cat([base, base]) + apart * torch.randn(2 * n, d, generator=gen)).requires_grad_()
        loss, least = loss_of(z, "debiased", temperature, "on", .8, "none", prior); loss.backward()
        assert least < 2 * n, (i, least)
        save(f"loss_{i:02}", dict(z=z, want_loss=loss.float().reshape(1), want_grad=z.grad), kind="loss", loss="debiased", temperature=temperature, normalize="on", margin=.8, mining="none", class_prior=prior)
    print(f"{len(list(a.out.glob('*.safetensors')))} cases in {a.out}")


if __name__ == "__main__":
    main()
