"""Negative vectors of the client."""

import copy

import configuration
import messages as m
import sodium
import transcript
from encoding import H, Refusal, bitmap, scalar
from refusals import expect, setting
from round_vectors import complete_file, ring_file
from vector_runner import fed_client, hexed, play_client, server_message, time_of


class ClientCases:
    def __init__(self, r, round_json, file):
        self.r, self.json, self.file = r, round_json, file
        self.out, self.tolerated = [], []
        self.key = r.federation.coordinator[1]

    def case(self, name, feed, encoded, overrides=None, time=None):
        return {
            "name": f"bad_{name}", "round": self.file, "client": 0, "feed": list(feed),
            "overrides": overrides or {}, "message": encoded.hex(),
            "time": time_of(self.json, STEP_OF[encoded[4]]) if time is None else time}

    def bad(self, name, feed, encoded, reason, overrides=None, time=None):
        case = self.case(name, feed, encoded, overrides, time)
        self.out.append(expect(lambda: play_client(self.json, case), case, reason))

    def original(self, step):
        encoded = server_message(self.json, step, 0)
        return m.MESSAGES[encoded[4]].decode(encoded)

    def changed(self, step, change):
        """The message of `step`, changed and signed again by the coordinator."""
        message = copy.deepcopy(self.original(step))
        change(message)
        return message.sign(self.key).encode()


STEP_OF = {1: "config", 3: "directory", 5: "inbox", 7: "survivors", 9: "quorum"}


def client(complete_round, ring_round):
    c = ClientCases(complete_round, complete_file(complete_round), "round_complete.json")
    client_config(c)
    client_directory(c)
    client_later(c)
    ring = ClientCases(ring_round, ring_file(ring_round), "round_ring.json")
    client_ring(ring)
    return {"cases": c.out + ring.out, "tolerated": c.tolerated}


def client_config(c):
    f, encoded = c.r.federation, c.r.federation.config.encode()
    other = f.identities[1][0].hex()

    def bad(name, reason, overrides=None, change=None, time=None):
        c.bad(f"config_{name}", [], c.changed("config", change) if change else encoded, reason,
              overrides, time)
    c.bad("config_signature", [], encoded[:-1] + bytes([encoded[-1] ^ 1]), "signature")
    bad("deadline", "deadline", time=f.config.deadlines[0])
    bad("coordinator", "coordinator", {"policy": {"coordinators": [other]}})
    bad("authority", "authority", {"policy": {"authority": other}})
    bad("not_logged", "not-logged", {"caller": {"logged": False}})
    bad("revocation", "revocation", {"caller": {"revoked": [other]}})
    now = time_of(c.json, "config")
    bad("active_round", "active-round", {"store": {"active_until": now + 1}})
    case = c.case("", [], encoded, {"store": {"active_until": now}})
    case["name"] = "tolerated_stale_active_round"
    reply, _ = play_client(c.json, case)
    assert reply == c.r.messages["advertise"][0]
    c.tolerated.append({**case, "events": [], "reply": reply.hex()})
    bad("round_counter_equal", "round-counter", {"store": {"highest_round": 7}})
    bad("round_counter_lower", "round-counter", {"store": {"highest_round": 8}})
    bad("rounds_per_day", "rounds-per-day", {"store": {"rounds_that_day": 24}})
    bad("not_open", "not-open", time=f.config.opens - 86401)
    bad("model", "model", {"caller": {"model": other}})
    bad("plan", "plan", {"caller": {"plan": other}})
    bad("ring_bits", "ring-bits", {"policy": {"ring_bits": [16, 24, 32]}})
    bad("dimension", "dimension", {"policy": {"most_dimension": 18}})
    bad("clip", "clip", {"policy": {"most_clip_norm": 0.25}})
    bad("noise", "noise", change=setting(noise_numerator=f.config.noise_numerator // 5 * 4 + 1))
    bad("noise_by_least_honest", "noise", change=setting(least_honest=2))
    bad("cohort_floor", "cohort-floor", change=setting(least_cohort=4))
    bad("survivor_floor", "survivor-floor", change=setting(least_survivors=3))
    bad("honest_floor", "honest-floor", {"policy": {"least_honest": 4}})
    bad("collusion", "collusion", change=setting(collusion=100))
    bad("rule", "rule", change=setting(rule=1))
    bad("eligibility_ceiling", "eligibility-ceiling", {
        "policy": {"most_eligibility_threshold": f.config.eligibility_threshold - 1}})
    bad("no_witnesses_below_ceiling", "eligibility-ceiling", {
        "policy": {"most_eligibility_threshold": 2**64 - 2}},
        setting(witnesses=[], eligibility_threshold=2**64 - 1))
    bad("witness_left_out", "witness-set", change=setting(witnesses=f.config.witnesses[:1]))
    bad("witness_not_pinned", "witness-set", {"policy": {"anchors": {
        f.witnesses[0].identity.hex(): f.witnesses[0].anchor.hex()}}})
    bad("witness_position_used", "beacon-history", {"store": {"chain_positions": [3, 0]}})
    bad("witness_position_lower", "beacon-history", {"store": {"chain_positions": [0, 6]}})
    forged = copy.deepcopy(f.config.witnesses)
    forged[1].previous = bytes(32)
    bad("witness_previous", "beacon-history", change=setting(witnesses=forged))
    skipped = copy.deepcopy(f.config.witnesses)
    skipped[0].position += 1
    bad("witness_position_skipped", "beacon-history", change=setting(witnesses=skipped))
    expired = configuration.Certificate(f.identities[0][0], 0, f.config.deadlines[4] - 1).sign(f.authority[1])
    bad("own_certificate", "own-certificate", {"certificate": expired.encode().hex()})
    bad("not_eligible", "not-eligible", change=setting(eligibility_threshold=0))
    bad("budget", "budget", {"caller": {"budget_suffices": False}})
    c.bad("header_magic", [], b"fsa2" + encoded[4:], "magic")
    c.bad("header_kind", [], encoded[:4] + b"\x0f" + encoded[5:], "kind", time=now)
    c.bad("header_truncated", [], encoded[:7], "truncated", time=now)
    long_absence(c)
    c.bad("directory_before_config", [], c.original("directory").encode(), "out-of-order")
    c.bad("client_message_to_client", [], c.r.messages["advertise"][1], "out-of-order", time=0)
    c.bad("config_twice", ["config"], encoded, "out-of-order")


def long_absence(c):
    """A chain may have gone on by 65,536 positions since it was last seen, and not by more."""
    f = c.r.federation
    witnesses = copy.deepcopy(f.config.witnesses)
    value = witnesses[0].previous
    for _ in range(65535):
        value = transcript.chain_step(value)

    def given(position, anchor):
        witnesses[0].position = position
        anchors = {f.witnesses[0].identity: anchor, f.witnesses[1].identity: f.witnesses[1].anchor}
        overrides = {"policy": {"anchors": {k.hex(): v.hex() for k, v in anchors.items()}}}
        return c.changed("config", setting(witnesses=witnesses)), overrides
    encoded, overrides = given(65536, value)
    case = c.case("", [], encoded, overrides)
    case["name"] = "tolerated_long_absence"
    reply, _ = play_client(c.json, case)
    c.tolerated.append({**case, "events": [], "reply": reply.hex()})
    encoded, overrides = given(65537, transcript.chain_step(value))
    c.bad("config_witness_absent_too_long", [], encoded, "beacon-history", overrides)


def client_directory(c):
    f, feed = c.r.federation, ["config"]
    directory = c.original("directory")

    def bad(name, reason, change, overrides=None, time=None):
        c.bad(f"directory_{name}", feed, c.changed("directory", change), reason, overrides, time)

    def nothing(_):
        pass
    encoded = directory.encode()
    c.bad("directory_signature", feed, encoded[:-1] + bytes([encoded[-1] ^ 1]), "signature")
    c.bad("directory_changed_after_signing", feed, encoded[:50] + b"\x00" + encoded[51:], "signature")
    c.bad("inbox_before_directory", feed, c.original("inbox").encode(), "out-of-order")
    bad("deadline", "deadline", nothing, time=f.config.deadlines[1])
    bad("transcript", "transcript", setting(t0=bytes(32)))
    bad("cohort_too_small", "cohort-size", setting(leaves=directory.leaves[:4], entries=directory.entries[:3]))
    bad("cohort_too_large", "cohort-size", setting(
        leaves=directory.leaves + [bytes([i % 256, i // 256]) * 16 for i in range(1, 300)]))
    bad("survivor_share", "survivor-floor", nothing, {"policy": {"least_survivor_share": 8001}})
    bad("survivors_below_threshold", "survivor-floor", setting(
        leaves=directory.leaves + [bytes([i]) * 32 for i in range(60)]))
    bad("duplicate_leaf", "duplicate-leaf", setting(
        leaves=directory.leaves[:4] + directory.leaves[:1]))
    bad("own_leaf_missing", "own-leaf", setting(leaves=[bytes(32)] + directory.leaves[1:]))
    bad("own_leaf_at_another_index", "own-leaf", setting(recipient=1))
    bad("reveal_count", "witness-set", setting(reveals=directory.reveals[:1]))
    (v0, s0), (v1, s1) = directory.reveals
    bad("reveal_value", "reveal", setting(reveals=[(bytes(32), s0), (v1, s1)]))
    bad("reveals_exchanged", "reveal", setting(reveals=[(v1, s1), (v0, s0)]))
    bad("reveal_signature", "reveal-signature", setting(reveals=[(v0, s0), (v1, s0)]))
    bad("reveal_for_another_cohort", "reveal-signature", setting(
        reveals=[(v0, m.Reveal(
            bytes(32), f.witnesses[0].identity, 3, v0).sign(f.witnesses[0].secret).signature),
            (v1, s1)]))
    bad("neighbor_missing", "neighbor-count", setting(entries=directory.entries[:3]))
    bad("neighbor_twice", "neighbor-leaf", setting(
        entries=directory.entries[:3] + directory.entries[:1]))
    bad("neighbors_exchanged", "neighbor-leaf", setting(
        entries=[directory.entries[i] for i in (1, 0, 2, 3)]))
    bad("neighbor_key_substituted", "neighbor-leaf", lambda d: setattr(
        d.entries[2], "mask_key", f.identities[0][0]))

    identity = sodium.point_is_encoded(bytes(32)) and bytes(32)
    own = c.r.coordinator.cohort[0]

    def substitute(name, reason, change, slot=1, resign=None, overrides=None):
        """A coordinator that puts a changed neighbor into the cohort, leaf, witnesses and all."""
        def apply(d):
            entry = d.entries[slot]
            change(entry)
            if resign is not False:
                index = f.identities.index(next(
                    i for i in f.identities if i[0] == entry.certificate.identity))
                entry.sign(f.identities[index][1])
            d.leaves[slot + 1] = entry.leaf(slot + 1)
            t1 = transcript.t1(d.t0, 5, transcript.cohort_root(d.leaves))
            d.reveals = [
                (value, m.Reveal(t1, w.identity, listed.position, value).sign(w.secret).signature)
                for w, listed, (value, _) in zip(f.witnesses, f.config.witnesses, d.reveals)]
        bad(name, reason, apply, overrides)

    substitute("mask_key_identity", "point", setting(mask_key=identity))
    substitute("mask_key_not_canonical", "point", setting(mask_key=b"\xff" * 32))
    substitute("mask_key_no_point", "point", setting(mask_key=b"\x01" + bytes(31)))
    substitute("agreement_key_small_order", "agreement-key", setting(agreement_key=bytes(32)))
    substitute("agreement_key_small_order_one", "agreement-key", setting(
        agreement_key=b"\x01" + bytes(31)))
    substitute("mask_key_of_own", "duplicate-key", setting(mask_key=own.mask_key))
    substitute("mask_key_of_neighbor", "duplicate-key", setting(
        mask_key=directory.entries[3].mask_key))
    substitute("agreement_key_of_neighbor", "duplicate-key", setting(
        agreement_key=directory.entries[3].agreement_key))
    substitute("identity_of_neighbor", "duplicate-key", setting(
        certificate=directory.entries[3].certificate))
    substitute("advertise_signature", "neighbor-signature", setting(signature=bytes(64)), resign=False)
    substitute("advertise_signed_for_other_keys", "neighbor-signature", setting(
        mask_key=sodium.multiply_base(scalar(5))), resign=False)
    forger = f.identities[4]
    public = f.identities[2][0]
    for name, certificate in (
            ("certificate_other_authority", configuration.Certificate(public, 0, 2**40).sign(forger[1])),
            ("certificate_expired", configuration.Certificate(
                public, 0, f.config.deadlines[4] - 1).sign(f.authority[1])),
            ("certificate_not_yet", configuration.Certificate(
                public, f.config.opens + 1, 2**40).sign(f.authority[1]))):
        substitute(name, "certificate", setting(certificate=certificate))
    limits(c, directory)


def limits(c, directory):
    """Revoked and ineligible neighbors need another RoundConfig, hence their own feed."""
    f = c.r.federation

    def again(name, reason, config_change, overrides):
        config = c.changed("config", config_change)
        t0 = configuration.RoundConfig.decode(config).t0()
        changed = copy.deepcopy(directory)
        changed.t0 = t0
        client_case = {"client": 0, "feed": [], "overrides": overrides}
        replies = []
        for i in range(5):
            _, give = fed_client(c.json, {**client_case, "client": i})
            try:
                replies.append(give(config, time_of(c.json, "config")))
            except Refusal:  # its own check stops it: the coordinator plays this client itself
                entry = copy.deepcopy(c.r.coordinator.cohort[i])
                entry.t0 = t0
                replies.append(entry.sign(f.identities[i][1]).encode())
        adverts = [m.Advertise.decode(reply) for reply in replies]
        changed.entries = adverts[1:]
        changed.leaves = [advert.leaf(i) for i, advert in enumerate(adverts)]
        t1 = transcript.t1(t0, 5, transcript.cohort_root(changed.leaves))
        changed.reveals = [
            (value, m.Reveal(t1, w.identity, listed.position, value).sign(w.secret).signature)
            for w, listed, (value, _) in zip(f.witnesses, f.config.witnesses, changed.reveals)]
        case = c.case(name, [], changed.sign(c.key).encode(), overrides)
        case["first"] = config.hex()
        c.out.append(expect(lambda: play_first(c.json, case), case, reason))

    config = c.changed("config", setting(least_survivors=16, least_honest=16))
    many = copy.deepcopy(directory)
    many.t0 = configuration.RoundConfig.decode(config).t0()
    many.leaves += [bytes([i]) * 32 for i in range(15)]
    case = c.case("directory_honest_floor", [], many.sign(c.key).encode())
    case["first"] = config.hex()
    c.out.append(expect(lambda: play_first(c.json, case), case, "honest-floor"))

    revoked = f.identities[3][0]
    again("directory_neighbor_revoked", "revoked",
          setting(revocation=transcript.revocation_digest({revoked})), {"caller": {"revoked": [revoked.hex()]}})
    scores = sorted(
        (int.from_bytes(H("fsa1/eligible", *(
            w.previous for w in f.config.witnesses), public)[:8], "little"), i)
        for i, (public, _) in enumerate(f.identities))
    own = next(score for score, i in scores if i == 0)
    assert scores[-1][1] != 0, "client 0 has to be eligible where another is not"
    again("directory_neighbor_not_eligible", "neighbor-eligibility",
          setting(eligibility_threshold=own), {})


def play_first(round_json, case):
    client, give = fed_client(round_json, case)
    give(hexed(case["first"]), time_of(round_json, "config"))
    return give(hexed(case["message"]), case["time"]), client


def client_later(c):
    f, n = c.r.federation, 5
    feed = ["config", "directory"]

    def bad(step, name, reason, change, overrides=None, time=None):
        c.bad(f"{step}_{name}", feed, c.changed(step, change), reason, overrides, time)

    def nothing(_):
        pass
    inbox = c.original("inbox")
    bad("inbox", "transcript", "transcript", setting(t2=bytes(32)))
    bad("inbox", "recipient", "recipient", setting(recipient=1))
    bad("inbox", "cohort_size", "cohort-size", setting(n=6))
    encoded = inbox.encode()
    c.bad("inbox_signature", feed, encoded[:60] + b"\x00\x00" + encoded[62:], "signature")
    bad("inbox", "deadline", "deadline", nothing, time=f.config.deadlines[2])
    bad("inbox", "few_sharers", "few-sharers", setting(sharers=bitmap(n, {0, 1, 2, 4})))
    bad("inbox", "own_slot", "not-a-neighbor", setting(boxes=[(1, inbox.boxes[0][1])]))
    bad("inbox", "slot_beyond_cohort", "not-a-neighbor", setting(boxes=[(6, inbox.boxes[0][1])]))
    c.bad("directory_twice", feed, c.original("directory").encode(), "out-of-order")
    tolerate(c, feed, inbox)

    feed = [*feed, "inbox"]
    survivors = c.original("survivors")
    bad("survivors", "transcript", "transcript", setting(t3=bytes(32)))
    bad("survivors", "cohort_size", "cohort-size", setting(n=8))
    encoded = survivors.encode()
    c.bad("survivors_signature", feed, encoded[:44] + b"\x1f" + encoded[45:], "signature")
    bad("survivors", "deadline", "deadline", nothing, time=f.config.deadlines[3])
    bad("survivors", "without_own", "own-bit", setting(survivors=bitmap(n, {1, 2, 3, 4})))
    bad("survivors", "too_few", "few-survivors", setting(survivors=bitmap(n, {0, 1, 2})))
    bad("survivors", "second_set", "second-survivor-set", nothing,
        {"store": {"signed_t4": bytes(32).hex()}})
    c.bad("quorum_before_signature", feed, c.original("quorum").encode(), "out-of-order")

    feed = [*feed, "survivors"]
    quorum = c.original("quorum")
    bad("quorum", "transcript", "transcript", setting(t4=bytes(32)))
    bad("quorum", "recipient", "recipient", setting(recipient=2))
    bad("quorum", "deadline", "deadline", nothing, time=f.config.deadlines[4])
    encoded = quorum.encode()
    c.bad("quorum_signature", feed, encoded[:-64] + bytes(64), "signature")
    pairs = quorum.signatures
    bad("quorum", "of_dropped", "not-a-neighbor", setting(
        signatures=[pairs[0], pairs[1], (4, pairs[2][1])]))
    bad("quorum", "of_own", "not-a-neighbor", setting(signatures=[(1, pairs[0][1]), *pairs]))
    bad("quorum", "too_few", "few-signatures", setting(signatures=pairs[:2]))
    bad("quorum", "none", "few-signatures", setting(signatures=[]))
    bad("quorum", "signature_of_another", "neighbor-signature", setting(
        signatures=[pairs[0], pairs[1], (pairs[2][0], pairs[1][1])]))
    other = m.Consistency(bytes(32), 1).sign(f.identities[1][1]).signature
    bad("quorum", "on_another_set", "neighbor-signature", setting(
        signatures=[(2, other), *pairs[1:]]))
    bad("quorum", "cosignature_missing", "witness-set", setting(
        cosignatures=quorum.cosignatures[:1]))
    bad("quorum", "cosignature", "witness-signature", setting(
        cosignatures=[quorum.cosignatures[1], quorum.cosignatures[0]]))
    c.bad("survivors_twice", feed, survivors.encode(), "out-of-order")
    c.bad("survivors_other_after_signing", feed, c.changed(
        "survivors", setting(survivors=bitmap(n, range(5)))), "out-of-order")
    feed = [*feed, "quorum"]
    c.bad("quorum_twice", feed, quorum.encode(), "out-of-order")


def tolerate(c, feed, inbox):
    """A bad or missing box changes nothing about the upload."""
    (slot, box), rest = inbox.boxes[0], inbox.boxes[1:]
    for name, boxes, events in (
            ("box_tampered", [(slot, box[:50] + bytes([box[50] ^ 1]) + box[51:]), *rest],
             [["box-rejected", slot]]),
            ("boxes_exchanged", [(slot, rest[0][1]), (rest[0][0], box), *rest[1:]],
             [["box-rejected", slot], ["box-rejected", rest[0][0]]]),
            ("box_withheld", rest, []), ("all_boxes_withheld", [], [])):
        case = c.case(name, feed, c.changed("inbox", setting(boxes=boxes)))
        case["name"] = f"tolerated_{name}"
        reply, played = play_client(c.json, case)
        assert reply == c.r.messages["input"][0] and played.events == [tuple(e) for e in events]
        c.tolerated.append({**case, "events": events, "reply": reply.hex()})


def client_ring(c):
    """What cannot happen in a complete graph of five."""
    r, n = c.r, c.r.federation.n
    coordinator = r.coordinator
    neighbors = coordinator.graph.neighbors(0)
    feed = ["config", "directory"]
    gone = [j for j in neighbors.values() if j in coordinator.sharers]
    few = coordinator.sharers - set(gone[:len(gone) - 33])
    c.bad("ring_inbox_few_neighbors", feed, c.changed("inbox", setting(
        sharers=bitmap(n, few), boxes=[])), "few-neighbors")
    dropped = next(slot for slot, j in neighbors.items() if j not in coordinator.sharers) \
        if any(j not in coordinator.sharers for j in neighbors.values()) else 43
    c.bad("ring_inbox_slot_of_no_sharer", feed, c.changed("inbox", lambda i: setattr(
        i, "boxes", [(dropped, i.boxes[0][1])])), "not-a-neighbor")
    c.bad("ring_inbox_without_own", feed, c.changed("inbox", lambda i: setattr(
        i, "sharers", bitmap(n, coordinator.sharers - {0}))), "own-bit")
    feed = [*feed, "inbox"]
    c.bad("ring_survivors_not_a_subset", feed, c.changed("survivors", setting(
        survivors=bitmap(n, coordinator.survivors | {17}))), "not-a-subset")
    live = [j for j in neighbors.values() if j in coordinator.survivors]
    c.bad("ring_survivors_few_neighbors", feed, c.changed("survivors", setting(
        survivors=bitmap(n, coordinator.survivors - set(live[:len(live) - 33])))), "few-neighbors")
    feed = [*feed, "survivors"]
    quorum = c.original("quorum")
    c.bad("ring_quorum_too_few", feed, c.changed("quorum", setting(
        signatures=quorum.signatures[:-1])), "few-signatures")
    c.bad("ring_quorum_not_a_neighbor", feed, c.changed("quorum", setting(
        signatures=[*quorum.signatures[:-1], (43, quorum.signatures[-1][1])])), "not-a-neighbor")
