"""Section 8: a witness with its hash chain."""

from encoding import bitmap_members, point_is_valid, require
from graph import Graph
from messages import Cosign, Reveal
from transcript import chain_step, cohort_root, graph_seed, t1, t2, t3, t4


class Witness:
    """`last` is the last chain value; `length` is its position."""

    def __init__(self, keypair, last, length):
        self.identity, self.secret = keypair
        self.chain = [last]
        for _ in range(length):
            self.chain.insert(0, chain_step(self.chain[0]))
        self.positions, self.rounds, self.cosigned = {}, {}, {}  # T1, T1, T4 by T1
        self.terms = {}  # (T0, n) by T1

    @property
    def anchor(self):
        return self.chain[0]

    def reveal(self, config, adverts, revoked=(), logged=True):
        """One T1 per position and per round; a repeated request gets the same answer."""
        require(config.is_signed_by(config.coordinator), "signature")
        listed = [w for w in config.witnesses if w.identity == self.identity]
        require(
            len(listed) == 1 and listed[0].position < len(self.chain)
            and listed[0].previous == self.chain[listed[0].position - 1], "witness-set")
        position = listed[0].position
        self._check_cohort(config, adverts, set(revoked))
        require(logged, "not-logged")
        root = cohort_root([advert.leaf(i) for i, advert in enumerate(adverts)])
        value = t1(config.t0(), len(adverts), root)
        keys = position, (config.task, config.round)
        for known, key in zip((self.positions, self.rounds), keys):
            require(known.get(key, value) == value, "equivocation")
        require(position >= max(self.positions, default=0), "equivocation")
        self.positions[position] = self.rounds[keys[1]] = value
        self.terms[value] = config.t0(), len(adverts)
        return Reveal(value, self.identity, position, self.chain[position]).sign(self.secret)

    def _check_cohort(self, config, adverts, revoked):
        require(config.least_cohort <= len(adverts) <= config.most_cohort, "cohort-size")
        t0 = config.t0()
        for advert in adverts:
            identity = advert.certificate.identity
            require(advert.t0 == t0, "transcript")
            require(advert.certificate.is_valid(config), "certificate")
            require(identity not in revoked, "revoked")
            require(config.is_eligible(identity), "neighbor-eligibility")
            require(advert.is_signed_by(identity), "neighbor-signature")
            require(point_is_valid(advert.mask_key), "point")
        for key in (
                lambda a: a.certificate.identity, lambda a: a.agreement_key, lambda a: a.mask_key):
            require(len({key(advert) for advert in adverts}) == len(adverts), "duplicate-key")

    def cosign(self, config, t1_value, n, values, sharers, survivors):
        """One T4 per T1. `values` are those of all witnesses, in order."""
        require(self.terms.get(t1_value) == (config.t0(), n), "transcript")
        inside, left = bitmap_members(n, sharers), bitmap_members(n, survivors)
        require(left <= inside, "not-a-subset")
        require(len(left) >= config.least_survivors, "few-survivors")
        seed = graph_seed(t1_value, values)
        graph = Graph(n, seed, config.collusion, config.dropout, config.rule)
        value = t4(t3(t2(t1_value, seed, graph), sharers), survivors)
        require(self.cosigned.setdefault(t1_value, value) == value, "second-survivor-set")
        return Cosign(value, self.identity).sign(self.secret)
