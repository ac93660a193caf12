"""Sections 4, 5, 7 and 8: cohort root, transcript, graph seed, chain."""

from encoding import H, u32


def cohort_root(leaves):
    if len(leaves) == 1:
        return leaves[0]
    p = 1 << (len(leaves) - 1).bit_length() - 1
    return H("fsa1/node", cohort_root(leaves[:p]), cohort_root(leaves[p:]))


def t1(t0, n, root):
    return H("fsa1/cohort", t0, u32(n), root)


def graph_seed(t1_value, values):
    return H("fsa1/beacon", t1_value, *values)


def t2(t1_value, seed, graph):
    return H("fsa1/graph", t1_value, seed, *graph.encoded())


def t3(t2_value, sharers):
    return H("fsa1/sharers", t2_value, sharers)


def t4(t3_value, survivors):
    return H("fsa1/survivors", t3_value, survivors)


def revocation_digest(revoked):
    return H("fsa1/revocation", b"".join(sorted(revoked)))


def chain_step(value):
    return H("fsa1/chain", value)
