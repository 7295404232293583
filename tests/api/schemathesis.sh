#!/usr/bin/env bash
# Calls every operation of the API description with valid and invalid values (Schemathesis) and fails
# on a server error, or on a status, media type or body that the description does not have.
# Usage: tests/api/schemathesis.sh PROGRAM [VENV]
set -euo pipefail
program=$(realpath "$1")
folder=$(mktemp -d)
venv=${2:-$folder/venv}
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$folder"' EXIT

if [ ! -x "$venv/bin/schemathesis" ]; then
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check schemathesis==4.32.5
fi

# The demo has something in every list.
cd "$folder"
"$program" demo --data-dir data --no-serve > demo.txt
read -r email password < <(sed -nE 's/^ *admin +([^ ]+) +(.*)$/\1 \2/p' data/demo-sign-ins.txt)
address=http://127.0.0.1:${SCHEMATHESIS_PORT:-18081}
DATABASE_URL="sqlite://$folder/data/rapport.db" RAPPORT_DATA_DIR="$folder/data" \
  RAPPORT_LISTEN="${address#http://}" "$program" serve 2> log.txt &
server=$!
for _ in $(seq 100); do curl -fsS "$address/readyz" >/dev/null 2>&1 && break; sleep 0.1; done

token=$(curl -fsS "$address/api/v1/tokens" -H 'Content-Type: application/json' \
  -d "{\"email\": \"$email\", \"password\": \"$password\"}" | sed -E 's/.*"access_token":"([^"]+)".*/\1/')
timeout 240 "$venv/bin/schemathesis" run "$address/api/v1/openapi.json" \
  --header "Authorization: Bearer $token" \
  --phases examples,coverage,fuzzing --max-examples 5 --seed 1 --workers 2 --no-color \
  --checks not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,ignored_auth \
  --generation-database none --suppress-health-check all --continue-on-failure
