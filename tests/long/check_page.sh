#!/usr/bin/env bash
# check-page against JavaScript itself: programs drawn by chance run in node, and where `forwards` is said the state must arrive.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
for seed in 1 2 3 4; do .venv/bin/python tests/long/check_page.py "$seed" 3000; done
