"""Vectors of the witness, positive and negative."""

import copy

import configuration
from encoding import bitmap, scalar
from refusals import expect, setting
from round_vectors import complete_file
from sodium import multiply_base
from vector_runner import play_witness


def witness(r):
    f, c, round_json = r.federation, r.coordinator, complete_file(r)
    answers, bad = [], []

    def reveal(config=None, adverts=None, **more):
        return {
            "ask": "reveal", "config": (config or f.config).encode().hex(),
            "advertise": [a.encode().hex() for a in adverts or c.cohort], **more}

    def cosign(sharers=None, survivors=None, **more):
        return {
            "ask": "cosign", "config": f.config.encode().hex(), "t1": c.t1.hex(), "n": 5,
            "values": [value.hex() for value in c.values],
            "sharers": bitmap(5, c.sharers if sharers is None else sharers).hex(),
            "survivors": bitmap(5, c.survivors if survivors is None else survivors).hex(), **more}

    def answer(name, requests):
        case = {"name": name, "witness": 0, "requests": requests}
        answers.append({**case, "answer": play_witness(round_json, case)[-1].encode().hex()})

    def refuse(name, reason, *requests):
        case = {"name": f"bad_witness_{name}", "witness": 0, "requests": list(requests)}
        bad.append(expect(lambda: play_witness(round_json, case), case, reason))

    def config(change, sign=True):
        changed = copy.deepcopy(f.config)
        change(changed)
        return changed.sign(f.coordinator[1]) if sign else changed

    def cohort(index, change, sign=True):
        adverts = copy.deepcopy(c.cohort)
        change(adverts[index])
        if sign:
            signer = next(s for p, s in f.identities if p == adverts[index].certificate.identity)
            adverts[index].sign(signer)
        return adverts

    answer("reveal", [reveal()])
    answer("reveal_again", [reveal(), reveal()])
    answer("cosign", [reveal(), cosign()])
    answer("cosign_again", [reveal(), cosign(), cosign()])

    refuse("config_signature", "signature", reveal(config(setting(round=8), sign=False)))
    refuse("not_listed", "witness-set", reveal(config(setting(witnesses=f.config.witnesses[1:]))))
    forged = copy.deepcopy(f.config.witnesses)
    forged[0].previous = bytes(32)
    refuse("previous", "witness-set", reveal(config(setting(witnesses=forged))))
    refuse("small_cohort", "cohort-size", reveal(adverts=c.cohort[:4]))
    refuse("transcript", "transcript", reveal(adverts=cohort(1, setting(t0=bytes(32)))))
    other = configuration.Certificate(f.identities[1][0], 0, 2**40).sign(f.identities[1][1])
    refuse("certificate", "certificate", reveal(adverts=cohort(1, setting(certificate=other))))
    refuse("revoked", "revoked", reveal(revoked=[f.identities[2][0].hex()]))
    strict = config(setting(eligibility_threshold=0))
    again = copy.deepcopy(c.cohort)
    for advert, (_, secret) in zip(again, f.identities):
        advert.t0 = strict.t0()
        advert.sign(secret)
    refuse("not_eligible", "neighbor-eligibility", reveal(strict, again))
    refuse("advertise_signature", "neighbor-signature", reveal(
        adverts=cohort(1, setting(nonce=bytes(32)), sign=False)))
    refuse("point", "point", reveal(adverts=cohort(1, setting(mask_key=bytes(32)))))
    twice = cohort(1, lambda a: [
        setattr(a, "certificate", c.cohort[2].certificate),
        setattr(a, "mask_key", multiply_base(scalar(7)))])
    refuse("identity_twice", "duplicate-key", reveal(adverts=twice))
    refuse("mask_key_twice", "duplicate-key", reveal(
        adverts=cohort(1, setting(mask_key=c.cohort[2].mask_key))))
    refuse("not_logged", "not-logged", reveal(logged=False))
    refuse("second_cohort", "equivocation", reveal(), reveal(
        adverts=[c.cohort[i] for i in (1, 0, 2, 3, 4)]))
    ahead = copy.deepcopy(f.config.witnesses)
    ahead[0].position, ahead[0].previous = 5, f.witnesses[0].chain[4]
    later = config(setting(witnesses=ahead, round=6))
    again = copy.deepcopy(c.cohort)
    for advert, (_, secret) in zip(again, f.identities):
        advert.t0 = later.t0()
        advert.sign(secret)
    refuse("earlier_position", "equivocation", reveal(later, again), reveal())
    same_round = config(setting(witnesses=ahead))
    again = copy.deepcopy(again)
    for advert, (_, secret) in zip(again, f.identities):
        advert.t0 = same_round.t0()
        advert.sign(secret)
    refuse("second_position_for_a_round", "equivocation", reveal(), reveal(same_round, again))
    refuse("cosign_before_reveal", "transcript", cosign())
    refuse("cosign_other_cohort", "transcript", reveal(), cosign(t1=bytes(32).hex()))
    lower = config(setting(least_survivors=3, least_honest=3)).encode().hex()
    refuse("cosign_lower_floor", "transcript", reveal(), cosign(
        survivors={0, 1, 2}, config=lower))
    refuse("cosign_other_n", "transcript", reveal(), cosign(n=6))
    refuse("cosign_not_a_subset", "not-a-subset", reveal(), cosign({0, 1, 2, 4}, {0, 1, 2, 3}))
    refuse("cosign_few_survivors", "few-survivors", reveal(), cosign(survivors={0, 1, 2}))
    refuse("cosign_second_set", "second-survivor-set", reveal(), cosign(), cosign(survivors=range(5)))
    return {"answers": answers, "bad": bad}
