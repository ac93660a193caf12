"""Plans as protocols/ledger.md, section 2, has them: the document, and what it promises of every round."""

import hashlib
import math
import re

from ledger_accounting import gaussian_mu
from transparency_log import H

RANKER_FEATURES = 7
TASKS = ("statistics", "gram", "ranker")
MOST_BYTES = 65_536


def canonical(value):
    text = repr(value)
    return text[:-2] if text.endswith(".0") else text


def whole(least, most, unit=""):
    def read(text):
        number = text.removesuffix(unit)
        if unit and number == text or not re.fullmatch(r"0|[1-9][0-9]*", number):
            return None
        return int(number) if least <= int(number) <= most else None
    return read


def number(allowed, unit=""):
    def read(text):
        digits = text.removesuffix(unit)
        if unit and digits == text or not re.fullmatch(r"[0-9]+(\.[0-9]+)?(e[+-][0-9]+)?", digits):
            return None
        value = float(digits)
        return value if math.isfinite(value) and canonical(value) == digits and allowed(value) else None
    return read


def word(*words):
    return lambda text: text if text in words else None


def quoted(pattern):
    def read(text):
        found = re.fullmatch('"(' + pattern + ')"', text)
        return found and found[1]
    return read


def hash_text(text):
    return "null" if text == "null" else quoted("[0-9a-fA-F]{64}")(text)


def scale_text(text):
    return text if text == "auto" else whole(1, 20)(text)


SHARE = number(lambda x: 0 < x < 1)
SECONDS = whole(1, 604_800, " s")
COUNT = whole(1, 10_000)
KEYS = [
    ("name", quoted(r"[A-Za-z0-9\-_][A-Za-z0-9\-_.]{0,63}")), ("seed", whole(0, 2**64 - 1)),
    ("catalogue.items", whole(1, 50_000_000)), ("catalogue.hash", hash_text),
    ("cohort.most", whole(3, 16_384)), ("cohort.attempts", whole(1, 1_000_000)),
    ("times.advertise", SECONDS), ("times.shares", SECONDS), ("times.input", SECONDS),
    ("times.consistency", SECONDS), ("times.unmask", SECONDS), ("times.pause", whole(0, 604_800, " s")),
    ("privacy.mechanism", word("distributed", "none")),
    ("privacy.epsilon", number(lambda x: 0.001 <= x <= 1000)),
    ("privacy.delta", number(lambda x: 1e-300 < x <= 0.01)),
    ("privacy.noise", word("skellam", "discrete-gaussian")),
    ("privacy.dropoutShare", number(lambda x: 0 <= x < 1)),
    ("privacy.colludingShare", number(lambda x: 0 <= x < 1)),
    ("privacy.retries", whole(0, 100)),
    ("privacy.split.statistics", SHARE), ("privacy.split.gram", SHARE), ("privacy.split.ranker", SHARE),
    ("encoding.ringBits", lambda text: int(text) if text in ("16", "20", "24", "32") else None),
    ("encoding.scaleBits", scale_text), ("encoding.rotation", word("true", "false")),
    ("tasks.gram.headItems", COUNT), ("tasks.gram.tailGroups", COUNT), ("tasks.gram.maxRank", COUNT),
    ("tasks.ranker.rounds", COUNT), ("tasks.ranker.participations", COUNT),
    ("tasks.ranker.learningRate", number(lambda x: 0 < x <= 1000)),
    ("tasks.ranker.momentum", number(lambda x: 0 <= x < 1)),
    ("tasks.ranker.clipNorm", number(lambda x: 1e-6 <= x <= 1e6)),
    ("tasks.ranker.negatives", COUNT), ("profile.halfLife", number(lambda x: x > 0, " d"))]
# The only key that may be left out, at the end.
GATE = "audit:\n  gate: true\n"
FAULTS = {(0.05, 0.01), (0.05, 0.05), (0.1, 0.05), (0.1, 0.1)}


def layout(values):
    """The document with these values, as texts, in the order of KEYS."""
    lines, opened = [], []
    for (key, _), value in zip(KEYS, values):
        *sections, name = key.split(".")
        shared = 0
        while shared < min(len(opened), len(sections)) and opened[shared] == sections[shared]:
            shared += 1
        lines += ["  " * depth + sections[depth] + ":" for depth in range(shared, len(sections))]
        opened = sections
        lines.append("  " * len(sections) + f"{name}: {value}")
    return "\n".join(lines) + "\n"


def parse(document):
    """Values by key; None unless the document has the one form."""
    if len(document) > MOST_BYTES:
        return None
    try:
        text = document.decode("utf-8")
    except UnicodeDecodeError:
        return None
    text = text.removesuffix(GATE)
    texts = [line.split(": ", 1)[1] for line in text.split("\n") if ": " in line]
    if len(texts) != len(KEYS) or layout(texts) != text:
        return None
    values = {key: read(value) for (key, read), value in zip(KEYS, texts)}
    if None in values.values():
        return None
    scale, ring = values["encoding.scaleBits"], values["encoding.ringBits"]
    sum_of_shares = sum(values["privacy.split." + task] for task in TASKS)
    times = sum(values["times." + step] for step in ("advertise", "shares", "input", "consistency", "unmask"))
    sound = (
        (values["privacy.dropoutShare"], values["privacy.colludingShare"]) in FAULTS
        and (scale == "auto" or scale <= ring - 2) and abs(sum_of_shares - 1) <= 1e-9
        and values["tasks.ranker.participations"] <= values["tasks.ranker.rounds"] and times <= 604_800)
    return values if sound else None


def devices(share, cohort):
    return math.floor(share * cohort * (1 + 2.0**-50))


def document_hash(document):
    return hashlib.blake2b(document, digest_size=32).digest()


class Plan:
    def __init__(self, document, values):
        self.hash = document_hash(document)
        self.values = values
        self.is_private = values["privacy.mechanism"] == "distributed"
        self.epsilon, self.delta = values["privacy.epsilon"], values["privacy.delta"]
        self.law = 0 if not self.is_private else 1 if values["privacy.noise"] == "skellam" else 2
        self.most = values["cohort.most"]
        self.least_survivors = self.most - devices(values["privacy.dropoutShare"], self.most)
        self.colluding = devices(values["privacy.colludingShare"], self.most)
        self.honest = self.least_survivors - self.colluding
        self.least_cohort = max(3, self.least_survivors)
        scale = values["encoding.scaleBits"]
        self.scale_bits = range(1, 21) if scale == "auto" else [scale]
        self.tasks = {H("planned-task", self.hash, name.encode()): name for name in TASKS}

    def dimension(self, task):
        v = self.values
        if task == "statistics":
            d = v["catalogue.items"]
        elif task == "gram":
            head = min(v["tasks.gram.headItems"], v["catalogue.items"])
            m = head + min(v["tasks.gram.tailGroups"], v["catalogue.items"] - head)
            d = m * (m + 1) // 2
        else:
            d = RANKER_FEATURES
        return 1 << (d - 1).bit_length() if v["encoding.rotation"] == "true" else d

    def clip_norm(self, task):
        return self.values["tasks.ranker.clipNorm"] if task == "ranker" else 1.0

    def releases(self, task):
        return self.values["tasks.ranker.rounds"] if task == "ranker" else 1

    def contributions(self, task):
        """T"""
        once = self.values["tasks.ranker.participations"] if task == "ranker" else 1
        return once + self.values["privacy.retries"]

    def squared_multiplier(self, task):
        """z^2"""
        margin = 1e-3 if self.law == 1 else 1e-6
        mu = gaussian_mu(self.epsilon * (1 - margin), self.delta)
        return self.contributions(task) / (self.values["privacy.split." + task] * mu * mu)


def norm_bound(bits, dimension):
    c, p = 2.0**bits, float(dimension)
    return math.ceil(c * c + p / 4 + c + math.sqrt(p) / 2)
