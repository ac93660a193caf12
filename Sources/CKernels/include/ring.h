#pragma once
#include <stddef.h>
#include <stdint.h>

// Vectors over Z/2^b: every word and result is reduced by `mask` = 2^b - 1.

// words[i] = (words[i] + addends[i]) & mask.
void silhouette_ring_add(uint32_t *words, const uint32_t *addends, size_t count, uint32_t mask);

// words[i] = (words[i] - subtrahends[i]) & mask.
void silhouette_ring_subtract(uint32_t *words, const uint32_t *subtrahends, size_t count,
                              uint32_t mask);

// The same with 16-bit operands, for b <= 16.
void silhouette_ring_add_narrow(uint32_t *words, const uint16_t *addends, size_t count,
                                uint32_t mask);
void silhouette_ring_subtract_narrow(uint32_t *words, const uint16_t *subtrahends, size_t count,
                                     uint32_t mask);

// Packs words below 2^bits, least significant bit first, without gaps. bits is 16, 20, 24 or 32.
// Writes (count * bits + 7) / 8 bytes; bits of the last byte beyond the words are zero.
void silhouette_ring_pack(const uint32_t *words, size_t count, unsigned bits, uint8_t *packed);

// The inverse: words[i] = the i-th packed word.
void silhouette_ring_unpack(const uint8_t *packed, size_t count, unsigned bits, uint32_t *words);
