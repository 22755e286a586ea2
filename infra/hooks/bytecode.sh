#!/bin/sh
# Before packaging: compiles the application's sources, which a new instance would otherwise do at each start, since
# it runs from a package that it can't write to. A file's bytecode holds its source's hash, and counts only for that;
# made by another Python than 3.11 (infra/modules/app.bicep), it isn't looked at.
# usage: bytecode.sh [folder]
set -eu
cd "${1:-$(dirname "$0")/../..}"
python=$(command -v python3.11 || command -v python3)
exec "$python" -m compileall -q -f --invalidation-mode checked-hash function_app.py adapters domain functions
