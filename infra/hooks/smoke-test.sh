#!/bin/sh
# usage: smoke-test.sh https://<app>  — whether a deployment is up, reaches all it needs, and keeps its doors shut.
set -eu
base=${1:?give the base address}

expect() { # status, path
  for attempt in 1 2 3 4 5 6; do
    got=$(curl -s -o /dev/null -m 20 -w '%{http_code}' "$base$2" || true)
    if [ "$got" = "$1" ]; then
      echo "ok: $2 answers $1"
      return
    fi
    sleep "$((attempt * 5))"
  done
  echo "$2 answers $got and should answer $1" >&2
  exit 1
}

expect 200 /api/v1/health
expect 200 /api/v1/ready
expect 200 /api/openapi.json
expect 401 /api/v1/leads
