#!/usr/bin/env python3
"""Writes rotation.json: rotations of a few vectors by their definition in contribution-path.md.

Uses Python's standard library only (tried with 3.11): BLAKE2b of hashlib, ChaCha20 written out here.
"""
import hashlib
import json
import pathlib
import struct


def rotl(x, n):
    return ((x << n) | (x >> (32 - n))) & 0xFFFFFFFF


def quarter_round(s, a, b, c, d):
    s[a] = (s[a] + s[b]) & 0xFFFFFFFF; s[d] = rotl(s[d] ^ s[a], 16)
    s[c] = (s[c] + s[d]) & 0xFFFFFFFF; s[b] = rotl(s[b] ^ s[c], 12)
    s[a] = (s[a] + s[b]) & 0xFFFFFFFF; s[d] = rotl(s[d] ^ s[a], 8)
    s[c] = (s[c] + s[d]) & 0xFFFFFFFF; s[b] = rotl(s[b] ^ s[c], 7)


def chacha20_block(key, counter):
    """Block `counter` with a nonce of zeros (RFC 8439, 2.3)."""
    start = list(struct.unpack("<4I", b"expand 32-byte k")) + list(struct.unpack("<8I", key))
    start += [counter, 0, 0, 0]
    s = start[:]
    for _ in range(10):
        quarter_round(s, 0, 4, 8, 12); quarter_round(s, 1, 5, 9, 13)
        quarter_round(s, 2, 6, 10, 14); quarter_round(s, 3, 7, 11, 15)
        quarter_round(s, 0, 5, 10, 15); quarter_round(s, 1, 6, 11, 12)
        quarter_round(s, 2, 7, 8, 13); quarter_round(s, 3, 4, 9, 14)
    return struct.pack("<16I", *((x + y) & 0xFFFFFFFF for x, y in zip(s, start)))


def blake2b(data):
    return hashlib.blake2b(data, digest_size=32).digest()


def signs(seed, count):
    key = blake2b(b"silhouette/rotation/v1" + seed)
    stream = b"".join(chacha20_block(key, block) for block in range(count // 512 + 1))
    return [-1 if stream[i // 8] >> (i % 8) & 1 else 1 for i in range(count)]


def rotation(seed, values):
    d = signs(seed, len(values))
    p = 1
    while p < len(values):
        p *= 2
    rotated = [
        sum((-1) ** bin(i & j).count("1") * d[j] * x for j, x in enumerate(values)) / p**0.5
        for i in range(p)
    ]
    return {"seed": list(seed), "values": values, "signs": d, "rotated": rotated}


rotations = [
    rotation(bytes(range(32)), [1.0]),
    rotation(bytes(range(32)), [1.0, -2.0, 3.5]),
    rotation(bytes(32), [float(i % 5) - 1.5 for i in range(21)]),
    rotation(bytes([255] * 32), [float(i % 11) / 8 for i in range(600)]),
]
texts = ["", "silhouette", "plan"]
seeds = [
    {"text": t, "seed": list(blake2b(b"silhouette/rotation-seed/v1" + t.encode()))} for t in texts
]
document = {
    "generator": "protocols/vectors/rotation/generate.py, version 1",
    "source": "protocols/contribution-path.md, section 2.1; RFC 7693 and RFC 8439",
    "rotations": rotations,
    "seeds": seeds,
}
pathlib.Path(__file__).with_name("rotation.json").write_text(json.dumps(document) + "\n")
