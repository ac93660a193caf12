"""Section 10: mask keys and mask streams."""

import struct

import sodium
from encoding import KDF


def pair_key(secret, own_point, point, t3):
    q = sodium.multiply(secret, point)
    return KDF(q, "fsa1/pair", t3, min(own_point, point), max(own_point, point))


def self_key(secret, mask_point, t3):
    return KDF(secret, "fsa1/self", t3, mask_point)


def stream(key, b, first, count):
    """Elements `first` to `first + count - 1` of the mask of `key`."""
    width = 2 if b == 16 else 4
    block, skip = divmod(first * width, 64)
    keystream = sodium.chacha20(key, block, skip + count * width)[skip:]
    words = struct.unpack(f"<{count}{'H' if width == 2 else 'I'}", keystream)
    return [word % 2**b for word in words]


def add(values, key, b, sign):
    """values + sign * mask, per coordinate modulo 2^b."""
    return [(v + sign * m) % 2**b for v, m in zip(values, stream(key, b, 0, len(values)))]


def pair_sign(i, j):
    """How client i applies the mask that it shares with j."""
    return 1 if i < j else -1
