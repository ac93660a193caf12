"""Section 6: who holds whose shares."""

import sodium
from encoding import H, integer, u32
from graph_parameters import TABLE, PAIRS

COMPLETE, RING = 0, 1
AGREEMENT, ISOLATION = 0, 1


def parameters(n, collusion, dropout, rule):
    """(mode, k, t) for a cohort of n."""
    assert 3 <= n <= 16384
    if n <= 128:
        return COMPLETE, n - 1, 2 * n // 3 + 1
    column = 2 * PAIRS.index((collusion, dropout)) + rule
    for last, row in TABLE:
        if n <= last:
            return (RING, *row[column])
    raise AssertionError("the table ends at 16,384")


def word_stream(key):
    block = 0
    while True:
        keystream = sodium.chacha20(key, block, 4096)
        for start in range(0, 4096, 4):
            yield integer(keystream[start:start + 4])
        block += 64


def ring_order(n, seed):
    order = list(range(n))
    words = word_stream(H("fsa1/ring", seed))
    for i in range(n - 1, 0, -1):
        m = i + 1
        bound = 2**32 - 2**32 % m
        word = next(words)
        while word >= bound:
            word = next(words)
        j = word % m
        order[i], order[j] = order[j], order[i]
    return order


class Graph:
    def __init__(self, n, seed, collusion, dropout, rule):
        self.n = n
        self.mode, self.k, self.t = parameters(n, collusion, dropout, rule)
        self.order = ring_order(n, seed) if self.mode == RING else None
        self.position = {index: p for p, index in enumerate(self.order or ())}

    def encoded(self):
        return u32(self.mode), u32(self.k), u32(self.t)

    def holders(self, i):
        """{slot: cohort index} of the holders of i's shares, in ascending slots."""
        if self.mode == COMPLETE:
            return {j + 1: j for j in range(self.n)}
        p, half = self.position[i], self.k // 2
        right = {o: self.order[(p + o) % self.n] for o in range(1, half + 1)}
        left = {half + o: self.order[(p - o) % self.n] for o in range(1, half + 1)}
        return right | left

    def neighbors(self, i):
        return {slot: j for slot, j in self.holders(i).items() if j != i}

    def slot(self, i, j):
        """x coordinate of j among the holders of i's shares; None if j is none of them."""
        return next((slot for slot, holder in self.holders(i).items() if holder == j), None)

    def live(self, i, members):
        return sum(j in members for j in self.holders(i).values())
