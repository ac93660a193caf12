#!/usr/bin/env python3
"""Mean recommendation quality over seeds, against the project's targets.

usage: quality.py [movielens-100k] [movielens-1m] [finetune] [sequence-100k] [--seeds N]

Runs `.build/release/silhouette simulate` on each scenario, the private ones with epsilon 1, 3 and 8 and
without privacy (every run holds that one), and prints the mean over the seeds and their standard deviation.
Exits with 1 when a mean misses its target.
"""
import json
import statistics
import subprocess
import sys
import tempfile

# Keys: method, epsilon (None: without privacy), protocol (full: F, sampled: S), metric.
TARGETS = {
    "movielens-100k": {
        ("ranker", 1, "full", "hitRateAt10"): 0.085, ("ranker", 3, "full", "hitRateAt10"): 0.115,
        ("ranker", 8, "full", "hitRateAt10"): 0.130, ("ranker", None, "full", "hitRateAt10"): 0.150,
        ("gram", 3, "full", "hitRateAt10"): 0.098, ("gram", 8, "full", "hitRateAt10"): 0.103,
        ("ranker", 3, "full", "ndcgAt10"): 0.058,
    },
    "movielens-1m": {
        ("ranker", 1, "full", "hitRateAt10"): 0.098, ("ranker", 3, "full", "hitRateAt10"): 0.120,
        ("ranker", 8, "full", "hitRateAt10"): 0.142, ("ranker", None, "full", "hitRateAt10"): 0.158,
        ("gram", 3, "full", "hitRateAt10"): 0.068, ("gram", 8, "full", "hitRateAt10"): 0.080,
        ("ranker", 3, "full", "ndcgAt10"): 0.062,
    },
    # The ranker with the score of an encoder that public people have trained.
    "finetune": {
        ("ranker", 1, "full", "hitRateAt10"): 0.100, ("ranker", 3, "full", "hitRateAt10"): 0.132,
        ("ranker", 8, "full", "hitRateAt10"): 0.150, ("ranker", 1, "sampled", "hitRateAt10"): 0.52,
        ("ranker", 3, "sampled", "hitRateAt10"): 0.57, ("ranker", 8, "sampled", "hitRateAt10"): 0.59,
    },
    # The encoder without privacy, trained across devices.
    "sequence-100k": {
        ("encoder", None, "full", "hitRateAt10"): 0.200,
        ("encoder", None, "full", "ndcgAt10"): 0.100,
        ("encoder", None, "sampled", "hitRateAt10"): 0.735,
    },
}

# With fewer users the mean of a few seeds says little: one run's standard deviation is .005.
SEEDS = {"movielens-100k": 8, "movielens-1m": 3, "finetune": 8, "sequence-100k": 3}


def run(scenario, seed):
    """One report for a seed, with all epsilons in it."""
    with tempfile.TemporaryDirectory() as out:
        command = [
            ".build/release/silhouette", "simulate", f"simulations/{scenario}.yaml",
            "--seed", str(seed), "--out", out, "--json",
        ]
        if scenario.startswith("movielens"):
            command += ["--set", "privacy.sweep=[1, 8]"]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, timeout=1800)
    report = json.loads(done.stdout)
    if report["population"]["isSynthetic"]:
        sys.exit(f"{scenario}: MovieLens was not found, so there is nothing to compare with")
    return {(m["method"], m.get("epsilon")): m for m in report["methods"]}


def main():
    words = sys.argv[1:]
    asked = int(words[words.index("--seeds") + 1]) if "--seeds" in words else None
    scenarios = [w for w in words if w in TARGETS] or list(TARGETS)
    missed = 0
    for scenario in scenarios:
        seeds = asked or SEEDS[scenario]
        runs = [run(scenario, seed) for seed in range(1, seeds + 1)]
        print(f"{scenario}, {seeds} seeds")
        for (method, epsilon, protocol, metric), target in TARGETS[scenario].items():
            values = [r[(method, epsilon)][protocol][metric]["value"] for r in runs]
            mean = statistics.mean(values)
            spread = statistics.stdev(values) if len(values) > 1 else 0.0
            verdict = "ok" if mean >= target else "MISSED"
            missed += mean < target
            name = "none" if epsilon is None else f"{epsilon:g}"
            print(f"  {method:8} eps {name:4} {protocol:7} {metric:12} {mean:.4f} sd {spread:.4f}"
                  f"  target {target:.3f}  {verdict}")
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
