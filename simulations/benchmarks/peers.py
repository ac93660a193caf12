#!/usr/bin/env python3
"""The peers' work on this product beside other frameworks' scripts, in one run.

usage: peers.py SCRIPTS [--python PYTHON] [--runs 3]

SCRIPTS is the folder of the others' scripts; PYTHON has their packages (default SCRIPTS/venv/bin/python,
else this one). A script whose packages are missing is left out by name. Ours is `peers-benchmark`, built
in release. Prints medians of CPU milliseconds for one device's update, wall time, and peak memory; then how
much faster two threads are than one, beside how much more two processes of one thread do than one alone: what
two cores are worth on this machine while others use it. Exits with 1 when ours misses a target.
"""
import json
import os
import statistics
import subprocess
import sys

# CPU milliseconds of an update, megabytes, how much faster two threads are than one where two cores are worth two.
MOST_CPU, MOST_MEMORY, LEAST_SPEEDUP = 0.08, 60, 1.8
OURS = ".build/release/peers-benchmark"
OTHERS = ["bench_numpy.py --mode sparse --clients 100 --rounds 42",
          "bench_numpy.py --mode batch --clients 100 --rounds 42",
          "bench_torch.py --mode sparse --clients 100 --rounds 12",
          "bench_pfl.py --clients 100 --rounds 12 --sigma 1.0",
          "bench_flower_sim.py --clients 100 --rounds 7 --dp"]


def lines(command, folder=None):
    """The JSON lines a command prints; None where it fails."""
    environment = dict(os.environ, OMP_NUM_THREADS="1", PYTHONDONTWRITEBYTECODE="1")
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        return None
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def show(name, runs):
    def middle(*keys):
        values = [next((run[key] for key in keys if key in run), None) for run in runs]
        return None if None in values else statistics.median(values)
    cpu = middle("cpu_ms_per_update")
    memory = middle("peak_rss_mb", "peak_rss_tree_mb")
    rate = middle("updates_per_s")
    print(f"{name:52} {cpu:9.3f} {rate:10.0f} {memory:8.0f}")
    return cpu, memory


def speedup(turns=7):
    """Medians over turns: two threads over one, and two processes of one thread over one alone."""
    def start(threads):
        return subprocess.Popen([OURS, "100", "400", str(threads)], stdout=subprocess.PIPE, text=True)
    def rate(processes):
        return sum(json.loads(process.communicate(timeout=600)[0])["updates_per_s"] for process in processes)
    threads, processes = [], []
    for _ in range(turns):
        alone = rate([start(1)])
        threads.append(rate([start(2)]) / alone)
        processes.append(rate([start(1), start(1)]) / alone)
    return statistics.median(threads), statistics.median(processes)


def main():
    words = sys.argv[1:]
    if not words:
        sys.exit(__doc__)
    folder = words[0]
    own = os.path.join(folder, "venv/bin/python")
    python = words[words.index("--python") + 1] if "--python" in words else (
        own if os.path.exists(own) else sys.executable)
    count = int(words[words.index("--runs") + 1]) if "--runs" in words else 3
    ours = {1: [], 2: []}
    others = {name: [] for name in OTHERS}
    for _ in range(count):  # side by side: a noisy minute hits all of them
        for line in lines([OURS]) or sys.exit("build it: swift build -c release"):
            ours[int(line["threads"])].append(line)
        for name, runs in others.items():
            runs += lines([python] + name.split(), folder) or []
    print(f"{'':52} {'CPU ms':>9} {'updates/s':>10} {'MB':>8}")
    cpu, memory = show("silhouette, 1 thread", ours[1])
    show("silhouette, 2 threads", ours[2])
    for name, runs in others.items():
        if len(runs) == count:
            show(name, runs)
        else:
            print(f"{name:52} does not run here")
    threads, processes = speedup()
    # Threads cannot do more than processes that share nothing.
    least = LEAST_SPEEDUP * min(processes, 2) / 2
    missed = cpu > MOST_CPU or memory > MOST_MEMORY or threads < least
    print(f"two threads do {threads:.2f} times the work of one, two processes {processes:.2f} times; targets: "
          f"CPU {MOST_CPU} ms, {MOST_MEMORY} MB, {least:.2f} times ({LEAST_SPEEDUP} of 2): "
          f"{'MISSED' if missed else 'ok'}")
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
