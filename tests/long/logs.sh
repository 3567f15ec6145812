#!/usr/bin/env bash
# A million log lines: plan in under 10 s and 500 MiB, gzip and zstd within twice that, and `logs` five times as fast as jq in one run.
# From 10^5 to 10^7 lines the time per line must not grow.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
startgate=.venv/bin/startgate python=.venv/bin/python
query='type:depnote AND description:*passwordless*'
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# seconds NAME COMMAND...: measures time, time of the processor and memory; refuses more than 500 MiB.
seconds() {
  local name=$1 user system
  shift
  /usr/bin/time -o "$scratch/time" -f '%e %M %U %S' "$@" >/dev/null || [[ $? == 1 ]]
  read -r took kib user system < <(tail -1 "$scratch/time")
  cpu=$(echo "$user + $system" | bc)
  echo "$name: $took s ($cpu s of the processor), $((kib / 1024)) MiB"
  ((kib < 500 * 1024)) || { echo "$name: more than 500 MiB"; exit 1; }
}
faster() { $python -c 'import sys; sys.exit(not float(sys.argv[1]) <= float(sys.argv[2]))' "$1" "$2" || { echo "$3"; exit 1; }; }

$python examples/tenant/generate.py "$scratch" --seed 5 --lines 1000000
gzip --keep "$scratch/logs.ndjson"
$python -c 'import sys, zstandard; zstandard.ZstdCompressor().copy_stream(open(sys.argv[1], "rb"), open(sys.argv[2], "wb"))' \
  "$scratch/logs.ndjson" "$scratch/logs.zst"
head -100000 "$scratch/logs.ndjson" >"$scratch/tenth"

plan=("$startgate" plan -a "$scratch/clients.json")
seconds "plan, 100,000 lines" "${plan[@]}" "$scratch/tenth"
seconds "plan" "${plan[@]}" "$scratch/logs.ndjson"
faster "$took" 10 "plan: more than 10 s"
plain=$took million=$cpu
for packed in "$scratch/logs.ndjson.gz" "$scratch/logs.zst"; do
  seconds "plan, ${packed##*.}" "${plan[@]}" "$packed"
  faster "$took" "$(echo "$plain * 2 + 1" | bc)" "plan: ${packed##*.} takes more than twice as long"
done
seconds "logs" "$startgate" logs "$query" "$scratch/logs.ndjson"
ours=$took
seconds "jq" jq -c 'select(.type == "depnote" and (.description // "" | contains("passwordless")))' "$scratch/logs.ndjson"
faster "$(echo "$ours * 5" | bc)" "$took" "logs: not five times as fast as jq"

# Ten million lines go through a pipe, so that they need no room; the generator shares the processors, so its own time counts alone.
mkdir "$scratch/ten"
mkfifo "$scratch/ten/logs.ndjson"
$python examples/tenant/generate.py "$scratch/ten" --seed 5 --lines 10000000 &
seconds "plan, 10,000,000 lines" "${plan[@]}" "$scratch/ten/logs.ndjson"
wait
faster "$cpu" "$(echo "$million * 10 * 1.3" | bc)" "plan: the time per line grows"
