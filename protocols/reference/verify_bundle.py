#!/usr/bin/env python3
"""Judges a bundle by protocols/ledger.md, written from that page; standard library only.

    verify_bundle.py BUNDLE [--keys KEYS]

Prints the verdict as JSON. KEYS is a JSON file of the keys that you rely on, {"log": HEX, "authority": HEX,
"witnesses": [HEX, ...], "quorum": N}: the bundle has to name the same.

Exit status: 0 accepted, 1 refused, 64 wrong arguments, 65 the file of keys is faulty, 66 a file cannot be read.
"""

import argparse
import itertools
import json
import math
import re
import sys
from pathlib import Path

import ed25519
import ledger_accounting as accounting
import ledger_plan
import transparency_log as t

NOISE_TOLERANCE, EPSILON_TOLERANCE = 1e-6, 1e-5
MECHANISM = [name for name, _ in t.MECHANISM]
ADVERSARIES = [f"A{i}" for i in range(1, 7)]


class Finding(Exception):
    def __init__(self, rule, entry=None, kind=None, plan=None):
        super().__init__(rule)
        self.rule, self.entry, self.kind, self.plan = rule, entry, kind, plan


def need(condition, rule, **place):
    if not condition:
        raise Finding(rule, **place)


# Section 1: the file

class Bundle:
    def __init__(self, encoded):
        reader = t.Reader(encoded)
        place = {}
        try:
            version = reader.number(1, 1, 2, "version")
            reader.number(1, 38, 38, "kind")
            self.log, self.authority = reader.take(32), reader.take(32)
            self.quorum = reader.number(1, 0, 255)
            count = reader.number(1, 0, t.MOST_WITNESSES, "limit")
            t.require(self.quorum <= count, "contradiction")
            self.witnesses = []
            for _ in range(count):
                key = reader.take(32)
                t.require(not self.witnesses or self.witnesses[-1] < key, "order")
                self.witnesses.append(key)
            self.read_head(reader)
            self.plans = []
            for index in range(reader.number(2, 0, 1024, "limit")):
                place = {"plan": index}
                document = reader.take(reader.number(4, 0, ledger_plan.MOST_BYTES, "limit"))
                if version == 2:
                    t.require(reader.take(32) == ledger_plan.document_hash(document), "contradiction")
                self.plans.append(document)
            place = {}
            count = reader.number(4, 0, 2**24, "limit")
            t.require(version == 1 or count == self.head["size"], "contradiction")
            self.encoded_entries, self.entries, self.leaves = [], [], [] if version == 2 else None
            for index in range(count):
                place = {"entry": index}
                entry = reader.take(reader.number(2, 0, t.MOST_ENTRY_BYTES, "limit"))
                self.encoded_entries.append(entry)
                self.entries.append(t.decode_entry(entry))
                if version == 2:
                    self.leaves.append(reader.take(32))
            place = {}
            self.hash = t.H("audit-bundle", encoded[:reader.position])
            self.stated_hash = reader.take(32)
            reader.end()
        except t.Refusal as refusal:
            raise Finding(refusal.rule, **place) from refusal

    def read_head(self, reader):
        reader.header(33)
        self.head, self.cosignatures = t.read_head(reader), []
        for _ in range(reader.number(1, 0, t.MOST_WITNESSES, "limit")):
            witness, signature = reader.take(32), reader.take(64)
            t.require(not self.cosignatures or self.cosignatures[-1][0] < witness, "order")
            self.cosignatures.append((witness, signature))


# Section 3: checks of the whole bundle

def check_head(bundle):
    head = bundle.head
    need(head["log"] == t.log_name(bundle.log), "other-log")
    need(ed25519.verify(bundle.log, head["digest"], head["signature"]), "head-signature")
    for witness, signature in bundle.cosignatures:
        digest = t.H("log-cosignature", head["digest"], witness)
        need(witness in bundle.witnesses and ed25519.verify(witness, digest, signature), "cosignature")
    need(len(bundle.cosignatures) >= bundle.quorum, "few-witnesses")
    check_root(bundle)


def check_root(bundle):
    signed = bundle.head["size"], bundle.head["root"]
    leaves = [t.leaf(entry) for entry in bundle.encoded_entries]
    are_signed = signed == (len(leaves), t.root(leaves))
    for index, stated in enumerate(bundle.leaves or []):
        if stated != leaves[index]:
            place = {"entry": index, "kind": t.KINDS[bundle.entries[index][0]][0]}
            need(not are_signed, "changed-leaf", **place)
            need(signed != (len(bundle.leaves), t.root(bundle.leaves)), "changed-entry", **place)
            break
    need(are_signed, "root")


def check_plans(bundle):
    plans = []
    for index, document in enumerate(bundle.plans):
        values = ledger_plan.parse(document)
        need(values is not None, "plan-form", plan=index)
        plans.append(ledger_plan.Plan(document, values))
    logged = [fields["hash"] for kind, _, fields in bundle.entries if kind == 2]
    pairs = itertools.zip_longest((plan.hash for plan in plans), logged)
    for index, (found, named) in enumerate(pairs):
        need(found == named, "plan-order", plan=index)
    return plans


# Section 3: checks of entries, one after the other

class Account:
    """One plan's state."""

    def __init__(self, plan, index):
        self.plan, self.index, self.closed = plan, index, False
        self.models, self.rounds, self.debits, self.releases = set(), 0, 0, 0
        self.open_debits, self.spendings = set(), []
        self.tasks = {
            name: {"mechanism": None, "debits": 0, "cohorts": 0, "releases": 0} for name in ledger_plan.TASKS}

    def epsilons(self, adversary, delta):
        return accounting.epsilons(self.charge(adversary), adversary, delta)

    def charge(self, adversary):
        seen = "cohorts" if adversary > 4 else "debits"
        return self.contributions({name: task[seen] for name, task in self.tasks.items()})

    def contributions(self, seen):
        return [(task["mechanism"], min(self.plan.contributions(name), seen[name])) for name, task in self.tasks.items()]

    def cost(self, seen, adversary, delta):
        return accounting.epsilons(self.contributions(seen), adversary, delta)

    def excess(self):
        """The place of the first debit above the budget; None if there is none."""
        if not self.plan.is_private:
            return None

        def exceeds(count):
            spent = [name for _, name in self.spendings[:count]]
            debits = {name: spent.count(name) for name in self.tasks}
            return min(self.cost(debits, 2, self.plan.delta)) > self.plan.epsilon * (1 + EPSILON_TOLERANCE)
        if not exceeds(len(self.spendings)):
            return None
        kept, broken = 0, len(self.spendings)
        while broken - kept > 1:
            middle = (kept + broken) // 2
            kept, broken = (kept, middle) if exceeds(middle) else (middle, broken)
        return self.spendings[broken - 1][0]


class Ledger:
    def __init__(self, bundle, plans):
        self.log, self.authority = bundle.log, bundle.authority
        self.plans = {plan.hash: plan for plan in plans}
        self.keys, self.rotated, self.coordinator = set(), False, None
        self.accounts, self.tasks, self.rounds = {}, {}, {}

    def accept(self, index, kind, fields, leaf):
        key = t.entry_key(kind, fields)
        need(key not in self.keys, "duplicate")
        self.keys.add(key)
        need(not self.rotated, "after-rotation")
        name = t.KINDS[kind][0]
        if name in ("cohort", "survivors", "debit", "release", "abort"):
            reference = fields["task"], fields["round"]
            need(reference in self.rounds, "unknown-round")
            round_ = self.rounds[reference]
            need(not round_["ended"], "ended-round")
            account, task = self.tasks[fields["task"]]["account"], self.tasks[fields["task"]]["name"]
            getattr(self, name)(index, fields, leaf, reference, round_, account, task)
        else:
            getattr(self, name)(index, fields)

    def enrollment(self, _, fields):
        need(fields["authority"] == self.authority, "authority")

    def plan(self, index, fields):
        need(fields["signer"] == self.authority, "authority")
        digest = t.H("plan", fields["hash"])
        need(ed25519.verify(fields["signer"], digest, fields["signature"]), "plan-signature")
        account = self.accounts[fields["hash"]] = Account(self.plans[fields["hash"]], index)
        for identifier, name in account.plan.tasks.items():
            self.tasks[identifier] = {
                "account": account, "name": name, "last": 0, "pauses": 0, "paused": False}

    def round(self, _, fields):
        account = self.accounts.get(fields["planHash"])
        need(account, "unlogged-plan")
        task = self.tasks.get(fields["task"])
        need(task and task["account"] is account, "task")
        need(not account.closed, "closed-plan")
        need(not task["paused"], "paused")
        need(fields["round"] > task["last"], "round-order")
        need(account.rounds == 0 or fields["modelHash"] in account.models, "model")
        task["last"] = fields["round"]
        account.rounds += 1
        account.models.add(fields["modelHash"])
        self.rounds[fields["task"], fields["round"]] = {
            "members": None, "survivors": None, "debit": None, "ended": False}

    def cohort(self, _, fields, __, ___, round_, account, task):
        need(fields["memberCount"] >= account.plan.least_cohort, "cohort-floor")
        need(fields["memberCount"] <= account.plan.most, "cohort-ceiling")
        round_["members"] = fields["memberCount"]
        account.tasks[task]["cohorts"] += 1

    def survivors(self, _, fields, __, ___, round_, account, ____):
        need(round_["members"] is not None, "unknown-cohort")
        need(fields["survivorCount"] >= account.plan.least_survivors, "survivor-floor")
        need(fields["survivorCount"] <= round_["members"], "survivor-ceiling")
        round_["survivors"] = fields["transcript"], fields["survivorCount"]

    def debit(self, index, fields, leaf, reference, round_, account, task):
        need(round_["survivors"] is not None, "unknown-survivors")
        need(round_["survivors"] == (fields["transcript"], fields["survivorCount"]), "other-survivors")
        mechanism = {name: fields[name] for name in MECHANISM}
        check_mechanism(mechanism, account.plan, task)
        state = account.tasks[task]
        need(state["mechanism"] in (None, mechanism), "other-mechanism")
        need(not account.open_debits, "debit-ahead")
        state["mechanism"] = mechanism
        state["debits"] += 1
        account.debits += 1
        account.open_debits.add(reference)
        round_["debit"] = leaf, fields["survivorCount"], mechanism
        if state["debits"] <= account.plan.contributions(task):
            account.spendings.append((index, task))

    def release(self, _, fields, __, reference, round_, account, task):
        need(round_["debit"], "unpaid")
        leaf, survivors, mechanism = round_["debit"]
        need(fields["debit"] == leaf, "other-debit")
        need(fields["survivorCount"] == survivors, "other-survivors")
        need({name: fields[name] for name in MECHANISM} == mechanism, "other-mechanism")
        need(account.tasks[task]["releases"] < account.plan.releases(task), "many-releases")
        account.tasks[task]["releases"] += 1
        account.releases += 1
        account.models.add(fields["modelHash"])
        account.open_debits.discard(reference)
        round_["ended"] = True

    def abort(self, _, fields, __, reference, round_, account, ___):
        account.open_debits.discard(reference)
        round_["ended"] = True

    def pause(self, _, fields):
        task = self.tasks.get(fields["task"])
        need(task, "task")
        need(
            fields["number"] == task["pauses"] + 1 and (fields["state"] == 1) != task["paused"], "pause-order")
        task["pauses"] += 1
        task["paused"] = not task["paused"]

    def rotation(self, _, fields):
        digest = t.H("key-rotation", fields["role"].to_bytes(4, "little"), fields["old"], fields["new"])
        need(
            ed25519.verify(fields["old"], digest, fields["oldSignature"])
            and ed25519.verify(fields["new"], digest, fields["newSignature"]), "rotation-signature")
        if fields["role"] == 1:
            need(fields["old"] == self.log, "rotated-key")
            self.rotated = True
        elif fields["role"] == 2:
            need(self.coordinator in (None, fields["old"]), "rotated-key")
            self.coordinator = fields["new"]
        elif fields["role"] == 3:
            need(fields["old"] == self.authority, "rotated-key")
            self.authority = fields["new"]

    def closing(self, _, fields):
        account = self.accounts.get(fields["planHash"])
        need(account, "unlogged-plan")
        need(not account.closed, "closed-plan")
        need((fields["debitCount"], fields["releaseCount"]) == (account.debits, account.releases), "closing-count")
        for adversary, delta, epsilon in fields["claims"]:
            # Nothing bounds what A5 saw, and logs from before that was settled name a figure.
            if epsilon < math.inf and adversary != 5:
                need(epsilon >= min(account.epsilons(adversary, delta)) * (1 - EPSILON_TOLERANCE), "claim")
        account.closed = True


def check_mechanism(m, plan, task):
    need(m["law"] == plan.law, "law")
    need((m["leastSurvivors"], m["mostColluding"]) == (plan.least_survivors, plan.colluding), "assurance")
    need(m["clipNorm"] == plan.clip_norm(task), "clip-norm")
    need(m["dimension"] == plan.dimension(task), "dimension")
    bits = [s for s in plan.scale_bits if 2.0**s / m["clipNorm"] == m["scale"]]
    need(bits, "scale")
    need(m["squaredNormBound"] == ledger_plan.norm_bound(bits[0], m["dimension"]), "norm-bound")
    if m["law"]:
        needed = plan.squared_multiplier(task) * m["squaredNormBound"] + (4 if m["law"] == 2 else 0)
        found = accounting.variance(m)
        need(
            found * plan.honest >= needed * (1 - NOISE_TOLERANCE) and (m["law"] == 1 or found >= 8), "noise")


def judge(encoded):
    """The bundle, its hash and its accounts, or a Finding."""
    bundle = Bundle(encoded)
    check_head(bundle)
    ledger = Ledger(bundle, check_plans(bundle))
    finding = None
    for index, (kind, _, fields) in enumerate(bundle.entries):
        try:
            ledger.accept(index, kind, fields, t.leaf(bundle.encoded_entries[index]))
        except Finding as found:
            finding = Finding(found.rule, index, t.KINDS[kind][0])
            break
    accounts = sorted(ledger.accounts.values(), key=lambda account: account.index)
    excesses = [place for place in (account.excess() for account in accounts) if place is not None]
    if excesses:
        raise Finding("budget", min(excesses), "debit")
    if finding:
        raise finding
    need(bundle.hash == bundle.stated_hash, "bundle-hash")
    return bundle, accounts


def refusal(rule, entry=None, kind=None, plan=None):
    return {"accepted": False, "rule": rule, "entry": entry, "kind": kind, "plan": plan}


def verdict(encoded):
    try:
        bundle, accounts = judge(encoded)
    except Finding as finding:
        return refusal(finding.rule, finding.entry, finding.kind, finding.plan)
    return {
        "accepted": True, "hash": bundle.hash.hex(), "entries": len(bundle.entries),
        "total": total_figures(accounts), "plans": [account_figures(account) for account in accounts]}


# Section 4: figures

def guarantees(charge, delta):
    """Against every adversary; `charge` gives what it may have learned from. Null is infinite."""
    def figure(value):
        return value if math.isfinite(value) else None
    figures = []
    for number, name in enumerate(ADVERSARIES, 1):
        renyi, gaussian = accounting.epsilons(charge(number), number, delta)
        figures.append({
            "adversary": name, "delta": delta, "renyi": figure(renyi), "gaussian": figure(gaussian),
            "epsilon": figure(min(renyi, gaussian))})
    return figures


def total_figures(accounts):
    """Of a device that took part in all plans; None without plans."""
    if not accounts:
        return None

    def charge(adversary):
        return [part for account in accounts for part in account.charge(adversary)]
    return guarantees(charge, min(account.plan.delta for account in accounts))


def account_figures(account):
    return {
        "plan": account.plan.hash.hex(), "rounds": account.rounds, "debits": account.debits,
        "releases": account.releases, "guarantees": guarantees(account.charge, account.plan.delta)}


class Unusable(Exception):
    """What keeps from a verdict, with the exit status that says so."""

    def __init__(self, status, message):
        super().__init__(message)
        self.status = status


def contents(path):
    try:
        return Path(path).read_bytes()
    except IsADirectoryError:
        raise Unusable(66, f"{path} is a folder, not a file") from None
    except OSError as error:
        raise Unusable(66, f"{path} cannot be read: {error.strerror}") from None


def read_keys(path):
    """The keys of a file, as `named_keys` gives those of a bundle."""
    try:
        keys = json.loads(contents(path))
    except ValueError as error:
        raise Unusable(65, f"{path} is not JSON: {error}") from None
    if not isinstance(keys, dict) or set(keys) != {"log", "authority", "witnesses", "quorum"}:
        raise Unusable(65, f"{path}: write an object of log, authority, witnesses and quorum")
    if not isinstance(keys["witnesses"], list):
        raise Unusable(65, f"{path}: witnesses is no list")
    if type(keys["quorum"]) is not int or not 0 <= keys["quorum"] <= len(keys["witnesses"]):
        raise Unusable(65, f"{path}: quorum is not 0 to the number of witnesses")
    named = [("log", keys["log"]), ("authority", keys["authority"])]
    named += [(f"witnesses[{place}]", key) for place, key in enumerate(keys["witnesses"])]
    for field, key in named:
        if not isinstance(key, str) or not re.fullmatch("[0-9a-fA-F]{64}", key):
            raise Unusable(65, f"{path}: {field} is not 64 hexadecimal digits")
    return {
        "log": keys["log"].lower(), "authority": keys["authority"].lower(),
        "witnesses": sorted(key.lower() for key in keys["witnesses"]), "quorum": keys["quorum"]}


def named_keys(bundle):
    return {
        "log": bundle.log.hex(), "authority": bundle.authority.hex(),
        "witnesses": [key.hex() for key in bundle.witnesses], "quorum": bundle.quorum}


class Arguments(argparse.ArgumentParser):
    def error(self, message):
        raise Unusable(64, f"{message}; see --help")


def main(arguments):
    parser = Arguments(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, usage=argparse.SUPPRESS)
    parser.add_argument("bundle", metavar="BUNDLE")
    parser.add_argument("--keys", metavar="KEYS")
    try:
        options = parser.parse_args(arguments)
        encoded = contents(options.bundle)
        pinned = read_keys(options.keys) if options.keys else None
        result = verdict(encoded)
        differing = []
        if pinned and result["accepted"]:
            named = named_keys(Bundle(encoded))
            differing = [field for field in pinned if pinned[field] != named[field]]
    except Unusable as error:
        print(f"verify_bundle.py: {error}", file=sys.stderr)
        return error.status
    if differing:
        result = refusal("other-keys") | {"fields": differing}
    print(json.dumps(result, indent=2))
    return 0 if result["accepted"] else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
