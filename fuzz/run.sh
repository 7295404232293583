#!/usr/bin/env bash
# Runs every fuzz target for a while: fuzz/run.sh [SECONDS], 60 by default. Needs cargo-fuzz.
set -euo pipefail
cd "$(dirname "$0")"
for target in fuzz_targets/*.rs; do
  name=$(basename "$target" .rs)
  echo "== $name"
  cargo fuzz run -s none "$name" -- -max_total_time="${1:-60}" -rss_limit_mb=2048 -timeout=20
done
