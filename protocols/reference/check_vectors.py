#!/usr/bin/env python3
"""Checks the reference against the vectors, and both against the specification's tables.

    check_vectors.py [folder]    exit status 0 if everything agrees

Nothing here calls the code that makes the vectors.
"""

import json
import re
import sys
from pathlib import Path

import coordinator
import encoding as e
import graph as g
import graph_parameters
import masks
import configuration
import messages as m
import sharing
import sodium
import transcript
import vector_runner as runner

PROTOCOLS = Path(__file__).resolve().parent.parent
hexed = bytes.fromhex


class Checks:
    def __init__(self, folder):
        self.folder, self.passed, self.failed = folder, 0, []

    def load(self, name):
        content = json.loads((self.folder / name).read_text())
        assert content["schema"] == "fsa1-vectors/1", name
        return content

    def equal(self, name, computed, expected):
        if computed == expected:
            self.passed += 1
        else:
            self.failed.append(f"{name}: {computed!r} is not {expected!r}")

    def refused(self, name, play, code, reason):
        try:
            play()
        except e.Refusal as refusal:
            return self.equal(name, (refusal.code, refusal.name), (code, reason))
        self.failed.append(f"{name}: accepted")


def specification(check):
    text = (PROTOCOLS / "secure-aggregation.md").read_text()
    section = text[text.index("## 16."):text.index("## 17.")]
    cells = re.findall(r"\| (\d{3}) \| ([a-z-]+)", section)
    check.equal("codes", {name: int(code) for code, name in cells}, e.CODES)
    named = set(re.findall(r"\(`([a-z]+(?:-[a-z]+)*)`", text)) - {"previous"}
    check.equal("unknown code names", {n for n in named if n not in e.CODES}, set())
    rows = re.findall(r"^\| (\d+) \|((?: \d+/\d+ \|){8})$", text, re.M)
    table = tuple(
        (int(n), tuple(tuple(map(int, pair)) for pair in re.findall(r"(\d+)/(\d+)", row)))
        for n, row in rows)
    check.equal("table", table, graph_parameters.TABLE)
    labels = set(re.findall(r"^\| `(fsa1/[a-z]+)`", text, re.M))
    check.equal("labels", labels, {f"fsa1/{name}" for name in e.HASH_LABELS})
    row = next(line for line in text.split("\n") if line.startswith("| `fsa1/sig/config`"))
    steps = re.findall(r"`(?:fsa1/sig)?/([a-z]+)`", row)
    check.equal("signature labels", tuple(steps), e.SIGNATURE_STEPS)
    beginnings = [(a, b) for a in e.LABELS for b in e.LABELS if a != b and b.startswith(a)]
    check.equal("prefix-free labels", beginnings, [])


def encodings(check):
    content = check.load("encodings.json")
    check.equal("codes in vectors", content["codes"], e.CODES)
    for case in content["hashes"]:
        fields = [hexed(f) for f in case["fields"]]
        check.equal(case["name"], (
            e.hash_input(case["label"], *fields).hex(), e.H(case["label"], *fields).hex(),
            e.KDF(hexed(case["key"]), case["label"], *fields).hex(),
        ), (case["input"], case["hash"], case["kdf"]))
    for case in content["bitmaps"]:
        encoded = hexed(case["bitmap"])
        check.equal(case["name"], sorted(e.bitmap_members(case["n"], encoded)), case["members"])
        check.equal(case["name"], e.bitmap(case["n"], case["members"]), encoded)
    for case in content["signatures"]:
        public, secret = sodium.sign_keypair(hexed(case["seed"]))
        made = e.signed(secret, case["step"], hexed(case["message"]))
        check.equal(case["name"], (public.hex(), made.hex()), (case["public"], case["signature"]))
        check.equal(case["name"], e.signature_holds(
            hexed(case["signature"]), public, case["step"], hexed(case["message"])), True)
    for case in content["drawn_scalars"]:
        position = 0
        stream = hexed(case["random"])

        def random(count):
            nonlocal position
            position += count
            return stream[position - count:position]
        drawn = e.draw_scalar(random)
        check.equal(case["name"], (drawn.hex(), position, sodium.multiply_base(drawn).hex()),
                    (case["scalar"], case["bytes_used"], case["times_base"]))


def cohort(check):
    content = check.load("cohort.json")

    def word(name, i):
        return sodium.blake2b(name.encode() + e.u32(i))
    for case in content["cohorts"]:
        name, n = case["name"], case["n"]
        leaves = []
        for i in range(n):
            certificate = word("identity", i) + e.u64(i) + e.u64(2**40 + i) + word("r", i) * 2
            leaves.append(e.H(
                "fsa1/leaf", e.u32(i), word("identity", i), word("agreement", i), word("mask", i),
                word("nonce", i), e.H("fsa1/certificate", certificate)))
        check.equal(name, (leaves[0].hex(), leaves[-1].hex(), sodium.blake2b(b"".join(leaves)).hex()),
                    (case["first_leaf"], case["last_leaf"], case["leaves_hash"]))
        root = transcript.cohort_root(leaves)
        t1 = transcript.t1(hexed(case["t0"]), n, root)
        seed = transcript.graph_seed(t1, [hexed(v) for v in case["reveals"]])
        graph = g.Graph(n, seed, case["collusion"], case["dropout"], case["rule"])
        check.equal(name, (
            root.hex(), t1.hex(), seed.hex(), graph.mode, graph.k, graph.t,
            transcript.t2(t1, seed, graph).hex()),
            tuple(case[k] for k in ("root", "t1", "graph_seed", "mode", "k", "t", "t2")))
        check.equal(name, g.ring_order(n, seed), case["ring_order"])
        for holders in case["holders"]:
            check.equal(name, [list(pair) for pair in graph.holders(holders["index"]).items()],
                        holders["slots_and_holders"])
        if n <= 129:
            # Holding is symmetric, and slots mirror as section 6 says.
            for i in range(n):
                for slot, j in graph.neighbors(i).items():
                    mirrored = (i + 1 if graph.mode == 0 else
                                slot + graph.k // 2 if slot <= graph.k // 2 else slot - graph.k // 2)
                    if graph.slot(j, i) != mirrored:
                        check.failed.append(f"{name}: slot of {i} at {j}")
    large = content["large_ring"]
    order = g.ring_order(large["n"], hexed(large["graph_seed"]))
    check.equal("large ring", (
        order[:16], sodium.blake2b(b"".join(map(e.u32, order))).hex(), sorted(order)),
        (large["first_16"], large["order_as_u32_hash"], list(range(large["n"]))))


def parameters(check):
    content = check.load("graph_parameters.json")
    for row, (last, pairs) in zip(content["table"], graph_parameters.TABLE, strict=True):
        check.equal(f"row {last}", (row["n_up_to"], row["k_t"]), (last, [list(p) for p in pairs]))
    # First principles, exactly; the whole table is recomputed by graph_parameters.py.
    for last, row in graph_parameters.TABLE[:9]:
        for (gamma, delta, rule), pair in zip(graph_parameters.columns(), row):
            check.equal(f"k/t at {last}", graph_parameters.ring(last, gamma, delta, rule), pair)
    for case in content["lookups"]:
        check.equal(f"lookup {case['n']}", g.parameters(
            case["n"], case["collusion"], case["dropout"], case["rule"]),
            (case["mode"], case["k"], case["t"]))


def mask_streams(check):
    content = check.load("masks.json")
    for case in content["keys"]:
        s, t3 = hexed(case["s"]), hexed(case["t3"])
        own, other = hexed(case["S"]), hexed(case["other_S"])
        check.equal(case["name"], (
            sodium.multiply_base(s), sodium.multiply_base(hexed(case["other_s"])),
            sodium.multiply(s, other).hex(), masks.pair_key(s, own, other, t3).hex(),
            masks.pair_key(hexed(case["other_s"]), other, own, t3).hex(),
            masks.self_key(hexed(case["b"]), own, t3).hex()),
            (own, other, case["q"], case["pair_key"], case["pair_key"], case["self_key"]))
    for case in content["streams"]:
        key, b, first = hexed(case["key"]), case["b"], case["first"]
        if "elements" in case:
            check.equal(case["name"], masks.stream(key, b, first, len(case["elements"])),
                        case["elements"])
        else:
            elements = masks.stream(key, b, first, case["count"])
            check.equal(case["name"], sodium.blake2b(e.pack(elements, b)).hex(), case["packed_hash"])


def shares_and_boxes(check):
    content = check.load("sharing.json")
    for case in content["polynomials"]:
        secret, coefficients = hexed(case["secret"]), [hexed(c) for c in case["coefficients"]]
        for x, expected in enumerate(case["shares"], 1):
            check.equal(case["name"], sharing.share(secret, coefficients, x).hex(), expected)
            # The same by libsodium's own scalar arithmetic.
            value = coefficients[-1]
            for coefficient in reversed([secret, *coefficients[:-1]]):
                value = sodium.scalar_add(sodium.scalar_multiply(value, e.scalar(x)), coefficient)
            check.equal(case["name"], value.hex(), expected)
        used = {x: hexed(case["shares"][x - 1]) for x in case["reconstruct_from_x"]}
        point = hexed(case["point"])
        check.equal(case["name"], sharing.reconstruct(used, case["t"], point), secret)
        check.equal(case["name"], len(used), case["t"])
        used.pop(next(iter(used)))
        check.refused(case["name"], lambda: sharing.reconstruct(used, case["t"], point), 802, "few-shares")
        # One wrong share among t + 1 is found.
        more = {x: hexed(s) for x, s in enumerate(case["shares"][:case["t"] + 1], 1)}
        more[2] = e.scalar(1)
        check.equal(case["name"], sharing.reconstruct(more, case["t"], point), secret)
    for case in content["boxes"]:
        keys = {k: hexed(case[k]) for k in ("from_secret", "from_public", "to_secret", "to_public")}
        _, transmit = sharing.session_keys(
            case["from"], keys["from_public"], keys["from_secret"], case["to"], keys["to_public"])
        t2 = hexed(case["t2"])
        check.equal(case["name"], (
            sodium.agreement_public(keys["from_secret"]), transmit.hex(),
            sharing.box_key(transmit, t2, case["from"], case["to"]).hex(),
            sharing.seal_box(transmit, t2, case["from"], case["to"], hexed(case["nonce"]),
                             hexed(case["share_of_s"]), hexed(case["share_of_b"])).hex()),
            (keys["from_public"], case["transmit_key"], case["box_key"], case["box"]))
    for case in content["boxes"] + content["bad_boxes"]:
        receive, _ = sharing.session_keys(
            case["to"], hexed(case["to_public"]), hexed(case["to_secret"]), case["from"],
            hexed(case["from_public"]))
        opened = sharing.open_box(
            receive, hexed(case["t2"]), case["from"], case["to"], hexed(case["box"]))
        expected = None if "event" in case else (hexed(case["share_of_s"]), hexed(case["share_of_b"]))
        check.equal(case["name"], opened, expected)


def packing(check):
    content = check.load("packing.json")
    for case in content["packings"]:
        packed = hexed(case["packed"])
        check.equal(case["name"], e.pack(case["values"], case["b"]), packed)
        check.equal(case["name"], e.unpack(packed, case["d"], case["b"]), case["values"])
        check.equal(case["name"], len(packed), e.packed_length(case["d"], case["b"]))
    for case in content["bad"]:
        check.refused(case["name"], lambda: e.unpack(
            hexed(case["packed"]), case["d"], case["b"]), case["code"], "padding")


def messages(check):
    for case in check.load("messages.json")["messages"]:
        encoded = hexed(case["message"])
        decoded = m.MESSAGES[case["kind"]].decode(encoded)
        check.equal(case["name"], decoded.encode(), encoded)
        check.equal(case["name"], len(encoded), case["bytes"])
        compare_fields(check, case["name"], decoded, case["fields"])


def compare_fields(check, name, value, expected):
    if isinstance(value, (configuration.Message, configuration.Certificate, configuration.ListedWitness)):
        check.equal(f"{name} fields", sorted(vars(value)), sorted(expected))
        for field, inner in vars(value).items():
            compare_fields(check, f"{name}.{field}", inner, expected[field])
    elif isinstance(value, (list, tuple)):
        check.equal(f"{name} count", len(value), len(expected))
        for inner, other in zip(value, expected):
            compare_fields(check, name, inner, other)
    elif isinstance(value, bytes):
        check.equal(name, value.hex(), expected)
    else:
        check.equal(name, value, int(expected) if isinstance(expected, str) else expected)


def play_round(check, name):
    """Replays a round from seeds; every message is compared."""
    content = check.load(name)
    n = len(content["clients"])
    config = runner.config_of(content)
    players = [runner.make_client(content, i, {}) for i in range(n)]
    server = coordinator.Coordinator(
        sodium.sign_keypair(hexed(content["coordinator_seed"])), config)
    witnesses = [runner.make_witness(listed) for listed in content["witnesses"]]
    alive, inbound = set(range(n)), {i: config.encode() for i in range(n)}
    following = {
        "advertise": ("directory", server.directories),
        "shares": ("inbox", server.inboxes), "input": ("survivors", server.declare),
        "consistency": ("quorum", server.quorums)}

    def witnessed(step, answer):
        for w, witness in enumerate(witnesses):
            message = answer(witness).encode()
            same(step, w, message)
            server.receive(message, config.opens)

    def same(step, i, message):
        if "messages" in content:
            expected = content["messages"][step][str(i)]
            check.equal(f"{name} {step} {i}", message.hex(), expected)
        else:
            expected = content["message_hashes"][step][str(i)]
            check.equal(f"{name} {step} {i}", sodium.blake2b(message).hex()[:32], expected)

    same("config", 0, config.encode())
    for step in runner.REPLIES:
        alive -= set(content["drops_before"].get(step, []))
        at_client, at_server = content["times"][step]
        for i in sorted(alive & set(inbound)):
            client, caller = players[i]
            given = {"advertise": caller, "input": content["clients"][i]["x"]}.get(step)
            reply = client.receive(inbound[i], at_client, given)
            same(step, i, reply)
            server.receive(reply, at_server)
            server.receive(reply, at_server)  # a repetition has no effect
        if step not in following:
            break
        after, close = following[step]
        if step == "advertise":
            server.gather()
            witnessed("reveal", lambda witness: witness.reveal(config, server.cohort))
        if step == "consistency":
            request = server.cosign_request()
            witnessed("cosign", lambda witness: witness.cosign(config, *request))
        replies = close()
        if after == "survivors":
            same(after, 0, replies)
            replies = {i: replies for i in sorted(server.survivors)}
        else:
            for i, message in replies.items():
                same(after, i, message)
        inbound = replies
    for key in ("t0", "t1", "t2", "t3", "t4"):
        check.equal(f"{name} {key}", getattr(server, key).hex(), content["transcript"][key])
    check.equal(f"{name} seed", (server.seed.hex(), server.graph.mode, server.graph.k, server.graph.t),
                tuple(content[key] for key in ("graph_seed", "mode", "k", "t")))
    check.equal(f"{name} sets", (sorted(server.sharers), sorted(server.survivors)),
                (content["sharers"], content["survivors"]))
    total = server.open()
    check.equal(f"{name} sum", total, content["sum"])
    columns = zip(*(content["clients"][i]["x"] for i in content["survivors"]))
    check.equal(f"{name} plain sum", total, [sum(column) % 2**config.ring_bits for column in columns])
    for i, who in enumerate(content["clients"]):
        if "drawn" in who:
            stream = runner.Stream(hexed(who["random_key"]))
            drawn = [stream(32), stream(32), e.draw_scalar(stream), e.draw_scalar(stream)]
            check.equal(f"{name} drawn {i}", [value.hex() for value in drawn], [
                who["drawn"][key] for key in
                ("nonce", "agreement_secret", "mask_secret", "self_mask_secret")])
            for key in ("coefficients_s", "coefficients_b"):
                coefficients = [e.draw_scalar(stream).hex() for _ in range(content["t"] - 1)]
                check.equal(f"{name} drawn {i}", coefficients, who["drawn"][key])
            check.equal(f"{name} drawn {i}", [
                stream(24).hex() for _ in who["drawn"]["box_nonces"]], who["drawn"]["box_nonces"])


def partial_sums(check):
    content = check.load("partial_sums.json")

    def combined(case):
        parts = (m.PartialSum.decode(hexed(case[side])) for side in ("left", "right"))
        return coordinator.combine(*parts)
    for case in content["combinations"]:
        check.equal(case["name"], combined(case).encode().hex(), case["combined"])
    for case in content["refusals"]:
        check.refused(case["name"], lambda: combined(case), case["code"], case["reason"])


def refusals(check):
    for case in check.load("bad_decoding.json")["cases"]:
        check.refused(case["name"], lambda: m.MESSAGES[case["kind"]].decode(hexed(case["message"])),
                      case["code"], case["reason"])
    rounds = {name: check.load(name) for name in ("round_complete.json", "round_ring.json")}
    content = check.load("bad_client.json")

    def prepared(case):
        client, give = runner.fed_client(rounds[case["round"]], case)
        if "first" in case:
            give(hexed(case["first"]), runner.time_of(rounds[case["round"]], "config"))
        return client, give
    for case in content["cases"]:
        client, give = prepared(case)  # a refusal in here is a failure of the vector
        check.refused(case["name"], lambda: give(hexed(case["message"]), case["time"]),
                      case["code"], case["reason"])
        check.equal(f"{case['name']} state", client.state, "aborted")
        left = {"mask_secret", "self_mask_secret", "agreement_secret", "held", "session"} & set(vars(client))
        check.equal(f"{case['name']} wiped", left, set())
    for case in content["tolerated"]:
        client, give = prepared(case)
        reply = give(hexed(case["message"]), case["time"])
        check.equal(case["name"], reply.hex(), case["reply"])
        check.equal(case["name"], [list(event) for event in client.events], case["events"])
    content = check.load("bad_coordinator.json")
    for case in content["cases"]:
        check.refused(case["name"], lambda: runner.play_coordinator(rounds[case["round"]], case),
                      case["code"], case["reason"])
    for case in content["tolerated"]:
        check.equal(case["name"], runner.play_coordinator(rounds[case["round"]], case), None)
    witness_cases(check, rounds["round_complete.json"])


def witness_cases(check, round_json):
    content = check.load("witness.json")
    for case in content["answers"]:
        answers = runner.play_witness(round_json, case)
        check.equal(case["name"], answers[-1].encode().hex(), case["answer"])
    for case in content["bad"]:
        before = {**case, "requests": case["requests"][:-1]}
        check.equal(case["name"], len(runner.play_witness(round_json, before)), len(before["requests"]))
        check.refused(case["name"], lambda: runner.play_witness(round_json, case),
                      case["code"], case["reason"])


def main():
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else (
        PROTOCOLS / "vectors" / "secure-aggregation" / "1")
    check = Checks(folder)
    for part in (specification, encodings, cohort, parameters, mask_streams, shares_and_boxes,
                 packing, messages, partial_sums, refusals):
        part(check)
    for name in ("round_complete.json", "round_ring.json"):
        play_round(check, name)
    for failure in check.failed:
        print("FAILED", failure[:400])
    print(f"{check.passed} comparisons agree, {len(check.failed)} do not")
    return not check.failed


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
