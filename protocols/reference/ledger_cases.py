"""The bundles of the ledger's vectors: logs of small plans, and such logs with one thing wrong."""

import hashlib
import math

import ed25519
import ledger_plan
import transparency_log as t
from little_endian import u16, u32, u64, u8

TIME = 1_760_000_000


def fill(name):
    """32 bytes that depend on a name."""
    return hashlib.blake2b(name.encode(), digest_size=32).digest()


LOG, AUTHORITY, STRANGER = fill("log"), fill("authority"), fill("stranger")
WITNESSES = [fill(f"witness {i}") for i in range(3)]
KIND = {name: number for number, (name, _) in t.KINDS.items()}

VALUES = {
    "name": '"small"', "seed": "1", "catalogue.items": "40", "catalogue.hash": "null", "cohort.most": "20",
    "cohort.attempts": "100", "times.advertise": "60 s", "times.shares": "60 s", "times.input": "180 s",
    "times.consistency": "60 s", "times.unmask": "60 s", "times.pause": "0 s",
    "privacy.mechanism": "distributed", "privacy.epsilon": "8", "privacy.delta": "1e-05",
    "privacy.noise": "skellam", "privacy.dropoutShare": "0.1", "privacy.colludingShare": "0.05",
    "privacy.retries": "0", "privacy.split.statistics": "0.11", "privacy.split.gram": "0.78",
    "privacy.split.ranker": "0.11", "encoding.ringBits": "32", "encoding.scaleBits": "12",
    "encoding.rotation": "false", "tasks.gram.headItems": "6", "tasks.gram.tailGroups": "2",
    "tasks.gram.maxRank": "4", "tasks.ranker.rounds": "3", "tasks.ranker.participations": "3",
    "tasks.ranker.learningRate": "0.8", "tasks.ranker.momentum": "0.7", "tasks.ranker.clipNorm": "1.5",
    "tasks.ranker.negatives": "100", "profile.halfLife": "30 d"}


def document(**changes):
    values = VALUES | {key.replace("__", "."): value for key, value in changes.items()}
    return ledger_plan.layout([values[key] for key, _ in ledger_plan.KEYS]).encode()


def plan_of(text):
    return ledger_plan.Plan(text, ledger_plan.parse(text))


def mechanism(plan, task, bits=12):
    """What an honest coordinator logs."""
    p = plan.dimension(task)
    bound = ledger_plan.norm_bound(bits, p)
    fields = {
        "law": plan.law, "varianceNumerator": 0, "varianceDenominator": 1, "totalVariation": 0.0,
        "squaredNormBound": bound, "dimension": p, "clipNorm": plan.clip_norm(task),
        "scale": 2.0**bits / plan.clip_norm(task), "leastSurvivors": plan.least_survivors,
        "mostColluding": plan.colluding}
    if plan.law:
        needed = plan.squared_multiplier(task) * bound * (1 + 2.0**-40)
        variance = max(8, (needed + 4) / plan.honest) if plan.law == 2 else needed / plan.honest
        numerator = math.ceil(variance * 64)
        shared = math.gcd(numerator, 64)
        fields |= {
            "varianceNumerator": numerator // shared, "varianceDenominator": 64 // shared,
            "totalVariation": p * 2.0**-80}
    return fields


class Log:
    """A log that is written step by step; every step can be changed or left out."""

    def __init__(self):
        self.entries, self.documents, self.authority = [], [], AUTHORITY
        self.model = fill("model 0")

    def add(self, kind, **fields):
        self.entries.append(t.encode_entry(KIND[kind], TIME + len(self.entries), fields))
        return self

    def enroll(self, name, seed=None):
        return self.add(
            "enrollment", authority=ed25519.public_key(seed or self.authority), certificateHash=fill(name))

    def publish(self, text, seed=None, signature=None):
        self.documents.append(text)
        seed = seed or self.authority
        hashed = ledger_plan.document_hash(text)
        return self.add(
            "plan", hash=hashed, signer=ed25519.public_key(seed),
            signature=signature or ed25519.sign(seed, t.H("plan", hashed)))

    def round(self, plan, task, number=1, without=(), bits=12, **changes):
        """Six entries or fewer; changes are fields by kind."""
        reference = {
            "task": next(key for key, name in plan.tasks.items() if name == task), "round": number}
        label = f"{plan.hash.hex()} {task} {number}"
        noise = mechanism(plan, task, bits)
        fields = {
            "round": {"configuration": fill("T0 " + label), "planHash": plan.hash, "modelHash": self.model},
            "cohort": {"transcript": fill("T1 " + label), "root": fill("cohort " + label), "memberCount": plan.most},
            "survivors": {"transcript": fill("T4 " + label), "survivorCount": plan.most - 1},
            "debit": {"transcript": fill("T4 " + label), "survivorCount": plan.most - 1} | noise,
            "release": {
                "sumHash": fill("sum " + label), "modelHash": fill("model " + label),
                "survivorCount": plan.most - 1} | noise}
        for kind, content in fields.items():
            if kind in without:
                continue
            if kind == "release":
                paid = [entry for entry in self.entries if entry[1] == KIND["debit"]]
                content["debit"] = t.leaf(paid[-1]) if paid else bytes(32)
                self.model = content["modelHash"]
            self.add(kind, **reference | content | changes.get(kind, {}))
        return self

    def rotate(self, role, old, new, signers=None):
        keys = ed25519.public_key(old), ed25519.public_key(new)
        digest = t.H("key-rotation", u32(role), *keys)
        first, second = signers or (old, new)
        return self.add(
            "rotation", role=role, old=keys[0], new=keys[1], oldSignature=ed25519.sign(first, digest),
            newSignature=ed25519.sign(second, digest))

    def close(self, plan, debits, releases, claims=()):
        return self.add(
            "closing", planHash=plan.hash, debitCount=debits, releaseCount=releases, accountant="reference 1",
            vectorsHash=fill("vectors"), claims=list(claims))

    def bundle(
            self, version=1, log=LOG, authority=AUTHORITY, witnesses=(0, 1, 2), quorum=2, cosigners=(0, 2), **changes):
        """Its bundle; `changes` replace parts before the hash is made, `leaves` and `hashes` being of version 2."""
        leaves = [t.leaf(entry) for entry in self.entries]
        head = changes.get("head") or t.signed_head(LOG, len(leaves), t.root(leaves), TIME + 1_000)
        cosignatures = changes.get("cosignatures") or [t.cosignature(WITNESSES[i], head) for i in cosigners]
        keys = changes.get("keys") or sorted(ed25519.public_key(WITNESSES[i]) for i in witnesses)
        entries = changes.get("entries", self.entries)
        documents = changes.get("documents", self.documents)
        stated = changes.get("leaves") or [t.leaf(entry) for entry in entries]
        hashes = changes.get("hashes") or [ledger_plan.document_hash(text) for text in documents]
        if version == 1:
            stated, hashes = [b""] * len(entries), [b""] * len(documents)
        body = (
            u8(version) + b"\x26" + ed25519.public_key(log) + ed25519.public_key(authority) + u8(quorum) + u8(len(keys))
            + b"".join(keys) + t.cosigned_head(head, cosignatures) + u16(len(documents))
            + b"".join(u32(len(text)) + text + after for text, after in zip(documents, hashes)) + u32(len(entries))
            + b"".join(u16(len(entry)) + entry + after for entry, after in zip(entries, stated)))
        return body + changes.get("hash", t.H("audit-bundle", body))


SMALL = document()
PLAN = plan_of(SMALL)


def started(text=SMALL, **options):
    return Log().publish(text, **options)


def paid():
    return started().round(PLAN, "statistics")


def complete(text, bits=12, log=None):
    """A plan from its entry to the last round."""
    plan, log = plan_of(text), log or Log()
    log.publish(text).round(plan, "statistics", bits=bits).round(plan, "gram", bits=bits)
    for number in range(1, plan.releases("ranker") + 1):
        log.round(plan, "ranker", number, bits=bits)
    return plan, log


def good():
    yield "without entries", Log().bundle()
    gated = SMALL + ledger_plan.GATE.encode()
    yield "a plan with a gate", started(gated).round(plan_of(gated), "statistics").bundle()
    yield "without witnesses", paid().bundle(witnesses=(), quorum=0, cosigners=())
    yield "one round", paid().bundle()
    yield "an open debit", started().round(PLAN, "statistics", without=["release"]).bundle()
    plan, log = complete(document(privacy__retries="1", cohort__most="32", encoding__scaleBits="auto"), bits=13)
    claims = [(1, 1e-5, 9.0), (3, 1e-6, 20.0), (5, 1e-5, 9.0), (6, 1e-5, math.inf)]
    yield "a whole plan that is closed", log.close(plan, 5, 5, claims).bundle()
    _, log = complete(document(privacy__noise="discrete-gaussian", encoding__rotation="true"))
    yield "discrete Gaussian noise and a rotation", log.bundle()
    _, log = complete(document(privacy__mechanism="none"))
    yield "without noise", log.bundle()
    _, log = complete(document(privacy__delta="1e-10", privacy__epsilon="0.5", name='"strict"'))
    complete(document(name='"second"', tasks__ranker__participations="1"), log=log)
    yield "two plans", log.bundle()
    _, log = complete(document(name='"gaussian"', privacy__noise="discrete-gaussian", privacy__delta="1e-06"))
    complete(document(name='"skellam"', privacy__epsilon="2"), log=log)
    yield "two plans with different noise", log.bundle()
    _, log = complete(document(name='"private"'))
    text = document(name='"open"', privacy__mechanism="none")
    log.publish(text).round(plan_of(text), "statistics")
    yield "two plans, one without noise", log.bundle()
    _, log = complete(document(name='"first"'))
    text = document(name='"second"')
    log.publish(text).round(plan_of(text), "statistics", without=["survivors", "debit", "release"])
    yield "two plans, one with a cohort and no debit", log.bundle()
    log = Log().enroll("first").enroll("second").publish(SMALL)
    log.round(PLAN, "statistics", 1, without=["cohort", "survivors", "debit", "release"])
    task = next(key for key, name in PLAN.tasks.items() if name == "statistics")
    log.add("abort", task=task, round=1, code=101).round(PLAN, "statistics", 2, without=["release"])
    log.add("abort", task=task, round=2, code=802).add("pause", task=task, number=1, state=1)
    log.rotate(3, AUTHORITY, STRANGER).rotate(2, fill("coordinator"), fill("coordinator 2"))
    log.add("pause", task=task, number=2, state=2).round(PLAN, "statistics", 5)
    log.authority = STRANGER
    log.enroll("third").rotate(2, fill("coordinator 2"), fill("coordinator 3")).rotate(1, LOG, fill("log 2"))
    yield "aborted rounds, pauses and rotations", log.bundle()
    yield "version 2: without entries", Log().bundle(version=2)
    yield "version 2: one round", paid().bundle(version=2)
    yield "version 2: aborted rounds, pauses and rotations", log.bundle(version=2)
    _, log = complete(document(name='"first"'))
    complete(document(name='"second"'), log=log)
    yield "version 2: two plans", log.bundle(version=2)


def bad():
    yield from bad_files()
    yield from bad_orders()
    yield from bad_rounds()
    yield from bad_mechanisms()
    yield from bad_ends()
    yield from bad_hashes()


def bad_files():
    log = paid()
    whole = log.bundle()
    yield "of another version", "version", b"\x03" + whole[1:]
    yield "of another kind", "kind", whole[:1] + b"\x25" + whole[2:]
    yield "cut", "truncated", whole[:-1]
    yield "with a byte more", "trailing", whole + b"\x00"
    yield "a larger quorum than there are witnesses", "contradiction", log.bundle(quorum=4)
    keys = sorted((ed25519.public_key(seed) for seed in WITNESSES), reverse=True)
    yield "witnesses in another order", "order", log.bundle(keys=keys)
    yield "seventeen witnesses", "limit", log.bundle(keys=sorted(fill(f"key {i}") for i in range(17)))
    # The last bytes of a bundle without plans and entries are their numbers and the hash.
    empty = Log().bundle()
    yield "many plans", "limit", empty[:-38] + u16(1_025)
    yield "a long plan", "limit", empty[:-38] + u16(1) + u32(65_537)
    yield "many entries", "limit", empty[:-36] + u32(2**24 + 1)
    yield "a long entry", "limit", empty[:-36] + u32(1) + u16(2_049)
    yield "an entry of another kind", "kind", log.bundle(entries=[log.entries[0], b"\x01\x0c" + log.entries[1][2:]])
    yield "another log", "other-log", log.bundle(log=STRANGER)
    leaves = [t.leaf(entry) for entry in log.entries]
    head = t.signed_head(STRANGER, len(leaves), t.root(leaves), TIME + 1_000, name=t.log_name(ed25519.public_key(LOG)))
    yield "a head that a stranger signed", "head-signature", log.bundle(head=head)
    other = t.signed_head(LOG, len(leaves), t.root(leaves), TIME + 1_001)
    mixed = [t.cosignature(WITNESSES[0], other), t.cosignature(WITNESSES[1], log_head(log))]
    yield "a cosignature of another head", "cosignature", log.bundle(cosignatures=mixed)
    yield "a cosignature of a stranger", "cosignature", log.bundle(witnesses=(0, 1), cosigners=(0, 2), quorum=1)
    yield "too few witnesses", "few-witnesses", log.bundle(cosigners=(1,))
    yield "two heads: other entries than were signed", "root", paid().bundle(entries=started().entries)
    yield "entries left out", "root", log.bundle(entries=log.entries[:2] + log.entries[3:])
    yield "a plan with a key left out", "plan-form", started(SMALL.replace(b"seed: 1\n", b"")).bundle()
    yield "a number in another form", "plan-form", started(SMALL.replace(b"epsilon: 8\n", b"epsilon: 8.0\n")).bundle()
    yield "a gate that is written and not there", "plan-form", started(SMALL + b"audit:\n  gate: false\n").bundle()
    yield "a plan that promises too much", "plan-form", started(document(privacy__epsilon="1001")).bundle()
    yield "a changed plan", "plan-order", log.bundle(documents=[document(privacy__epsilon="9")])
    yield "a plan left out", "plan-order", log.bundle(documents=[])
    yield "a wrong hash at the end", "bundle-hash", log.bundle(hash=bytes(32))
    yield "a quorum that was lowered", "bundle-hash", lowered(log.bundle())


def log_head(log):
    leaves = [t.leaf(entry) for entry in log.entries]
    return t.signed_head(LOG, len(leaves), t.root(leaves), TIME + 1_000)


def lowered(whole):
    return whole[:66] + u8(1) + whole[67:]


def bad_orders():
    task = next(key for key, name in PLAN.tasks.items() if name == "statistics")
    yield "a plan twice", "duplicate", Log().publish(SMALL).publish(SMALL).bundle()
    replayed = paid().round(PLAN, "statistics", without=["cohort", "survivors", "debit", "release"])
    yield "a round twice", "duplicate", replayed.bundle()
    second = paid().round(PLAN, "statistics", without=["round", "cohort", "survivors", "release"])
    yield "a second opening", "duplicate", second.bundle()
    yield "an entry after the log's rotation", "after-rotation", Log().rotate(1, LOG, STRANGER).enroll("late").bundle()
    yield "a certificate of a stranger", "authority", Log().enroll("one", seed=STRANGER).bundle()
    yield "a plan of a stranger", "authority", started(seed=STRANGER).bundle()
    yield "a plan of the replaced authority", "authority", Log().rotate(3, AUTHORITY, STRANGER).publish(SMALL).bundle()
    yield "a plan that nobody signed", "plan-signature", started(signature=ed25519.sign(STRANGER, fill("plan"))).bundle()
    unlogged = Log().round(PLAN, "statistics")
    yield "a round before its plan", "unlogged-plan", unlogged.publish(SMALL).bundle()
    yield "a task of another plan", "task", started().round(PLAN, "statistics", round={"task": fill("task")}).bundle()
    yield "a round of a closed plan", "closed-plan", started().close(PLAN, 0, 0).round(PLAN, "statistics").bundle()
    paused = started().add("pause", task=task, number=1, state=1).round(PLAN, "statistics")
    yield "a round of a paused task", "paused", paused.bundle()
    waiting = ["cohort", "survivors", "debit", "release"]
    yield "an earlier round after a later one", "round-order", started().round(
        PLAN, "ranker", 2, without=waiting).round(PLAN, "ranker", 1).bundle()
    yield "a model from nowhere", "model", paid().round(PLAN, "gram", round={"modelHash": fill("nowhere")}).bundle()
    yield "a pause of an unknown task", "task", Log().add("pause", task=task, number=1, state=1).bundle()
    yield "a pause with a number left out", "pause-order", started().add("pause", task=task, number=2, state=1).bundle()
    yield "resumed without a pause", "pause-order", started().add("pause", task=task, number=1, state=2).bundle()
    forged = Log().rotate(3, AUTHORITY, STRANGER, signers=(STRANGER, STRANGER))
    yield "a rotation that the old key did not sign", "rotation-signature", forged.bundle()
    yield "a rotation of another log", "rotated-key", Log().rotate(1, STRANGER, LOG).bundle()
    yield "a rotation of another authority", "rotated-key", Log().rotate(3, STRANGER, AUTHORITY).bundle()
    keys = [fill(f"coordinator {i}") for i in range(4)]
    yield "a rotation of another coordinator", "rotated-key", Log().rotate(2, *keys[:2]).rotate(2, *keys[2:]).bundle()


def bad_rounds():
    def one(without=(), **changes):
        return started().round(PLAN, "statistics", without=without, **changes).bundle()
    ended = started().round(PLAN, "statistics", without=["cohort", "survivors", "debit", "release"])
    task = next(key for key, name in PLAN.tasks.items() if name == "statistics")
    ended.add("abort", task=task, round=1, code=101)
    yield "a round that was not announced", "unknown-round", one(without=["round"])
    yield "a round that goes on after its end", "ended-round", ended.round(PLAN, "statistics", without=["round"]).bundle()
    yield "a smaller cohort", "cohort-floor", one(cohort={"memberCount": 17})
    yield "a larger cohort", "cohort-ceiling", one(cohort={"memberCount": 21})
    yield "survivors without a cohort", "unknown-cohort", one(without=["cohort"])
    yield "too few survivors", "survivor-floor", one(survivors={"survivorCount": 17})
    yield "more survivors than members", "survivor-ceiling", one(cohort={"memberCount": 18})
    yield "a debit without survivors", "unknown-survivors", one(without=["survivors"])
    yield "a debit for another set", "other-survivors", one(debit={"transcript": fill("other set")})
    yield "a debit for another number", "other-survivors", one(debit={"survivorCount": 18})
    yield "a release without a debit", "unpaid", one(without=["debit"])
    yield "a release of another debit", "other-debit", one(release={"debit": fill("debit")})
    yield "a release of other survivors", "other-survivors", one(release={"survivorCount": 20})
    half = mechanism(PLAN, "statistics")["varianceNumerator"] + 64
    yield "a release with other noise", "other-mechanism", one(release={"varianceNumerator": half | 1})
    twice = paid().round(PLAN, "statistics", 2)
    yield "released more often than planned", "many-releases", twice.bundle()
    ahead = started().round(PLAN, "statistics", without=["release"]).round(PLAN, "gram", without=["release"])
    yield "two debits ahead", "debit-ahead", ahead.bundle()


def bad_mechanisms():
    honest = mechanism(PLAN, "statistics")

    def one(**changes):
        return started().round(PLAN, "statistics", debit=changes, release=changes).bundle()
    gaussian = document(privacy__noise="discrete-gaussian")
    yield "another law", "law", one(law=2)
    yield "no noise", "law", one(law=0, varianceNumerator=0, varianceDenominator=1, totalVariation=0.0)
    yield "noise of survivors who need not come", "assurance", one(leastSurvivors=20)
    yield "noise of colluding devices", "assurance", one(mostColluding=0)
    yield "another clip norm", "clip-norm", one(clipNorm=2.0)
    yield "longer vectors", "dimension", one(dimension=41)
    yield "a scale that is no power of two", "scale", one(scale=4_000.0)
    yield "a smaller norm bound", "norm-bound", one(squaredNormBound=honest["squaredNormBound"] - 1)
    yield "half the noise", "noise", one(varianceNumerator=honest["varianceNumerator"] // 2 | 1)
    plan = plan_of(gaussian)
    half = mechanism(plan, "statistics")["varianceNumerator"] // 2 | 1
    yield "half the discrete Gaussian noise", "noise", started(gaussian).round(
        plan, "statistics", debit={"varianceNumerator": half}).bundle()
    log = started().round(PLAN, "ranker")
    more = mechanism(PLAN, "ranker")["varianceNumerator"] * 2 + 1
    yield "noise that changes", "other-mechanism", log.round(
        PLAN, "ranker", 2, debit={"varianceNumerator": more}).bundle()
    yield "noise that is far from its law", "budget", one(totalVariation=0.001)
    # So little room for rounding that Skellam noise costs more than the plan allows.
    coarse = document(encoding__scaleBits="3", catalogue__items="4000")
    yield "noise too narrow for its claim", "budget", started(coarse).round(
        plan_of(coarse), "statistics", bits=3).round(plan_of(coarse), "gram", bits=3).round(
            plan_of(coarse), "ranker", bits=3).round(plan_of(coarse), "ranker", 2, bits=3).round(
                plan_of(coarse), "ranker", 3, bits=3).bundle()


def bad_ends():
    yield "a closing of an unknown plan", "unlogged-plan", Log().close(PLAN, 0, 0).bundle()
    other = paid().close(PLAN, 1, 1, [])
    other.entries.append(t.encode_entry(KIND["closing"], TIME, {
        "planHash": fill("another"), "debitCount": 0, "releaseCount": 0, "accountant": "reference 1",
        "vectorsHash": fill("vectors"), "claims": []}))
    yield "a closing that follows none", "unlogged-plan", other.bundle()
    yield "a withheld debit", "closing-count", paid().close(PLAN, 2, 1).bundle()
    yield "a release too many", "closing-count", paid().close(PLAN, 1, 0).bundle()
    yield "a claim that is too small", "claim", paid().close(PLAN, 1, 1, [(2, 1e-5, 1.0)]).bundle()
    yield "a claim against the coordinator", "claim", paid().close(PLAN, 1, 1, [(6, 1e-5, 8.0)]).bundle()
    yield "a claim at delta 0", "claim", paid().close(PLAN, 1, 1, [(1, 0.0, 100.0)]).bundle()


def bad_hashes():
    """Of version 2, where every document and every entry is followed by its hash."""
    log = paid()
    leaves = [t.leaf(entry) for entry in log.entries]
    whole = log.bundle(version=2)

    def with_time(place, time):
        entry = log.entries[place][:2] + u64(time) + log.entries[place][10:]
        return log.entries[:place] + [entry] + log.entries[place + 1:]

    def case(name, rule, **changes):
        return f"version 2: {name}", rule, log.bundle(version=2, **changes)
    yield case("an entry that was changed", "changed-entry", entries=with_time(3, 1), leaves=leaves)
    twice = with_time(2, 1)[:4] + with_time(4, 1)[4:]
    yield case("two entries that were changed", "changed-entry", entries=twice, leaves=leaves)
    yield case("a leaf that was changed", "changed-leaf", leaves=leaves[:2] + [fill("leaf")] + leaves[3:])
    yield case("an entry that was changed with its leaf", "root", entries=with_time(3, 1))
    yield case(
        "an entry and the leaf of another", "root", entries=with_time(3, 1),
        leaves=leaves[:2] + [fill("leaf")] + leaves[3:])
    yield case("a plan that was changed", "contradiction", documents=[SMALL + b" "], hashes=[PLAN.hash])
    yield case("a plan with another hash", "contradiction", hashes=[fill("plan")])
    length = whole.index(SMALL) - 4
    for name, count in [("a shorter plan", len(SMALL) - 1), ("a longer plan", len(SMALL) + 1)]:
        yield f"version 2: {name}", "contradiction", whole[:length] + u32(count) + whole[length + 4:]
    yield case("another plan", "plan-order", documents=[document(privacy__epsilon="9")])
    complete(document(name='"second"'), log=(two := paid()))
    yield "version 2: the second plan left out", "plan-order", two.bundle(version=2, documents=two.documents[:1])
    yield "version 2: the second plan in another form", "plan-form", two.bundle(
        version=2, documents=[two.documents[0], two.documents[1] + b" "])
    yield case("entries left out", "contradiction", entries=log.entries[:-1])
    long = whole.index(log.entries[5]) - 2
    yield "version 2: a longer entry", "trailing", whole[:long] + u16(len(log.entries[5]) + 1) + whole[long + 2:]
    yield "version 2: a shorter entry", "truncated", whole[:long] + u16(len(log.entries[5]) - 1) + whole[long + 2:]
    twice = paid().round(PLAN, "statistics", without=["cohort", "survivors", "debit", "release"])
    yield "version 2: a round twice", "duplicate", twice.bundle(version=2)
    yield case("a wrong hash at the end", "bundle-hash", hash=bytes(32))
    # Without entries the two versions differ in their first byte only.
    yield "version 2: said to be version 1", "bundle-hash", b"\x01" + Log().bundle(version=2)[1:]
