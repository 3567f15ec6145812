"""A three-member list behind 16 trusted prefixes: startgate, npm's proxy-addr and Go's realclientip in one run.

Usage: python3 benchmarks/peers/client_ip/run.py build/bench/benchmarks/client_ip_bench

Needs node, npm and go. Prints nanoseconds of processor time for one answer (the best round of each; garbage collection included)
and the ratios that the project promises; exits with 1 where one is not kept.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from promises import exit_status  # noqa: E402

HERE = Path(__file__).resolve().parent
PEERS = HERE.parents[2] / ".dev" / "peers"
PROXY_ADDR = "2.0.8"


def run(*command: str | Path, **options) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=600, **options).stdout


def measure(program: str) -> dict[str, dict]:
    """The row with the least CPU time of each benchmark of ours."""
    report = json.loads(run(program, "--benchmark_format=json", "--benchmark_repetitions=9", "--benchmark_min_time=0.05"))
    rows = [row for row in report["benchmarks"] if row["run_type"] == "iteration"]
    return {row["name"]: row for row in sorted(rows, key=lambda row: -row["cpu_time"])}


def proxy_addr(job: str) -> float:
    node = PEERS / "client-ip-node"
    if not (node / "node_modules" / "proxy-addr").exists():
        node.mkdir(parents=True, exist_ok=True)
        run("npm", "install", "--silent", "--no-audit", "--no-fund", "--no-save", "--prefix", node, f"proxy-addr@{PROXY_ADDR}")
    return float(run("node", HERE / "proxy_addr.js", job, env={**os.environ, "NODE_PATH": str(node / "node_modules")}))


def realclientip(job: str) -> tuple[float, int]:
    program = PEERS / "realclientip_bench"
    run("go", "build", "-o", program, ".", cwd=HERE / "go")
    nanoseconds, allocations = run(program, job).split()
    return float(nanoseconds), int(allocations)


def main(program: str) -> int:
    job = json.dumps(json.loads((HERE / "job.json").read_text()))
    ours = measure(program)
    time = {name: row["cpu_time"] for name, row in ours.items()}
    whole, one = time["resolve_list_of_three"], time["inet_pton_of_the_answer"]
    go, go_allocations = realclientip(job)
    node = proxy_addr(job)

    print(f"{'one answer, three members, 16 prefixes':46}{'ns':>10}{'allocations':>14}")
    print(f"{'startgate resolve_transport':46}{whole:10.1f}{ours['resolve_list_of_three']['allocations']:14.0f}")
    print(f"{'Go realclientip-go':46}{go:10.1f}{go_allocations:14}")
    print(f"{'npm proxy-addr ' + PROXY_ADDR:46}{node:10.1f}")
    print(f"{'inet_pton of the answer':46}{one:10.1f}\n")

    def table(name: str, version: int) -> float:
        return time[f"{name}/v:{version}/prefixes:10000"]

    promises = [
        ("allocations of a whole answer", ours["resolve_list_of_three"]["allocations"], "at most", 0),
        ("whole answer / one inet_pton", whole / one, "at most", 3),
        ("proxy-addr / whole answer", node / whole, "at least", 20),
        ("realclientip / whole answer", go / whole, "at least", 8),
        ("parse_address / inet_pton, IPv4", time["parse_address/v:4"] / time["inet_pton/v:4"], "at most", 1),
        ("parse_address / inet_pton, IPv6", time["parse_address/v:6"] / time["inet_pton/v:6"], "at most", 1),
        *(
            (f"10,000 IPv{v} prefixes / std::upper_bound", table("prefix_set_contains", v) / table("std_upper_bound", v), "at most", 0.5)
            for v in (4, 6)
        ),
    ]
    return exit_status(promises)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
