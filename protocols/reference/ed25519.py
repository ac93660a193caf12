"""Ed25519 of RFC 8032, section 5.1, with the standard library only.

Slow, and not constant time: this is a reference for test vectors and for verifying, not for devices. `verify` refuses what libsodium
refuses: an S that is not below the group order, and a key or an R of small order or that is not canonical.
"""

import hashlib

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)


def _recover_x(y, sign):
    """The x of the given sign with (x, y) on the curve; None if there is none."""
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    if square == 0:
        return None if sign else 0
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P:
        return None
    return P - x if x & 1 != sign else x


def _point(x, y):
    return x, y, 1, x * y % P


def _add(a, b):
    m = (a[1] - a[0]) * (b[1] - b[0]) % P
    n = (a[1] + a[0]) * (b[1] + b[0]) % P
    c = 2 * a[3] * b[3] * D % P
    d = 2 * a[2] * b[2] % P
    e, f, g, h = n - m, d - c, d + c, n + m
    return e * f % P, g * h % P, f * g % P, e * h % P


def _multiply(scalar, point):
    product = _point(0, 1)
    while scalar:
        if scalar & 1:
            product = _add(product, point)
        point = _add(point, point)
        scalar >>= 1
    return product


def _encode(point):
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def _decode(encoded):
    number = int.from_bytes(encoded, "little")
    y = number & (1 << 255) - 1
    x = _recover_x(y, number >> 255)
    return None if x is None else _point(x, y)


BASE = _point(_recover_x(4 * pow(5, P - 2, P) % P, 0), 4 * pow(5, P - 2, P) % P)
IDENTITY = _encode(_point(0, 1))


def _hash(*parts):
    return int.from_bytes(hashlib.sha512(b"".join(parts)).digest(), "little")


def _secret(seed):
    digest = hashlib.sha512(seed).digest()
    scalar = int.from_bytes(digest[:32], "little") & (1 << 254) - 8 | 1 << 254
    return scalar, digest[32:]


def public_key(seed):
    return _encode(_multiply(_secret(seed)[0], BASE))


def sign(seed, message):
    scalar, prefix = _secret(seed)
    key = _encode(_multiply(scalar, BASE))
    r = _hash(prefix, message) % L
    point = _encode(_multiply(r, BASE))
    s = (r + _hash(point, key, message) * scalar) % L
    return point + s.to_bytes(32, "little")


def _has_small_order(point):
    return _encode(_multiply(8, point)) == IDENTITY


def verify(key, message, signature):
    if len(key) != 32 or len(signature) != 64:
        return False
    a, r = _decode(key), _decode(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= L or _has_small_order(a) or _has_small_order(r):
        return False
    h = _hash(signature[:32], key, message) % L
    # R = S B - h A, compared as bytes.
    expected = _add(_multiply(s, BASE), _multiply(L - h, a))
    return _encode(expected) == signature[:32]
