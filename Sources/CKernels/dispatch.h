#pragma once

// Compiles a function twice and picks the version for the processor at load time: AVX2 with FMA
// where there is one, else the baseline. Elsewhere it is compiled once.
#if defined(__x86_64__) && defined(__linux__)
#define SILHOUETTE_DISPATCHED __attribute__((target_clones("arch=x86-64-v3", "default")))
#else
#define SILHOUETTE_DISPATCHED
#endif
