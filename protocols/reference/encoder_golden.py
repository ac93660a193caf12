#!/usr/bin/env python3
"""Writes protocols/vectors/encoder/*.json: layers, losses and optimizers of the profile model as
PyTorch computes them, in double precision, with gradients by its automatic differentiation.

    python3 protocols/reference/encoder_golden.py        (tried with torch 2.13.0, Python 3.11)

Every case is a dictionary of flat lists: inputs, parameters by the names of the Swift layout, outputs,
and under "gradient.NAME" the derivative of sum(output * weight) by NAME, where "weight" is one of the
inputs. Layers that PyTorch has are called; the others are written out from their papers.
"""
import json
import math
import pathlib

import torch
import torch.nn as nn
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
OUT = pathlib.Path(__file__).resolve().parent.parent / "vectors" / "encoder"
GENERATOR = "protocols/reference/encoder_golden.py, version 1, torch " + torch.__version__


def flat(tensor):
    return [float("%.9g" % v) for v in tensor.detach().reshape(-1).tolist()]


def leaf(*shape, scale=1.0):
    return (torch.randn(*shape) * scale).requires_grad_(True)


def record(name, output, weight, leaves, **more):
    """Differentiates sum(output * weight) and collects everything."""
    loss = (output * weight).sum()
    grads = torch.autograd.grad(loss, list(leaves.values()), retain_graph=True)
    case = {"output": flat(output), "weight": flat(weight.expand_as(output))}
    for (key, value), grad in zip(leaves.items(), grads):
        case[key] = flat(value)
        case["gradient." + key] = flat(grad)
    for key, value in more.items():
        case[key] = flat(value) if torch.is_tensor(value) else value
    write(name, case)


def write(name, case):
    OUT.mkdir(parents=True, exist_ok=True)
    body = ",\n".join('  %s: %s' % (json.dumps(k), json.dumps(v)) for k, v in case.items())
    (OUT / (name + ".json")).write_text('{\n  "generator": %s,\n%s\n}\n' % (json.dumps(GENERATOR), body))


def linear():
    x, w, b = leaf(5, 3), leaf(4, 3), leaf(4)
    record("linear", F.linear(x, w, b), torch.randn(5, 4), {"x": x, "layer.weight": w, "layer.bias": b})


def low_rank_adapter():
    x, down, up = leaf(5, 4), leaf(2, 4), leaf(3, 2)
    record("low_rank_adapter", x @ down.T @ up.T, torch.randn(5, 3),
           {"x": x, "layer.down": down, "layer.up": up})


def layer_norm():
    x, g, b = leaf(4, 6), leaf(6), leaf(6)
    record("layer_norm", F.layer_norm(x, (6,), g, b), torch.randn(4, 6),
           {"x": x, "layer.gain": g, "layer.shift": b})


def feed_forward():
    x, w1, b1, w2, b2 = leaf(5, 4), leaf(7, 4), leaf(7), leaf(4, 7), leaf(4)
    record("feed_forward", F.linear(F.gelu(F.linear(x, w1, b1)), w2, b2), torch.randn(5, 4),
           {"x": x, "layer.first.weight": w1, "layer.first.bias": b1, "layer.second.weight": w2,
            "layer.second.bias": b2})


def attention():
    """nn.MultiheadAttention with a causal mask on two sequences of 4 and 3 events."""
    width, heads = 6, 2
    module = nn.MultiheadAttention(width, heads, batch_first=True)
    with torch.no_grad():
        module.in_proj_bias.zero_()
        module.out_proj.bias.normal_()
    x = leaf(7, width)
    outputs = []
    for rows in (slice(0, 4), slice(4, 7)):
        part = x[rows][None]
        mask = torch.triu(torch.ones(part.shape[1], part.shape[1], dtype=torch.bool), 1)
        outputs.append(module(part, part, part, attn_mask=mask, need_weights=False)[0][0])
    record("causal_self_attention", torch.cat(outputs), torch.randn(7, width),
           {"x": x, "layer.joint.weight": module.in_proj_weight,
            "layer.last.weight": module.out_proj.weight, "layer.last.bias": module.out_proj.bias})


def transformer_block():
    """nn.TransformerEncoderLayer with normalization first, GELU and a causal mask."""
    width, heads, inner = 6, 3, 8
    module = nn.TransformerEncoderLayer(width, heads, inner, 0.0, batch_first=True, norm_first=True,
                                        activation="gelu")
    with torch.no_grad():
        for name, p in module.named_parameters():
            if "norm" in name or "bias" in name:
                p.add_(torch.randn_like(p) * 0.3)
        module.self_attn.in_proj_bias.zero_()
    x = leaf(8, width)
    outputs = []
    for rows in (slice(0, 5), slice(5, 8)):
        part = x[rows][None]
        mask = torch.triu(torch.ones(part.shape[1], part.shape[1], dtype=torch.bool), 1)
        outputs.append(module(part, src_mask=mask)[0])
    a = module.self_attn
    record("transformer_block", torch.cat(outputs), torch.randn(8, width), {
        "x": x, "layer.attentionNorm.gain": module.norm1.weight,
        "layer.attentionNorm.shift": module.norm1.bias,
        "layer.attention.joint.weight": a.in_proj_weight,
        "layer.attention.last.weight": a.out_proj.weight,
        "layer.attention.last.bias": a.out_proj.bias,
        "layer.feedForwardNorm.gain": module.norm2.weight,
        "layer.feedForwardNorm.shift": module.norm2.bias,
        "layer.feedForward.first.weight": module.linear1.weight,
        "layer.feedForward.first.bias": module.linear1.bias,
        "layer.feedForward.second.weight": module.linear2.weight,
        "layer.feedForward.second.bias": module.linear2.bias})


def gru():
    """nn.GRU; its update gate z is 1 - u, so the signs of that gate's weights are turned."""
    inputs, width = 4, 3
    module = nn.GRU(inputs, width, batch_first=True)
    x = leaf(6, inputs)
    leaves = {"layer.input.weight": module.weight_ih_l0, "layer.input.bias": module.bias_ih_l0,
              "layer.recurrent.weight": module.weight_hh_l0, "layer.recurrent.bias": module.bias_hh_l0}
    weight = torch.randn(6, width)
    output = torch.cat([module(x[0:4][None])[0][0], module(x[4:6][None])[0][0]])
    loss = (output * weight).sum()
    grads = torch.autograd.grad(loss, [x] + list(leaves.values()))
    case = {"x": flat(x), "output": flat(output), "weight": flat(weight), "gradient.x": flat(grads[0])}
    for (key, value), grad in zip(leaves.items(), grads[1:]):
        value, grad = value.detach().clone(), grad.clone()
        value[width:2 * width] *= -1
        grad[width:2 * width] *= -1
        case[key], case["gradient." + key] = flat(value), flat(grad)
    write("gru", case)


def augru():
    """DIEN, section 4.3: the update gate times attention."""
    inputs, width = 4, 3
    x, a = leaf(5, inputs), torch.rand(5).requires_grad_(True)
    w, b, u, c = leaf(9, inputs), leaf(9), leaf(9, width), leaf(9)
    outputs = []
    for rows in (range(0, 3), range(3, 5)):
        h = torch.zeros(width)
        for t in rows:
            i, s = w @ x[t] + b, u @ h + c
            r, g = torch.sigmoid(i[:3] + s[:3]), torch.sigmoid(i[3:6] + s[3:6])
            n = torch.tanh(i[6:] + r * s[6:])
            h = (1 - a[t] * g) * h + a[t] * g * n
            outputs.append(h)
    record("augru", torch.stack(outputs), torch.randn(5, width),
           {"x": x, "attention": a, "layer.input.weight": w, "layer.input.bias": b,
            "layer.recurrent.weight": u, "layer.recurrent.bias": c})


def target_attention():
    events, q = leaf(5, 3), leaf(3)
    w1, b1, w2, b2 = leaf(4, 12), leaf(4), leaf(1, 4), leaf(1)
    asked = q.expand(5, 3)
    pairs = torch.cat([events, asked, events * asked, events - asked], 1)
    scores = F.linear(torch.relu(F.linear(pairs, w1, b1)), w2, b2)[:, 0]
    shares = torch.softmax(scores, 0)
    record("target_attention", shares @ events, torch.randn(3),
           {"events": events, "candidate": q, "layer.first.weight": w1, "layer.first.bias": b1,
            "layer.second.weight": w2, "layer.second.bias": b2}, shares=shares)


def interest_readout():
    events, queries = leaf(5, 4), leaf(3, 4)
    shares = torch.softmax(queries @ events.T / 2, 1)
    record("interest_readout", shares @ events, torch.randn(3, 4),
           {"events": events, "layer.queries": queries})


def view_fusion():
    views = leaf(4, 3, 5)
    w, b = leaf(3, 15), leaf(3)
    gates = torch.sigmoid(F.linear(views.reshape(4, 15), w, b))
    weight = torch.randn(4, 5)
    record("view_fusion_gated", (gates[:, :, None] * views).sum(1), weight,
           {"x": views, "layer.gate.weight": w, "layer.gate.bias": b})
    s = leaf(3)
    record("view_fusion_weighted", (torch.softmax(s, 0)[None, :, None] * views).sum(1), weight,
           {"x": views, "layer.weights": s})
    w, b = leaf(5, 15), leaf(5)
    record("view_fusion_stacked", F.linear(views.reshape(4, 15), w, b), weight,
           {"x": views, "layer.stack.weight": w, "layer.stack.bias": b})


def mean_pooling():
    x = leaf(6, 3)
    means = [x[a:t + 1].mean(0) for a, e in ((0, 4), (4, 6)) for t in range(a, e)]
    record("mean_pooling", torch.stack(means), torch.randn(6, 3), {"x": x})


def losses():
    one = torch.ones(())
    h, e, b = leaf(4, 3), leaf(6, 3), leaf(6)
    targets = torch.tensor([2, 0, 5, 2])
    record("full_softmax", F.cross_entropy(h @ e.T + b, targets, reduction="sum"), one,
           {"hidden": h, "vectors": e, "biases": b}, targets=targets.tolist())
    targets, negatives = torch.tensor([2, 0, 1, 2]), slice(3, 6)
    positive = (h * e[targets]).sum(1) + b[targets]
    others = h @ e[negatives].T + b[negatives]
    joint = torch.cat([positive[:, None], others + math.log(5.0)], 1)
    leaves = {"hidden": h, "vectors": e, "biases": b}
    zero = torch.zeros(4, dtype=torch.long)
    record("sampled_softmax", F.cross_entropy(joint, zero, reduction="sum"), one, leaves,
           targets=targets.tolist())
    record("pairwise", F.softplus(others - positive[:, None]).mean(1).sum(), one, leaves,
           targets=targets.tolist())
    labels = torch.ones(4), torch.zeros(4, 3)
    record("logistic",
           F.binary_cross_entropy_with_logits(positive, labels[0], reduction="sum")
           + F.binary_cross_entropy_with_logits(others, labels[1], reduction="none").mean(1).sum(),
           one, leaves, targets=targets.tolist())
    a, p = leaf(5, 4), leaf(5, 4)
    logits = F.normalize(a, dim=1) @ F.normalize(p, dim=1).T / 0.2
    record("contrastive", F.cross_entropy(logits, torch.arange(5), reduction="sum"), one,
           {"anchors": a, "partners": p})


def optimizers():
    """Five steps on changing gradients."""
    start = torch.randn(6)
    gradients = [torch.randn(6) for _ in range(5)]
    rates = [0.1, 0.05, 0.2, 0.1, 0.02]
    rules = {"sgd": lambda p: torch.optim.SGD(p, 1),
             "momentum": lambda p: torch.optim.SGD(p, 1, momentum=0.7),
             "adagrad": lambda p: torch.optim.Adagrad(p, 1),
             "adam": lambda p: torch.optim.Adam(p, 1),
             "adam_decay": lambda p: torch.optim.AdamW(p, 1, weight_decay=0.1)}
    case = {"start": flat(start), "gradients": flat(torch.stack(gradients)), "rates": rates}
    for name, make in rules.items():
        p = start.clone().requires_grad_(True)
        optimizer = make([p])
        for g, rate in zip(gradients, rates):
            optimizer.param_groups[0]["lr"] = rate
            p.grad = g.clone()
            optimizer.step()
        case["end." + name] = flat(p)
    write("optimizers", case)


def sequence_encoder():
    """The whole model on two sequences: embeddings, two blocks, full softmax."""
    items, width, heads, inner, length = 7, 4, 2, 6, 5
    e, bias, pos = leaf(items, width), leaf(items), leaf(length, width)
    layers = [nn.TransformerEncoderLayer(width, heads, inner, 0.0, batch_first=True, norm_first=True,
                                         activation="gelu") for _ in range(2)]
    norm = nn.LayerNorm(width)
    with torch.no_grad():
        for layer in layers:
            layer.self_attn.in_proj_bias.zero_()
    sequences = [[3, 0, 6, 1, 1], [5, 2, 4]]
    loss, states = 0.0, []
    for s in sequences:
        n = len(s) - 1
        x = e[s[:-1]] + pos[:n]
        mask = torch.triu(torch.ones(n, n, dtype=torch.bool), 1)
        for layer in layers:
            x = layer(x[None], src_mask=mask)[0]
        h = norm(x)
        states.append(h)
        loss = loss + F.cross_entropy(h @ e.T + bias, torch.tensor(s[1:]), reduction="sum")
    leaves = {"items.identity": e, "items.bias": bias, "events.position": pos}
    for k, layer in enumerate(layers):
        a, n = layer.self_attn, "block%d." % k
        leaves |= {n + "attentionNorm.gain": layer.norm1.weight, n + "attentionNorm.shift": layer.norm1.bias,
                   n + "attention.joint.weight": a.in_proj_weight, n + "attention.last.weight": a.out_proj.weight,
                   n + "attention.last.bias": a.out_proj.bias, n + "feedForwardNorm.gain": layer.norm2.weight,
                   n + "feedForwardNorm.shift": layer.norm2.bias, n + "feedForward.first.weight": layer.linear1.weight,
                   n + "feedForward.first.bias": layer.linear1.bias,
                   n + "feedForward.second.weight": layer.linear2.weight,
                   n + "feedForward.second.bias": layer.linear2.bias}
    leaves |= {"norm.gain": norm.weight, "norm.shift": norm.bias}
    record("sequence_encoder", loss, torch.ones(()), leaves, states=torch.cat(states))


def recurrence(x, w, b, u, c, attention=None):
    """A GRU whose update gate says how far the state moves, times attention where there is one."""
    width = u.shape[1]
    h, states = torch.zeros(width), []
    for t in range(len(x)):
        i, s = w @ x[t] + b, u @ h + c
        r, g = torch.sigmoid(i[:width] + s[:width]), torch.sigmoid(i[width:2 * width] + s[width:2 * width])
        n = torch.tanh(i[2 * width:] + r * s[2 * width:])
        a = 1.0 if attention is None else attention[t]
        h = (1 - a * g) * h + a * g * n
        states.append(h)
    return torch.stack(states)


def fused_encoder():
    """Kinds, gaps, own vectors and two fixed views; a GRU; gated fusion; every readout; full softmax."""
    items, width, context, hidden, interests = 7, 4, 3, 3, 2
    fixed = {"content": torch.randn(items, 3), "gram": torch.randn(items, 2)}
    sequences = [([3, 0, 6, 1, 1], [0, 3, 4, 0, 1], [0, 2, 5, 7, 1]), ([5, 2, 4], [4, 4, 2], [1, 1, 3])]
    shared = {"items.identity": leaf(items, width), "items.bias": leaf(items), "items.content": leaf(width, 3),
              "items.gram": leaf(width, 2), "events.kind": leaf(8, context), "events.gap": leaf(8, context),
              "events.context": leaf(width, context)}
    shared |= {"recurrence.input.weight": leaf(3 * width, width, scale=0.5),
               "recurrence.input.bias": leaf(3 * width),
               "recurrence.recurrent.weight": leaf(3 * width, width, scale=0.5),
               "recurrence.recurrent.bias": leaf(3 * width)}
    shared |= {"fusion.gate.weight": leaf(3, 3 * width, scale=0.5), "fusion.gate.bias": leaf(3)}
    asked = {"readout.attention.first.weight": leaf(hidden, 4 * width, scale=0.5),
             "readout.attention.first.bias": leaf(hidden), "readout.attention.second.weight": leaf(1, hidden),
             "readout.attention.second.bias": leaf(1)}
    evolved = {"readout.evolution.input.weight": leaf(3 * width, width, scale=0.5),
               "readout.evolution.input.bias": leaf(3 * width),
               "readout.evolution.recurrent.weight": leaf(3 * width, width, scale=0.5),
               "readout.evolution.recurrent.bias": leaf(3 * width)}
    own = {"state": {}, "interests": {"readout.queries": leaf(interests, width)}, "attention": asked,
           "evolution": asked | evolved}
    p = shared
    views = {name: values @ p["items." + name].T for name, values in fixed.items()}
    vectors = p["items.identity"] + views["content"] + views["gram"]

    def states(history, kinds, gaps):
        x = vectors[history] + (p["events.kind"][kinds] + p["events.gap"][gaps]) @ p["events.context"].T
        h = recurrence(x, *(p["recurrence." + n] for n in
                            ("input.weight", "input.bias", "recurrent.weight", "recurrent.bias")))
        means = [torch.stack([view[history[:t + 1]].mean(0) for t in range(len(history))]) for view in views.values()]
        joined = torch.stack([h] + means, 1)
        gates = torch.sigmoid(F.linear(joined.reshape(len(history), -1), p["fusion.gate.weight"], p["fusion.gate.bias"]))
        return (gates[:, :, None] * joined).sum(1)

    def attention(h, candidate, q):
        c = candidate.expand(len(h), width)
        pairs = torch.cat([h, c, h * c, h - c], 1)
        hidden_rows = torch.relu(F.linear(pairs, q["readout.attention.first.weight"], q["readout.attention.first.bias"]))
        return torch.softmax(F.linear(hidden_rows, q["readout.attention.second.weight"],
                                      q["readout.attention.second.bias"])[:, 0], 0)

    def scores(readout, h, q):
        if readout == "state":
            found = vectors @ h[-1]
        elif readout == "interests":
            wants = torch.softmax(q["readout.queries"] @ h.T / width ** 0.5, 1) @ h
            found = (vectors @ wants.T).max(1).values
        elif readout == "attention":
            found = torch.stack([(attention(h, v, q) @ h) @ v for v in vectors])
        else:
            found = torch.stack([recurrence(
                h, *(q["readout.evolution." + n] for n in
                     ("input.weight", "input.bias", "recurrent.weight", "recurrent.bias")),
                attention=attention(h, v, q))[-1] @ v for v in vectors])
        return found + p["items.bias"]

    for readout, q in own.items():
        loss = 0.0
        for history, kinds, gaps in sequences:
            h = states(history[:-1], kinds[:-1], gaps[:-1])
            for t in range(len(h)):
                loss = loss + F.cross_entropy(scores(readout, h[:t + 1], q)[None], torch.tensor([history[t + 1]]))
        record("fused_encoder_" + readout, loss, torch.ones(()), shared | q,
               **{"fixed." + name: values for name, values in fixed.items()})


def preference_model():
    """Neural collaborative filtering on one device: two epochs of SGD in batches of two and one."""
    items, width, hidden, rate = 9, 3, 4, 0.3
    own, labels = [1, 4, 7], torch.tensor([1.0, 0.0, 1.0])
    e, u = leaf(items, width), leaf(width)
    w1, b1, w2, b2 = leaf(hidden, 2 * width), leaf(hidden), leaf(1, hidden), leaf(1)
    leaves = {"items.identity": e, "first.weight": w1, "first.bias": b1, "second.weight": w2, "second.bias": b2}
    case = {name: flat(value) for name, value in leaves.items()} | {"user": flat(u), "labels": flat(labels), "rate": [rate]}
    optimizer, total = torch.optim.SGD(list(leaves.values()) + [u], rate), 0.0
    for _ in range(2):
        for batch in ([0, 1], [2]):
            rows = torch.cat([e[[own[i] for i in batch]], u.expand(len(batch), width)], 1)
            logits = F.linear(torch.relu(F.linear(rows, w1, b1)), w2, b2)[:, 0]
            loss = F.binary_cross_entropy_with_logits(logits, labels[batch])
            total += loss.item() * len(batch)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    case |= {"end." + name: flat(value) for name, value in leaves.items()}
    case |= {"end.user": flat(u), "loss": [float("%.9g" % (total / 6))]}
    write("preference_model", case)


def federated_rounds():
    """Two devices train an encoder of single events for four rounds: FedProx locally, each rule at the coordinator."""
    items, width, rate, proximal, rounds = 5, 3, 0.4, 0.3, 4
    sequences = [[3, 0, 4, 1, 1], [2, 4, 3]]
    start = {"items.identity": torch.randn(items, width), "items.bias": torch.randn(items)}
    case = {name: flat(value) for name, value in start.items()}

    def change(given, s):
        own = {name: value.clone().requires_grad_(True) for name, value in given.items()}
        optimizer = torch.optim.SGD(own.values(), rate)
        for _ in range(2):
            e, b = own["items.identity"], own["items.bias"]
            loss = F.cross_entropy(e[s[:-1]] @ e.T + b, torch.tensor(s[1:]))
            loss = loss + proximal / 2 * sum(((own[name] - given[name]) ** 2).sum() for name in own)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        return {name: (own[name] - given[name]).detach() for name in own}

    def cosine(done):
        return 1.0 if done < 1 else (1 + math.cos(math.pi * (done - 1) / (rounds - 1))) / 2

    rules = {"average": (lambda p: torch.optim.SGD(p, 1), 0.8, lambda done: 1),
             "momentum": (lambda p: torch.optim.SGD(p, 1, momentum=0.6), 0.8, lambda done: 1),
             "adam": (lambda p: torch.optim.Adam(p, 1, betas=(0.8, 0.99), eps=1e-7), 0.05, cosine),
             "reptile": (lambda p: torch.optim.SGD(p, 1), 0.8, lambda done: 1 - done / rounds)}
    for rule, (make, rate_there, share) in rules.items():
        shared = {name: value.clone().requires_grad_(True) for name, value in start.items()}
        optimizer = make(list(shared.values()))
        for done in range(rounds):
            changes = [change({name: value.detach().clone() for name, value in shared.items()}, s) for s in sequences]
            optimizer.param_groups[0]["lr"] = rate_there * share(done)
            for name, value in shared.items():
                value.grad = -(changes[0][name] + changes[1][name]) / 2
            optimizer.step()
        case |= {"end.%s.%s" % (rule, name): flat(value) for name, value in shared.items()}
    write("federated_rounds", case)


for index, make in enumerate([linear, low_rank_adapter, layer_norm, feed_forward, attention,
                              transformer_block, gru, augru, target_attention, interest_readout,
                              view_fusion, mean_pooling, losses, optimizers, sequence_encoder,
                              fused_encoder, preference_model, federated_rounds]):
    torch.manual_seed(100 + index)
    make()
