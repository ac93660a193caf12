"""Section 15: the coordinator's checks and the opening of the sum."""

import masks
import messages as m
import sharing
import sodium
import transcript
from encoding import (
    H, Reader, Refusal, bitmap, bitmap_members, pack, packed_length, point_is_valid, require, unpack)
from graph import COMPLETE, Graph

PHASES = {2: "advertise", 4: "shares", 6: "input", 8: "consistency", 10: "unmask"}


class Coordinator:
    def __init__(self, keypair, config, revoked=()):
        self.identity, self.secret = keypair
        self.config, self.revoked = config, set(revoked)
        self.t0 = config.t0()
        # Only to learn whether crypto_kx takes a client's agreement key.
        secret = sodium.random_bytes(32)
        self.trial_keys = sodium.agreement_public(secret), secret
        self.phase = "advertise"
        self.accepted, self.senders = set(), set()  # bytes; (kind, identity or index)
        self.adverts, self.shares, self.signatures, self.unmasks = [], {}, {}, {}
        self.reveals, self.cosigns = {}, {}  # by witness identity

    def receive(self, encoded, time):
        """Accepts one client message or refuses it; refusals change nothing."""
        if encoded in self.accepted:
            return
        header = Reader(encoded)
        require(header.take(4) == b"fsa1", "magic")
        kind = header.u32()
        require(kind in m.MESSAGES, "kind")
        if kind in (11, 12):
            self._witness(kind, encoded)
            self.accepted.add(encoded)
            return
        full = kind == 2 and len(self.adverts) == self.config.most_cohort
        require(PHASES.get(kind) == self.phase and not full, "out-of-order")
        require(time < self.config.deadlines[kind // 2 - 1], "deadline")
        message = m.MESSAGES[kind].decode(encoded)
        received, own = {
            2: lambda: (message.t0, self.t0), 4: lambda: (message.t2, self.t2),
            6: lambda: (message.t3, self.t3), 8: lambda: (message.t4, self.t4),
            10: lambda: (message.t4, self.t4)}[kind]()
        require(received == own, "transcript")
        if kind == 2:
            sender = public = message.certificate.identity
        else:
            sender = message.index
            require(sender in self._expected(kind), "unknown-client")
            public = self.cohort[sender].certificate.identity
        require(message.is_signed_by(public), "signature")
        require((kind, sender) not in self.senders, "equivocation")
        {2: self._advertise, 4: self._shares, 6: self._input, 8: self._consistency,
         10: self._unmask}[kind](message)
        self.accepted.add(encoded)
        self.senders.add((kind, sender))

    def _expected(self, kind):
        return {
            4: lambda: range(self.n), 6: lambda: self.sharers, 8: lambda: self.survivors,
            10: lambda: self.signers}[kind]()

    def _witness(self, kind, encoded):
        require(self.phase == {11: "reveal", 12: "consistency"}[kind], "out-of-order")
        message = m.MESSAGES[kind].decode(encoded)
        listed = {w.identity: w for w in self.config.witnesses}.get(message.witness)
        if kind == 11:
            require(message.t1 == self.t1, "transcript")
            require(listed and listed.position == message.position, "witness-set")
            require(transcript.chain_step(message.value) == listed.previous, "reveal")
            require(message.is_signed_by(message.witness), "reveal-signature")
            self.reveals[message.witness] = message
        else:
            require(message.t4 == self.t4, "transcript")
            require(listed, "witness-set")
            require(message.is_signed_by(message.witness), "witness-signature")
            self.cosigns[message.witness] = message

    def _answers(self, received):
        """The witnesses' messages in the order of RoundConfig."""
        require(all(w.identity in received for w in self.config.witnesses), "witness-set")
        return [received[w.identity] for w in self.config.witnesses]

    # Step 1

    def _advertise(self, message):
        certificate = message.certificate
        require(certificate.is_valid(self.config), "certificate")
        require(certificate.identity not in self.revoked, "revoked")
        require(self.config.is_eligible(certificate.identity), "neighbor-eligibility")
        require(point_is_valid(message.mask_key), "point")
        try:
            sodium.agree(True, *self.trial_keys, message.agreement_key)
        except sodium.SodiumError:
            raise Refusal("agreement-key") from None
        require(
            all(message.agreement_key != a.agreement_key and message.mask_key != a.mask_key
                for a in self.adverts), "duplicate-key")
        self.adverts.append(message)

    def gather(self):
        """Closes step 1: fixes the cohort, in order of arrival, and waits for Reveals."""
        config = self.config
        require(len(self.adverts) >= config.least_cohort, "few-clients")
        self.cohort, self.n = self.adverts, len(self.adverts)
        self.leaves = [advert.leaf(i) for i, advert in enumerate(self.cohort)]
        self.t1 = transcript.t1(self.t0, self.n, transcript.cohort_root(self.leaves))
        self.phase = "reveal"

    def directories(self):
        """{index: Directory bytes}, once the witnesses have revealed."""
        config, reveals = self.config, self._answers(self.reveals)
        self.values = [reveal.value for reveal in reveals]
        self.seed = transcript.graph_seed(self.t1, self.values)
        self.graph = Graph(self.n, self.seed, config.collusion, config.dropout, config.rule)
        self.t2 = transcript.t2(self.t1, self.seed, self.graph)
        self.phase = "shares"
        evidence = [(reveal.value, reveal.signature) for reveal in reveals]
        return {
            i: m.Directory(
                self.t0, i, self.leaves, evidence,
                [self.cohort[j] for j in self.graph.neighbors(i).values()]
            ).sign(self.secret).encode() for i in range(self.n)}

    # Step 2

    def _shares(self, message):
        require(
            len(message.boxes) == len(self.graph.neighbors(message.index)), "neighbor-count")
        require(point_is_valid(message.self_mask_point), "point")
        self.shares[message.index] = message

    def inboxes(self):
        self.sharers = set(self.shares)
        require(len(self.sharers) >= self.config.least_cohort, "few-sharers")
        sharers = bitmap(self.n, self.sharers)
        boxes = {i: [] for i in self.sharers}
        for dealer, message in self.shares.items():
            for j, box in zip(self.graph.neighbors(dealer).values(), message.boxes):
                if j in boxes:
                    boxes[j].append((self.graph.slot(j, dealer), box))
        self.t3 = transcript.t3(self.t2, sharers)
        self.total = [0] * self.config.dimension
        self.inputs = set()
        self.phase = "input"
        return {
            i: m.Inbox(self.t2, i, self.n, sharers, sorted(boxes[i]))
            .sign(self.secret).encode() for i in sorted(self.sharers)}

    # Step 3

    def _input(self, message):
        d, b = self.config.dimension, self.config.ring_bits
        require(len(message.packed) == packed_length(d, b), "length")
        require(H("fsa1/vector", message.packed) == message.digest, "vector-digest")
        y = unpack(message.packed, d, b)
        self.total = [(u + v) % 2**b for u, v in zip(self.total, y)]
        self.inputs.add(message.index)

    def declare(self):
        """Closes step 3: the Survivors bytes for everyone in U3."""
        self.survivors = self.inputs
        require(len(self.survivors) >= self.config.least_survivors, "few-survivors")
        self.survivor_bits = bitmap(self.n, self.survivors)
        self.t4 = transcript.t4(self.t3, self.survivor_bits)
        self.phase = "consistency"
        return m.Survivors(self.t3, self.n, self.survivor_bits).sign(self.secret).encode()

    # Step 4

    def _consistency(self, message):
        self.signatures[message.index] = message.signature

    def cosign_request(self):
        """What a witness needs beside RoundConfig."""
        return self.t1, self.n, self.values, bitmap(self.n, self.sharers), self.survivor_bits

    def quorums(self):
        cosignatures = [message.signature for message in self._answers(self.cosigns)]
        self.signers = set(self.signatures)
        needed = self.graph.t - (self.graph.mode == COMPLETE)
        quorums = {}
        for i in sorted(self.signers):
            present = [
                (slot, self.signatures[j]) for slot, j in self.graph.neighbors(i).items()
                if j in self.signers]
            if len(present) >= needed:
                quorums[i] = m.Quorum(
                    self.t4, i, present[:needed], cosignatures).sign(self.secret).encode()
        self.phase = "unmask"
        return quorums

    # Step 5

    def _unmask(self, message):
        holders = self.graph.holders(message.index)
        for slot, (which, _) in message.entries:
            dealer = holders.get(slot)
            right = m.SHARE_OF_B if dealer in self.survivors else m.SHARE_OF_S
            require(dealer in self.sharers and which == right, "unmask-entry")
        self.unmasks[message.index] = message

    # Step 6

    def open(self):
        """The sum over U3."""
        collected = {j: {} for j in self.sharers}
        for holder, message in self.unmasks.items():
            holders = self.graph.holders(holder)
            for slot, (_, share) in message.entries:
                dealer = holders[slot]
                collected[dealer][self.graph.slot(dealer, holder)] = share
        b, total = self.config.ring_bits, self.total
        for j in sorted(self.sharers):
            mask_key = self.cohort[j].mask_key
            if j in self.survivors:
                point = self.shares[j].self_mask_point
                secret = sharing.reconstruct(collected[j], self.graph.t, point)
                total = masks.add(total, masks.self_key(secret, mask_key, self.t3), b, -1)
                continue
            peers = [i for i in self.graph.neighbors(j).values() if i in self.survivors]
            if not peers:
                continue
            secret = sharing.reconstruct(collected[j], self.graph.t, mask_key)
            for i in peers:
                key = masks.pair_key(secret, mask_key, self.cohort[i].mask_key, self.t3)
                total = masks.add(total, key, b, -masks.pair_sign(i, j))
        return total


# 15.1

def partial_sum(t3, n, members, vector, b):
    return m.PartialSum(
        t3, n, len(members), bitmap(n, members), len(vector), b, pack(vector, b))


def combine(left, right):
    require(
        (left.t3, left.n, left.d, left.b) == (right.t3, right.n, right.d, right.b),
        "different-round")
    sets = [bitmap_members(part.n, part.members) for part in (left, right)]
    require(not sets[0] & sets[1], "overlap")
    vectors = [unpack(part.packed, part.d, part.b) for part in (left, right)]
    vector = [(u + v) % 2**left.b for u, v in zip(*vectors)]
    return partial_sum(left.t3, left.n, sets[0] | sets[1], vector, left.b)
