"""The functions of libsodium 1.0.18 that fsa1 uses, through ctypes.

Secrets are ordinary Python bytes here, which cannot be wiped: this is a reference for test vectors, not for devices.
"""

import ctypes
import ctypes.util

_library = ctypes.CDLL(ctypes.util.find_library("sodium") or "libsodium.so.23")
if _library.sodium_init() < 0:
    raise RuntimeError("libsodium cannot be initialized")


class SodiumError(Exception):
    """A function of libsodium returned an error."""


def _length(value):
    return ctypes.c_ulonglong(value)


def _call(name, *arguments):
    if getattr(_library, name)(*arguments) != 0:
        raise SodiumError(name)


def _filled(name, size, *arguments):
    out = ctypes.create_string_buffer(size)
    _call(name, out, *arguments)
    return out.raw


def random_bytes(count):
    out = ctypes.create_string_buffer(count)
    _library.randombytes_buf(out, ctypes.c_size_t(count))
    return out.raw


def blake2b(message, key=b""):
    """BLAKE2b with 32 bytes of output, keyed if a key is given."""
    out = ctypes.create_string_buffer(32)
    _call(
        "crypto_generichash", out, ctypes.c_size_t(32), message, _length(len(message)),
        key or None, ctypes.c_size_t(len(key)))
    return out.raw


def sign_keypair(seed):
    """(public key, secret key) of Ed25519."""
    public, secret = ctypes.create_string_buffer(32), ctypes.create_string_buffer(64)
    _call("crypto_sign_seed_keypair", public, secret, seed)
    return public.raw, secret.raw


def sign(message, secret):
    return _filled("crypto_sign_detached", 64, None, message, _length(len(message)), secret)


def verify(signature, message, public):
    return 0 == _library.crypto_sign_verify_detached(
        signature, message, _length(len(message)), public)


def agreement_public(secret):
    """The public key that crypto_kx_keypair computes from its random secret key."""
    return _filled("crypto_scalarmult_curve25519_base", 32, secret)


def agree(as_client, public, secret, other):
    """(receive key, transmit key) of crypto_kx."""
    role = "client" if as_client else "server"
    receive, transmit = ctypes.create_string_buffer(32), ctypes.create_string_buffer(32)
    _call(f"crypto_kx_{role}_session_keys", receive, transmit, public, secret, other)
    return receive.raw, transmit.raw


def seal(key, nonce, associated, plain):
    out = ctypes.create_string_buffer(len(plain) + 16)
    _call(
        "crypto_aead_xchacha20poly1305_ietf_encrypt", out, None, plain, _length(len(plain)),
        associated, _length(len(associated)), None, nonce, key)
    return out.raw


def open_sealed(key, nonce, associated, sealed):
    out = ctypes.create_string_buffer(len(sealed) - 16)
    _call(
        "crypto_aead_xchacha20poly1305_ietf_decrypt", out, None, None, sealed,
        _length(len(sealed)), associated, _length(len(associated)), nonce, key)
    return out.raw


def point_is_encoded(point):
    """Whether the bytes encode a ristretto255 point; the identity counts."""
    return _library.crypto_core_ristretto255_is_valid_point(point) == 1


def multiply_base(scalar):
    return _filled("crypto_scalarmult_ristretto255_base", 32, scalar)


def multiply(scalar, point):
    return _filled("crypto_scalarmult_ristretto255", 32, scalar, point)


def scalar_add(a, b):
    out = ctypes.create_string_buffer(32)
    _library.crypto_core_ristretto255_scalar_add(out, a, b)
    return out.raw


def scalar_multiply(a, b):
    out = ctypes.create_string_buffer(32)
    _library.crypto_core_ristretto255_scalar_mul(out, a, b)
    return out.raw


def chacha20(key, first_block, length):
    """`length` bytes of the ChaCha20 (RFC 8439) keystream with a nonce of zeros."""
    out = ctypes.create_string_buffer(length)
    _call(
        "crypto_stream_chacha20_ietf_xor_ic", out, bytes(length), _length(length), bytes(12),
        ctypes.c_uint32(first_block), key)
    return out.raw
