#!/usr/bin/env bash
# Client authentication at length: every fuzz target for a minute.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
exec tests/fuzz/run.sh 60
