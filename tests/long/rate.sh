#!/usr/bin/env bash
# Rate limiting at length: the stores under the thread sanitizer, a flood of fifty million keys, and mutants of the rule,
# as the engine has it and as Redis runs it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
compiler=${CXX:-g++}
failed=0

build() { "$compiler" -std=c++20 "$@" -pthread; }
check() { "$@" || { failed=1; echo "rate: FAILED: $*"; }; }

build -O1 -g -fsanitize=thread -Iinclude -Itests/cpp tests/cpp/store/memory_test.cpp -lgtest -lgtest_main -o "$scratch/memory"
check "$scratch/memory" --gtest_brief=1
redis=
[[ -e /usr/include/hiredis/hiredis.h ]] && redis=$(command -v redis-server || true)
if [[ -n $redis ]]; then
  build -O1 -g -fsanitize=thread -Iinclude -Itests/cpp tests/cpp/store/redis_test.cpp tests/cpp/store/redis_away_test.cpp -lgtest -lgtest_main -lhiredis -o "$scratch/redis"
  check "$scratch/redis" --gtest_brief=1
fi

build -O2 -DNDEBUG -Iinclude tests/long/flood.cpp -o "$scratch/flood"
check "$scratch/flood"

# Each line changes a rule so that it is wrong; a test must notice. `from|to`, as they stand in the file.
rule_mutants=(
  'added <= room|added < room'
  'added <= room|added <= room + 1'
  'cost <= q.burst()|cost < q.burst()'
  'cost <= q.burst()|cost <= q.burst() + 1'
  'debt < q.window() ? debt : q.window()|debt'
  'if (b.full(now)) return 0;|if (b.full(now) && b.theoretical_arrival_time + 1 < now) return 0;'
  'theoretical_arrival_time <= now|theoretical_arrival_time < now'
  'return b.full(now) ? b : bucket{now + detail::debt_of(q, b, now)};|return b;'
  'return settled(q, b, now);|return bucket{now + debt + q.emission_interval()};'
  'wait_time(added - room)|wait_time(added)'
  'wait_time(added - room)|wait_time(added - room + 1)'
  'period / count + (period % count != 0)|period / count + (period % count == 1)'
  'burst > longest_window / interval|burst > 2 * longest_window / interval'
  'remaining() <= burst / 5|remaining() < burst / 5'
  '(reset_after + emission_interval - 1) / emission_interval|reset_after / emission_interval'
  '(reset_after + emission_interval - 1) % emission_interval + 1|reset_after % emission_interval'
  'reset_after == 0 ? 0 : |'
  'debt > returned ? debt - returned : 0|debt - returned'
  'cost < q.burst() ? cost * q.emission_interval() : q.window()|cost * q.emission_interval()'
  'left == 0 ? bucket{} : bucket{now + left}|bucket{now + left + 1}'
  'detail::describe(q, debt + added,|detail::describe(q, debt,'
  'now < last_instant ? now : last_instant|now'
)
script_mutants=(
  'owed + price[i] > window[i]|owed + price[i] >= window[i]'
  'elseif owed > window[i] then|elseif owed > window[i] + price[i] then'
  'if paid[i] then keep(key, price[i]) end|'
  'kept % minute < price[i]|false'
  "<= now then call('DEL', key) end|<= 0 then call('DEL', key) end"
  'if price[i] > 0 then answer[at + i], all = -1 - window[i], false end|'
  'was >= 0 then take_off|was < 0 then take_off'
  'if paid[i] then take_off(key, text[i]) end|'
  'max(arrival - now, 0)|(arrival - now)'
  'price[i] > 0 and price[i] <= window[i] and|price[i] <= window[i] and'
  'price[i] > 0 and price[i] <= window[i] and|price[i] > 0 and'
  'spend and price[i] > 0|price[i] > 0'
  '  keep(key, window[i]) |'
  'at = at + size|at = at + 1'
)

# mutate HEADER MUTANT ARGUMENT...: a test of HEADER as the mutant has it, built with the arguments, must fail.
mutate() {
  local header=$1 mutant=$2 text
  local from=${mutant%%|*} to=${mutant#*|} changed=$scratch/mutant/$1
  shift 2
  text=$(<"include/$header")
  rm -rf "$scratch/mutant"
  mkdir -p "$(dirname "$changed")"
  printf '%s\n' "${text//"$from"/"$to"}" >"$changed"
  if cmp -s "include/$header" "$changed"; then
    failed=1 && echo "rate: this mutant changes nothing: $mutant"
  elif build -O0 -I"$scratch/mutant" -Iinclude -Itests/cpp "$@" -lgtest -lgtest_main -o "$scratch/mutant/test" 2>/dev/null &&
      (exec "$scratch/mutant/test" --gtest_brief=1) >/dev/null 2>&1; then
    failed=1 && echo "rate: no test notices: $mutant"
  fi
}

for mutant in "${rule_mutants[@]}"; do
  mutate startgate/rate.hpp "$mutant" tests/cpp/rate_test.cpp tests/cpp/rate_property_test.cpp
done
echo "rate: ${#rule_mutants[@]} mutants of the rule"
if [[ -n $redis ]]; then
  for mutant in "${script_mutants[@]}"; do
    mutate startgate/store/redis_scripts.hpp "$mutant" tests/cpp/store/redis_test.cpp tests/cpp/store/redis_command_test.cpp -lhiredis
  done
  echo "rate: ${#script_mutants[@]} mutants of the script on Redis"
fi
exit "$failed"
