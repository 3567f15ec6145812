#!/usr/bin/env bash
# Prints the name of a clang++ that can build fuzz targets: $FUZZ_CXX, clang++ or clang++-NN, the highest first. Its runtime is a
# package of its own (libclang-rt-NN-dev), so each is tried; exits with 1 where none will do.
set -eu
candidates() { printf '%s\n' "${FUZZ_CXX:-clang++}" && compgen -c clang++- | sort -t- -k2 -rn -u; }

while read -r name; do
  command -v "$name" >/dev/null || continue
  echo 'extern "C" int LLVMFuzzerTestOneInput(const unsigned char*, unsigned long) { return 0; }' |
    "$name" -fsanitize=fuzzer,address,undefined -x c++ - -o /dev/null 2>/dev/null || continue
  echo "$name"
  exit 0
done < <(candidates)
exit 1
