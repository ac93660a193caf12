"""The accountants of protocols/ledger.md, sections 4 and 5; standard library only.

A charge is a list of (mechanism, count): mechanisms as decoded from entries, count as k of section 4.
"""

import functools
import math
from fractions import Fraction

ORDERS = [1 + 2 ** (i / 128) / 64 for i in range(2561)]
INFINITY = math.inf


# Section 5.1: Renyi divergences

def norms(m):
    squared = float(m["squaredNormBound"])
    return squared, min(squared, math.sqrt(squared * m["dimension"]))


def variance(m):
    return m["varianceNumerator"] / m["varianceDenominator"]


def skellam_divergence(m, noises):
    v = noises * variance(m)
    squared, absolute = norms(m)

    def at(j):
        return j * squared / (2 * v) + min(
            ((2 * j - 1) * squared + 6 * absolute) / (4 * v * v), 3 * absolute / (2 * v))

    def divergence(a):
        j = math.floor(a)
        low, high = (j - 1) * at(j), j * at(j + 1)
        return (low + (a - j) * (high - low)) / (a - 1)
    return divergence


def gaussian_sum_divergence(m, noises):
    s, p = variance(m), m["dimension"]
    squared, absolute = norms(m)

    def term(i):
        return math.exp(-2 * math.pi**2 * s * i / (i + 1))
    listed = min(noises - 1, 1000)
    tau = 10 * (sum(term(i) for i in range(1, listed + 1)) + (noises - 1 - listed) * term(listed))
    total = noises * s

    def divergence(a):
        return a / 2 * min(
            squared / total + tau * p * 2 / a,
            squared / total + 2 * absolute * tau / math.sqrt(total) + tau * tau * p,
            (math.sqrt(squared / total) + math.sqrt(p) * tau) ** 2)
    return divergence


def renyi(charge, noises, delta):
    curves = [
        (k, (skellam_divergence if m["law"] == 1 else gaussian_sum_divergence)(m, noises(m))) for m, k in charge]
    least = INFINITY
    for a in ORDERS:
        divergence = sum(k * curve(a) for k, curve in curves)
        price = (math.log(delta) + math.log(a)) / (a - 1)
        least = min(least, max(0.0, divergence + math.log1p(-1 / a) - price))
    return least


# Section 5.2: one Gaussian release

def normal_tail(x):
    return math.erfc(x / math.sqrt(2)) / 2


def mills(x):
    """(1 - Phi(x)) / density, for x >= 0."""
    if x < 30:
        return math.sqrt(math.pi / 2) * math.exp(x * x / 2) * math.erfc(x / math.sqrt(2))
    fraction = 0.0
    for i in range(60, 0, -1):
        fraction = i / (x + fraction)
    return 1 / (x + fraction)


def log_delta(mu, epsilon):
    a, b = epsilon / mu - mu / 2, epsilon / mu + mu / 2
    if a >= 0:
        return math.log(mills(a) - mills(b)) - a * a / 2 - math.log(2 * math.pi) / 2
    # The second factor underflows before the exponential overflows.
    second = math.exp(epsilon + math.log(normal_tail(b))) if normal_tail(b) > 0 else 0.0
    return math.log(normal_tail(a) - second)


def crossing(is_above):
    """The least x > 0 where a condition begins to hold, to the last bits."""
    low, high = 0.0, 1.0
    while not is_above(high):
        low, high = high, 2 * high
    for _ in range(200):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        low, high = (low, middle) if is_above(middle) else (middle, high)
    return high


@functools.cache
def gaussian_mu(epsilon, delta):
    return crossing(lambda mu: log_delta(mu, epsilon) > math.log(delta))


@functools.cache
def gaussian_epsilon(mu, delta):
    target = math.log(delta)
    if log_delta(mu, 0.0) <= target:
        return 0.0
    return crossing(lambda epsilon: log_delta(mu, epsilon) <= target)


@functools.cache
def skellam_comparison(v):
    """m, u and w for one variance. The ratios of neighboring masses run in integers of 192 bits."""
    b = 60 + math.log(2)
    last = math.ceil(b / 3 + math.sqrt(b * b / 9 + 2 * b * v)) + 1
    exact, bits = Fraction(v), 192
    slope, one = 2 * (exact.denominator << bits) // exact.numerator, 1 << bits
    ratio, differences = 0, [0.0] * last
    for k in range(last + 60 + int(8 * math.sqrt(v)), 0, -1):
        ratio = (one << bits) // (k * slope + ratio)
        if k <= last:
            differences[k - 1] = math.log1p(-((one - ratio) / one)) + (2 * k - 1) / (2 * v)
    relative = [0.0]
    for difference in differences:
        relative.append(relative[-1] + difference)
    masses = [(1 if k == 0 else 2) * math.exp(-k * k / (2 * v)) for k in range(last + 1)]
    total = math.fsum(masses)
    origin = -math.log1p(math.fsum(g * math.expm1(r) for g, r in zip(masses, relative)) / total)
    logs = [origin + r for r in relative]
    g = [mass / total for mass in masses]
    p = [mass * math.exp(r) for mass, r in zip(g, logs)]

    def mean(law, power):
        return math.fsum(mass * r**power for mass, r in zip(law, logs))
    return max(map(abs, logs)), max(mean(p, 1), -mean(g, 1)), max(mean(p, 2), mean(g, 2))


def kappa(x):
    e = 2.02 * math.exp(-2 * math.pi**2 * x)
    return math.log1p(e) - math.log1p(-e)


def gaussian(charge, noises, delta):
    squared_mu = slack = 0.0
    skellam = {}
    for m, k in charge:
        h, s = noises(m), variance(m)
        if not (1e3 <= h * s <= 2.0**42 if m["law"] == 1 else s >= 8):
            return INFINITY
        squared_mu += k * m["squaredNormBound"] / (h * s - 4)
        chain = (h - 1) * kappa(s / 2) if m["law"] == 2 else 0.0
        slack += k * m["dimension"] * (kappa(4) + chain)
        if m["law"] == 1:
            skellam[h * s] = skellam.get(h * s, 0) + k * m["dimension"]
    mu = math.sqrt(squared_mu)
    if not skellam:
        return gaussian_epsilon(mu, delta * math.exp(-slack)) + 2 * slack
    guess = gaussian_epsilon(mu, delta / 2) + 1
    parts = [(n, *skellam_comparison(v)) for v, n in skellam.items()]
    greatest = max(part[1] for part in parts)
    excess = INFINITY
    for j in range(-6, 9):
        c = 2.0**j / greatest
        mean = sum(n * (u + c * w * math.exp(c * m) / 2) for n, m, u, w in parts)
        excess = min(excess, mean - (math.log(delta / 1000) - guess) / c)
    coordinates = sum(skellam.values())
    slack += excess
    if guess > 700:  # e^(guess - 60) is far above any delta, and too great for a float
        return INFINITY
    rest = (delta - delta / 500 - 4 * coordinates * math.exp(guess - 60)) * math.exp(-slack)
    if rest <= 0:
        return INFINITY
    epsilon = gaussian_epsilon(mu, rest) + 2 * slack
    return epsilon if epsilon <= guess else INFINITY


# Section 4: adversaries

def charged(figure, charge, noises, delta):
    plain = figure(charge, noises, delta)
    distance = sum(k * min(1.0, noises(m) * m["totalVariation"]) for m, k in charge)
    if distance == 0 or plain == INFINITY:
        return plain
    for guess in (1.001 * plain + 0.01, 2 * plain + 1):
        rest = delta - (1 + math.exp(guess)) * distance if guess < 700 else -1
        if rest <= 0:
            return INFINITY
        value = figure(charge, noises, rest)
        if value <= guess:
            return value
    return INFINITY


def epsilons(charge, adversary, delta):
    """(Renyi, Gaussian) for adversary 1 to 6; a mechanism of None is unknown."""
    charge = [(m, k) for m, k in charge if k > 0]
    if not charge:
        return 0.0, 0.0
    if adversary == 5 or any(m is None or m["law"] not in (1, 2) for m, _ in charge) or not 0 < delta < 1:
        return INFINITY, INFINITY

    def noises(m):
        return m["leastSurvivors"] - m["mostColluding"] if adversary <= 4 else 1
    return charged(renyi, charge, noises, delta), charged(gaussian, charge, noises, delta)
