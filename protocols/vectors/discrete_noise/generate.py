#!/usr/bin/env python3
"""Golden values of the noise tables (protocols/discrete-noise.md). Needs mpmath; writes noise.json.

masses:  P(k) 2^127, rounded, from closed forms in 80 digits; knows nothing of how tables are built.
digests: sum of (v + 1) m_v modulo 2^128 over the masses m_v of the specification, implemented once more
         in Python's integers; must be equal to the last bit.
samples: what that implementation draws; must be equal too.
"""
import json
import math
import mpmath as mp

mp.mp.dps = 80
ONE = 1 << 127
MASK = (1 << 128) - 1


def skellam_probability(mu, k):
    # exp(-mu) I_k(mu) by the trapezoid rule; what aliases from k + period is below 10^-60.
    period = k + 40 * (math.isqrt(int(mu)) + 1) + 400
    total = mp.mpf(1)
    for j in range(1, period // 2 + 1):
        angle = 2 * mp.pi * j / period
        weight = mp.exp(mu * (mp.cos(angle) - 1))
        if weight < mp.mpf(10) ** -75:
            break
        total += (1 if 2 * j == period else 2) * weight * mp.cos(k * angle)
    return total / period


def gaussian_normalizer(s):
    reach = 20 * (math.isqrt(int(s)) + 1)
    return 1 + 2 * mp.fsum(mp.exp(-mp.mpf(v) ** 2 / (2 * s)) for v in range(1, reach))


def masses_case(law, numerator, denominator):
    variance = mp.mpf(numerator) / denominator
    sigma = math.isqrt(numerator // denominator)
    points = sorted({0, 1, 2, 3, 5} | {sigma * t // 2 for t in (1, 2, 4, 10, 16, 20)})
    if law == "skellam":
        values = [skellam_probability(variance, k) for k in points]
    else:
        normalizer = gaussian_normalizer(variance)
        values = [mp.exp(-mp.mpf(k) ** 2 / (2 * variance)) / normalizer for k in points]
    return {
        "law": law, "numerator": numerator, "denominator": denominator,
        "points": [{"k": k, "mass": str(int(mp.nint(p * ONE)))} for k, p in zip(points, values)],
    }


def ratio_count(numerator, denominator):
    return 128 + 16 * (math.isqrt(numerator // denominator) + 1)


def skellam_ratios(n, d):
    count = ratio_count(n, d)
    bits = 128 - (2 * count * d // n + 1).bit_length()
    ratio, ratios = MASK, []
    for k in range(count, 0, -1):
        total = ((2 * k * d) << bits) // n + (ratio >> (128 - bits))
        ratio = MASK if total <= 1 << bits else (1 << (128 + bits)) // total
        ratios.append(ratio)
    return ratios[::-1]


def exponential(n, d):
    halvings = 0
    while n >= d << halvings:
        halvings += 1
        if halvings > 7:
            return 0
    exponent = (n << 128) // (d << halvings)
    total = ONE
    for order in range(40, 0, -1):
        total = ONE - (exponent * total >> 128) // order
    value = min(total, ONE - 1) << 1
    for _ in range(halvings):
        value = value * value >> 128
    return value


def gaussian_ratios(n, d):
    ratio = exponential(d, 2 * n)
    square = ratio * ratio >> 128
    ratios = []
    for _ in range(ratio_count(n, d)):
        ratios.append(ratio)
        ratio = ratio * square >> 128
    return ratios


def folded_masses(ratios):
    weights, weight = [], ONE
    for ratio in ratios:
        weight = weight * ratio >> 128
        weights.append(weight)
    total = ONE + 2 * sum(weights)
    exponent = total.bit_length() - 128
    inverse = ((1 << 255) - 1) // (total >> exponent)
    masses = [2 * ((w * inverse >> 128) >> exponent) for w in weights]
    rest, cut = ONE - sum(masses), 0
    while masses and cut + masses[-1] <= 1 << 27:
        cut += masses.pop()
    return [rest + cut] + masses


def alias_table(masses):
    bits = max(1, (len(masses) - 1).bit_length())
    capacity = 1 << (127 - bits)
    rest = masses + [0] * ((1 << bits) - len(masses))
    is_heavy = [m > capacity for m in rest]
    heavy = [v for v, h in enumerate(is_heavy) if h]
    columns = [None] * len(rest)
    for v in range(len(rest)):
        if is_heavy[v]:
            continue
        current = v
        while rest[current] < capacity:
            donor = heavy[0]
            columns[current] = (rest[current], donor)
            rest[donor] -= capacity - rest[current]
            if rest[donor] > capacity:
                break
            current = heavy.pop(0)
        else:
            columns[current] = (0, current)
    return bits, columns


def draw(table, words):
    bits, columns = table
    high, low = next(words), next(words)
    number = (high << 64 | low) & ((1 << 127) - 1)
    index = number & ((1 << bits) - 1)
    threshold, alias = columns[index]
    magnitude = index if number >> bits < threshold else alias
    return -magnitude if high >> 63 else magnitude


def test_words():
    state = 0
    while True:  # SplitMix64
        state = (state + 0x9E3779B97F4A7C15) & (1 << 64) - 1
        z = state
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & (1 << 64) - 1
        z = (z ^ z >> 27) * 0x94D049BB133111EB & (1 << 64) - 1
        yield z ^ z >> 31


def digest_case(law, n, d):
    ratios = skellam_ratios(n, d) if law == "skellam" else gaussian_ratios(n, d)
    masses = folded_masses(ratios)
    digest = sum((v + 1) * mass for v, mass in enumerate(masses)) & MASK
    return {"law": law, "numerator": n, "denominator": d, "digest": str(digest)}


def samples_case(law, n, d, count=64):
    words = test_words()
    if law == "skellam":
        table = alias_table(folded_masses(skellam_ratios(n, d)))
        samples = [draw(table, words) for _ in range(count)]
    elif n // d < 1 << 20:
        table = alias_table(folded_masses(gaussian_ratios(n, d)))
        samples = [draw(table, words) for _ in range(count)]
    else:
        factor = math.isqrt(math.isqrt(n // d // 5))
        coarse = n // d // factor ** 2 - 4
        fine_table = alias_table(folded_masses(gaussian_ratios(n - d * factor ** 2 * coarse, d)))
        coarse_table = alias_table(folded_masses(gaussian_ratios(coarse, 1)))
        samples = []
        for _ in range(count):
            fine = draw(fine_table, words)
            samples.append(fine + factor * draw(coarse_table, words))
    return {"law": law, "numerator": n, "denominator": d, "samples": samples}


def main():
    laws = [
        ("skellam", 1, 1000), ("skellam", 1, 3), ("skellam", 1, 1), ("skellam", 50, 1),
        ("skellam", 12345, 7), ("skellam", 100_000, 1), ("skellam", 1_000_000_000, 1),
        ("discrete_gaussian", 1, 1000), ("discrete_gaussian", 1, 10), ("discrete_gaussian", 1, 1),
        ("discrete_gaussian", 7, 2), ("discrete_gaussian", 1000, 1), ("discrete_gaussian", 100_000, 1),
    ]
    drawn = [
        ("skellam", 1, 3), ("skellam", 50, 1), ("skellam", 12345, 7), ("skellam", 100_000, 1),
        ("discrete_gaussian", 1, 10), ("discrete_gaussian", 7, 2), ("discrete_gaussian", 1000, 1),
        ("discrete_gaussian", 10_000_001, 3), ("discrete_gaussian", 1 << 40, 1),
    ]
    json.dump({
        "schema": "silhouette-noise/1",
        "generator": "protocols/vectors/discrete_noise/generate.py, mpmath " + mp.__version__,
        "masses": [masses_case(*law) for law in laws],
        "digests": [digest_case(*law) for law in laws if law[1] < 10 ** 9],
        "samples": [samples_case(*law) for law in drawn],
    }, open("noise.json", "w"), indent=1)


main()
