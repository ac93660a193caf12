#!/usr/bin/env python3
"""What a proof that contributions keep their norm would cost: figures of protocols/norm-bound.md.

usage: simulations/benchmarks/norm_bound.py

Needs Python 3, libsodium and numpy. Prints the error rates of the projection check, exact for Gaussian
projections and counted for the random signs that would be used, and the time of its steps on this machine.
"""
import math
import pathlib
import sys
import time

import numpy

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "protocols/reference"))
import sodium  # noqa: E402


def log2_gamma_tail(shape, x, upper):
    """log2 of the upper or lower tail of the Gamma(shape, 1) law at x, by its series or its fraction."""
    front = shape * math.log(x) - x - math.lgamma(shape)
    if upper:  # continued fraction of Lentz, for x above the mean
        b = x + 1 - shape
        c, d = 1e300, 1 / b
        h = d
        for i in range(1, 10_000):
            a = -i * (i - shape)
            b += 2
            d = 1 / (a * d + b)
            c = b + a / c
            h *= c * d
            if abs(c * d - 1) < 1e-15:
                break
        return (front + math.log(h)) / math.log(2)
    term = total = 1 / shape
    for i in range(1, 10_000):  # series, for x below the mean
        term *= x / (shape + i)
        total += term
        if term < total * 1e-16:
            break
    return (front + math.log(total)) / math.log(2)


def error_rates():
    print("rows m, slack tau: log2 of P(honest refused), P(norm 1.5 B, 2 B, 3 B accepted)")
    for rows, slack in [(64, 1.0), (128, 0.75), (256, 0.5), (512, 0.35)]:
        bound = rows * (1 + slack) / 2
        refused = log2_gamma_tail(rows / 2, bound, upper=True)
        accepted = []
        for factor in (1.5, 2, 3):
            x = bound / factor**2
            below = x < rows / 2
            accepted.append(log2_gamma_tail(rows / 2, x, upper=False) if below else float("nan"))
        print(f"  m={rows:3} tau={slack:.2f}  {refused:7.1f}  "
              + "  ".join(f"{a:7.1f}" if a == a else "  > 1/2" for a in accepted))


def counted(draws=20_000):
    print(f"largest sum of squares over m |x|^2 in {draws} draws of signs, m=128 (refused above 1.75)")
    generator = numpy.random.default_rng(1)
    d = 64
    for name, x in [("one coordinate", numpy.eye(d)[0]), ("two coordinates", numpy.eye(d)[:2].sum(0)),
                    ("all equal", numpy.ones(d)), ("Gaussian", generator.normal(size=d))]:
        sums = numpy.zeros(draws)
        for row in range(128):
            signs = generator.integers(0, 2, size=(draws, d), dtype=numpy.int8) * 2 - 1
            sums += (signs @ x) ** 2
        ratio = sums / (128 * (x @ x))
        print(f"  {name:16} {ratio.max():.3f}, smallest {ratio.min():.3f} (2 B is accepted below {1.75 / 4:.3f})")


def cpu(work, repeats):
    best = math.inf
    for _ in range(5):
        start = time.process_time()
        for _ in range(repeats):
            work()
        best = min(best, (time.process_time() - start) / repeats)
    return best


def times():
    scalar = sodium.random_bytes(31) + b"\x00"
    point = sodium.multiply_base(scalar)
    base = cpu(lambda: sodium.multiply_base(scalar), 500)
    other = cpu(lambda: sodium.multiply(scalar, point), 200)
    print(f"ristretto255: base point {1e6 * base:.1f} us, other points {1e6 * other:.1f} us")
    # A range of w bits is w bit proofs: a commitment (1 base, 1 other) and an OR proof (2 base, 3 other).
    for rows, d in [(128, 60_000), (128, 1_000_000)]:
        bits = 32
        commit = rows * (base + other)
        ranges = rows * bits * (3 * base + 4 * other)
        print(f"client, m={rows}: commitments {1e3 * commit:.1f} ms, bitwise ranges of {bits} bits {ranges:.1f} s")
        signs = numpy.random.default_rng(2).integers(0, 2, size=(16, d), dtype=numpy.int8) * 2 - 1
        x = numpy.arange(d, dtype=numpy.int32)
        product = cpu(lambda: signs.astype(numpy.int32) @ x, 1) * rows / 16
        stream = cpu(lambda: sodium.chacha20(bytes(32), 0, d * rows // 8 // 16), 1) * 16
        print(f"  projection, d={d:,}: {1e3 * stream:.0f} ms for the signs, {1e3 * product:.0f} ms for the sums (numpy)")


error_rates()
counted()
times()
