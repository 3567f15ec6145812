#!/usr/bin/env bash
# What a newcomer does: a clone of what is committed, with empty caches, then ./dev demo and ./dev test, each within its promise.
set -euo pipefail
root=$(git -C "$(dirname "${BASH_SOURCE[0]}")" rev-parse --show-toplevel)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# within SECONDS COMMAND...: must succeed, and in that time.
within() {
  local limit=$1 start=$SECONDS
  shift
  timeout --kill-after=10 "$limit" "$@" </dev/null || { echo "fresh clone: '$*' failed or took more than $limit s"; return 1; }
  echo "fresh clone: '$*' took $((SECONDS - start)) s of $limit s"
}

git clone --quiet "$root" "$scratch/startgate"
cd "$scratch/startgate"
mkdir "$scratch/home"
export HOME=$scratch/home XDG_CACHE_HOME=$scratch/home/.cache PIP_NO_CACHE_DIR=1 CCACHE_DISABLE=1

within 300 ./dev demo
within 10 ./dev demo
within 2 ./dev build
within 900 ./dev test
made=$(git status --porcelain)
[[ -z $made ]] || { echo "fresh clone: git does not ignore what a build makes: $made"; exit 1; }
