"""Negative vectors of the coordinator."""

import copy

import configuration
import messages as m
from encoding import H, scalar
from refusals import expect, setting
from round_vectors import complete_file
from vector_runner import PHASES, play_coordinator


def coordinator(r):
    f, log, out = r.federation, r.messages, []
    round_json = complete_file(r)
    c, deadlines = r.coordinator, r.federation.config.deadlines
    phases = PHASES

    def bad(name, phase, encoded, reason, accepted=(), time=None, revoked=()):
        case = {
            "name": f"bad_{name}", "round": "round_complete.json", "phase": phase, "close": False,
            "accepted": [message.hex() for message in accepted], "message": encoded.hex(),
            "time": deadlines[max(0, phases.index(phase) - 1)] - 300 if time is None else time,
            "revoked": [identity.hex() for identity in revoked]}
        out.append(expect(lambda: play_coordinator(round_json, case), case, reason))

    def closed(name, phase, accepted, reason):
        case = {
            "name": f"bad_{name}", "round": "round_complete.json", "phase": phase, "close": True,
            "accepted": [message.hex() for message in accepted]}
        out.append(expect(lambda: play_coordinator(round_json, case), case, reason))

    def changed(step, i, change, signer=None):
        encoded = log[step][i]
        message = m.MESSAGES[encoded[4]].decode(encoded)
        change(message)
        return message.sign(f.identities[i if signer is None else signer][1]).encode()

    def flipped(encoded, offset):
        out = bytearray(encoded)
        out[offset] ^= 1
        return bytes(out)

    adverts = log["advertise"]
    bad("advertise_transcript", "advertise", changed("advertise", 0, setting(t0=bytes(32))), "transcript")
    bad("advertise_signature", "advertise", flipped(adverts[0], -1), "signature")
    bad("advertise_deadline", "advertise", adverts[0], "deadline", time=deadlines[0])
    bad("advertise_phase", "advertise", log["shares"][0], "out-of-order")
    bad("advertise_revoked", "advertise", adverts[0], "revoked", revoked=[f.identities[0][0]])
    forged = configuration.Certificate(f.identities[0][0], 0, 2**40).sign(f.identities[0][1])
    bad("advertise_certificate", "advertise", changed("advertise", 0, setting(certificate=forged)), "certificate")
    bad("advertise_point_identity", "advertise", changed("advertise", 0, setting(mask_key=bytes(32))), "point")
    bad("advertise_agreement_key", "advertise", changed(
        "advertise", 0, setting(agreement_key=bytes(32))), "agreement-key")
    bad("advertise_magic", "advertise", b"fsa2" + adverts[0][4:], "magic")
    bad("advertise_kind", "advertise", adverts[0][:4] + b"\x0f" + adverts[0][5:], "kind")
    strict = copy.deepcopy(f.config)
    strict.eligibility_threshold = 0
    strict.sign(f.coordinator[1])
    case = {
        "name": "bad_advertise_not_eligible", "round": "round_complete.json", "phase": "advertise",
        "close": False, "accepted": [], "config": strict.encode().hex(),
        "message": changed("advertise", 0, setting(t0=strict.t0())).hex(),
        "time": deadlines[0] - 300}
    out.append(expect(lambda: play_coordinator(round_json, case), case, "neighbor-eligibility"))
    narrow = copy.deepcopy(f.config)
    narrow.most_cohort = 5
    narrow.sign(f.coordinator[1])
    full = [changed("advertise", i, setting(t0=narrow.t0())) for i in range(5)]
    case = {
        "name": "bad_advertise_cohort_full", "round": "round_complete.json", "phase": "advertise",
        "close": False, "accepted": [message.hex() for message in full],
        "config": narrow.encode().hex(), "message": adverts[0].hex(), "time": deadlines[0] - 300}
    out.append(expect(lambda: play_coordinator(round_json, case), case, "out-of-order"))
    first = m.Advertise.decode(adverts[0])
    bad("advertise_duplicate_mask_key", "advertise", changed(
        "advertise", 1, setting(mask_key=first.mask_key)), "duplicate-key", [adverts[0]])
    bad("advertise_duplicate_agreement_key", "advertise", changed(
        "advertise", 1, setting(agreement_key=first.agreement_key)), "duplicate-key", [adverts[0]])
    bad("advertise_twice_different", "advertise", changed(
        "advertise", 0, setting(nonce=bytes(32))), "equivocation", [adverts[0]])
    closed("advertise_few_clients", "advertise", list(adverts.values())[:4], "few-clients")

    reveals = [m.Reveal.decode(log["reveal"][w]) for w in (0, 1)]

    def answered(message, change, witness=1):
        message = copy.deepcopy(message)
        change(message)
        return message.sign(f.witnesses[witness].secret).encode()
    bad("reveal_other_cohort", "reveal", answered(reveals[1], setting(t1=bytes(32))), "transcript")
    bad("reveal_not_listed", "reveal", answered(
        reveals[1], setting(witness=f.identities[0][0])), "witness-set")
    bad("reveal_other_position", "reveal", answered(reveals[1], setting(position=5)), "witness-set")
    bad("reveal_value", "reveal", answered(reveals[1], setting(value=bytes(32))), "reveal")
    bad("reveal_signature", "reveal", answered(reveals[1], setting(), witness=0), "reveal-signature")
    bad("reveal_phase", "advertise", log["reveal"][0], "out-of-order")
    bad("cosign_phase", "reveal", log["cosign"][0], "out-of-order")
    closed("reveal_missing", "reveal", [log["reveal"][1]], "witness-set")

    shares = log["shares"]
    bad("shares_transcript", "shares", changed("shares", 0, setting(t2=bytes(32))), "transcript")
    bad("shares_unknown_client", "shares", changed("shares", 0, setting(index=5)), "unknown-client")
    bad("shares_in_anothers_name", "shares", changed("shares", 0, setting(index=1)), "signature")
    bad("shares_too_few_boxes", "shares", changed(
        "shares", 0, lambda s: s.boxes.pop()), "neighbor-count")
    bad("shares_point_identity", "shares", changed(
        "shares", 0, setting(self_mask_point=bytes(32))), "point")
    bad("shares_point_invalid", "shares", changed(
        "shares", 0, setting(self_mask_point=b"\xff" * 32)), "point")
    bad("shares_twice_different", "shares", changed(
        "shares", 0, lambda s: s.boxes.reverse()), "equivocation", [shares[0]])
    closed("shares_few_sharers", "shares", [shares[i] for i in (0, 1, 3, 4)], "few-sharers")

    inputs = log["input"]
    packed = m.Input.decode(inputs[0]).packed

    def vector(new):
        return lambda i: [setattr(i, "packed", new), setattr(i, "digest", H("fsa1/vector", new))]
    bad("input_transcript", "input", changed("input", 0, setting(t3=bytes(32))), "transcript")
    bad("input_signature", "input", flipped(inputs[0], 81), "signature")
    bad("input_digest", "input", flipped(inputs[0], -1), "vector-digest")
    bad("input_short", "input", changed("input", 0, vector(packed[:40])), "length")
    bad("input_long", "input", changed("input", 0, vector(packed + bytes(20))), "length")
    bad("input_padding", "input", changed("input", 0, vector(packed[:-1] + b"\x80")), "padding")
    bad("input_twice_different", "input", changed(
        "input", 0, vector(flipped(packed, 0))), "equivocation", [inputs[0]])
    bad("input_in_anothers_name", "input", changed("input", 0, setting(index=3)), "signature")
    late = m.Input(c.t3, 3, packed, H("fsa1/vector", packed)).sign(f.identities[3][1]).encode()
    bad("input_after_survivors", "consistency", late, "out-of-order")
    closed("input_few_survivors", "input", [inputs[i] for i in (0, 1, 4)], "few-survivors")

    signatures = log["consistency"]
    bad("consistency_transcript", "consistency", changed(
        "consistency", 0, setting(t4=bytes(32))), "transcript")
    dropped = m.Consistency(c.t4, 3).sign(f.identities[3][1]).encode()
    bad("consistency_of_dropped", "consistency", dropped, "unknown-client")
    bad("consistency_in_anothers_name", "consistency", changed(
        "consistency", 0, setting(), signer=1), "signature")

    cosign = m.Cosign.decode(log["cosign"][1])
    bad("cosign_other_set", "consistency", answered(cosign, setting(t4=bytes(32))), "transcript")
    bad("cosign_not_listed", "consistency", answered(
        cosign, setting(witness=f.identities[0][0])), "witness-set")
    bad("cosign_signature", "consistency", answered(cosign, setting(), witness=0), "witness-signature")
    closed("cosign_missing", "consistency", [*signatures.values(), log["cosign"][0]], "witness-set")

    unmask = log["unmask"]
    entries = m.Unmask.decode(unmask[0]).entries

    def entry(position, slot=None, which=None, share=None):
        def change(message):
            old_slot, (old_which, old_share) = message.entries[position]
            message.entries[position] = (
                slot or old_slot, (which or old_which, share or old_share))
        return change
    position = next(p for p, (slot, _) in enumerate(entries) if slot == 4)
    bad("unmask_share_of_b_of_dropped", "unmask", changed(
        "unmask", 0, entry(position, which=1)), "unmask-entry")
    bad("unmask_share_of_s_of_survivor", "unmask", changed(
        "unmask", 0, entry(1, which=2)), "unmask-entry")
    bad("unmask_slot_of_nobody", "unmask", changed("unmask", 0, entry(4, slot=6)), "unmask-entry")
    bad("unmask_transcript", "unmask", changed("unmask", 0, setting(t4=bytes(32))), "transcript")
    closed("unmask_few_shares", "unmask", [unmask[i] for i in (0, 1, 2)], "few-shares")
    wrong = changed("unmask", 0, entry(1, share=scalar(1)))
    closed("unmask_share_not_matching_point", "unmask", [wrong, *(unmask[i] for i in (1, 2, 4))], "point-check")
    zero = changed("unmask", 0, entry(position, share=bytes(32)))
    closed("unmask_share_of_s_not_matching_point", "unmask", [zero, *(unmask[i] for i in (1, 2, 4))], "point-check")
    return {"cases": out, "tolerated": tolerated(round_json, log, deadlines)}


def tolerated(round_json, log, deadlines):
    """Repeated bytes are acknowledged, at once, in a later step and after the deadline."""
    out = []
    for name, phase, step, accepted, time in (
            ("input_repeated", "input", "input", [log["input"][0]], deadlines[2] - 300),
            ("input_repeated_after_deadline", "input", "input", [log["input"][0]], deadlines[2]),
            ("shares_repeated_in_later_step", "consistency", "shares", [], deadlines[3] - 300)):
        case = {
            "name": f"tolerated_{name}", "round": "round_complete.json", "phase": phase,
            "close": False, "accepted": [message.hex() for message in accepted],
            "message": log[step][0].hex(), "time": time}
        play_coordinator(round_json, case)
        out.append(case)
    return out
