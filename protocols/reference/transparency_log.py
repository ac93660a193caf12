#!/usr/bin/env python3
"""The transparency log of protocols/transparency-log.md, written from that page; standard library only.

    transparency_log.py write [folder]    writes the vectors; a second run changes nothing
    transparency_log.py [folder]          checks them; exit status 0 if everything agrees

Trees are the recursive definitions of RFC 6962 over whole lists of entries; nothing here is made to be fast.
"""

import hashlib
import math
import struct
import sys
from pathlib import Path

import ed25519
from little_endian import f64, u16, u32, u64, u8

FOLDER = Path(__file__).resolve().parent.parent / "vectors" / "transparency-log" / "1"
MOST_COUNT, MOST_ENTRY_BYTES, MOST_NODES, MOST_WITNESSES, MOST_DEVICES = 2**53, 2048, 64, 16, 2**24


class Refusal(Exception):
    def __init__(self, rule):
        super().__init__(rule)
        self.rule = rule


def require(condition, rule):
    if not condition:
        raise Refusal(rule)


# Section 2: hashes

def H(label, *fields):
    message = f"silhouette/{label}/v1".encode("ascii")
    for field in fields:
        message += u32(len(field)) + field
    return hashlib.blake2b(message, digest_size=32).digest()


# Section 3: the tree

def leaf(entry):
    return H("log-leaf", entry)


def node(left, right):
    return H("log-node", left, right)


def split(n):
    """The largest power of two below n."""
    return 1 << (n - 1).bit_length() - 1


def root(leaves):
    if not leaves:
        return H("log-empty")
    if len(leaves) == 1:
        return leaves[0]
    k = split(len(leaves))
    return node(root(leaves[:k]), root(leaves[k:]))


def inclusion_path(m, leaves):
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if m < k:
        return inclusion_path(m, leaves[:k]) + [root(leaves[k:])]
    return inclusion_path(m - k, leaves[k:]) + [root(leaves[:k])]


def consistency_path(m, leaves, complete=True):
    if m == 0:
        return []
    if m == len(leaves):
        return [] if complete else [root(leaves)]
    k = split(len(leaves))
    if m <= k:
        return consistency_path(m, leaves[:k], complete) + [root(leaves[k:])]
    return consistency_path(m - k, leaves[k:], False) + [root(leaves[:k])]


def verify_inclusion(index, path, entry_leaf, size, tree_root):
    """RFC 9162, section 2.1.3.2."""
    require(index < size, "proof-index")
    fn, sn, r = index, size - 1, entry_leaf
    for p in path:
        require(sn > 0, "proof-long")
        if fn & 1 or fn == sn:
            r = node(p, r)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = node(r, p)
        fn, sn = fn >> 1, sn >> 1
    require(sn == 0, "proof-short")
    require(r == tree_root, "proof-root")


def verify_consistency(path, older, older_root, newer, newer_root):
    """RFC 9162, section 2.1.4.2, with the cases that it leaves out."""
    require(older <= newer, "proof-sizes")
    if older == newer or older == 0:
        require(not path, "proof-long")
        if older == newer:
            return require(older_root == newer_root, "proof-root")
        return require(older_root == H("log-empty"), "proof-older-root")
    path = list(path)
    if older & older - 1 == 0:
        path.insert(0, older_root)
    require(path, "proof-short")
    fn, sn = older - 1, newer - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = path[0]
    for c in path[1:]:
        require(sn > 0, "proof-long")
        if fn & 1 or fn == sn:
            fr, sr = node(c, fr), node(c, sr)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node(sr, c)
        fn, sn = fn >> 1, sn >> 1
    require(sn == 0, "proof-short")
    require(fr == older_root, "proof-older-root")
    require(sr == newer_root, "proof-root")


# Section 1: reading

class Reader:
    def __init__(self, encoded):
        self.encoded, self.position = encoded, 0

    def take(self, count):
        require(len(self.encoded) - self.position >= count, "truncated")
        self.position += count
        return self.encoded[self.position - count:self.position]

    def number(self, size, least, most, rule="range"):
        value = int.from_bytes(self.take(size), "little")
        require(least <= value <= most, rule)
        return value

    def ordinal(self):
        return self.number(8, 1, MOST_COUNT)

    def devices(self):
        return self.number(4, 1, MOST_DEVICES)

    def real(self, least, most):
        encoded = self.take(8)
        value = struct.unpack("<d", encoded)[0]
        require(least <= value <= most and not encoded[7] & 0x80, "range")
        return value

    def header(self, kind):
        require(self.take(1) == b"\x01", "version")
        require(self.take(1) == u8(kind), "kind")

    def nodes(self):
        return [self.take(32) for _ in range(self.number(1, 0, MOST_NODES, "limit"))]

    def end(self):
        require(self.position == len(self.encoded), "trailing")


# Section 4: entries. A field is (name, encode, read); values of 32 and 64 bytes are bytes.

def raw(count):
    return lambda value: value, lambda reader: reader.take(count)


def counted(size, least, most):
    return (lambda value: value.to_bytes(size, "little")), (lambda reader: reader.number(size, least, most))


HASH, SIGNATURE = raw(32), raw(64)
ORDINAL, DEVICES = counted(8, 1, MOST_COUNT), counted(4, 1, MOST_DEVICES)
POSITIVE = f64, lambda reader: reader.real(5e-324, sys.float_info.max)
ROUND = [("task", HASH), ("round", ORDINAL)]
MECHANISM = [
    ("law", counted(1, 0, 3)), ("varianceNumerator", counted(8, 0, 2**50)),
    ("varianceDenominator", counted(8, 1, 2**50)),
    ("totalVariation", (f64, lambda reader: reader.real(0.0, 1.0))),
    ("squaredNormBound", counted(8, 1, 2**60)), ("dimension", counted(8, 1, 2**40)),
    ("clipNorm", POSITIVE), ("scale", POSITIVE), ("leastSurvivors", DEVICES),
    ("mostColluding", counted(4, 0, MOST_DEVICES))]


def encode_name(text):
    return u8(len(text)) + text.encode("ascii")


def read_name(reader):
    text = reader.take(reader.number(1, 0, 64, "limit"))
    require(text and all(0x20 <= c <= 0x7E for c in text), "text")
    return text.decode("ascii")


def encode_claims(claims):
    return u8(len(claims)) + b"".join(u8(a) + f64(delta) + f64(epsilon) for a, delta, epsilon in claims)


def read_claims(reader):
    claims = []
    for _ in range(reader.number(1, 0, 64, "limit")):
        claim = [reader.number(1, 1, 6), reader.real(0.0, 1.0), reader.real(0.0, math.inf)]
        require(not claims or claims[-1][:2] < claim[:2], "order")
        claims.append(claim)
    return claims


KINDS = {
    1: ("enrollment", [("authority", HASH), ("certificateHash", HASH)]),
    2: ("plan", [("hash", HASH), ("signer", HASH), ("signature", SIGNATURE)]),
    3: ("round", ROUND + [("configuration", HASH), ("planHash", HASH), ("modelHash", HASH)]),
    4: ("cohort", ROUND + [("transcript", HASH), ("root", HASH), ("memberCount", DEVICES)]),
    5: ("survivors", ROUND + [("transcript", HASH), ("survivorCount", DEVICES)]),
    6: ("debit", ROUND + [("transcript", HASH), ("survivorCount", DEVICES)] + MECHANISM),
    7: ("release", ROUND + [
        ("debit", HASH), ("sumHash", HASH), ("modelHash", HASH), ("survivorCount", DEVICES)] + MECHANISM),
    8: ("abort", ROUND + [("code", counted(4, 1, 1_999))]),
    9: ("pause", [("task", HASH), ("number", ORDINAL), ("state", counted(1, 1, 2))]),
    10: ("rotation", [
        ("role", counted(1, 1, 4)), ("old", HASH), ("new", HASH), ("oldSignature", SIGNATURE),
        ("newSignature", SIGNATURE)]),
    11: ("closing", [
        ("planHash", HASH), ("debitCount", counted(8, 0, MOST_COUNT)),
        ("releaseCount", counted(8, 0, MOST_COUNT)), ("accountant", (encode_name, read_name)),
        ("vectorsHash", HASH), ("claims", (encode_claims, read_claims))])}


def check_joint(fields, name):
    """Conditions that join fields, made right after the field called `name` was read."""
    if name == "varianceDenominator":
        require(math.gcd(fields["varianceNumerator"], fields[name]) == 1, "fraction")
    elif name == "totalVariation":
        noise = fields["varianceNumerator"] > 0
        require(noise == (fields["law"] != 0) and (noise or fields[name] == 0), "contradiction")
    elif name == "mostColluding":
        require(fields[name] < fields["leastSurvivors"], "contradiction")
    elif name == "new":
        require(fields[name] != fields["old"], "contradiction")
    elif name == "releaseCount":
        require(fields[name] <= fields["debitCount"], "contradiction")


def encode_entry(kind, time, fields):
    encoded = u8(1) + u8(kind) + u64(time)
    for name, (encode, _) in KINDS[kind][1]:
        encoded += encode(fields[name])
    return encoded


def decode_entry(encoded):
    reader = Reader(encoded)
    require(len(encoded) <= MOST_ENTRY_BYTES, "limit")
    require(reader.take(1) == b"\x01", "version")
    kind = reader.take(1)[0]
    require(kind in KINDS, "kind")
    time, fields = reader.ordinal(), {}
    for name, (_, read) in KINDS[kind][1]:
        fields[name] = read(reader)
        check_joint(fields, name)
    reader.end()
    return kind, time, fields


def entry_key(kind, fields):
    """(kind, subject, number)"""
    subject, number = {
        1: ("certificateHash", None), 2: ("hash", None), 9: ("task", "number"), 10: ("old", "role"),
        11: ("planHash", None)}.get(kind, ("task", "round"))
    return kind, fields[subject], fields[number] if number else 0


# Section 5: tiles

def tile_place(index, width):
    groups = [f"{index % 1000:03}"]
    while index >= 1000:
        index //= 1000
        groups.insert(0, f"x{index % 1000:03}")
    return "/".join(groups) + ("" if width == 256 else f".p/{width}")


def tiles(leaves):
    """Every tile of a tree as (path, hashes)."""
    level, hashes = 0, leaves
    while hashes:
        for index in range(0, len(hashes), 256):
            part = hashes[index:index + 256]
            yield f"tile/{level}/{tile_place(index // 256, len(part))}", part
        hashes = [root(hashes[i:i + 256]) for i in range(0, len(hashes) - 255, 256)]
        level += 1


def entry_bundle(entries):
    return b"".join(u16(len(entry)) + entry for entry in entries)


# Sections 6 and 7: heads, witnesses, views

def log_name(key):
    return H("log-identity", key)


def head_fields(name, size, tree_root, time):
    return name + u64(size) + tree_root + u64(time)


def signed_head(seed, size, tree_root, time, name=None):
    name = name or log_name(ed25519.public_key(seed))
    fields = head_fields(name, size, tree_root, time)
    return b"\x01\x20" + fields + ed25519.sign(seed, H("log-head", fields))


def cosignature(seed, head):
    key = ed25519.public_key(seed)
    return key + ed25519.sign(seed, H("log-cosignature", H("log-head", head[2:82]), key))


def cosigned_head(head, cosignatures):
    return b"\x01\x21" + head + u8(len(cosignatures)) + b"".join(sorted(cosignatures))


def read_head(reader):
    start = reader.position
    reader.header(32)
    head = {"log": reader.take(32), "size": reader.number(8, 0, MOST_COUNT), "root": reader.take(32)}
    require(head["size"] or head["root"] == H("log-empty"), "contradiction")
    head["time"] = reader.ordinal()
    head["digest"] = H("log-head", reader.encoded[start + 2:reader.position])
    head["signature"] = reader.take(64)
    return head


def decode_cosigned(encoded):
    reader = Reader(encoded)
    reader.header(33)
    head, cosignatures = read_head(reader), []
    for _ in range(reader.number(1, 0, MOST_WITNESSES, "limit")):
        witness, signature = reader.take(32), reader.take(64)
        require(not cosignatures or cosignatures[-1][0] < witness, "order")
        cosignatures.append((witness, signature))
    reader.end()
    return head, cosignatures


def contradiction(first, second):
    if first["size"] == second["size"]:
        return "split-view" if first["root"] != second["root"] else None
    early, late = sorted((first, second), key=lambda head: head["size"], reverse=True)
    return "shrunk" if early["time"] < late["time"] else None


class View:
    def __init__(self, key, witnesses, needed):
        self.key, self.witnesses, self.needed, self.last = key, witnesses, needed, None

    def accept(self, encoded, encoded_proof):
        head, cosignatures = decode_cosigned(encoded)
        path = None if encoded_proof is None else decode_consistency(encoded_proof)
        require(head["log"] == log_name(self.key), "other-log")
        require(ed25519.verify(self.key, head["digest"], head["signature"]), "head-signature")
        if self.last:
            fault = contradiction(self.last, head)
            require(fault is None, fault)
            require(head["size"] >= self.last["size"], "rollback")
            if head["size"] > self.last["size"]:
                require(path is not None, "missing-proof")
                verify_consistency(path, self.last["size"], self.last["root"], head["size"], head["root"])
        found = sum(
            witness in self.witnesses and ed25519.verify(
                witness, H("log-cosignature", head["digest"], witness), signature)
            for witness, signature in cosignatures)
        require(found >= self.needed, "few-witnesses")
        same = self.last and (self.last["size"], self.last["root"]) == (head["size"], head["root"])
        if not (same and self.last["time"] >= head["time"]):
            self.last = head


# Section 8: proofs

def inclusion_proof(index, path):
    return b"\x01\x22" + u64(index) + u8(len(path)) + b"".join(path)


def consistency_proof(path):
    return b"\x01\x23" + u8(len(path)) + b"".join(path)


def read_inclusion(reader):
    reader.header(34)
    return reader.number(8, 0, MOST_COUNT - 1), reader.nodes()


def decode_inclusion(encoded):
    reader = Reader(encoded)
    proof = read_inclusion(reader)
    reader.end()
    return proof


def decode_consistency(encoded):
    reader = Reader(encoded)
    reader.header(35)
    path = reader.nodes()
    reader.end()
    return path


# Section 9: evidence

def head_evidence_fault(encoded, key):
    """What two heads show against the log with this key; None if nothing."""
    reader = Reader(encoded)
    reader.header(36)
    first, second = read_head(reader), read_head(reader)
    reader.end()
    signed = all(
        head["log"] == log_name(key) and ed25519.verify(key, head["digest"], head["signature"])
        for head in (first, second))
    return contradiction(first, second) if signed else None


def entry_evidence(head, proved):
    return b"\x01\x25" + head + b"".join(u16(len(e)) + e + proof for e, proof in proved)


def entry_evidence_holds(encoded, key):
    reader = Reader(encoded)
    reader.header(37)
    head, proved = read_head(reader), []
    for _ in range(2):
        entry = reader.take(reader.number(2, 0, 2**16 - 1))
        kind, _, fields = decode_entry(entry)
        proved.append((entry_key(kind, fields), leaf(entry), *read_inclusion(reader)))
    reader.end()
    first, second = proved
    if not ed25519.verify(key, head["digest"], head["signature"]) or head["log"] != log_name(key):
        return False
    if first[2] == second[2] or first[0] != second[0]:
        return False
    try:
        for _, entry_leaf, index, path in proved:
            verify_inclusion(index, path, entry_leaf, head["size"], head["root"])
    except Refusal:
        return False
    return True


def main(arguments):
    import transparency_log_vectors as vectors
    if arguments[:1] == ["write"]:
        return vectors.write(Path(arguments[1]) if arguments[1:] else FOLDER)
    return vectors.check(Path(arguments[0]) if arguments else FOLDER)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
