"""Vectors of messages and whole rounds."""

from dataclasses import dataclass

import configuration
import messages as m
import sodium
from coordinator import combine, partial_sum
from encoding import Refusal, bitmap_members, draw_scalar, integer, packed_length, u32, unpack
from fsa1 import Federation, Stream, Transcript, plain_sum, ring_settings, run

TRANSCRIPTS = ("t0", "t1", "t2", "t3", "t4")


@dataclass
class Round:
    federation: Federation
    vectors: list
    drops: dict
    done: Transcript

    def __getattr__(self, name):
        return getattr(self.done, name)


def inputs(n, d, b):
    def word(i, j):
        return integer(sodium.blake2b(b"x" + u32(i) + u32(j))[:4])
    return [[word(i, j) % 2**b for j in range(d)] for i in range(n)]


def played(federation, drops):
    config = federation.config
    vectors = inputs(federation.n, config.dimension, config.ring_bits)
    done = run(federation, vectors, drops)
    assert done.total == plain_sum(vectors, done.coordinator.survivors, config.ring_bits)
    return Round(federation, vectors, drops, done)


def complete():
    federation = Federation(
        sodium.blake2b(b"fsa1 complete"), 5, 2, policy_settings={"noise_ratio": (16, 100)})
    return played(federation, {"input": [3]})


def ring():
    n = 129
    settings = ring_settings(n, 5, 16) | {
        "noise_numerator": 2**22, "noise_denominator": 1, "noise_law": 2}
    federation = Federation(
        sodium.blake2b(b"fsa1 ring"), n, 2, settings,
        {"noise_ratio": (1, 100), "least_cohort": 64, "least_survivors": 64, "least_honest": 32,
         "least_survivor_share": 8500})
    return played(federation, {
        "shares": [17, 90], "input": [5, 64, 101], "consistency": [33, 128], "unmask": [2, 77]})


# Fields as JSON

def shown(value):
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, (list, tuple)):
        return [shown(v) for v in value]
    if isinstance(value, configuration.Message):
        return fields(value)
    if isinstance(value, (configuration.Certificate, configuration.ListedWitness)):
        return {name: shown(v) for name, v in vars(value).items()}
    # Beyond 2^53 a JSON number is not exact everywhere.
    return str(value) if isinstance(value, int) and value > 2**53 else value


def fields(message):
    return {name: shown(value) for name, value in vars(message).items()}


def case(name, encoded):
    message = m.MESSAGES[int.from_bytes(encoded[4:8], "little")].decode(encoded)
    return {
        "name": name, "kind": message.kind, "message": encoded.hex(),
        "bytes": len(encoded), "fields": fields(message)}


def messages(r):
    log, c = r.messages, r.coordinator
    out = [case(name, log[name][0]) for name in (
        "config", "advertise", "directory", "shares", "inbox", "input", "survivors",
        "consistency", "quorum", "unmask")]
    out += [case(name, log[name][0]) for name in ("reveal", "cosign")]
    y = unpack(m.Input.decode(log["input"][0]).packed, 19, 20)
    out.append(case("partial_sum", partial_sum(c.t3, 5, {0}, y, 20).encode()))
    out.append(case("abort", m.Abort(c.t0, r.federation.identities[0][0], 308).sign(
        r.federation.identities[0][1]).encode()))
    plain = Federation(
        bytes(32), 3, 0, {"least_cohort": 3, "least_survivors": 3, "noise_law": 0,
                          "noise_numerator": 0, "noise_denominator": 1}).config
    out.append(case("config_without_witnesses_and_noise", plain.encode()))
    return {"messages": out}


# Rounds

def parties(f):
    policy = f.policy
    return {
        "coordinator_seed": f.derive("coordinator").hex(),
        "authority_seed": f.derive("authority").hex(),
        "witnesses": [
            {"seed": seed.hex(), "last_chain_value": end.hex(), "last_position": length,
             "anchor": w.anchor.hex()}
            for seed, end, length, w in zip(
                f.witness_seeds, f.chain_ends, f.chain_lengths, f.witnesses)],
        "policy": {
            "ring_bits": list(policy.ring_bits), "most_dimension": policy.most_dimension,
            "most_clip_norm": policy.most_clip_norm, "noise_ratio": list(policy.noise_ratio),
            "least_cohort": policy.least_cohort, "least_survivors": policy.least_survivors,
            "least_honest": policy.least_honest, "least_collusion": policy.least_collusion,
            "isolation_allowed": policy.isolation_allowed,
            "least_survivor_share": policy.least_survivor_share,
            "most_rounds_per_day": policy.most_rounds_per_day},
        "clients": [
            {"index": i, "identity_seed": f.identity_seeds[i].hex(),
             "certificate": f.certificates[i].encode().hex(), "random_key": f.random_keys[i].hex()}
            for i in range(f.n)]}


def outcome(r):
    c = r.coordinator
    return {
        "times": {
            step: [r.federation.config.deadlines[i] - 400, r.federation.config.deadlines[i] - 300]
            for i, step in enumerate(("advertise", "shares", "input", "consistency", "unmask"))},
        "drops_before": r.drops,
        "transcript": {name: getattr(c, name).hex() for name in TRANSCRIPTS},
        "graph_seed": c.seed.hex(), "mode": c.graph.mode, "k": c.graph.k, "t": c.graph.t,
        "sharers": sorted(c.sharers), "survivors": sorted(c.survivors), "sum": r.total}


def drawn(r, i):
    """What client i drew from its stream, in order."""
    random, c = Stream(r.federation.random_keys[i]), r.coordinator
    t = c.graph.t
    return {
        "nonce": random(32).hex(), "agreement_secret": random(32).hex(),
        "mask_secret": draw_scalar(random).hex(), "self_mask_secret": draw_scalar(random).hex(),
        "coefficients_s": [draw_scalar(random).hex() for _ in range(t - 1)],
        "coefficients_b": [draw_scalar(random).hex() for _ in range(t - 1)],
        "box_nonces": [random(24).hex() for _ in c.graph.neighbors(i)]}


def complete_file(r):
    out = parties(r.federation)
    for i, client in enumerate(out["clients"]):
        client["drawn"] = drawn(r, i)
        client["x"] = r.vectors[i]
    return {**out, **outcome(r), "messages": {
        step: {str(i): message.hex() for i, message in sent.items()}
        for step, sent in r.messages.items()}}


def ring_file(r):
    out = parties(r.federation)
    for i, client in enumerate(out["clients"]):
        client["x"] = r.vectors[i]
    full = {
        step: r.messages[step][0].hex() for step in ("config", "directory", "inbox", "survivors", "quorum")}
    return {
        **out, **outcome(r), "messages_of_client_0": full,
        "message_hashes": {
            step: {str(i): sodium.blake2b(message).hex()[:32] for i, message in sent.items()}
            for step, sent in r.messages.items()}}


def partial_sums(r):
    d, b, c = 19, 20, r.coordinator
    ys = {i: unpack(m.Input.decode(message).packed, d, b) for i, message in r.messages["input"].items()}
    parts = {f"client_{i}": partial_sum(c.t3, 5, {i}, y, b) for i, y in ys.items()}
    left = combine(parts["client_0"], parts["client_1"])
    right = combine(parts["client_4"], parts["client_2"])
    root = combine(left, right)
    assert bitmap_members(5, root.members) == c.survivors
    assert unpack(root.packed, d, b) == c.total
    other = m.PartialSum(bytes(32), 5, 1, parts["client_2"].members, d, b, parts["client_2"].packed)
    narrow = partial_sum(c.t3, 5, {2}, [0] * 8, b)
    refused = []
    for name, pair, reason in (
            ("bad_overlap", (left, parts["client_1"]), "overlap"),
            ("bad_same_part_twice", (left, left), "overlap"),
            ("bad_other_round", (left, other), "different-round"),
            ("bad_other_dimension", (left, narrow), "different-round")):
        try:
            combine(*pair)
            raise AssertionError(name)
        except Refusal as refusal:
            assert refusal.name == reason
            refused.append({
                "name": name, "left": pair[0].encode().hex(), "right": pair[1].encode().hex(),
                "code": refusal.code, "reason": refusal.name})
    assert packed_length(d, b) == len(root.packed)
    return {
        "parts": {name: part.encode().hex() for name, part in parts.items()},
        "combinations": [
            {"name": name, "left": a.encode().hex(), "right": z.encode().hex(), "combined": s.encode().hex()}
            for name, a, z, s in (
                ("two", parts["client_0"], parts["client_1"], left),
                ("two_others", parts["client_4"], parts["client_2"], right),
                ("root", left, right, root))],
        "refusals": refused}
