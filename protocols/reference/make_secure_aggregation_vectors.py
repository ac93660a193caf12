#!/usr/bin/env python3
"""Writes protocols/vectors/secure-aggregation/1. Deterministic: a second run changes nothing."""

import json
import sys
from pathlib import Path

import configuration
import encoding as e
import graph as g
import masks
import messages as m
import refusals_client
import refusals_coordinator
import refusals_decoding
import refusals_witness
import round_vectors
import sharing
import sodium
import transcript
from graph_parameters import PAIRS, TABLE

FOLDER = Path(__file__).resolve().parent.parent / "vectors" / "secure-aggregation" / "1"


def fill(tag, i=0):
    """32 bytes that depend on a name and a number."""
    return sodium.blake2b(tag.encode() + e.u32(i))


def fill_scalar(tag, i=0):
    return e.scalar(int.from_bytes(fill(tag, i) + fill(tag + "'", i), "little"))


def encodings():
    fields = [b"", b"\x00", fill("field"), bytes(range(70))]
    cases = [{
        "name": f"hash_{label}", "label": label, "fields": [f.hex() for f in fields],
        "input": e.hash_input(label, *fields).hex(), "key": fill("key").hex(),
        "hash": e.H(label, *fields).hex(), "kdf": e.KDF(fill("key"), label, *fields).hex(),
    } for label in e.LABELS]
    cases += [{
        "name": f"hash_{len(fields[:count])}_fields", "label": "fsa1/chain",
        "fields": [f.hex() for f in fields[:count]],
        "input": e.hash_input("fsa1/chain", *fields[:count]).hex(), "key": bytes(32).hex(),
        "hash": e.H("fsa1/chain", *fields[:count]).hex(),
        "kdf": e.KDF(bytes(32), "fsa1/chain", *fields[:count]).hex()} for count in range(4)]
    bitmaps = [{
        "name": f"bitmap_{n}", "n": n, "members": sorted(members),
        "bitmap": e.bitmap(n, members).hex()} for n, members in (
            (3, {0, 2}), (5, {0, 1, 2, 4}), (8, {7}), (9, {8}), (16, set(range(16))),
            (129, {0, 7, 8, 64, 128}))]
    secret = sodium.sign_keypair(fill("signer"))
    signatures = [{
        "name": f"signature_{step}", "seed": fill("signer").hex(), "public": secret[0].hex(),
        "step": step, "message": fill("message").hex(),
        "signature": e.signed(secret[1], step, fill("message")).hex()}
        for step in e.SIGNATURE_STEPS]
    tail = b"".join(fill("scalar", i) for i in range(8))
    scalars = []
    for number, start in enumerate((b"", b"\xff" * 32, bytes(32), e.L.to_bytes(32, "little"))):
        stream = start + tail
        pieces = iter([stream[at:at + 32] for at in range(0, len(stream), 32)])
        drawn = e.draw_scalar(lambda count: next(pieces))
        scalars.append({
            "name": f"scalar_{number}", "random": stream.hex(),
            "bytes_used": len(stream) - 32 * len(list(pieces)), "scalar": drawn.hex(),
            "times_base": sodium.multiply_base(drawn).hex()})
    return {
        "codes": e.CODES, "hashes": cases, "bitmaps": bitmaps, "signatures": signatures,
        "drawn_scalars": scalars}


def cohort():
    out = []
    for n in (3, 5, 128, 129, 1000):
        leaves = []
        for i in range(n):
            certificate = configuration.Certificate(fill("identity", i), i, 2**40 + i, fill("r", i) * 2)
            leaves.append(m.Advertise(
                bytes(32), certificate, fill("agreement", i), fill("mask", i), fill("nonce", i)
            ).leaf(i))
        root, t0 = transcript.cohort_root(leaves), fill("T0")
        t1 = transcript.t1(t0, n, root)
        values = [fill("reveal", w) for w in range(2)]
        seed = transcript.graph_seed(t1, values)
        graph = g.Graph(n, seed, 500, 500, 0)
        case = {
            "name": f"cohort_{n}", "n": n, "first_leaf": leaves[0].hex(),
            "last_leaf": leaves[-1].hex(),
            "leaves_hash": sodium.blake2b(b"".join(leaves)).hex(), "root": root.hex(),
            "t0": t0.hex(), "t1": t1.hex(), "reveals": [v.hex() for v in values],
            "graph_seed": seed.hex(), "collusion": 500, "dropout": 500, "rule": 0,
            "mode": graph.mode, "k": graph.k, "t": graph.t, "t2": transcript.t2(t1, seed, graph).hex()}
        case["ring_order"] = g.ring_order(n, seed)
        case["holders"] = [
            {"index": i, "slots_and_holders": list(map(list, graph.holders(i).items()))}
            for i in ((0, n - 1) if n <= 129 else (7,))]
        out.append(case)
    order = g.ring_order(16384, fill("large ring"))
    return {
        "leaf_rule": "identity, agreement key, mask key and nonce of leaf i are BLAKE2b-256 of the "
        "ASCII words identity, agreement, mask, nonce followed by u32 i; the certificate is identity, "
        "u64 i, u64 2^40 + i, and twice BLAKE2b-256 of the letter r followed by u32 i",
        "cohorts": out,
        "large_ring": {
            "n": 16384, "graph_seed": fill("large ring").hex(), "first_16": order[:16],
            "order_as_u32_hash": sodium.blake2b(b"".join(map(e.u32, order))).hex()}}


def graph_parameters():
    points = (3, 4, 5, 6, 64, 100, 127, 128, 129, 160, 161, 200, 201, 500, 501, 1000, 1001, 4096,
              8192, 10000, 10001, 12800, 12801, 16383, 16384)
    return {
        "columns": [
            {"collusion": c, "dropout": d, "rule": rule} for c, d in PAIRS for rule in (0, 1)],
        "table": [{"n_up_to": last, "k_t": [list(pair) for pair in row]} for last, row in TABLE],
        "lookups": [
            {"n": n, "collusion": c, "dropout": d, "rule": rule,
             **dict(zip(("mode", "k", "t"), g.parameters(n, c, d, rule)))}
            for n in points for c, d in PAIRS for rule in (0, 1)]}


def mask_vectors():
    keys = []
    for number in range(3):
        s, other, b = (fill_scalar(tag, number) for tag in ("s", "other", "b"))
        points = [sodium.multiply_base(v) for v in (s, other)]
        t3 = fill("T3", number)
        keys.append({
            "name": f"keys_{number}", "t3": t3.hex(), "s": s.hex(), "S": points[0].hex(),
            "other_s": other.hex(), "other_S": points[1].hex(),
            "q": sodium.multiply(s, points[1]).hex(),
            "pair_key": masks.pair_key(s, *points, t3).hex(), "b": b.hex(),
            "self_key": masks.self_key(b, points[0], t3).hex()})
        assert masks.pair_key(other, points[1], points[0], t3).hex() == keys[-1]["pair_key"]
    streams = []
    for b in (16, 20, 24, 32):
        for start, count in ((0, 8), (1000, 8), (4093, 6), (2**20, 8), (2**24 - 4, 4)):
            streams.append({
                "name": f"mask_{b}_{start}", "key": fill("mask stream").hex(), "b": b,
                "first": start, "elements": masks.stream(fill("mask stream"), b, start, count)})
        whole = masks.stream(fill("mask stream"), b, 0, 10000)
        streams.append({
            "name": f"mask_{b}_hash", "key": fill("mask stream").hex(), "b": b, "first": 0,
            "count": 10000, "packed_hash": sodium.blake2b(e.pack(whole, b)).hex()})
    return {"keys": keys, "streams": streams}


def sharing_vectors():
    polynomials = []
    for t, n, used in ((3, 5, (2, 4, 5)), (67, 99, range(20, 87)), (34, 42, range(9, 43))):
        secret = fill_scalar("secret", t)
        coefficients = [fill_scalar(f"coefficient {t}", i) for i in range(1, t)]
        shares = {x: sharing.share(secret, coefficients, x) for x in range(1, n + 1)}
        assert sharing.interpolate([(x, shares[x]) for x in used]) == secret
        polynomials.append({
            "name": f"shamir_{t}_of_{n}", "t": t, "n": n, "secret": secret.hex(),
            "point": sodium.multiply_base(secret).hex(),
            "coefficients": [c.hex() for c in coefficients],
            "shares": [shares[x].hex() for x in range(1, n + 1)],
            "reconstruct_from_x": list(used)})
    boxes = []
    for number, (sender, receiver) in enumerate(((0, 1), (4, 2), (300, 16383))):
        secrets = [fill("kx", sender), fill("kx", receiver)]
        publics = [sodium.agreement_public(s) for s in secrets]
        _, transmit = sharing.session_keys(sender, publics[0], secrets[0], receiver, publics[1])
        receive, _ = sharing.session_keys(receiver, publics[1], secrets[1], sender, publics[0])
        assert receive == transmit
        t2, nonce = fill("T2", number), fill("box nonce", number)[:24]
        plain = fill_scalar("share s", number), fill_scalar("share b", number)
        box = sharing.seal_box(transmit, t2, sender, receiver, nonce, *plain)
        assert sharing.open_box(receive, t2, sender, receiver, box) == plain
        boxes.append({
            "name": f"box_{number}", "from": sender, "to": receiver, "t2": t2.hex(),
            "from_secret": secrets[0].hex(), "from_public": publics[0].hex(),
            "to_secret": secrets[1].hex(), "to_public": publics[1].hex(),
            "transmit_key": transmit.hex(),
            "box_key": sharing.box_key(transmit, t2, sender, receiver).hex(),
            "nonce": nonce.hex(), "share_of_s": plain[0].hex(), "share_of_b": plain[1].hex(),
            "box": box.hex()})
    bad_boxes = []
    good = boxes[0]

    def bad(name, box, **changes):
        bad_boxes.append({**{k: good[k] for k in (
            "from", "to", "t2", "from_secret", "from_public", "to_secret", "to_public")},
            "name": name, "box": box, "event": 450, **changes})
    flipped = bytearray.fromhex(good["box"])
    flipped[40] ^= 1
    bad("bad_box_tampered", flipped.hex())
    flipped[40] ^= 1
    flipped[3] ^= 128
    bad("bad_box_nonce", flipped.hex())
    bad("bad_box_other_t2", good["box"], t2=fill("T2", 9).hex())
    bad("bad_box_reflected", good["box"], **{
        "from": 1, "to": 0, "from_secret": good["to_secret"], "from_public": good["to_public"],
        "to_secret": good["from_secret"], "to_public": good["from_public"]})
    for name, shares in (
            ("bad_box_share_of_s_not_canonical", (e.L.to_bytes(32, "little"), bytes(32))),
            ("bad_box_share_of_b_not_canonical", (bytes(32), b"\xff" * 32))):
        bad(name, sharing.seal_box(
            bytes.fromhex(good["transmit_key"]), bytes.fromhex(good["t2"]), 0, 1,
            bytes.fromhex(good["nonce"]), *shares).hex())
    return {"polynomials": polynomials, "boxes": boxes, "bad_boxes": bad_boxes}


def packing():
    cases = []
    for b in (16, 20, 24, 32):
        for d in (1, 7, 8, 9, 19):
            values = [int.from_bytes(fill(f"pack {b} {d}", i)[:4], "little") % 2**b for i in range(d)]
            cases.append({
                "name": f"pack_{b}_{d}", "b": b, "d": d, "values": values,
                "packed": e.pack(values, b).hex()})
        cases.append({
            "name": f"pack_{b}_ones", "b": b, "d": 3, "values": [2**b - 1, 0, 2**b - 1],
            "packed": e.pack([2**b - 1, 0, 2**b - 1], b).hex()})
    bad = [{
        "name": f"bad_padding_{b}_{d}", "b": b, "d": d, "code": 111,
        "packed": e.pack([0] * d + [1], b).hex()} for b, d in ((16, 7), (20, 1), (24, 5), (32, 9))]
    bad.append({
        "name": "bad_padding_top_bit", "b": 20, "d": 7, "code": 111,
        "packed": e.pack([0] * 7 + [2**19], 20).hex()})
    return {"packings": cases, "bad": bad}


def write(name, title, content):
    text = json.dumps({"schema": "fsa1-vectors/1", "title": title, **content}, indent=1)
    # Lists of numbers on one line.
    lines, joined = text.split("\n"), []
    for line in lines:
        stripped = line.strip()
        number = stripped.rstrip(",").lstrip("-").isdigit()
        if joined and (number or stripped in ("]", "],")) and joined[-1].endswith(("[", ", ")):
            joined[-1] += stripped + (" " if stripped.endswith(",") and number else "")
        else:
            joined.append(line)
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / name).write_text("\n".join(joined) + "\n")
    json.loads((FOLDER / name).read_text())
    print(f"{name}: {(FOLDER / name).stat().st_size} bytes")


def main():
    write("encodings.json", "Labels, hashes, bitmaps, signatures, drawn scalars", encodings())
    write("cohort.json", "Leaves, roots, graph seeds, ring orders, holders", cohort())
    write("graph_parameters.json", "k and t", graph_parameters())
    write("masks.json", "Pair keys, self keys, mask streams", mask_vectors())
    write("sharing.json", "Shamir shares and boxes", sharing_vectors())
    write("packing.json", "Packed vectors", packing())
    complete = round_vectors.complete()
    write("messages.json", "Every message with its fields", round_vectors.messages(complete))
    write("round_complete.json", "A round of 5 clients, one drops out before Input",
          round_vectors.complete_file(complete))
    ring = round_vectors.ring()
    write("round_ring.json", "A round of 129 clients with dropouts at every step",
          round_vectors.ring_file(ring))
    write("partial_sums.json", "Masked partial sums", round_vectors.partial_sums(complete))
    write("bad_decoding.json", "Bytes that no decoder accepts", refusals_decoding.decoding(complete))
    write("bad_client.json", "What a client refuses", refusals_client.client(complete, ring))
    write("bad_coordinator.json", "What a coordinator refuses", refusals_coordinator.coordinator(complete))
    write("witness.json", "What a witness answers and refuses", refusals_witness.witness(complete))
    total = sum(path.stat().st_size for path in FOLDER.iterdir())
    print(f"{total} bytes in all")
    return total < 1_500_000


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
