#!/usr/bin/env python3
"""Section 6.1: degree k and threshold t of the ring, from first principles in exact rational arithmetic.

    graph_parameters.py              recompute the table and compare it with TABLE
    graph_parameters.py --markdown   print TABLE as the specification shows it
    graph_parameters.py --bands      check that each row holds at every n of its band (about ten minutes)
    graph_parameters.py --published  the weaker published rule at the published points

Every probability is a quotient of integers; nothing is rounded.
"""

import sys
from math import comb

# (gamma, delta) in units of 1/10,000; columns are each pair with rule A, then rule I.
PAIRS = ((100, 500), (500, 500), (500, 1000), (1000, 1000))

TABLE = (
    (160, ((28, 20), (18, 11), (42, 34), (34, 26), (66, 50), (48, 33), (82, 66), (66, 50))),
    (200, ((32, 23), (22, 14), (52, 42), (42, 32), (78, 59), (56, 39), (102, 82), (78, 59))),
    (256, ((36, 26), (24, 15), (62, 50), (48, 37), (92, 70), (64, 45), (126, 101), (88, 66))),
    (320, ((44, 32), (28, 18), (76, 62), (56, 43), (112, 86), (76, 54), (156, 126), (98, 73))),
    (400, ((48, 35), (32, 21), (90, 74), (60, 46), (132, 102), (82, 58), (186, 151), (106, 79))),
    (500, ((54, 40), (36, 24), (102, 84), (64, 49), (156, 121), (90, 64), (218, 177), (116, 86))),
    (640, ((58, 43), (40, 27), (112, 92), (68, 52), (176, 137), (96, 68), (250, 203), (122, 90))),
    (800, ((66, 50), (46, 32), (118, 97), (70, 53), (196, 153), (100, 71), (282, 229), (130, 96))),
    (1000, ((76, 58), (50, 35), (128, 105), (74, 56), (212, 166), (102, 72), (314, 255), (134, 99))),
    (1250, ((82, 63), (50, 35), (136, 112), (74, 56), (230, 180), (106, 75), (346, 281), (140, 103))),
    (1600, ((88, 68), (54, 38), (146, 120), (78, 59), (244, 191), (112, 79), (378, 307), (144, 106))),
    (2000, ((92, 71), (54, 38), (150, 123), (78, 59), (262, 205), (112, 79), (402, 327), (150, 110))),
    (2500, ((94, 73), (58, 41), (152, 125), (78, 59), (272, 213), (118, 83), (428, 348), (150, 110))),
    (3200, ((98, 76), (58, 41), (158, 130), (82, 62), (282, 221), (118, 83), (454, 369), (158, 116))),
    (4000, ((102, 79), (58, 41), (162, 133), (82, 62), (296, 232), (122, 86), (474, 385), (160, 117))),
    (5000, ((102, 79), (58, 41), (170, 140), (84, 63), (300, 235), (124, 87), (492, 400), (160, 117))),
    (6400, ((102, 79), (60, 42), (172, 141), (86, 65), (310, 243), (124, 87), (508, 413), (164, 120))),
    (8000, ((108, 84), (62, 44), (174, 143), (86, 65), (318, 249), (128, 90), (524, 426), (168, 123))),
    (10000, ((108, 84), (62, 44), (180, 148), (88, 66), (326, 255), (128, 90), (538, 437), (170, 124))),
    (12800, ((110, 85), (64, 45), (180, 148), (88, 66), (332, 260), (130, 91), (548, 445), (170, 124))),
    (16384, ((112, 87), (64, 45), (184, 151), (88, 66), (336, 263), (134, 94), (560, 455), (174, 127))),
)


def upper_tail_quantile(population, marked, drawn, bound_inverse):
    """Least c with P[Hypergeometric > c] <= 1 / bound_inverse."""
    total, tail = comb(population, drawn), 0
    term = comb(marked, min(marked, drawn)) * comb(population - marked, drawn - min(marked, drawn))
    for x in range(min(marked, drawn), -1, -1):
        tail += term
        if tail * bound_inverse > total:
            return x
        # comb(K, x-1) comb(N-K, m-x+1) from comb(K, x) comb(N-K, m-x), exactly
        numerator = x * (population - marked - drawn + x)
        term = term * numerator // ((marked - x + 1) * (drawn - x + 1)) if x else 0
        if x and term == 0:
            term = comb(marked, x - 1) * comb(population - marked, drawn - x + 1)
    return 0


def lower_tail_quantile(population, marked, drawn, bound_inverse):
    """Greatest t with P[Hypergeometric < t] <= 1 / bound_inverse."""
    total, tail = comb(population, drawn), 0
    start = max(0, drawn - (population - marked))
    term = comb(marked, start) * comb(population - marked, drawn - start)
    for x in range(start, min(marked, drawn) + 1):
        tail += term
        if tail * bound_inverse > total:
            return x
        term = term * (marked - x) * (drawn - x) // (
            (x + 1) * (population - marked - drawn + x + 1))
    return drawn


def least_threshold(n, gamma, k, rule):
    """Least t that keeps secrets closed, for one degree; rule 0 is A, 1 is I."""
    corrupt = gamma * n // 10000
    c = upper_tail_quantile(n - 1, corrupt, k, 2**41 * n)
    h = upper_tail_quantile(n - 1, corrupt, k // 2, 2**42 * n)
    t = max(k // 2 + h + 1, (k + c) // 2 + 1)
    return t if rule == 1 else max(t, 2 * (k + c) // 3 + 1)


def greatest_threshold(n, delta, k):
    """Greatest t with which dropouts spoil the round with probability at most 2^-20."""
    present = -(-(10000 - delta) * n // 10000)
    return lower_tail_quantile(n - 1, present - 1, k, 2**20 * n)


def holds(n, gamma, delta, rule, k, t):
    return k < n and least_threshold(n, gamma, k, rule) <= t <= min(k, greatest_threshold(n, delta, k))


def ring(n, gamma, delta, rule):
    """Least even k >= 4 for which there is a t, with the least t."""
    for k in range(4, n, 2):
        t = least_threshold(n, gamma, k, rule)
        if t <= min(k, greatest_threshold(n, delta, k)):
            return k, t
    return None


def published(n, gamma, delta):
    """The weaker rule of the published semi-malicious analysis (Bell et al. 2020 as deployed): k/2 only
    has to exceed the corrupt neighbors, and the graph of honest survivors has to be connected."""
    corrupt, present = gamma * n // 10000, -(-(10000 - delta) * n // 10000)
    missing = corrupt + delta * n // 10000
    for k in range(2, n - 1, 2):
        # P[some client has only missing neighbors], as a union bound over pairs: n (n-k-1) / 2 ways
        if k <= missing:
            ways = n * (n - k - 1) * comb(missing, k)
            if ways * 2**41 >= 2 * comb(n, k):
                continue
        c = upper_tail_quantile(n, corrupt, k, 2**41 * n)
        least = -(-(4 * (c + k) - 5) // 8)
        most = lower_tail_quantile(n, present, k, 2**20 * n)
        if most > least:
            return k, max(least + 1, 2)
    return None


PUBLISHED = {
    (100, 500, 500): (16, 11), (1000, 500, 500): (52, 37), (10000, 500, 500): (62, 44),
    (100000, 500, 500): (68, 48), (1000, 3300, 500): (132, 109), (10000, 3300, 500): (178, 146),
    (1000, 500, 3300): (398, 223), (10000, 500, 3300): (746, 420),
}


def columns():
    return [(gamma, delta, rule) for gamma, delta in PAIRS for rule in (0, 1)]


def markdown():
    names = [f"{gamma},{delta} {'AI'[rule]}" for gamma, delta, rule in columns()]
    print("| n up to | " + " | ".join(names) + " |\n" + "|---" * 9 + "|")
    for last, row in TABLE:
        print(f"| {last} | " + " | ".join(f"{k}/{t}" for k, t in row) + " |")


def check_table():
    wrong = 0
    for last, row in TABLE:
        computed = tuple(ring(last, *column) for column in columns())
        wrong += computed != row
        print(last, "equal" if computed == row else f"DIFFERS: {computed}", flush=True)
    return wrong


def check_bands():
    first, wrong = 129, 0
    for last, row in TABLE:
        for n in range(first, last + 1):
            for (gamma, delta, rule), (k, t) in zip(columns(), row):
                if not holds(n, gamma, delta, rule, k, t):
                    wrong += 1
                    print("does not hold at", n, gamma, delta, "AI"[rule], k, t)
        print(f"{first} to {last} checked", flush=True)
        first = last + 1
    return wrong


def check_published():
    wrong = 0
    for point, pair in PUBLISHED.items():
        computed = published(*point)
        wrong += computed != pair
        print(*point, computed, "equal" if computed == pair else f"DIFFERS from {pair}")
    return wrong


if __name__ == "__main__":
    option = sys.argv[1] if len(sys.argv) > 1 else ""
    if option == "--markdown":
        markdown()
    else:
        check = {"--bands": check_bands, "--published": check_published}.get(option, check_table)
        sys.exit(1 if check() else 0)
