#include "ring.h"

#include <string.h>

#include "dispatch.h"

// Packed words and keystreams are little endian, and are read and written as the machine's own words.
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "a little-endian machine is needed");

SILHOUETTE_DISPATCHED
void silhouette_ring_add(uint32_t *restrict words, const uint32_t *restrict addends, size_t count,
                         uint32_t mask) {
  for (size_t i = 0; i < count; i++) words[i] = (words[i] + addends[i]) & mask;
}

SILHOUETTE_DISPATCHED
void silhouette_ring_subtract(uint32_t *restrict words, const uint32_t *restrict subtrahends,
                              size_t count, uint32_t mask) {
  for (size_t i = 0; i < count; i++) words[i] = (words[i] - subtrahends[i]) & mask;
}

SILHOUETTE_DISPATCHED
void silhouette_ring_add_narrow(uint32_t *restrict words, const uint16_t *restrict addends,
                                size_t count, uint32_t mask) {
  for (size_t i = 0; i < count; i++) words[i] = (words[i] + addends[i]) & mask;
}

SILHOUETTE_DISPATCHED
void silhouette_ring_subtract_narrow(uint32_t *restrict words,
                                     const uint16_t *restrict subtrahends, size_t count,
                                     uint32_t mask) {
  for (size_t i = 0; i < count; i++) words[i] = (words[i] - subtrahends[i]) & mask;
}

SILHOUETTE_DISPATCHED
static void pack16(const uint32_t *restrict words, size_t count, uint8_t *restrict packed) {
  for (size_t i = 0; i < count; i++) {
    uint16_t word = (uint16_t)words[i];
    memcpy(packed + 2 * i, &word, 2);
  }
}

SILHOUETTE_DISPATCHED
static void unpack16(const uint8_t *restrict packed, size_t count, uint32_t *restrict words) {
  for (size_t i = 0; i < count; i++) {
    uint16_t word;
    memcpy(&word, packed + 2 * i, 2);
    words[i] = word;
  }
}

// Two words of 20 bits make five bytes; an odd last word makes three, of which four bits are zero.
static void pack20(const uint32_t *restrict words, size_t count, uint8_t *restrict packed) {
  size_t i = 0;
  for (; i + 1 < count; i += 2, packed += 5) {
    uint64_t pair = words[i] | (uint64_t)words[i + 1] << 20;
    memcpy(packed, &pair, 5);
  }
  if (i < count) memcpy(packed, &words[i], 3);
}

static void unpack20(const uint8_t *restrict packed, size_t count, uint32_t *restrict words) {
  size_t i = 0;
  for (; i + 1 < count; i += 2, packed += 5) {
    uint64_t pair = 0;
    memcpy(&pair, packed, 5);
    words[i] = (uint32_t)pair & 0xFFFFF;
    words[i + 1] = (uint32_t)(pair >> 20);
  }
  if (i < count) {
    words[i] = 0;
    memcpy(&words[i], packed, 3);
    words[i] &= 0xFFFFF;
  }
}

static void pack24(const uint32_t *restrict words, size_t count, uint8_t *restrict packed) {
  for (size_t i = 0; i < count; i++) memcpy(packed + 3 * i, &words[i], 3);
}

static void unpack24(const uint8_t *restrict packed, size_t count, uint32_t *restrict words) {
  for (size_t i = 0; i < count; i++) {
    words[i] = 0;
    memcpy(&words[i], packed + 3 * i, 3);
  }
}

void silhouette_ring_pack(const uint32_t *words, size_t count, unsigned bits, uint8_t *packed) {
  switch (bits) {
    case 16: pack16(words, count, packed); break;
    case 20: pack20(words, count, packed); break;
    case 24: pack24(words, count, packed); break;
    case 32: memcpy(packed, words, 4 * count); break;
    default: __builtin_trap();
  }
}

void silhouette_ring_unpack(const uint8_t *packed, size_t count, unsigned bits, uint32_t *words) {
  switch (bits) {
    case 16: unpack16(packed, count, words); break;
    case 20: unpack20(packed, count, words); break;
    case 24: unpack24(packed, count, words); break;
    case 32: memcpy(words, packed, 4 * count); break;
    default: __builtin_trap();
  }
}
