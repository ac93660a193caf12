"""Section 9: Shamir sharing modulo L, and share boxes."""

import sodium
from encoding import KDF, L, Refusal, integer, scalar, scalar_is_canonical, u32


def share(secret, coefficients, x):
    """f(x) with f(0) = secret and `coefficients` a_1 ... a_(t-1), all encoded scalars."""
    value = 0
    for coefficient in reversed([secret, *coefficients]):
        value = (value * x + integer(coefficient)) % L
    return scalar(value)


def interpolate(shares):
    """The secret from t pairs (x, encoded share) with distinct x."""
    secret = 0
    for x, encoded in shares:
        top = bottom = 1
        for other, _ in shares:
            if other != x:
                top, bottom = top * other % L, bottom * (other - x) % L
        secret += integer(encoded) * top * pow(bottom, -1, L)
    return scalar(secret)


def reconstruct(shares, t, point):
    """Section 15 step 6: the secret whose point is `point`, from {x: encoded share}."""
    if len(shares) < t:
        raise Refusal("few-shares")
    ordered = sorted(shares.items())
    subsets = [ordered[:t]]
    # Each single share left out in turn; more wrong shares end the round here.
    subsets += [[s for s in ordered if s[0] != out][:t] for out, _ in ordered if len(ordered) > t]
    for subset in subsets:
        secret = interpolate(subset)
        if secret != bytes(32) and sodium.multiply_base(secret) == point:
            return secret
    raise Refusal("point-check")


def box_key(kx_key, t2, sender, receiver):
    return KDF(kx_key, "fsa1/box", t2, u32(sender), u32(receiver))


def session_keys(own_index, own_public, own_secret, index, public):
    """(receive, transmit) between two clients; the lower cohort index is crypto_kx's client."""
    return sodium.agree(own_index < index, own_public, own_secret, public)


def seal_box(transmit, t2, sender, receiver, nonce, share_s, share_b):
    associated = t2 + u32(sender) + u32(receiver)
    return nonce + sodium.seal(
        box_key(transmit, t2, sender, receiver), nonce, associated, share_s + share_b)


def open_box(receive, t2, sender, receiver, box):
    """(share of s, share of b), or None if the box does not open or is malformed."""
    associated = t2 + u32(sender) + u32(receiver)
    try:
        plain = sodium.open_sealed(
            box_key(receive, t2, sender, receiver), box[:24], associated, box[24:])
    except sodium.SodiumError:
        return None
    shares = plain[:32], plain[32:]
    return shares if all(scalar_is_canonical(s) for s in shares) else None
