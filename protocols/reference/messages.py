"""Section 12: the messages of a round, in the order of their kinds."""

from dataclasses import dataclass, field

from configuration import MOST_CLIENTS, MOST_WITNESSES, Certificate, Message, RoundConfig
from encoding import H, packed_length, require, scalar_is_canonical, u32, u64, unpack

MOST_ENTRIES = 1023


@dataclass
class Advertise(Message):
    kind, step = 2, "advertise"
    t0: bytes
    certificate: Certificate
    agreement_key: bytes
    mask_key: bytes
    nonce: bytes
    signature: bytes = b""

    def entry(self):
        """The form in a Directory, 272 bytes."""
        return (
            self.certificate.encode() + self.agreement_key + self.mask_key + self.nonce
            + self.signature)

    def fields(self):
        return self.t0 + self.certificate.encode() + self.agreement_key + self.mask_key + self.nonce

    @classmethod
    def read(cls, r, t0=None):
        return cls(
            r.take(32) if t0 is None else t0, Certificate.read(r), r.take(32), r.take(32),
            r.take(32), r.take(64))

    def check(self):
        require(self.certificate.not_before <= self.certificate.not_after, "range")

    def leaf(self, index):
        return H(
            "fsa1/leaf", u32(index), self.certificate.identity, self.agreement_key, self.mask_key,
            self.nonce, self.certificate.hash())


@dataclass
class Directory(Message):
    kind, step = 3, "directory"
    t0: bytes
    recipient: int
    leaves: list
    reveals: list  # (value, signature)
    entries: list  # Advertise
    signature: bytes = b""

    def fields(self):
        return (
            self.t0 + u32(len(self.leaves)) + u32(self.recipient) + b"".join(self.leaves)
            + u32(len(self.reveals)) + b"".join(v + s for v, s in self.reveals)
            + u32(len(self.entries)) + b"".join(entry.entry() for entry in self.entries))

    @classmethod
    def read(cls, r):
        t0 = r.take(32)
        n = r.u32(3, MOST_CLIENTS, "limit")
        recipient = r.u32(0, n - 1)
        leaves = [r.take(32) for _ in range(n)]
        reveals = [(r.take(32), r.take(64)) for _ in range(r.u32(0, MOST_WITNESSES, "limit"))]
        entries = [Advertise.read(r, t0) for _ in range(r.u32(0, MOST_ENTRIES, "limit"))]
        return cls(t0, recipient, leaves, reveals, entries, r.take(64))

    def check(self):
        for entry in self.entries:
            entry.check()


@dataclass
class Shares(Message):
    kind, step = 4, "shares"
    t2: bytes
    index: int
    self_mask_point: bytes
    boxes: list
    signature: bytes = b""

    def fields(self):
        return (
            self.t2 + u32(self.index) + self.self_mask_point + u32(len(self.boxes))
            + b"".join(self.boxes))

    @classmethod
    def read(cls, r):
        t2, index, point = r.take(32), r.u32(0, MOST_CLIENTS - 1, "limit"), r.take(32)
        boxes = [r.take(104) for _ in range(r.u32(1, MOST_ENTRIES, "limit"))]
        return cls(t2, index, point, boxes, r.take(64))


@dataclass
class Inbox(Message):
    kind, step = 5, "inbox"
    t2: bytes
    recipient: int
    n: int
    sharers: bytes
    boxes: list  # (slot, box)
    signature: bytes = b""

    def fields(self):
        return (
            self.t2 + u32(self.recipient) + u32(self.n) + self.sharers + u32(len(self.boxes))
            + b"".join(u32(slot) + box for slot, box in self.boxes))

    @classmethod
    def read(cls, r):
        t2, recipient, n = r.take(32), r.u32(), r.u32(3, MOST_CLIENTS, "limit")
        sharers = r.bitmap(n)
        boxes = r.slots(r.u32(0, MOST_ENTRIES, "limit"), lambda: r.take(104))
        return cls(t2, recipient, n, sharers, boxes, r.take(64))

    def check(self):
        require(self.recipient < self.n, "range")


@dataclass
class Input(Message):
    kind, step = 6, "input"
    t3: bytes
    index: int
    packed: bytes
    digest: bytes = b""
    signature: bytes = b""

    def fields(self):
        return self.t3 + u32(self.index) + u32(len(self.packed)) + self.digest

    def encode(self):
        return self.body() + self.signature + self.packed

    @classmethod
    def read(cls, r):
        t3, index = r.take(32), r.u32(0, MOST_CLIENTS - 1, "limit")
        length = r.u32(16, 2**26, "limit")
        digest, signature = r.take(32), r.take(64)
        return cls(t3, index, r.take(length), digest, signature)


@dataclass
class Survivors(Message):
    kind, step = 7, "survivors"
    t3: bytes
    n: int
    survivors: bytes
    signature: bytes = b""

    def fields(self):
        return self.t3 + u32(self.n) + self.survivors

    @classmethod
    def read(cls, r):
        t3, n = r.take(32), r.u32(3, MOST_CLIENTS, "limit")
        return cls(t3, n, r.bitmap(n), r.take(64))


@dataclass
class Consistency(Message):
    kind, step = 8, "consistency"
    t4: bytes
    index: int
    signature: bytes = b""

    def fields(self):
        return self.t4 + u32(self.index)

    @classmethod
    def read(cls, r):
        return cls(r.take(32), r.u32(0, MOST_CLIENTS - 1, "limit"), r.take(64))


@dataclass
class Quorum(Message):
    kind, step = 9, "quorum"
    t4: bytes
    recipient: int
    signatures: list  # (slot, signature)
    cosignatures: list
    signature: bytes = b""

    def fields(self):
        return (
            self.t4 + u32(self.recipient) + u32(len(self.signatures))
            + b"".join(u32(slot) + s for slot, s in self.signatures)
            + u32(len(self.cosignatures)) + b"".join(self.cosignatures))

    @classmethod
    def read(cls, r):
        t4, recipient = r.take(32), r.u32(0, MOST_CLIENTS - 1, "limit")
        signatures = r.slots(r.u32(0, MOST_ENTRIES, "limit"), lambda: r.take(64))
        cosignatures = [r.take(64) for _ in range(r.u32(0, MOST_WITNESSES, "limit"))]
        return cls(t4, recipient, signatures, cosignatures, r.take(64))


SHARE_OF_B, SHARE_OF_S = 1, 2


@dataclass
class Unmask(Message):
    kind, step = 10, "unmask"
    t4: bytes
    index: int
    entries: list  # (slot, (which, share))
    signature: bytes = b""

    def fields(self):
        return self.t4 + u32(self.index) + u32(len(self.entries)) + b"".join(
            u32(slot) + u32(which) + share for slot, (which, share) in self.entries)

    @classmethod
    def read(cls, r):
        def entry():
            which, share = r.u32(1, 2), r.take(32)
            require(scalar_is_canonical(share), "scalar")
            return which, share
        t4, index = r.take(32), r.u32(0, MOST_CLIENTS - 1, "limit")
        return cls(t4, index, r.slots(r.u32(0, MOST_ENTRIES, "limit"), entry), r.take(64))


@dataclass
class Reveal(Message):
    kind, step = 11, "reveal"
    t1: bytes
    witness: bytes
    position: int
    value: bytes
    signature: bytes = b""

    def fields(self):
        return self.t1 + self.witness + u64(self.position) + self.value

    @classmethod
    def read(cls, r):
        return cls(r.take(32), r.take(32), r.u64(1, 2**53), r.take(32), r.take(64))


@dataclass
class Cosign(Message):
    kind, step = 12, "cosign"
    t4: bytes
    witness: bytes
    signature: bytes = b""

    def fields(self):
        return self.t4 + self.witness

    @classmethod
    def read(cls, r):
        return cls(r.take(32), r.take(32), r.take(64))


@dataclass
class PartialSum(Message):
    kind = 13
    t3: bytes
    n: int
    count: int
    members: bytes
    d: int
    b: int
    packed: bytes
    signature: bytes = field(default=b"", init=False)

    def fields(self):
        return (
            self.t3 + u32(self.n) + u32(self.count) + self.members + u32(self.d) + u32(self.b)
            + self.packed)

    @classmethod
    def read(cls, r):
        t3, n = r.take(32), r.u32(3, MOST_CLIENTS, "limit")
        count = r.u32(1, n, "count")
        members, d, b = r.bitmap(n), r.u32(0, 2**24, "limit"), r.u32()
        require(d >= 1, "range")
        require(b in (16, 20, 24, 32), "range")
        packed = r.take(packed_length(d, b))
        unpack(packed, d, b)
        return cls(t3, n, count, members, d, b, packed)

    def check(self):
        require(sum(byte.bit_count() for byte in self.members) == self.count, "count")


@dataclass
class Abort(Message):
    kind, step = 14, "abort"
    t0: bytes
    identity: bytes
    code: int
    signature: bytes = b""

    def fields(self):
        return self.t0 + self.identity + u32(self.code)

    @classmethod
    def read(cls, r):
        return cls(r.take(32), r.take(32), r.u32(), r.take(64))


MESSAGES = {
    m.kind: m for m in (
        RoundConfig, Advertise, Directory, Shares, Inbox, Input, Survivors, Consistency, Quorum,
        Unmask, Reveal, Cosign, PartialSum, Abort)}
