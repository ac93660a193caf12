#!/usr/bin/env python3
"""Secure aggregation beside C programs over the same libsodium, in one run.

usage: simulations/benchmarks/secure_aggregation.py PEER [--large]

PEER is a folder with bench.c (rates of primitives, a line for each: name, value, unit, tab separated) and round_sim.c
(a whole round without signatures and checks: `round_sim n d k t dropout`). Prints rates of masking beside those of C,
then whole rounds beside a model made of this machine's rates. The machine may be busy: the two sides take turns, and
the best of three turns counts. Exits with 1 when masking is below 0.9 of C, or a round above 1.3 of its model.
"""
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAIRS = {16: "fused chacha20 mask add, 16-bit, d=1e6", 32: "fused chacha20 mask add, 32-bit, d=1e6"}


def output(command):
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=1800, cwd=ROOT)
    return done.returncode, done.stdout


def main():
    words = [word for word in sys.argv[1:] if not word.startswith("-")]
    if len(words) != 1 or not pathlib.Path(words[0], "bench.c").exists():
        sys.exit(__doc__)
    subprocess.run(
        ["swift", "build", "-c", "release", "--product", "secure-aggregation-benchmark"], cwd=ROOT, check=True,
        stdout=subprocess.DEVNULL)
    ours = ROOT / ".build/release/secure-aggregation-benchmark"
    missed = False
    with tempfile.TemporaryDirectory() as build:
        for name in ("bench", "round_sim"):
            subprocess.run(
                ["cc", "-O3", "-march=native", "-o", f"{build}/{name}", f"{words[0]}/{name}.c", "-lsodium"],
                check=True)
        swift, c = {}, {}
        for _ in range(3):
            for bits, rate in re.findall(r"masks b=(\d+): ([\d.]+)", output([ours, "--rates"])[1]):
                swift[int(bits)] = max(swift.get(int(bits), 0), float(rate))
            for line in output([f"{build}/bench", "0.5"])[1].splitlines():
                for bits, name in PAIRS.items():
                    if line.startswith(name):
                        c[bits] = max(c.get(bits, 0), float(line[len(name):].split()[0]))
        for bits in PAIRS:
            ratio = swift[bits] / c[bits]
            missed |= ratio < 0.9
            print(f"masks of {bits} bits: {swift[bits]:.3f} G elements/s, C {c[bits]:.3f}: {ratio:.2f} of C")
        for arguments in ("100 100000 99 67 .05", "1000 100000 128 105 .05"):
            print(f"C, round_sim {arguments}: " + " ".join(
                output([f"{build}/round_sim", *arguments.split()])[1].split()))
    code, text = output([ours, *(["--large"] if "--large" in sys.argv else [])])
    print(text, end="")
    sys.exit(1 if missed or code else 0)


main()
