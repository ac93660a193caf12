#pragma once
#include <stddef.h>
#include <valgrind/memcheck.h>

/// Tells memcheck that nothing may branch on these bytes or use them as an address; without valgrind, does nothing.
static inline void mark_secret(const void *bytes, size_t count) { VALGRIND_MAKE_MEM_UNDEFINED(bytes, count); }

/// Tells memcheck that these bytes are published.
static inline void mark_public(const void *bytes, size_t count) { VALGRIND_MAKE_MEM_DEFINED(bytes, count); }

/// Whether all 8 bytes are secret; false without valgrind.
int is_secret_word(const void *word);

/// Whether the program runs under memcheck.
static inline int runs_under_memcheck(void) { return RUNNING_ON_VALGRIND; }
