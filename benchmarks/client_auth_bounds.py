"""Client authentication against the bare cryptography in it: runs the benchmark once and holds its ratios to their bounds.

Usage: python3 benchmarks/client_auth_bounds.py build/bench/benchmarks/client_auth_bench

Prints each ratio with its bound; exits with 1 where one is not kept.
"""

import json
import subprocess
import sys

from promises import exit_status

# The cost of a decision over the one operation that it cannot do without, and of two threads over one: they share nothing.
BOUNDS = {
    "client_secret_post_and_bare_sha256": 2.0,
    "private_key_jwt_and_bare_verify/RS256": 1.25,
    "private_key_jwt_and_bare_verify/ES256": 1.25,
    "private_key_jwt_and_bare_verify/EdDSA": 1.25,
    "two_threads_client_secret_post": 1.3,
    "two_threads_private_key_jwt": 1.3,
}


def main(program: str) -> int:
    chosen = [program, "--benchmark_format=json", f"--benchmark_filter={'|'.join(BOUNDS)}"]
    report = json.loads(subprocess.run(chosen, check=True, capture_output=True, text=True, timeout=600).stdout)
    ratios = {row["name"].removesuffix("/iterations:1"): row["ratio"] for row in report["benchmarks"]}
    return exit_status((name, ratios[name], "at most", bound) for name, bound in BOUNDS.items())


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
