#!/usr/bin/env bash
# Rate limiting at length: the stores under the thread sanitizer, a flood of fifty million keys, and mutants of the rule.
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
if [[ -e /usr/include/hiredis/hiredis.h ]] && command -v redis-server >/dev/null; then
  build -O1 -g -fsanitize=thread -Iinclude -Itests/cpp tests/cpp/store/redis_test.cpp tests/cpp/store/redis_away_test.cpp -lgtest -lgtest_main -lhiredis -o "$scratch/redis"
  check "$scratch/redis" --gtest_brief=1
fi

build -O2 -DNDEBUG -Iinclude tests/long/flood.cpp -o "$scratch/flood"
check "$scratch/flood"

# Each line changes the rule so that it is wrong; a test must notice. `from|to`, as they stand in the file.
mutants=(
  'added <= room|added < room'
  'added <= room|added <= room + 1'
  'cost <= q.burst()|cost < q.burst()'
  'cost <= q.burst()|cost <= q.burst() + 1'
  'debt < q.window() ? debt : q.window()|debt'
  'if (b.full(now)) return 0;|if (b.full(now) && b.theoretical_arrival_time + 1 < now) return 0;'
  'theoretical_arrival_time <= now|theoretical_arrival_time < now'
  'return b.full(now) ? b : bucket{now + detail::debt_of(q, b, now)};|return b;'
  'return {settled(q, b, now), detail::describe(q, debt, false|return {bucket{now + debt + q.emission_interval()}, detail::describe(q, debt, false'
  'wait_time(added - room)|wait_time(added)'
  'wait_time(added - room)|wait_time(added - room + 1)'
  'period / count + (period % count != 0)|period / count + (period % count == 1)'
  'burst > longest_window / interval|burst > 2 * longest_window / interval'
  'remaining <= q.burst() / 5|remaining < q.burst() / 5'
  'q.emission_interval() - room % q.emission_interval()|q.emission_interval()'
  'debt > returned ? debt - returned : 0|debt - returned'
  'cost < q.burst() ? cost * q.emission_interval() : q.window()|cost * q.emission_interval()'
  'left == 0 ? bucket{} : bucket{now + left}|bucket{now + left + 1}'
  'detail::describe(q, debt + added, true|detail::describe(q, debt, true'
  'now < last_instant ? now : last_instant|now'
)
rule=$(<include/startgate/rate.hpp)
for mutant in "${mutants[@]}"; do
  from=${mutant%%|*} to=${mutant#*|}
  mkdir -p "$scratch/mutant/startgate"
  printf '%s\n' "${rule//"$from"/"$to"}" >"$scratch/mutant/startgate/rate.hpp"
  if cmp -s include/startgate/rate.hpp "$scratch/mutant/startgate/rate.hpp"; then
    failed=1 && echo "rate: this mutant changes nothing: $mutant"
  elif build -O0 -I"$scratch/mutant" -Iinclude tests/cpp/rate_test.cpp tests/cpp/rate_property_test.cpp -lgtest -lgtest_main -o "$scratch/mutant/test" \
      2>/dev/null && (exec "$scratch/mutant/test" --gtest_brief=1) >/dev/null 2>&1; then
    failed=1 && echo "rate: no test notices: $mutant"
  fi
done
echo "rate: ${#mutants[@]} mutants of the rule"
exit "$failed"
