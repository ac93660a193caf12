"""Negative vectors of the decoders."""

import configuration
import messages as m
from encoding import L, f64, u32, u64
from refusals import expect


def decoding(r):
    log, out = r.messages, []
    good = {m.MESSAGES[k]: log[name][0] for k, name in enumerate(
        ("config", "advertise", "directory", "shares", "inbox", "input", "survivors",
         "consistency", "quorum", "unmask"), 1)}
    good[m.Reveal] = m.Reveal(bytes(32), bytes(32), 1, bytes(32), bytes(64)).encode()
    good[m.Cosign] = m.Cosign(bytes(32), bytes(32), bytes(64)).encode()
    good[m.PartialSum] = m.PartialSum(bytes(32), 5, 2, b"\x12", 3, 16, bytes(16)).encode()
    good[m.Abort] = m.Abort(bytes(32), bytes(32), 101, bytes(64)).encode()

    def bad(name, kind, encoded, reason):
        case = {"name": f"bad_{name}", "kind": kind.kind, "message": encoded.hex()}
        out.append(expect(lambda: kind.decode(encoded), case, reason))

    def patched(kind, offset, new):
        encoded = good[kind]
        return encoded[:offset] + new + encoded[offset + len(new):]

    def patch(name, kind, offset, new, reason):
        bad(name, kind, patched(kind, offset, new), reason)

    for kind, encoded in good.items():
        word = kind.__name__.lower()
        bad(f"{word}_truncated", kind, encoded[:-1], "truncated")
        bad(f"{word}_trailing", kind, encoded + b"\x00", "trailing")
    bad("empty", m.Advertise, b"", "truncated")
    bad("half_header", m.Advertise, b"fsa1\x02\x00", "truncated")
    patch("magic", m.Advertise, 0, b"fsa2", "magic")
    patch("kind_of_another_message", m.Advertise, 4, u32(3), "kind")
    patch("kind_unknown", m.Advertise, 4, u32(15), "kind")

    config = configuration.RoundConfig
    patch("config_version", config, 8, u32(2), "range")
    patch("config_mask_generator", config, 12, u32(0), "range")
    patch("config_round_zero", config, 48, u64(0), "range")
    patch("config_dimension_zero", config, 280, u32(0), "range")
    patch("config_dimension_too_large", config, 280, u32(2**24 + 1), "limit")
    patch("config_ring_bits", config, 284, u32(17), "range")
    patch("config_clip_not_a_number", config, 288, f64(float("nan")), "range")
    patch("config_clip_infinite", config, 288, f64(float("inf")), "range")
    patch("config_scale_negative", config, 296, f64(-1.0), "range")
    patch("config_norm_bound_zero", config, 304, u64(0), "range")
    patch("config_noise_not_reduced", config, 312, u64(4), "range")
    patch("config_noise_zero_with_law", config, 312, u64(0), "range")
    patch("config_noise_without_law", config, 328, u32(0), "range")
    patch("config_noise_denominator_zero", config, 320, u64(0), "range")
    patch("config_noise_law", config, 328, u32(3), "range")
    patch("config_least_cohort_above_most", config, 332, u32(129), "range")
    patch("config_most_cohort_too_large", config, 336, u32(16385), "limit")
    patch("config_least_survivors_above_most_cohort", config, 340, u32(129), "range")
    patch("config_least_honest_above_survivors", config, 344, u32(5), "range")
    patch("config_collusion_not_in_table", config, 348, u32(400), "range")
    patch("config_pair_not_in_table", config, 348, u32(1000), "range")
    patch("config_rule", config, 356, u32(2), "range")
    patch("config_deadlines_not_increasing", config, 376, good[config][368:376], "range")
    patch("config_deadline_after_a_week", config, 400, u64(r.federation.config.opens + 604801), "range")
    patch("config_too_many_witnesses", config, 416, u32(17), "limit")
    patch("config_witness_position_zero", config, 452, u64(0), "range")
    patch("config_witness_twice", config, 492, good[config][420:452], "range")
    patch("config_witnesses_descend", config, 420, good[config][492:564] + good[config][420:492], "range")
    patch("config_cohort_without_witness", config, 416, u32(0), "trailing")

    patch("advertise_certificate_times", m.Advertise, 72, u64(2**63), "range")
    patch("directory_two_clients", m.Directory, 40, u32(2), "limit")
    patch("directory_too_many_clients", m.Directory, 40, u32(16385), "limit")
    patch("directory_more_leaves_than_bytes", m.Directory, 40, u32(16384), "truncated")
    patch("directory_recipient", m.Directory, 44, u32(5), "range")
    patch("directory_too_many_witnesses", m.Directory, 208, u32(2**32 - 1), "limit")
    patch("directory_too_many_entries", m.Directory, 404, u32(1024), "limit")
    patch("shares_index", m.Shares, 40, u32(16384), "limit")
    patch("shares_no_boxes", m.Shares, 76, u32(0), "limit")
    patch("shares_too_many_boxes", m.Shares, 76, u32(1024), "limit")
    patch("shares_more_boxes_than_bytes", m.Shares, 76, u32(5), "truncated")
    patch("inbox_stray_bit", m.Inbox, 48, b"\x3f", "bitmap")
    patch("inbox_recipient", m.Inbox, 40, u32(5), "range")
    patch("inbox_too_many_boxes", m.Inbox, 49, u32(1024), "limit")
    patch("inbox_slot_zero", m.Inbox, 53, u32(0), "limit")
    patch("inbox_slots_not_increasing", m.Inbox, 53, u32(3), "order")
    patch("inbox_n", m.Inbox, 44, u32(2), "limit")
    patch("input_length_too_large", m.Input, 44, u32(2**26 + 1), "limit")
    patch("input_length_beyond_the_end", m.Input, 44, u32(61), "truncated")
    patch("input_length_too_small", m.Input, 44, u32(15), "limit")
    patch("survivors_stray_bit", m.Survivors, 44, b"\x37", "bitmap")
    patch("survivors_n", m.Survivors, 40, u32(16385), "limit")
    second = good[m.Quorum][48:116]
    patch("quorum_duplicate_signer", m.Quorum, 116, second, "order")
    patch("quorum_too_many_signatures", m.Quorum, 44, u32(1024), "limit")
    patch("quorum_too_many_cosignatures", m.Quorum, 252, u32(17), "limit")
    patch("unmask_scalar_is_order", m.Unmask, 56, L.to_bytes(32, "little"), "scalar")
    patch("unmask_scalar_all_ones", m.Unmask, 56, b"\xff" * 32, "scalar")
    patch("unmask_both_shares_of_one", m.Unmask, 88, good[m.Unmask][48:56], "order")
    patch("unmask_which_three", m.Unmask, 52, u32(3), "range")
    patch("unmask_which_zero", m.Unmask, 52, u32(0), "range")
    patch("unmask_slot_too_large", m.Unmask, 48, u32(1024), "limit")
    patch("reveal_position_zero", m.Reveal, 72, u64(0), "range")
    patch("partialsum_count", m.PartialSum, 44, u32(3), "count")
    patch("partialsum_count_zero", m.PartialSum, 44, u32(0), "count")
    patch("partialsum_stray_bit", m.PartialSum, 48, b"\x21", "bitmap")
    patch("partialsum_padding", m.PartialSum, 63, b"\x01", "padding")
    patch("partialsum_ring_bits", m.PartialSum, 53, u32(8), "range")
    patch("partialsum_dimension_zero", m.PartialSum, 49, u32(0), "range")
    patch("partialsum_dimension", m.PartialSum, 49, u32(2**24 + 1), "limit")
    return {"cases": out}
