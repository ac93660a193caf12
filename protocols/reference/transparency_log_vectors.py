"""Makes and checks the vectors of the transparency log; run by transparency_log.py."""

import hashlib
import json

import ed25519
import transparency_log as t

SCHEMA = "transparency-log-vectors/1"


def fill(name):
    """32 bytes that depend on a name."""
    return hashlib.blake2b(name.encode(), digest_size=32).digest()


LOG_SEED = fill("log")
LOG_KEY = ed25519.public_key(LOG_SEED)
WITNESS_SEEDS = [fill(f"witness {i}") for i in range(3)]
ENTRIES = [f"entry {i}".encode() for i in range(21)]
LEAVES = [t.leaf(entry) for entry in ENTRIES]
OTHERS = [t.leaf(b"another " + entry) for entry in ENTRIES]


def hexed(value):
    """Bytes as hexadecimal digits, infinity as text, all else as it is."""
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, (list, tuple)):
        return [hexed(inner) for inner in value]
    if isinstance(value, dict):
        return {name: hexed(inner) for name, inner in value.items()}
    return "inf" if value == float("inf") else value


# Trees and proofs

def tree():
    pairs = [(i, n) for n in range(1, 10) for i in range(n)] + [(i, 21) for i in (0, 7, 15, 16, 19, 20)]
    steps = [(m, n) for n in range(10) for m in range(n + 1)] + [(m, 21) for m in (1, 8, 13, 16, 20)]
    return {
        "entries": ENTRIES, "leaves": LEAVES, "node_of_first_two": t.node(*LEAVES[:2]),
        "roots": [t.root(LEAVES[:n]) for n in range(22)],
        "inclusion": [
            {"index": i, "size": n, "proof": t.inclusion_proof(i, t.inclusion_path(i, LEAVES[:n]))}
            for i, n in pairs],
        "consistency": [
            {"older": m, "newer": n, "proof": t.consistency_proof(t.consistency_path(m, LEAVES[:n]))}
            for m, n in steps]}


def bad_proofs():
    inclusion, consistency = [], []

    def included(name, rule, index=5, path=None, size=21, of=5, encoded=None, tree_root=None):
        path = t.inclusion_path(5, LEAVES) if path is None else path
        inclusion.append({
            "name": name, "leaf": LEAVES[of], "size": size,
            "root": tree_root or t.root(LEAVES[:size]),
            "proof": encoded or t.inclusion_proof(index, path), "rule": rule})

    good = t.inclusion_path(5, LEAVES)
    included("bad_index_of_a_neighbor", "proof-root", index=4)
    included("bad_index_beyond_the_tree", "proof-index", index=21)
    included("bad_entry", "proof-root", of=6)
    included("bad_size", "proof-root", size=20)
    included("bad_root", "proof-root", tree_root=t.root(OTHERS))
    included("bad_first_node_missing", "proof-short", path=good[1:])
    included("bad_last_node_missing", "proof-short", path=good[:-1])
    included("bad_no_nodes", "proof-short", path=[])
    included("bad_extra_node", "proof-long", path=good + [good[0]])
    included("bad_exchanged_nodes", "proof-root", path=[good[1], good[0], *good[2:]])
    encoded = t.inclusion_proof(5, good)
    included("bad_truncated", "truncated", encoded=encoded[:-1])
    included("bad_trailing", "trailing", encoded=encoded + b"\0")
    included("bad_version", "version", encoded=b"\x02" + encoded[1:])
    included("bad_kind", "kind", encoded=b"\x01\x23" + encoded[2:])
    included("bad_count", "limit", encoded=encoded[:10] + b"\x41" + encoded[11:])
    included("bad_index_out_of_range", "range", encoded=encoded[:2] + t.u64(2**53) + encoded[10:])

    def continued(name, rule, older=6, newer=21, path=None, encoded=None, older_root=None, newer_root=None):
        path = t.consistency_path(6, LEAVES) if path is None else path
        consistency.append({
            "name": name, "older": older, "older_root": older_root or t.root(LEAVES[:older]),
            "newer": newer, "newer_root": newer_root or t.root(LEAVES[:newer]),
            "proof": encoded or t.consistency_proof(path), "rule": rule})

    good = t.consistency_path(6, LEAVES)
    continued("bad_sizes", "proof-sizes", older=21, newer=6)
    continued("bad_older_root", "proof-older-root", older_root=t.root(OTHERS[:6]))
    continued("bad_newer_root", "proof-root", newer_root=t.root(OTHERS))
    continued("bad_other_older_size", "proof-short", older=7)
    continued("bad_no_nodes", "proof-short", path=[])
    continued("bad_no_nodes_from_a_complete_tree", "proof-short", older=8, path=[])
    continued("bad_last_node_missing", "proof-short", path=good[:-1])
    continued("bad_extra_node", "proof-long", path=good + [good[0]])
    continued("bad_exchanged_nodes", "proof-older-root", path=[good[1], good[0], *good[2:]])
    continued("bad_nodes_between_equal_trees", "proof-long", older=21)
    continued("bad_equal_sizes", "proof-root", older=21, path=[], newer_root=t.root(OTHERS))
    continued("bad_nodes_from_the_empty_tree", "proof-long", older=0)
    continued("bad_root_of_the_empty_tree", "proof-older-root", older=0, path=[], older_root=fill("x"))
    encoded = t.consistency_proof(good)
    continued("bad_truncated", "truncated", encoded=encoded[:-1])
    continued("bad_trailing", "trailing", encoded=encoded + b"\0")
    continued("bad_version", "version", encoded=b"\0" + encoded[1:])
    continued("bad_kind", "kind", encoded=b"\x01\x22" + encoded[2:])
    continued("bad_count", "limit", encoded=encoded[:2] + b"\xff" + encoded[3:])
    return {"inclusion": inclusion, "consistency": consistency}


def tiles():
    entries = [f"entry {i}".encode() for i in range(600)]
    leaves = [t.leaf(entry) for entry in entries]
    return {
        "size": 600, "entry": "ASCII: entry, a space, the index in decimal digits",
        "tiles": [
            {"path": path, "bytes": 32 * len(hashes), "hash": fill_of(b"".join(hashes))}
            for path, hashes in t.tiles(leaves)],
        "bundles": [
            {"path": f"tile/entries/{t.tile_place(at // 256, len(entries[at:at + 256]))}",
             "hash": fill_of(t.entry_bundle(entries[at:at + 256]))} for at in range(0, 600, 256)],
        "names": [
            {"level": level, "index": index, "width": width,
             "path": f"tile/{level}/{t.tile_place(index, width)}"}
            for level, index, width in (
                (0, 0, 256), (0, 0, 1), (0, 999, 255), (0, 1000, 256), (1, 1234067, 8), (0, 2**45 - 1, 256),
                (6, 0, 32))]}


def fill_of(content):
    return hashlib.blake2b(content, digest_size=32).digest()


# Entries

ROUND = {"task": fill("task"), "round": 7}
MECHANISM = {
    "law": 1, "varianceNumerator": 1001, "varianceDenominator": 4, "totalVariation": 2.0**-60,
    "squaredNormBound": 268500000, "dimension": 4096, "clipNorm": 1.5, "scale": 10922.5,
    "leastSurvivors": 90, "mostColluding": 5}


def rotation():
    keys = [ed25519.public_key(fill("old")), ed25519.public_key(fill("new"))]
    digest = t.H("key-rotation", t.u32(2), *keys)
    return {
        "role": 2, "old": keys[0], "new": keys[1], "oldSignature": ed25519.sign(fill("old"), digest),
        "newSignature": ed25519.sign(fill("new"), digest)}


def samples():
    authority = fill("authority")
    return {
        1: {"authority": ed25519.public_key(authority), "certificateHash": fill("certificate")},
        2: {"hash": fill("plan"), "signer": ed25519.public_key(authority),
            "signature": ed25519.sign(authority, t.H("plan", fill("plan")))},
        3: {**ROUND, "configuration": fill("T0"), "planHash": fill("plan"), "modelHash": fill("model")},
        4: {**ROUND, "transcript": fill("T1"), "root": fill("cohort root"), "memberCount": 100},
        5: {**ROUND, "transcript": fill("T4"), "survivorCount": 97},
        6: {**ROUND, "transcript": fill("T4"), "survivorCount": 97, **MECHANISM},
        7: {**ROUND, "debit": fill("debit"), "sumHash": fill("sum"), "modelHash": fill("new model"),
            "survivorCount": 97, **MECHANISM, "law": 3, "varianceNumerator": 2000, "varianceDenominator": 1},
        8: {**ROUND, "code": 802},
        9: {"task": fill("task"), "number": 3, "state": 2},
        10: rotation(),
        11: {"planHash": fill("plan"), "debitCount": 12, "releaseCount": 11, "accountant": "silhouette 0.5",
             "vectorsHash": fill("vectors"),
             "claims": [[1, 1e-6, 2.5], [1, 1e-5, 2.25], [4, 1e-6, 3.0], [5, 1e-6, float("inf")]]}}


def entries():
    cases = []
    for kind, fields in samples().items():
        encoded = t.encode_entry(kind, 1760000000, fields)
        _, subject, number = t.entry_key(kind, fields)
        cases.append({
            "name": t.KINDS[kind][0], "kind": kind, "time": 1760000000, "fields": fields,
            "encoded": encoded, "leaf": t.leaf(encoded), "subject": subject, "number": number})
    return {"entries": cases}


def bad_entries():
    cases = []

    def case(name, rule, kind, time=1760000000, **changes):
        encoded = t.encode_entry(kind, time, {**samples()[kind], **changes})
        cases.append({"name": f"bad_{name}", "encoded": encoded, "rule": rule})

    def bytes_case(name, rule, encoded):
        cases.append({"name": f"bad_{name}", "encoded": encoded, "rule": rule})

    for kind, fields in samples().items():
        encoded = t.encode_entry(kind, 1760000000, fields)
        bytes_case(f"{t.KINDS[kind][0]}_truncated", "truncated", encoded[:-1])
        bytes_case(f"{t.KINDS[kind][0]}_trailing", "trailing", encoded + b"\0")
    debit = t.encode_entry(6, 1760000000, samples()[6])
    bytes_case("empty", "truncated", b"")
    bytes_case("version", "version", b"\x02" + debit[1:])
    bytes_case("kind_zero", "kind", b"\x01\x00" + debit[2:])
    bytes_case("kind_of_a_head", "kind", b"\x01\x20" + debit[2:])
    bytes_case("too_long", "limit", debit + bytes(2048))
    case("time_zero", "range", 8, time=0)
    case("time_too_large", "range", 8, time=2**53 + 1)
    case("round_zero", "range", 4, round=0)
    case("round_too_large", "range", 5, round=2**53 + 1)
    case("nobody", "range", 4, memberCount=0)
    case("too_many_devices", "range", 5, survivorCount=2**24 + 1)
    case("no_survivors", "range", 7, survivorCount=0)
    case("code_zero", "range", 8, code=0)
    case("code_too_large", "range", 8, code=2000)
    case("pause_number_zero", "range", 9, number=0)
    case("pause_state", "range", 9, state=3)
    case("rotation_role", "range", 10, role=5)
    case("rotation_to_the_same_key", "contradiction", 10, new=samples()[10]["old"])
    case("law", "range", 6, law=4)
    case("law_without_noise", "contradiction", 6, varianceNumerator=0, varianceDenominator=1)
    case("noise_without_law", "contradiction", 6, law=0)
    case("distance_without_noise", "contradiction", 6, law=0, varianceNumerator=0, varianceDenominator=1)
    case("variance_zero_over_two", "fraction", 6, law=0, varianceNumerator=0, varianceDenominator=2)
    case("variance_not_in_lowest_terms", "fraction", 6, varianceNumerator=6)
    case("variance_denominator_zero", "range", 6, varianceDenominator=0)
    case("variance_too_large", "range", 6, varianceNumerator=2**50 + 1)
    case("total_variation_above_one", "range", 6, totalVariation=1.0000000000000002)
    case("total_variation_negative_zero", "range", 6, totalVariation=-0.0)
    case("total_variation_nan", "range", 6, totalVariation=float("nan"))
    case("squared_norm_zero", "range", 6, squaredNormBound=0)
    case("squared_norm_too_large", "range", 6, squaredNormBound=2**60 + 1)
    case("dimension_zero", "range", 6, dimension=0)
    case("clip_zero", "range", 6, clipNorm=0.0)
    case("clip_infinite", "range", 6, clipNorm=float("inf"))
    case("scale_negative", "range", 6, scale=-1.0)
    case("least_survivors_zero", "range", 6, leastSurvivors=0, mostColluding=0)
    case("all_survivors_collude", "contradiction", 6, mostColluding=90)
    case("more_releases_than_debits", "contradiction", 11, releaseCount=13)
    case("accountant_empty", "text", 11, accountant="")
    case("accountant_with_a_line_break", "text", 11, accountant="a\n")
    case("accountant_too_long", "limit", 11, accountant="a" * 65)
    case("claims_twice", "order", 11, claims=[[1, 1e-6, 1.0], [1, 1e-6, 1.0]])
    case("claims_descending", "order", 11, claims=[[2, 1e-6, 1.0], [1, 1e-6, 1.0]])
    case("claims_too_many", "limit", 11, claims=[[1, i / 100, 1.0] for i in range(65)])
    case("claim_adversary", "range", 11, claims=[[7, 1e-6, 1.0]])
    case("claim_delta", "range", 11, claims=[[1, 1.5, 1.0]])
    case("claim_epsilon_negative", "range", 11, claims=[[1, 1e-6, -1.0]])
    case("claim_epsilon_nan", "range", 11, claims=[[1, 1e-6, float("nan")]])
    return {"entries": cases}


# Heads and views

def head(size, time, leaves=None, seed=LOG_SEED, name=None):
    leaves = LEAVES if leaves is None else leaves
    return t.signed_head(seed, size, t.root(leaves[:size]), time, name)


def cosigned(signed, witnesses=2):
    return t.cosigned_head(signed, [t.cosignature(seed, signed) for seed in WITNESS_SEEDS[:witnesses]])


def proof(older, newer, leaves=None):
    return t.consistency_proof(t.consistency_path(older, (LEAVES if leaves is None else leaves)[:newer]))


def pinned():
    return {
        "log": LOG_KEY, "name": t.log_name(LOG_KEY),
        "witnesses": [ed25519.public_key(seed) for seed in WITNESS_SEEDS], "needed": 2}


def heads():
    steps = [
        (cosigned(head(0, 50)), None), (cosigned(head(12, 100)), proof(0, 12)),
        (cosigned(head(12, 90)), None), (cosigned(head(12, 110), 3), None),
        (cosigned(head(13, 110)), proof(12, 13)), (cosigned(head(21, 200)), proof(13, 21))]
    return {
        **pinned(), "log_seed": LOG_SEED, "witness_seeds": WITNESS_SEEDS,
        "steps": [{"head": encoded, "proof": shown} for encoded, shown in steps]}


def bad_heads():
    cases = []

    def case(name, rule, offered, shown=None):
        cases.append({"name": f"bad_{name}", "head": offered, "proof": shown, "rule": rule})

    good, continued = head(21, 200), proof(12, 21)
    case("other_log", "other-log", cosigned(head(21, 200, name=fill("other"))), continued)
    forged = head(21, 200, seed=fill("forger"), name=t.log_name(LOG_KEY))
    case("signature", "head-signature", cosigned(forged), continued)
    case("split_view", "split-view", cosigned(head(12, 200, OTHERS)))
    case("split_view_without_witnesses", "split-view", cosigned(head(12, 200, OTHERS), 0))
    case("shrunk", "shrunk", cosigned(head(11, 101)))
    case("grown_before", "shrunk", cosigned(head(21, 99)), continued)
    case("rollback", "rollback", cosigned(head(11, 99)))
    case("rollback_to_nothing", "rollback", cosigned(head(0, 100)))
    case("missing_proof", "missing-proof", cosigned(good))
    case("proof_of_another_log", "proof-older-root", cosigned(head(21, 200, OTHERS)), proof(12, 21, OTHERS))
    case("proof_from_another_size", "proof-short", cosigned(good), proof(16, 21))
    case("one_witness", "few-witnesses", cosigned(good, 1), continued)
    other = head(20, 200)
    words = [t.cosignature(WITNESS_SEEDS[0], good), t.cosignature(WITNESS_SEEDS[1], other)]
    case("witness_of_another_head", "few-witnesses", t.cosigned_head(good, words), continued)
    words = [t.cosignature(WITNESS_SEEDS[0], good), t.cosignature(fill("stranger"), good)]
    case("witness_that_is_not_pinned", "few-witnesses", t.cosigned_head(good, words), continued)
    words = [t.cosignature(WITNESS_SEEDS[0], good)] * 2
    case("same_witness_twice", "order", t.cosigned_head(good, words), continued)
    encoded = cosigned(good)
    case("truncated", "truncated", encoded[:-1], continued)
    case("trailing", "trailing", encoded + b"\0", continued)
    case("version", "version", b"\x02" + encoded[1:], continued)
    case("kind", "kind", b"\x01\x20" + encoded[2:], continued)
    case("inner_kind", "kind", encoded[:2] + b"\x01\x21" + encoded[4:], continued)
    case("too_many_witnesses", "limit", b"\x01\x21" + good + b"\x11", continued)
    case("size_out_of_range", "range", cosigned(t.signed_head(LOG_SEED, 2**53 + 1, fill("x"), 200)), continued)
    case("time_zero", "range", cosigned(head(21, 0)), continued)
    case("root_of_the_empty_log", "contradiction", cosigned(t.signed_head(LOG_SEED, 0, fill("x"), 200)))
    return {**pinned(), "seen": cosigned(head(12, 100)), "heads": cases}


def evidence():
    def heads_of(name, first, second, fault):
        return {"name": name, "evidence": b"\x01\x24" + first + second, "fault": fault}

    forged = head(12, 101, OTHERS, seed=fill("forger"), name=t.log_name(LOG_KEY))
    of_heads = [
        heads_of("split_view", head(12, 100), head(12, 101, OTHERS), "split-view"),
        heads_of("shrunk", head(12, 100), head(11, 101), "shrunk"),
        heads_of("shrunk_in_the_other_order", head(11, 101), head(12, 100), "shrunk"),
        heads_of("bad_growth", head(11, 100), head(12, 101), None),
        heads_of("bad_same_time", head(12, 100), head(11, 100), None),
        heads_of("bad_same_tree", head(12, 100), head(12, 101), None),
        heads_of("bad_forged", head(12, 100), forged, None)]
    encoded = [t.encode_entry(kind, 1760000000, fields) for kind, fields in samples().items()]
    encoded.append(t.encode_entry(6, 1760000001, {**samples()[6], "survivorCount": 98}))
    leaves = [t.leaf(entry) for entry in encoded]
    signed = t.signed_head(LOG_SEED, 12, t.root(leaves), 300)

    def entries_of(name, first, second, holds, at=None, by=signed):
        proved = [
            (encoded[i], t.inclusion_proof(j, t.inclusion_path(j, leaves)))
            for i, j in zip((first, second), at or (first, second))]
        return {"name": name, "evidence": t.entry_evidence(by, proved), "holds": holds}

    forged = t.signed_head(fill("forger"), 12, t.root(leaves), 300, t.log_name(LOG_KEY))
    of_entries = [
        entries_of("two_debits_of_a_round", 5, 11, True),
        entries_of("bad_one_entry", 5, 5, False),
        entries_of("bad_two_keys", 5, 6, False),
        entries_of("bad_unproved", 5, 11, False, at=(5, 6)),
        entries_of("bad_forged", 5, 11, False, by=forged)]
    return {"log": LOG_KEY, "heads": of_heads, "entries": of_entries}


FILES = {
    "tree.json": tree, "bad_proofs.json": bad_proofs, "tiles.json": tiles, "entries.json": entries,
    "bad_entries.json": bad_entries, "heads.json": heads, "bad_heads.json": bad_heads,
    "evidence.json": evidence}


def text(make):
    content = {"schema": SCHEMA, "source": "protocols/reference/transparency_log.py", **hexed(make())}
    return json.dumps(content, indent=1) + "\n"


def write(folder):
    folder.mkdir(parents=True, exist_ok=True)
    for name, make in FILES.items():
        (folder / name).write_text(text(make))
    return 0


# Checking

class Checks:
    def __init__(self):
        self.passed, self.failed = 0, []

    def equal(self, name, computed, expected):
        if computed == expected:
            self.passed += 1
        else:
            self.failed.append(f"{name}: {computed!r} is not {expected!r}")

    def rule(self, name, play, expected):
        try:
            play()
        except t.Refusal as refusal:
            return self.equal(name, refusal.rule, expected)
        self.equal(name, None, expected)


def unhexed(value):
    """Hexadecimal digits as bytes."""
    return None if value is None else bytes.fromhex(value)


def check_proofs(check, content, rule):
    for case in content["inclusion"]:
        def included(case=case):
            index, path = t.decode_inclusion(unhexed(case["proof"]))
            t.verify_inclusion(index, path, unhexed(case["leaf"]), case["size"], unhexed(case["root"]))
        check.rule(case.get("name", "inclusion"), included, case["rule"] if rule else None)
    for case in content["consistency"]:
        def continued(case=case):
            t.verify_consistency(
                t.decode_consistency(unhexed(case["proof"])), case["older"], unhexed(case["older_root"]),
                case["newer"], unhexed(case["newer_root"]))
        check.rule(case.get("name", "consistency"), continued, case["rule"] if rule else None)


def with_roots(content):
    """The proofs of tree.json, each with the roots that it is about."""
    roots, leaves = content["roots"], content["leaves"]
    return {
        "inclusion": [
            {**case, "leaf": leaves[case["index"]], "root": roots[case["size"]]}
            for case in content["inclusion"]],
        "consistency": [
            {**case, "older_root": roots[case["older"]], "newer_root": roots[case["newer"]]}
            for case in content["consistency"]]}


def check_view(check, content):
    def view():
        return t.View(unhexed(content["log"]), [unhexed(w) for w in content["witnesses"]], content["needed"])
    if "steps" in content:
        seen = view()
        for case in content["steps"]:
            check.rule("step", lambda: seen.accept(unhexed(case["head"]), unhexed(case["proof"])), None)
        return
    for case in content["heads"]:
        seen = view()
        seen.accept(unhexed(content["seen"]), None)
        check.rule(
            case["name"], lambda: seen.accept(unhexed(case["head"]), unhexed(case["proof"])), case["rule"])


def check(folder):
    checks = Checks()
    loaded = {name: json.loads((folder / name).read_text()) for name in FILES}
    for name, make in FILES.items():
        checks.equal(f"{name} as this program writes it", (folder / name).read_text() == text(make), True)
    check_proofs(checks, with_roots(loaded["tree.json"]), rule=False)
    check_proofs(checks, loaded["bad_proofs.json"], rule=True)
    for case in loaded["entries.json"]["entries"]:
        encoded = unhexed(case["encoded"])
        kind, time, fields = t.decode_entry(encoded)
        checks.equal(case["name"], (kind, time, hexed(fields)), (case["kind"], case["time"], case["fields"]))
        checks.equal(case["name"], t.encode_entry(kind, time, fields), encoded)
    for case in loaded["bad_entries.json"]["entries"]:
        checks.rule(case["name"], lambda: t.decode_entry(unhexed(case["encoded"])), case["rule"])
    check_view(checks, loaded["heads.json"])
    check_view(checks, loaded["bad_heads.json"])
    key = unhexed(loaded["evidence.json"]["log"])
    for case in loaded["evidence.json"]["heads"]:
        checks.equal(case["name"], t.head_evidence_fault(unhexed(case["evidence"]), key), case["fault"])
    for case in loaded["evidence.json"]["entries"]:
        checks.equal(case["name"], t.entry_evidence_holds(unhexed(case["evidence"]), key), case["holds"])
    for failure in checks.failed:
        print(failure)
    print(f"transparency log: {checks.passed} comparisons passed, {len(checks.failed)} failed")
    return 1 if checks.failed else 0
