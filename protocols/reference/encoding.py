"""Sections 1, 2, 11 and 16: byte encodings, labeled hashes, packing, codes."""

import struct

import sodium
from little_endian import f64, u32, u64  # noqa: F401, used by those who import this

L = 2**252 + 27742317777372353535851937790883648493

CODES = {
    "truncated": 101, "trailing": 102, "magic": 103, "kind": 104, "limit": 105, "range": 106,
    "bitmap": 107, "order": 108, "scalar": 109, "point": 110, "padding": 111,
    "out-of-order": 120, "deadline": 121, "transcript": 122, "recipient": 123, "signature": 124,
    "coordinator": 201, "authority": 202, "not-logged": 203, "revocation": 204,
    "active-round": 205, "round-counter": 206, "rounds-per-day": 207, "not-open": 208,
    "model": 209, "plan": 210, "ring-bits": 211, "dimension": 212, "clip": 213, "noise": 214,
    "cohort-floor": 215, "survivor-floor": 216, "honest-floor": 217, "collusion": 218,
    "rule": 219, "witness-set": 220, "beacon-history": 221, "own-certificate": 222,
    "not-eligible": 223, "budget": 224, "eligibility-ceiling": 225,
    "cohort-size": 301, "duplicate-leaf": 303, "own-leaf": 304, "reveal": 305,
    "reveal-signature": 306, "neighbor-count": 307, "neighbor-leaf": 308, "certificate": 309,
    "revoked": 310, "neighbor-eligibility": 311, "neighbor-signature": 312,
    "duplicate-key": 313, "agreement-key": 314,
    "few-sharers": 401, "own-bit": 402, "few-neighbors": 403, "not-a-neighbor": 404,
    "box-rejected": 450,
    "not-a-subset": 501, "few-survivors": 502, "second-survivor-set": 503,
    "few-signatures": 601, "witness-signature": 602,
    "unknown-client": 701, "equivocation": 702, "length": 703, "vector-digest": 704,
    "unmask-entry": 705,
    "few-clients": 801, "few-shares": 802, "point-check": 803,
    "different-round": 901, "overlap": 902, "count": 903,
}

HASH_LABELS = (
    "config", "certificate", "revocation", "eligible", "leaf", "node", "cohort", "chain", "beacon",
    "graph", "ring", "sharers", "survivors", "pair", "self", "box", "vector")
SIGNATURE_STEPS = (
    "config", "certificate", "advertise", "directory", "shares", "inbox", "input", "survivors",
    "consistency", "quorum", "unmask", "reveal", "cosign", "abort")
LABELS = tuple(f"fsa1/{name}" for name in HASH_LABELS) + tuple(
    f"fsa1/sig/{step}" for step in SIGNATURE_STEPS)


class Refusal(Exception):
    """A check failed: `name` and `code` are those of section 16."""

    def __init__(self, name):
        super().__init__(f"{CODES[name]} {name}")
        self.name, self.code = name, CODES[name]


def require(condition, name):
    if not condition:
        raise Refusal(name)


def hash_input(label, *fields):
    assert label in LABELS, label
    return label.encode("ascii") + b"".join(u32(len(field)) + field for field in fields)


def H(label, *fields):
    return sodium.blake2b(hash_input(label, *fields))


def KDF(key, label, *fields):
    assert len(key) == 32
    return sodium.blake2b(hash_input(label, *fields), key)


def signed(secret, step, message):
    return sodium.sign(H(f"fsa1/sig/{step}", message), secret)


def signature_holds(signature, public, step, message):
    return sodium.verify(signature, H(f"fsa1/sig/{step}", message), public)


# Scalars and points

def scalar(value):
    return (value % L).to_bytes(32, "little")


def integer(encoded):
    return int.from_bytes(encoded, "little")


def scalar_is_canonical(encoded):
    return integer(encoded) < L


def point_is_valid(point):
    return sodium.point_is_encoded(point) and point != bytes(32)


def draw_scalar(random):
    """Section 2; `random(n)` returns n random bytes."""
    while True:
        candidate = bytearray(random(32))
        candidate[31] &= 0x1F
        if 0 < integer(candidate) < L:
            return bytes(candidate)


# Bitmaps

def bitmap(n, members):
    out = bytearray((n + 7) // 8)
    for member in members:
        assert 0 <= member < n
        out[member // 8] |= 1 << (member % 8)
    return bytes(out)


def bitmap_members(n, encoded):
    return {i for i in range(n) if encoded[i // 8] >> (i % 8) & 1}


# Packing

def packed_length(d, b):
    return (d + 7) // 8 * b


def pack(values, b):
    out = bytearray()
    for start in range(0, len(values), 8):
        group = 0
        for g, value in enumerate(values[start:start + 8]):
            assert 0 <= value < 2**b
            group |= value << (g * b)
        out += group.to_bytes(b, "little")
    return bytes(out)


def unpack(packed, d, b):
    """`packed` has the packed length; refuses padding elements that are not zero."""
    values = []
    for start in range(0, len(packed), b):
        group = integer(packed[start:start + b])
        values += [group >> (g * b) & (2**b - 1) for g in range(8)]
    require(not any(values[d:]), "padding")
    return values[:d]


class Reader:
    """Reads fields from the first byte on, in the order of section 12.1."""

    def __init__(self, encoded):
        self.encoded, self.position = encoded, 0

    def take(self, count):
        require(len(self.encoded) - self.position >= count, "truncated")
        self.position += count
        return self.encoded[self.position - count:self.position]

    def u32(self, least=0, most=2**32 - 1, name="range"):
        value = integer(self.take(4))
        require(least <= value <= most, name)
        return value

    def u64(self, least=0, most=2**64 - 1):
        value = integer(self.take(8))
        require(least <= value <= most, "range")
        return value

    def f64(self):
        return struct.unpack("<d", self.take(8))[0]

    def header(self, kind):
        require(self.take(4) == b"fsa1", "magic")
        require(self.u32() == kind, "kind")

    def bitmap(self, n):
        encoded = self.take((n + 7) // 8)
        require(n % 8 == 0 or encoded[-1] >> (n % 8) == 0, "bitmap")
        return encoded

    def slots(self, count, read):
        """`count` pairs of a slot and what `read()` gives; slots strictly increase."""
        entries, before = [], 0
        for _ in range(count):
            slot = self.u32(1, 1023, "limit")
            require(slot > before, "order")
            before = slot
            entries.append((slot, read()))
        return entries

    def end(self):
        require(self.position == len(self.encoded), "trailing")
