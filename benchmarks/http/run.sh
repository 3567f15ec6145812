#!/usr/bin/env bash
# POST /passwordless/start beside nginx, which answers the same request with a constant: what HTTP costs, and what the decision adds.
# Server on one core, wrk on the other, rounds interleaved. CPU time per request is the figure to trust; requests per second are
# wrk's limit as much as the server's. Needs wrk, nginx and two cores: apt-get install wrk nginx-light
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.."

rounds=${ROUNDS:-3} seconds=${SECONDS_EACH:-4} connections=32
server=build/release/bindings/http/startgate-serve
tenant=examples/tenant
scratch=$(mktemp -d)
started=()

stop_all() {
  local pid
  for pid in "${started[@]}"; do kill "$pid" 2>/dev/null || true; done
  rm -rf "$scratch"
}
trap stop_all EXIT

for program in wrk nginx "$server"; do
  command -v "$program" >/dev/null || { echo "missing: $program (./dev build makes the server; wrk and nginx come from apt)" >&2; exit 2; }
done

# Without limits, or the answer would soon be 429; enforced, so that the secret decides.
cat >"$scratch/policy.json" <<'JSON'
{"enforcement": {"mode": "enforce"}, "limits": {"authentication_api": null, "start_per_address": null},
 "attack_protection": {"refused_per_address": null}}
JSON

cat >"$scratch/start.lua" <<'LUA'
wrk.method = "POST"
wrk.headers["content-type"] = "application/json"
wrk.body = [[{"client_id":"checkout6RTgadK4WdIcamPX2yOTQUuO","client_secret":"not-a-real-secret-of-checkout","connection":"email",]] ..
  [["email":"ada.lovelace@example.com","send":"code","authParams":{"scope":"openid profile email","state":"0123456789abcdef0123456789abcdef"}}]]
LUA

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

start_nginx() {
  nginx_port=$(free_port)
  cat >"$scratch/nginx.conf" <<CONF
worker_processes 1; pid $scratch/nginx.pid; error_log /dev/null; daemon off; master_process off;
events { worker_connections 1024; }
http {
  access_log off; keepalive_requests 100000000; client_body_temp_path $scratch/body; proxy_temp_path $scratch/proxy;
  fastcgi_temp_path $scratch/fastcgi; uwsgi_temp_path $scratch/uwsgi; scgi_temp_path $scratch/scgi;
  server { listen 127.0.0.1:$nginx_port; location / { default_type application/json; return 200 '{}'; } }
}
CONF
  taskset -c 0 nginx -p "$scratch" -c "$scratch/nginx.conf" 2>/dev/null &
  nginx_pid=$!
  started+=("$nginx_pid")
}

start_ours() {
  ours_port=$(free_port)
  taskset -c 0 "$server" -a $tenant/clients.json -p "$scratch/policy.json" --listen "127.0.0.1:$ours_port" --seconds 600 >"$scratch/ours" &
  ours_pid=$!
  started+=("$ours_pid")
}

# CPU time of a process so far, in microseconds.
cpu_of() { awk -v hertz="$(getconf CLK_TCK)" '{print ($14 + $15) * 1000000 / hertz}' "/proc/$1/stat"; }

measure() {
  local name=$1 pid=$2 port=$3 before after
  before=$(cpu_of "$pid")
  taskset -c 1 wrk -t1 -c"$connections" -d"${seconds}s" --latency -s "$scratch/start.lua" "http://127.0.0.1:$port/passwordless/start" >"$scratch/wrk"
  after=$(cpu_of "$pid")
  if grep -q 'Non-2xx' "$scratch/wrk"; then grep 'Non-2xx' "$scratch/wrk" >&2 && exit 1; fi
  awk -v name="$name" -v cpu="$(awk "BEGIN {print $after - $before}")" \
    '/99%/ {p99 = $2} /requests in/ {count = $1} /Requests\/sec/ {rate = $2}
     END {printf "%-16s %9.1f us CPU/request %10.0f requests/s   p99 %s\n", name, cpu / count, rate, p99}' "$scratch/wrk"
}

start_nginx
start_ours
sleep 1
for round in $(seq "$rounds"); do
  echo "round $round"
  measure nginx "$nginx_pid" "$nginx_port"
  measure startgate-serve "$ours_pid" "$ours_port"
done
