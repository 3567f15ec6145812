#!/bin/sh
# Builds every fuzz target with ASan and UBSan and runs it from its kept corpus: tests/fuzz/run.sh SECONDS [TARGET...]
# New inputs stay in the build directory; a crash is kept there too, and its path is printed.
set -eu
seconds=${1:?usage: tests/fuzz/run.sh SECONDS [TARGET...]}
shift
root=$(cd "$(dirname "$0")/../.." && pwd)
out=$root/build/fuzz
mkdir -p "$out"
[ $# -gt 0 ] || set -- $(cd "$root/tests/fuzz" && ls ./*_fuzz.cpp | sed 's|^\./||; s|_fuzz\.cpp$||')

cxx=$("$root/tests/fuzz/compiler.sh") || {
  echo "needs clang++ with its libFuzzer (Debian and Ubuntu: clang and libclang-rt-NN-dev); FUZZ_CXX=... names another one" >&2
  exit 2
}
status=0
for target in "$@"; do
  "$cxx" -std=c++20 -O1 -g -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined \
    -I"$root/include" -I"$root/tests/cpp" "$root/tests/fuzz/${target}_fuzz.cpp" -lcrypto -o "$out/$target"
  mkdir -p "$out/found/$target"
  echo "$target: $seconds s"
  "$out/$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len=65536 -verbosity=0 -print_final_stats=1 \
    -artifact_prefix="$out/$target-" "$out/found/$target" "$root/tests/fuzz/corpus/$target" 2>"$out/$target.log" || status=1
  grep -E 'stat::(number_of_executed_units|average_exec_per_sec)|ERROR|SUMMARY' "$out/$target.log" || true
done
exit $status
