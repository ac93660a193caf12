#!/usr/bin/env python3
"""Accounting beside another accountant, noise and encoding: figures against the project's targets.

usage: accounting.py [--without-peer] [--only-accounting]

Builds the benchmark programs in release and runs them. `accounting-benchmark` answers each case
inside one process and prints its CPU time, the best of five. Beside each the same question goes to
dp-accounting's PLD accountant, pip-installed into an environment of its own under the user's cache:
the best of three, of one where a single answer takes seconds. Prints both answers, CPU times and
their ratio, and by how much an answer is above the reference; exits with 1 when ours misses a
target. What noise-benchmark and encode-benchmark miss, they say themselves.
"""
import json
import os
import pathlib
import subprocess
import sys
import time
import venv

PEER = "dp-accounting==0.6.0"
SELF = pathlib.Path(__file__).resolve()
ROOT = SELF.parents[2]

# What is asked, in the order of accounting/main.swift: the true value to as many digits as are
# certain, how far above it an answer may be, relatively, and milliseconds of CPU time.
TARGETS = [
    ("epsilon, q 0.01, noise 1, T 1e3, delta 1e-6", 2.12451513, 1e-5, 50),
    ("epsilon, q 0.01, noise 1, T 1e4, delta 1e-6", 6.907384, 1e-5, 50),
    ("epsilon, q 0.01, noise 1, T 1e5, delta 1e-6", 27.6725968, 1e-5, 50),
    ("noise,   q 0.01, T 1e4, eps 4, delta 1e-6", 1.3899561, 2e-5, 300),
    ("epsilon, q 0.01, noise 1, T 1e5, delta 1e-12", 37.5410930, 1e-5, None),
    ("epsilon, noise 100, T 1e5, delta 1e-12", 26.7197996, 1e-5, None),
]


def cache():
    """The folder that `silhouette` itself keeps downloads in."""
    named = os.environ.get("XDG_CACHE_HOME", "")
    if os.path.isabs(named):
        return pathlib.Path(named) / "silhouette"
    home = pathlib.Path.home()
    return home / ("Library/Caches" if sys.platform == "darwin" else ".cache") / "silhouette"


def peer_python():
    """The interpreter of an environment that has the peer, made on the first call."""
    folder = cache() / "benchmarks" / PEER.replace("==", "-")
    python = folder / "bin" / "python"
    if (folder / "complete").exists():
        return python
    print(f"installing {PEER} into {folder}", flush=True)
    venv.create(folder, with_pip=True, clear=True)
    done = subprocess.run(
        [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", PEER],
        stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        reason = (done.stderr.strip().splitlines() or ["pip said nothing"])[-1]
        sys.exit(f"{PEER} could not be installed ({reason}): connect to a Python package index, or "
                 "leave the comparison out with --without-peer")
    (folder / "complete").touch()
    return python


def ask_peer(case):
    """The peer's answer to one case, in the peer's environment."""
    import dp_accounting
    from dp_accounting import pld
    rate, rounds, delta = case.get("samplingRate"), case["rounds"], case["delta"]

    def accountant():
        return pld.PLDAccountant(dp_accounting.NeighboringRelation.ADD_OR_REMOVE_ONE)

    def event(noise):
        once = dp_accounting.GaussianDpEvent(noise)
        if rate is not None:
            once = dp_accounting.PoissonSampledDpEvent(rate, once)
        return dp_accounting.SelfComposedDpEvent(once, rounds)

    if case["quantity"] == "noiseMultiplier":
        return dp_accounting.calibrate_dp_mechanism(
            accountant, event, case["epsilon"], delta,
            dp_accounting.ExplicitBracketInterval(0.5, 5), tol=1e-6)
    if rate is None:
        # Through composition, as mechanisms that are not all alike go; the accountant itself would
        # use the closed form.
        once = pld.privacy_loss_distribution.from_gaussian_mechanism(
            case["noiseMultiplier"], value_discretization_interval=1e-4)
        return once.self_compose(rounds).get_epsilon_for_delta(delta)
    return accountant().compose(event(case["noiseMultiplier"])).get_epsilon(delta)


def serve():
    """Runs in the peer's environment: cases on stdin, answers with CPU times on stdout."""
    for line in sys.stdin:
        case = json.loads(line)
        times = []
        for _ in range(1 if case["quantity"] == "noiseMultiplier" else 3):
            start = time.process_time()
            answer = ask_peer(case)
            times.append(1e3 * (time.process_time() - start))
        print(json.dumps({"answer": answer, "milliseconds": min(times)}), flush=True)


def build(product):
    subprocess.run(["swift", "build", "-c", "release", "--product", product], cwd=ROOT, check=True,
                   stdout=subprocess.DEVNULL)
    return ROOT / ".build" / "release" / product


def answers(command, **options):
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, **options)
    return done.stdout.splitlines()


def compare(with_peer):
    """Prints the table; true when a target is missed."""
    lines = answers([build("accounting-benchmark")])
    ours = [json.loads(line) for line in lines]
    theirs = [None] * len(ours)
    if with_peer:
        theirs = [json.loads(line) for line in answers(
            [peer_python(), SELF, "--serve"], input="\n".join(lines) + "\n")]
    print(f"{'case':46}{'truth':>10}  {'ours':>11} {'above by':>9} {'ms':>7}"
          f"   {PEER.replace('==', ' '):>19} {'above by':>9} {'ms':>7} {'times ours':>11}")
    missed = False
    for (name, truth, tolerance, limit), our, their in zip(TARGETS, ours, theirs, strict=True):
        error = our["answer"] / truth - 1
        # The truth is known to a few units of its last digit, so sound means not below that.
        late = limit is not None and our["milliseconds"] > limit
        wrong = not -2e-6 <= error <= tolerance
        missed |= late or wrong
        row = (f"{name:46}{truth:10.9g}  {our['answer']:11.7f} {error:+9.1e} "
               f"{our['milliseconds']:7.1f}")
        if their:
            low = their["answer"] / truth - 1
            row += (f"   {their['answer']:19.7f} {low:+9.1e} {their['milliseconds']:7.0f} "
                    f"{their['milliseconds'] / our['milliseconds']:11.0f}")
            row += "  UNSOUND" if low < -1e-5 else ""
        print(row + (f"  MISSED: at most {limit} ms" if late else "")
              + (f"  MISSED: {tolerance:g} above the truth at most" if wrong else ""), flush=True)
    return missed


def main():
    if "--serve" in sys.argv:
        return serve()
    missed = compare(with_peer="--without-peer" not in sys.argv)
    if "--only-accounting" not in sys.argv:
        for product in ("noise-benchmark", "encode-benchmark"):
            print(f"\n{product}", flush=True)
            missed |= subprocess.run([build(product)]).returncode != 0
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
