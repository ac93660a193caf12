"""Section 8: a witness with its hash chain."""

from encoding import bitmap_members, require
from graph import Graph
from messages import Cosign, Reveal
from transcript import chain_step, graph_seed, t2, t3, t4


class Witness:
    """`last` is the last chain value; `length` is its position."""

    def __init__(self, keypair, last, length):
        self.identity, self.secret = keypair
        self.chain = [last]
        for _ in range(length):
            self.chain.insert(0, chain_step(self.chain[0]))
        self.revealed, self.cosigned = {}, {}

    @property
    def anchor(self):
        return self.chain[0]

    def reveal(self, config, t1):
        """One T1 per position and per round; a repeated request gets the same answer."""
        position = next(w.position for w in config.witnesses if w.identity == self.identity)
        for key in (("position", position), ("round", config.task, config.round)):
            require(self.revealed.setdefault(key, t1) == t1, "equivocation")
        return Reveal(t1, self.identity, position, self.chain[position]).sign(self.secret)

    def cosign(self, config, t1, n, values, sharers, survivors):
        """One T4 per T1. `values` are those of all witnesses, in order."""
        require(self.revealed.get(("round", config.task, config.round)) == t1, "transcript")
        inside, left = bitmap_members(n, sharers), bitmap_members(n, survivors)
        require(left <= inside, "not-a-subset")
        require(len(left) >= config.least_survivors, "few-survivors")
        seed = graph_seed(t1, values)
        graph = Graph(n, seed, config.collusion, config.dropout, config.rule)
        value = t4(t3(t2(t1, seed, graph), sharers), survivors)
        require(self.cosigned.setdefault(t1, value) == value, "second-survivor-set")
        return Cosign(value, self.identity).sign(self.secret)
