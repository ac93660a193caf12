#!/usr/bin/env python3
"""fsa1: an independent reference of protocols/secure-aggregation.md, version 1.

This file runs whole rounds. The protocol is in the modules beside it: encoding (hashes, scalars, packing),
graph, graph_parameters, sharing, masks, messages, client, coordinator, witness. It is written for
reading, takes all randomness from its caller, and does not protect secrets in memory: use it to check implementations.

    fsa1.py [n]     runs one round of n clients with dropouts at every step and compares the sum
"""

import random as pseudo
import sys
from dataclasses import dataclass, field, replace

import sodium
from configuration import Certificate, ListedWitness, RoundConfig
from client import Caller, Client, Policy
from coordinator import Coordinator
from encoding import bitmap_members
from transcript import revocation_digest
from witness import Witness

DAY = 1_800_000_000 // 86400 * 86400


class Stream:
    """Random bytes from a ChaCha20 keystream, so that vectors can be reproduced."""

    def __init__(self, key):
        self.key, self.position = key, 0

    def __call__(self, count):
        block, skip = divmod(self.position, 64)
        self.position += count
        return sodium.chacha20(self.key, block, skip + count)[skip:]


@dataclass
class Federation:
    """Keys, policy and configuration of everybody in one round, all from one 32-byte seed."""

    seed: bytes
    n: int
    witness_count: int
    settings: dict = field(default_factory=dict)
    policy_settings: dict = field(default_factory=dict)

    def derive(self, name, index=0):
        return sodium.blake2b(name.encode() + index.to_bytes(4, "little"), self.seed)

    def __post_init__(self):
        self.coordinator = sodium.sign_keypair(self.derive("coordinator"))
        self.authority = sodium.sign_keypair(self.derive("authority"))
        # Ascending identities, as RoundConfig lists them.
        self.witness_seeds = sorted(
            (self.derive("witness", w) for w in range(self.witness_count)),
            key=lambda seed: sodium.sign_keypair(seed)[0])
        self.chain_lengths = [8 + w for w in range(self.witness_count)]
        self.chain_ends = [self.derive("chain", w) for w in range(self.witness_count)]
        self.witnesses = [
            Witness(sodium.sign_keypair(seed), last, length) for seed, last, length
            in zip(self.witness_seeds, self.chain_ends, self.chain_lengths)]
        positions = [3 + w for w in range(self.witness_count)]
        listed = [
            ListedWitness(w.identity, p, w.chain[p - 1]) for w, p in zip(self.witnesses, positions)]
        self.config = RoundConfig(
            **{
                "task": self.derive("task"), "round": 7, "nonce": self.derive("round nonce"),
                "coordinator": self.coordinator[0], "authority": self.authority[0],
                "revocation": revocation_digest(()), "model": self.derive("model"),
                "plan": self.derive("plan"), "rotation": bytes(32), "dimension": 19,
                "ring_bits": 20, "clip_norm": 0.5, "scale": 32768.0,
                "squared_norm_bound": 2**28 + 2**14 + 10, "noise_numerator": 5**10 * 3,
                "noise_denominator": 2, "noise_law": 1, "least_cohort": 5, "most_cohort": 128,
                "least_survivors": 4, "least_honest": 3, "collusion": 500, "dropout": 500,
                "rule": 0, "opens": DAY, "deadlines": tuple(DAY + 600 * s for s in range(1, 6)),
                "eligibility_threshold": 2**64 - 1 - 2**50 if self.witness_count else 2**64 - 1,
                "witnesses": listed, **self.settings}).sign(self.coordinator[1])
        self.identity_seeds = [self.derive("identity", i) for i in range(self.n)]
        self.identities = [sodium.sign_keypair(seed) for seed in self.identity_seeds]
        self.certificates = [
            Certificate(public, DAY - 86400 * 30, DAY + 86400 * 300).sign(self.authority[1])
            for public, _ in self.identities]
        self.random_keys = [self.derive("random", i) for i in range(self.n)]
        self.policy = Policy(
            {self.coordinator[0]}, self.authority[0],
            {w.identity: w.anchor for w in self.witnesses}, **self.policy_settings)
        self.caller = Caller(self.config.model, self.config.plan)

    def client(self, i):
        return Client(
            self.identities[i], self.certificates[i], replace(self.policy),
            Stream(self.random_keys[i]))

    def clients(self):
        return [self.client(i) for i in range(self.n)]


@dataclass
class Transcript:
    """All messages of a round: kind name -> {cohort index: bytes}."""

    messages: dict
    coordinator: Coordinator
    clients: list
    total: list


def run(federation, vectors, drops):
    """One round. `drops[step]` are indices that stop before they send `advertise`, `shares`, `input`,
    `consistency` or `unmask`. With drops before Advertise, indices of the cohort are shifted; use none."""
    config, clients = federation.config, federation.clients()
    coordinator = Coordinator(federation.coordinator, config)
    log = {"config": {0: config.encode()}}
    alive = set(range(federation.n))

    def send(step, replies, deadline):
        for i in drops.get(step, ()):
            alive.discard(i)
        log[step] = {i: reply(i) for i, reply in replies.items() if i in alive}
        for message in log[step].values():
            coordinator.receive(message, config.deadlines[deadline] - 300)

    def time(step):
        return config.deadlines[step] - 400

    send("advertise", {
        i: lambda i: clients[i].receive(log["config"][0], time(0), federation.caller)
        for i in range(federation.n)}, 0)
    coordinator.gather()
    log["reveal"] = {
        w: witness.reveal(config, coordinator.cohort).encode()
        for w, witness in enumerate(federation.witnesses)}
    for message in log["reveal"].values():
        coordinator.receive(message, time(1))
    log["directory"] = coordinator.directories()
    send("shares", {
        i: lambda i: clients[i].receive(log["directory"][i], time(1))
        for i in log["directory"]}, 1)
    log["inbox"] = coordinator.inboxes()
    send("input", {
        i: lambda i: clients[i].receive(log["inbox"][i], time(2), vectors[i])
        for i in log["inbox"]}, 2)
    log["survivors"] = {0: coordinator.declare()}
    send("consistency", {
        i: lambda i: clients[i].receive(log["survivors"][0], time(3))
        for i in sorted(coordinator.survivors)}, 3)
    log["cosign"] = {
        w: witness.cosign(config, *coordinator.cosign_request()).encode()
        for w, witness in enumerate(federation.witnesses)}
    for message in log["cosign"].values():
        coordinator.receive(message, time(4))
    log["quorum"] = coordinator.quorums()
    send("unmask", {
        i: lambda i: clients[i].receive(log["quorum"][i], time(4)) for i in log["quorum"]}, 4)
    return Transcript(log, coordinator, clients, coordinator.open())


def plain_sum(vectors, members, b):
    return [sum(column) % 2**b for column in zip(*(vectors[i] for i in sorted(members)))]


def ring_settings(n, d, b):
    least = -(-85 * n // 100)
    return {
        "dimension": d, "ring_bits": b, "least_cohort": min(n, max(5, -(-9 * n // 10))),
        "most_cohort": n, "least_survivors": least, "least_honest": least - n // 20}


def main(n):
    shuffled = pseudo.Random(n)
    federation = Federation(
        bytes(32), n, 2 if n > 128 else 0, ring_settings(n, 37, 24), {"noise_ratio": (1, 100)})
    vectors = [[shuffled.randrange(2**24) for _ in range(37)] for _ in range(n)]
    gone = shuffled.sample(range(n), n // 20)
    steps = ("shares", "input", "consistency", "unmask")
    drops = {step: gone[start::4] for start, step in enumerate(steps)}
    done = run(federation, vectors, drops)
    survivors = bitmap_members(n, done.coordinator.survivor_bits)
    same = done.total == plain_sum(vectors, survivors, 24)
    print(f"n = {n}: k/t = {done.coordinator.graph.k}/{done.coordinator.graph.t}, "
          f"{len(survivors)} survivors, sum {'equal' if same else 'DIFFERENT'}")
    return same


if __name__ == "__main__":
    sys.exit(0 if main(int(sys.argv[1]) if len(sys.argv) > 1 else 24) else 1)
