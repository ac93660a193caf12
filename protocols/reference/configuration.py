"""Sections 4 and 12: what all messages share, certificates, RoundConfig."""

from dataclasses import dataclass
from math import gcd, isfinite

from encoding import H, Reader, f64, require, signature_holds, signed, u32, u64
from graph_parameters import PAIRS

MOST_CLIENTS, MOST_WITNESSES = 16384, 16


class Message:
    """header || fields || signature; subclasses give `fields()` and `read(reader)`."""

    kind, step = 0, ""

    def body(self):
        return b"fsa1" + u32(self.kind) + self.fields()

    def encode(self):
        return self.body() + self.signature

    def sign(self, secret):
        self.signature = signed(secret, self.step, self.body())
        return self

    def is_signed_by(self, public):
        return signature_holds(self.signature, public, self.step, self.body())

    def check(self):
        """Conditions that join several fields."""

    @classmethod
    def decode(cls, encoded):
        reader = Reader(encoded)
        reader.header(cls.kind)
        message = cls.read(reader)
        reader.end()
        message.check()
        assert message.encode() == encoded
        return message


@dataclass
class Certificate:
    identity: bytes
    not_before: int
    not_after: int
    signature: bytes = b""

    def body(self):
        return self.identity + u64(self.not_before) + u64(self.not_after)

    def encode(self):
        return self.body() + self.signature

    def sign(self, authority_secret):
        self.signature = signed(authority_secret, "certificate", self.body())
        return self

    def hash(self):
        return H("fsa1/certificate", self.encode())

    def is_valid(self, config):
        return (
            signature_holds(self.signature, config.authority, "certificate", self.body())
            and self.not_before <= config.opens and self.not_after >= config.deadlines[4])

    @staticmethod
    def read(reader):
        return Certificate(reader.take(32), reader.u64(), reader.u64(), reader.take(64))


@dataclass
class ListedWitness:
    identity: bytes
    position: int
    previous: bytes


@dataclass
class RoundConfig(Message):
    kind, step = 1, "config"
    task: bytes
    round: int
    nonce: bytes
    coordinator: bytes
    authority: bytes
    revocation: bytes
    model: bytes
    plan: bytes
    rotation: bytes
    dimension: int
    ring_bits: int
    clip_norm: float
    scale: float
    squared_norm_bound: int
    noise_numerator: int
    noise_denominator: int
    noise_law: int
    least_cohort: int
    most_cohort: int
    least_survivors: int
    least_honest: int
    collusion: int
    dropout: int
    rule: int
    opens: int
    deadlines: tuple
    eligibility_threshold: int
    witnesses: list
    signature: bytes = b""

    def fields(self):
        return (
            u32(1) + u32(1) + self.task + u64(self.round) + self.nonce + self.coordinator
            + self.authority + self.revocation + self.model + self.plan + self.rotation
            + u32(self.dimension) + u32(self.ring_bits) + f64(self.clip_norm) + f64(self.scale)
            + u64(self.squared_norm_bound) + u64(self.noise_numerator)
            + u64(self.noise_denominator) + u32(self.noise_law) + u32(self.least_cohort)
            + u32(self.most_cohort) + u32(self.least_survivors) + u32(self.least_honest)
            + u32(self.collusion) + u32(self.dropout) + u32(self.rule) + u64(self.opens)
            + b"".join(u64(deadline) for deadline in self.deadlines)
            + u64(self.eligibility_threshold) + u32(len(self.witnesses))
            + b"".join(w.identity + u64(w.position) + w.previous for w in self.witnesses))

    @classmethod
    def read(cls, r):
        r.u32(1, 1)
        r.u32(1, 1)
        task, number, hashes = r.take(32), r.u64(1, 2**53), [r.take(32) for _ in range(7)]
        dimension = r.u32(0, 2**24, "limit")
        require(dimension >= 1, "range")
        ring_bits = r.u32()
        require(ring_bits in (16, 20, 24, 32), "range")
        reals = []
        for _ in range(2):
            reals.append(r.f64())
            require(isfinite(reals[-1]) and reals[-1] > 0, "range")
        bound = r.u64(1, 2**60)
        numerator, denominator = r.u64(0, 2**50), r.u64(1, 2**50)
        law = r.u32(0, 2)
        least_cohort = r.u32(3)
        most_cohort = r.u32(0, MOST_CLIENTS, "limit")
        require(most_cohort >= 3, "range")
        least_survivors, least_honest = r.u32(1), r.u32(1)
        collusion, dropout, rule = r.u32(), r.u32(), r.u32(0, 1)
        opens, deadlines = r.u64(1, 2**53), tuple(r.u64() for _ in range(5))
        threshold = r.u64()
        witnesses = [
            ListedWitness(r.take(32), r.u64(1, 2**53), r.take(32))
            for _ in range(r.u32(0, MOST_WITNESSES, "limit"))]
        return cls(
            task, number, *hashes, dimension, ring_bits, *reals, bound, numerator, denominator,
            law, least_cohort, most_cohort, least_survivors, least_honest, collusion, dropout,
            rule, opens, deadlines, threshold, witnesses, r.take(64))

    def check(self):
        times = (self.opens, *self.deadlines)
        without_noise = (self.noise_numerator, self.noise_denominator) == (0, 1)
        require(
            self.least_cohort <= self.most_cohort
            and self.least_honest <= self.least_survivors <= self.most_cohort
            and (self.collusion, self.dropout) in PAIRS
            and all(a < b for a, b in zip(times, times[1:]))
            and self.deadlines[4] <= self.opens + 604800
            and (self.witnesses or self.eligibility_threshold == 2**64 - 1)
            and all(a.identity < b.identity for a, b in zip(self.witnesses, self.witnesses[1:]))
            and (without_noise if self.noise_law == 0 else self.noise_numerator >= 1)
            and gcd(self.noise_numerator, self.noise_denominator) == 1
            and (self.rule == 0 or len(self.witnesses) >= 2)
            and (self.most_cohort <= 128 or self.witnesses), "range")

    def t0(self):
        return H("fsa1/config", self.body())

    def is_eligible(self, identity):
        digest = H("fsa1/eligible", *(w.previous for w in self.witnesses), identity)
        return int.from_bytes(digest[:8], "little") <= self.eligibility_threshold
