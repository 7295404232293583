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

# The demo has something in every list, and a candidate who has not answered yet.
cd "$folder"
"$program" demo --data-dir data --no-serve > demo.txt
candidate=$(sed -nE 's|.*/c/([A-Za-z0-9_-]+)$|\1|p' data/demo-sign-ins.txt)
printf '[parameters]\ntoken = "%s"\n' "$candidate" > schemathesis.toml
address=http://127.0.0.1:${SCHEMATHESIS_PORT:-18081}
DATABASE_URL="sqlite://$folder/data/rapport.db" RAPPORT_DATA_DIR="$folder/data" \
  RAPPORT_LISTEN="${address#http://}" "$program" serve 2> log.txt &
server=$!
for _ in $(seq 100); do curl -fsS "$address/readyz" >/dev/null 2>&1 && break; sleep 0.1; done

# Calls operations in a role; further arguments select them.
as_role() {
  local email password token
  read -r email password < <(sed -nE "s/^ *$1 +([^ ]+) +(.*)\$/\1 \2/p" data/demo-sign-ins.txt)
  token=$(curl -fsS "$address/api/v1/tokens" -H 'Content-Type: application/json' \
    -d "{\"email\": \"$email\", \"password\": \"$password\"}" | sed -E 's/.*"access_token":"([^"]+)".*/\1/')
  timeout 180 "$venv/bin/schemathesis" run "$address/api/v1/openapi.json" "${@:2}" \
    --header "Authorization: Bearer $token" \
    --phases examples,coverage,fuzzing --max-examples 5 --seed 1 --workers 1 --no-color --warnings off \
    --checks not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,ignored_auth \
    --generation-database none --suppress-health-check all --continue-on-failure
}
as_role admin
as_role agent --include-path-regex '^/api/v1/me'
