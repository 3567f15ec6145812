"""Rate limiting beside its peers in one run: governor, x/time/rate, limits, throttled-py, rate-limiter-flexible, and plain INCR.

Usage: python3 benchmarks/peers/rate/run.py build/bench/benchmarks/rate_bench

Needs cargo, go, node and npm; redis-server, redis-benchmark and a C++ compiler for the last part. Prints nanoseconds of processor
time for one check (the best round of each) and the ratios that the project promises; exits with 1 where one is not kept.
"""

import json
import os
import socket
import subprocess
import sys
import time
import venv
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from promises import exit_status  # noqa: E402

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
PEERS = ROOT / ".dev" / "peers"
FLEXIBLE = "rate-limiter-flexible@11.4.0"
PYTHON = ["limits==5.8.0", "throttled-py==3.5.0"]


def run(*command: str | Path, **options) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=300, **options).stdout


def measure(program: str) -> dict[str, dict]:
    """The row with the least CPU time of each benchmark of ours; repetitions are mixed, so that a slow while strikes all alike."""
    how = ["format=json", "repetitions=9", "min_time=0.1", "enable_random_interleaving=true"]
    report = json.loads(run(program, *[f"--benchmark_{option}" for option in how]))
    rows = [row for row in report["benchmarks"] if row["run_type"] == "iteration"]
    return {row["name"]: row for row in sorted(rows, key=lambda row: -row["cpu_time"])}


def governor() -> dict[str, float]:
    target = PEERS / "governor"
    run("cargo", "build", "--release", "--quiet", "--target-dir", target, cwd=HERE / "governor")
    return json.loads(run(target / "release" / "governor_bench"))


def go() -> dict[str, float]:
    program = PEERS / "rate_bench_go"
    run("go", "build", "-o", program, ".", cwd=HERE / "go")
    return json.loads(run(program))


def python() -> dict[str, float]:
    home = PEERS / "rate-python"
    if not (home / "bin" / "python").exists():
        venv.create(home, with_pip=True)
        run(home / "bin" / "python", "-m", "pip", "install", "--quiet", *PYTHON)
    return json.loads(run(home / "bin" / "python", HERE / "in_python.py"))


def node() -> dict[str, float]:
    home = PEERS / "rate-node"
    if not (home / "node_modules" / "rate-limiter-flexible").exists():
        home.mkdir(parents=True, exist_ok=True)
        run("npm", "install", "--silent", "--no-audit", "--no-fund", "--no-save", "--prefix", home, FLEXIBLE)
    return json.loads(run("node", HERE / "rate_limiter_flexible.js", env={**os.environ, "NODE_PATH": str(home / "node_modules")}))


def take_script() -> str:
    """The text of the script, as the headers have it."""
    program = PEERS / "take_script"
    source = "#include <startgate/store/redis_scripts.hpp>\n#include <cstdio>\nint main() { std::puts(startgate::store::redis_script_texts[0].data()); }\n"
    command = [os.environ.get("CXX", "g++"), "-std=c++20", f"-I{ROOT / 'include'}", "-x", "c++", "-", "-o", str(program)]
    subprocess.run(command, input=source, text=True, check=True)
    return run(program).strip()


IN_FLIGHT = 64
CALLS = 256_000


def redis() -> dict[str, dict[str, float]]:
    """Microseconds of one call of the script and of one INCR: on the clock and of the server's processor; the best of six rounds.

    As the store does it, the calls that are in flight together are one call of the script; INCR is pipelined as deep. Keys are drawn
    from 100,000 on both sides, and the limit is one of 5,000 calls an hour. "new keys" takes keys that nobody has used yet.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    server = subprocess.Popen(["redis-server", "--bind", "127.0.0.1", "--port", port, "--save", "", "--loglevel", "warning"], stdout=subprocess.DEVNULL)
    try:
        for _ in range(100):
            if subprocess.run(["redis-cli", "-p", port, "ping"], capture_output=True, check=False).returncode == 0:
                break
            time.sleep(0.05)
        script = run("redis-cli", "-p", port, "script", "load", take_script()).strip()

        def processor() -> float:
            fields = dict(line.split(":") for line in run("redis-cli", "-p", port, "info", "cpu").splitlines() if ":" in line)
            return float(fields["used_cpu_user"]) + float(fields["used_cpu_sys"])

        def measure(calls_each: int, keys: int, command: list[str]) -> dict[str, float]:
            before = processor()
            deep = str(IN_FLIGHT // calls_each)
            out = run("redis-benchmark", "-p", port, "-c", "1", "-P", deep, "-n", str(CALLS // calls_each), "-r", str(keys), "--csv", *command)
            rate = float(out.splitlines()[-1].split('","')[1].strip('"')) * calls_each
            return {"clock": 1e6 / rate, "processor": (processor() - before) / CALLS * 1e6}

        # Names as the store makes them, 32 digits behind the tenant.
        def taking(calls: int) -> list[str]:
            names = ["startgate:{acme}:0123456789abcdef0123__rand_int__"] * calls
            return ["EVALSHA", script, str(calls), *names, str(calls), "0", "1", "1", "3600000000", "720000"]

        commands = {
            "script": (IN_FLIGHT, 100_000, taking(IN_FLIGHT)),
            "script, alone": (1, 100_000, taking(1)),
            "script, new keys": (IN_FLIGHT, 10**11, taking(IN_FLIGHT)),
            "INCR": (1, 100_000, ["INCR", "counter:__rand_int__"]),
        }
        rounds = [{name: measure(*how) for name, how in commands.items()} for _ in range(6)]
    finally:
        server.terminate()
        server.wait()
    return {name: {of: min(each[name][of] for each in rounds) for of in ("clock", "processor")} for name in commands}


def main(program: str) -> int:
    PEERS.mkdir(parents=True, exist_ok=True)
    ours = measure(program)
    rust, golang, pip, npm = governor(), go(), python(), node()
    shared = redis()
    time_of = {name: row["cpu_time"] for name, row in ours.items()}
    one, two = time_of["store_million_keys/threads:1"], time_of["store_million_keys/threads:2"]
    map_ = time_of["mutex_and_unordered_map_million_keys/threads:1"]
    live = ours["store_million_keys/threads:1"]["bytes_per_live_key"]

    rows = [
        ("startgate take, all numbers", time_of["rule_take_all_numbers"]),
        ("startgate take, decision only", time_of["rule_take"]),
        ("Rust governor, one bucket", rust["direct"]),
        ("Go x/time/rate, one bucket", golang["direct"]),
        ("startgate memory store, one million keys", one),
        ("Rust governor, HashMap, one million keys", rust["keyed_hashmap"]),
        ("Rust governor, DashMap, one million keys", rust["keyed_dashmap"]),
        ("Go x/time/rate, map and mutex, one million keys", golang["keyed"]),
        ("mutex and std::unordered_map, one million keys", map_),
        ("Python limits, one key", pip["limits"]),
        ("Python throttled-py, one key", pip["throttled"]),
        ("npm rate-limiter-flexible, one key", npm["consume"]),
        ("npm rate-limiter-flexible, refused", npm["refuse"]),
    ]
    print(f"{'one check':52}{'ns':>10}")
    for name, nanoseconds in rows:
        print(f"{name:52}{nanoseconds:10.1f}")
    print(f"\n{'Redis, one connection, 64 calls in flight':52}{'us':>10}{'us of its processor':>22}")
    for name, us in shared.items():
        print(f"{name:52}{us['clock']:10.2f}{us['processor']:22.2f}")
    print()

    promises = [
        ("take, all numbers / governor", time_of["rule_take_all_numbers"] / rust["direct"], "at most", 1.2),
        ("take, all numbers, ns", time_of["rule_take_all_numbers"], "at most", 3.5),
        ("million keys / mutex and std::unordered_map", one / map_, "at most", 0.25),
        ("bytes for each live key", live, "at most", 50),
        ("flood of new keys / million keys", time_of["store_flood_of_new_keys"] / one, "at most", 1.5),
        ("million keys, two threads / one", two / one, "at most", 1.25),
        ("INCR / Redis script, pipelined, calls a second", shared["INCR"]["clock"] / shared["script"]["clock"], "at least", 0.35),
        ("INCR / Redis script, pipelined, processor", shared["INCR"]["processor"] / shared["script"]["processor"], "at least", 0.35),
    ]
    return exit_status(promises)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
