#!/usr/bin/env python3
"""Wall time, CPU time and peak memory of the main scenarios, against the project's targets.

usage: speed.py [movielens-100k] [movielens-1m] [synthetic-1m] [--runs 3]

Each run is a whole process, evaluation and report included. Prints the median wall time; exits with
1 when a median misses its target. Machines are noisy: compare runs made side by side.
"""
import os
import statistics
import subprocess
import sys
import tempfile
import time

# Seconds of wall time on two cores, and megabytes.
TARGETS = {"movielens-100k": (5, 300), "movielens-1m": (45, 800), "synthetic-1m": (60, 800)}


def measure(scenario):
    """Wall seconds, CPU seconds and peak megabytes of one run."""
    with tempfile.TemporaryDirectory() as out:
        command = [
            ".build/release/silhouette", "simulate", f"simulations/{scenario}.yaml", "--quiet",
            "--out", out,
        ]
        start = time.monotonic()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - start
    if status != 0:
        sys.exit(f"{scenario}: the run failed")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main():
    words = sys.argv[1:]
    count = int(words[words.index("--runs") + 1]) if "--runs" in words else 3
    missed = False
    for scenario in [w for w in words if w in TARGETS] or list(TARGETS):
        runs = [measure(scenario) for _ in range(count)]
        wall, cpu, memory = (statistics.median(column) for column in zip(*runs))
        seconds, megabytes = TARGETS[scenario]
        late = wall > seconds or memory > megabytes
        missed |= late
        print(f"{scenario:15} wall {wall:6.2f} s (target {seconds})  cpu {cpu:6.2f} s  "
              f"memory {memory:5.0f} MB (target {megabytes})  {'MISSED' if late else 'ok'}")
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
