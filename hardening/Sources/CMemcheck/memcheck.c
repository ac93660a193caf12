#include "memcheck_marks.h"

int is_secret_word(const void *word) {
  unsigned char bits[8] = {0};
  if (VALGRIND_GET_VBITS(word, bits, 8) != 1) return 0;
  for (int i = 0; i < 8; i++)
    if (bits[i] != 0xFF) return 0;
  return 1;
}
