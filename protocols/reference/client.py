"""Sections 13 and 14: the client's state machine and its floors."""

from dataclasses import dataclass, field

import masks
import configuration
import messages as m
import sharing
import sodium
import transcript
from encoding import (
    H, Reader, Refusal, bitmap_members, draw_scalar, pack, point_is_valid, require)
from graph import COMPLETE, Graph


@dataclass
class Policy:
    """What the coordinator cannot lower; the defaults are those of profile `silo`."""

    coordinators: set
    authority: bytes
    anchors: dict  # witness identity: value at position 0
    ring_bits: tuple = (16, 20, 24, 32)
    most_dimension: int = 2**24
    most_clip_norm: float = 1.0
    noise_ratio: tuple = (0, 1)
    least_cohort: int = 5
    least_survivors: int = 4
    least_honest: int = 2
    least_collusion: int = 500
    isolation_allowed: bool = False
    least_survivor_share: int = 8000
    most_rounds_per_day: int = 24
    most_eligibility_threshold: int = 2**64 - 1


@dataclass
class Caller:
    """What the program around the state machine knows about a round that is offered."""

    model: bytes
    plan: bytes
    revoked: set = field(default_factory=set)
    logged: bool = True
    budget_suffices: bool = True


@dataclass
class Store:
    """Durable records."""

    highest_round: dict = field(default_factory=dict)  # task: round
    active: tuple | None = None  # (task, round, last deadline)
    rounds_on: dict = field(default_factory=dict)  # day: count
    chains: dict = field(default_factory=dict)  # witness identity: (position, value)
    charged: set = field(default_factory=set)
    signed_t4: dict = field(default_factory=dict)  # (task, round): T4
    unmask: dict = field(default_factory=dict)  # (task, round): bytes


AWAITED = {"idle": 1, "advertised": 3, "shared": 5, "uploaded": 7, "signed": 9}


class Client:
    def __init__(self, keypair, certificate, policy, random, store=None):
        self.identity, self.secret = keypair
        self.certificate, self.policy, self.random = certificate, policy, random
        self.store = store or Store()
        self.state, self.events = "idle", []

    def receive(self, encoded, time, given=None):
        """The reply's bytes. `given` is a Caller with RoundConfig, and the vector x with Inbox."""
        try:
            return self._step(encoded, time, given)
        except Refusal:
            self._wipe()
            self.state = "aborted"
            raise

    def _step(self, encoded, time, given):
        header = Reader(encoded)
        require(header.take(4) == b"fsa1", "magic")
        kind = header.u32()
        require(kind in m.MESSAGES, "kind")
        require(AWAITED.get(self.state) == kind, "out-of-order")
        if kind == 1:
            return self._configured(configuration.RoundConfig.decode(encoded), time, given)
        require(time < self.config.deadlines[(kind - 1) // 2], "deadline")
        message = m.MESSAGES[kind].decode(encoded)
        received, own = {
            3: lambda: (message.t0, self.t0), 5: lambda: (message.t2, self.t2),
            7: lambda: (message.t3, self.t3), 9: lambda: (message.t4, self.t4)}[kind]()
        require(received == own, "transcript")
        if kind in (5, 9):
            require(message.recipient == self.index, "recipient")
        if kind in (5, 7):
            require(message.n == self.n, "cohort-size")
        require(message.is_signed_by(self.config.coordinator), "signature")
        if kind == 5:
            return self._inbox(message, given)
        return {3: self._directory, 7: self._survivors, 9: self._quorum}[kind](message)

    # 13.1

    def _configured(self, config, time, caller):
        policy, store = self.policy, self.store
        require(time < config.deadlines[0], "deadline")
        require(config.coordinator in policy.coordinators, "coordinator")
        require(config.is_signed_by(config.coordinator), "signature")
        require(config.authority == policy.authority, "authority")
        require(caller.logged, "not-logged")
        require(config.revocation == transcript.revocation_digest(caller.revoked), "revocation")
        require(store.active is None or store.active[2] <= time, "active-round")
        require(config.round > store.highest_round.get(config.task, 0), "round-counter")
        day = time // 86400
        require(store.rounds_on.get(day, 0) < policy.most_rounds_per_day, "rounds-per-day")
        require(config.opens <= time + 86400, "not-open")
        require(config.model == caller.model, "model")
        require(config.plan == caller.plan, "plan")
        self._check_floors(config)
        listed = {witness.identity for witness in config.witnesses}
        require(not listed or listed >= set(policy.anchors), "witness-set")
        for witness in config.witnesses:
            require(witness.identity in policy.anchors, "witness-set")
            position, value = store.chains.get(
                witness.identity, (0, policy.anchors[witness.identity]))
            steps = witness.position - 1 - position
            require(0 <= steps < 65536, "beacon-history")
            earlier = witness.previous
            for _ in range(steps):
                earlier = transcript.chain_step(earlier)
            require(earlier == value, "beacon-history")
        self.revoked = set(caller.revoked)
        require(
            self.certificate.is_valid(config) and self.identity not in self.revoked,
            "own-certificate")
        require(config.is_eligible(self.identity), "not-eligible")
        require(caller.budget_suffices, "budget")

        self.config, self.t0 = config, config.t0()
        store.highest_round[config.task] = config.round
        store.active = (config.task, config.round, config.deadlines[4])
        store.rounds_on[day] = store.rounds_on.get(day, 0) + 1
        self.nonce = self.random(32)
        self.agreement_secret = self.random(32)
        self.agreement_key = sodium.agreement_public(self.agreement_secret)
        self.mask_secret = draw_scalar(self.random)
        self.mask_key = sodium.multiply_base(self.mask_secret)
        self.advertise = m.Advertise(
            self.t0, self.certificate, self.agreement_key, self.mask_key, self.nonce)
        self.state = "advertised"
        return self.advertise.sign(self.secret).encode()

    def _check_floors(self, config):
        policy = self.policy
        require(config.ring_bits in policy.ring_bits, "ring-bits")
        require(config.dimension <= policy.most_dimension, "dimension")
        require(config.clip_norm <= policy.most_clip_norm, "clip")
        rn, rd = policy.noise_ratio
        require(
            config.least_honest * config.noise_numerator * rd
            >= rn * config.squared_norm_bound * config.noise_denominator, "noise")
        require(config.least_cohort >= policy.least_cohort, "cohort-floor")
        require(config.least_survivors >= policy.least_survivors, "survivor-floor")
        require(config.least_honest >= policy.least_honest, "honest-floor")
        require(config.collusion >= policy.least_collusion, "collusion")
        require(config.rule == 0 or policy.isolation_allowed, "rule")
        require(config.eligibility_threshold <= policy.most_eligibility_threshold, "eligibility-ceiling")

    # 13.2

    def _directory(self, directory):
        config, n = self.config, len(directory.leaves)
        require(config.least_cohort <= n <= config.most_cohort, "cohort-size")
        least = config.least_survivors
        t = Graph(n, bytes(32), config.collusion, config.dropout, config.rule).t
        require(
            t <= least <= n and 10000 * least >= self.policy.least_survivor_share * n,
            "survivor-floor")
        require(least - config.collusion * n // 10000 >= config.least_honest, "honest-floor")
        require(len(directory.reveals) == len(config.witnesses), "witness-set")
        require(len(set(directory.leaves)) == n, "duplicate-leaf")
        self.n, self.index = n, directory.recipient
        require(directory.leaves[self.index] == self.advertise.leaf(self.index), "own-leaf")

        t1 = transcript.t1(self.t0, n, transcript.cohort_root(directory.leaves))
        for witness, (value, signature) in zip(config.witnesses, directory.reveals):
            require(transcript.chain_step(value) == witness.previous, "reveal")
            reveal = m.Reveal(t1, witness.identity, witness.position, value, signature)
            require(reveal.is_signed_by(witness.identity), "reveal-signature")
        seed = transcript.graph_seed(t1, [value for value, _ in directory.reveals])
        self.graph = Graph(n, seed, config.collusion, config.dropout, config.rule)
        self.t2 = transcript.t2(t1, seed, self.graph)
        neighbors = self.graph.neighbors(self.index)
        require(len(directory.entries) == len(neighbors), "neighbor-count")
        self.peers = {}
        for (slot, j), entry in zip(neighbors.items(), directory.entries):
            self._check_neighbor(entry, j, directory.leaves[j])
            self.peers[slot] = entry
        everyone = [self.advertise, *self.peers.values()]
        for key in (
                lambda a: a.certificate.identity, lambda a: a.agreement_key, lambda a: a.mask_key):
            require(len({key(a) for a in everyone}) == len(everyone), "duplicate-key")
        self.session = {}
        for slot, j in neighbors.items():
            try:
                self.session[slot] = sharing.session_keys(
                    self.index, self.agreement_key, self.agreement_secret, j,
                    self.peers[slot].agreement_key)
            except sodium.SodiumError:
                raise Refusal("agreement-key") from None
            try:
                sodium.multiply(self.mask_secret, self.peers[slot].mask_key)
            except sodium.SodiumError:
                raise Refusal("point") from None

        for witness, (value, _) in zip(config.witnesses, directory.reveals):
            self.store.chains[witness.identity] = (witness.position, value)
        return self._deal()

    def _check_neighbor(self, entry, index, leaf):
        require(entry.leaf(index) == leaf, "neighbor-leaf")
        require(point_is_valid(entry.mask_key), "point")
        require(entry.certificate.is_valid(self.config), "certificate")
        require(entry.certificate.identity not in self.revoked, "revoked")
        require(self.config.is_eligible(entry.certificate.identity), "neighbor-eligibility")
        require(entry.is_signed_by(entry.certificate.identity), "neighbor-signature")

    def _deal(self):
        t = self.graph.t
        self.self_mask_secret = draw_scalar(self.random)
        coefficients_s = [draw_scalar(self.random) for _ in range(t - 1)]
        coefficients_b = [draw_scalar(self.random) for _ in range(t - 1)]
        self.held, boxes = {}, []
        for slot, j in self.graph.holders(self.index).items():
            pair = (
                sharing.share(self.mask_secret, coefficients_s, slot),
                sharing.share(self.self_mask_secret, coefficients_b, slot))
            if j == self.index:
                self.held[slot] = pair
            else:
                boxes.append(sharing.seal_box(
                    self.session[slot][1], self.t2, self.index, j, self.random(24), *pair))
        point = sodium.multiply_base(self.self_mask_secret)
        self.state = "shared"
        return m.Shares(self.t2, self.index, point, boxes).sign(self.secret).encode()

    # 13.3

    def _inbox(self, inbox, x):
        self.sharers = bitmap_members(self.n, inbox.sharers)
        require(len(self.sharers) >= self.config.least_cohort, "few-sharers")
        require(self.index in self.sharers, "own-bit")
        require(self.graph.live(self.index, self.sharers) >= self.graph.t, "few-neighbors")
        neighbors = self.graph.neighbors(self.index)
        for slot, _ in inbox.boxes:
            require(neighbors.get(slot) in self.sharers, "not-a-neighbor")
        for slot, box in inbox.boxes:
            shares = sharing.open_box(
                self.session[slot][0], self.t2, neighbors[slot], self.index, box)
            if shares:
                self.held[slot] = shares
            else:
                self.events.append(("box-rejected", slot))

        self.t3 = transcript.t3(self.t2, inbox.sharers)
        self.store.charged.add((self.config.task, self.config.round))
        packed = pack(self._masked(x), self.config.ring_bits)
        self.state = "uploaded"
        message = m.Input(self.t3, self.index, packed, H("fsa1/vector", packed))
        return message.sign(self.secret).encode()

    def _masked(self, x):
        b = self.config.ring_bits
        assert len(x) == self.config.dimension
        y = masks.add(x, masks.self_key(self.self_mask_secret, self.mask_key, self.t3), b, 1)
        for slot, j in self.graph.neighbors(self.index).items():
            if j in self.sharers:
                key = masks.pair_key(
                    self.mask_secret, self.mask_key, self.peers[slot].mask_key, self.t3)
                y = masks.add(y, key, b, masks.pair_sign(self.index, j))
        return y

    # 13.4

    def _survivors(self, message):
        self.survivors = bitmap_members(self.n, message.survivors)
        require(self.index in self.survivors, "own-bit")
        require(self.survivors <= self.sharers, "not-a-subset")
        require(len(self.survivors) >= self.config.least_survivors, "few-survivors")
        require(self.graph.live(self.index, self.survivors) >= self.graph.t, "few-neighbors")
        self.t4 = transcript.t4(self.t3, message.survivors)
        key = (self.config.task, self.config.round)
        require(self.store.signed_t4.setdefault(key, self.t4) == self.t4, "second-survivor-set")
        self.state = "signed"
        return m.Consistency(self.t4, self.index).sign(self.secret).encode()

    # 13.5

    def _quorum(self, quorum):
        graph, neighbors = self.graph, self.graph.neighbors(self.index)
        for slot, _ in quorum.signatures:
            require(neighbors.get(slot) in self.survivors, "not-a-neighbor")
        own = 1 if graph.mode == COMPLETE else 0
        require(len(quorum.signatures) + own >= graph.t, "few-signatures")
        for slot, signature in quorum.signatures:
            consistency = m.Consistency(self.t4, neighbors[slot], signature)
            require(
                consistency.is_signed_by(self.peers[slot].certificate.identity),
                "neighbor-signature")
        require(len(quorum.cosignatures) == len(self.config.witnesses), "witness-set")
        for witness, signature in zip(self.config.witnesses, quorum.cosignatures):
            require(
                m.Cosign(self.t4, witness.identity, signature).is_signed_by(witness.identity),
                "witness-signature")

        holders, entries = graph.holders(self.index), []
        for slot, (share_s, share_b) in sorted(self.held.items()):
            entry = (
                (m.SHARE_OF_B, share_b) if holders[slot] in self.survivors
                else (m.SHARE_OF_S, share_s))
            entries.append((slot, entry))
        reply = m.Unmask(self.t4, self.index, entries).sign(self.secret).encode()
        self.store.unmask[self.config.task, self.config.round] = reply
        self._wipe()
        self.state = "done"
        return reply

    def _wipe(self):
        for secret in ("agreement_secret", "mask_secret", "self_mask_secret", "session", "held"):
            self.__dict__.pop(secret, None)
        if hasattr(self, "config"):
            self.store.active = None
