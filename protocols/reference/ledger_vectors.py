#!/usr/bin/env python3
"""Makes and checks the vectors of the ledger.

    ledger_vectors.py write [folder]    writes the vectors; a second run changes nothing
    ledger_vectors.py [folder]          checks them; exit status 0 if everything agrees
"""

import json
import math
import sys
from pathlib import Path

import verify_bundle
from ledger_cases import bad, good

FOLDER = Path(__file__).resolve().parent.parent / "vectors" / "ledger" / "1"
SCHEMA = "ledger-vectors/1"


def vectors():
    cases = [{"name": name, "bundle": bundle.hex(), "verdict": verify_bundle.verdict(bundle)} for name, bundle in good()]
    faults = []
    for name, rule, bundle in bad():
        verdict = verify_bundle.verdict(bundle)
        assert not verdict["accepted"] and verdict["rule"] == rule, (name, rule, verdict)
        faults.append({"name": name, "bundle": bundle.hex(), "verdict": verdict})
    assert all(case["verdict"]["accepted"] for case in cases), [
        (case["name"], case["verdict"]) for case in cases if not case["verdict"]["accepted"]]
    return {"bundles.json": cases, "bad_bundles.json": faults}


def close(left, right):
    """Equal, numbers to one part in a million."""
    if isinstance(left, float) and isinstance(right, float):
        return math.isclose(left, right, rel_tol=1e-6)
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(close(left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(close, left, right))
    return left == right


def write(folder):
    folder.mkdir(parents=True, exist_ok=True)
    for name, cases in vectors().items():
        content = {"schema": SCHEMA, "source": "protocols/reference/ledger_vectors.py", "cases": cases}
        (folder / name).write_text(json.dumps(content, indent=1) + "\n")
        print(f"{name}: {len(cases)} bundles")
    return 0


def check(folder):
    failed = count = 0
    for name in ("bundles.json", "bad_bundles.json"):
        content = json.loads((folder / name).read_text())
        assert content["schema"] == SCHEMA, name
        for case in content["cases"]:
            count += 1
            found = verify_bundle.verdict(bytes.fromhex(case["bundle"]))
            if not close(found, case["verdict"]):
                failed += 1
                print(f"{name} {case['name']}: {found} is not {case['verdict']}", file=sys.stderr)
    print(f"ledger: {count - failed} of {count} bundles agree")
    return 1 if failed else 0


def main(arguments):
    if arguments[:1] == ["write"]:
        return write(Path(arguments[1]) if arguments[1:] else FOLDER)
    return check(Path(arguments[0]) if arguments else FOLDER)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
