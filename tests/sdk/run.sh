#!/usr/bin/env bash
# Drives `cfiam emulator` with Cloudflare's official SDKs for Python and TypeScript, in both shapes. Installs the
# pinned SDKs under target/ first, and uses what it finds there the next time. The program is $CFIAM, else the newer of
# the release and the debug build.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
target=${CARGO_TARGET_DIR:-$root/target}
work=$target/sdk
mkdir -p "$work"

program=${CFIAM:-}
for build in release debug; do
    built=$target/$build/cfiam
    if [ -z "${CFIAM:-}" ] && [ -x "$built" ] && { [ -z "$program" ] || [ "$built" -nt "$program" ]; }; then
        program=$built
    fi
done
if [ -z "$program" ]; then
    echo "tests/sdk/run.sh: there is no cfiam in $target/release or $target/debug; run cargo build first" >&2
    exit 1
fi

if ! cmp -s "$here/requirements.txt" "$work/python/installed"; then
    rm -rf "$work/python"
    python3 -m venv "$work/python"
    "$work/python/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt"
    cp "$here/requirements.txt" "$work/python/installed"
fi
if ! cmp -s "$here/package-lock.json" "$work/node/installed"; then
    rm -rf "$work/node"
    mkdir -p "$work/node"
    cp "$here/package.json" "$here/package-lock.json" "$work/node/"
    (cd "$work/node" && npm ci --silent --no-audit --no-fund)
    cp "$here/package-lock.json" "$work/node/installed"
fi

server=
trap 'if [ -n "$server" ]; then kill "$server" 2>/dev/null || true; fi' EXIT

for shapes in live documented; do
    for sdk in python typescript; do
        told=$work/$sdk-$shapes.json
        : >"$told"
        "$program" emulator --json --now 2026-11-24 --shapes "$shapes" >"$told" &
        server=$!
        for _ in $(seq 100); do
            [ -s "$told" ] && break
            kill -0 "$server" || { echo "tests/sdk/run.sh: the emulator ended" >&2; exit 1; }
            sleep 0.1
        done
        if [ "$sdk" = python ]; then
            "$work/python/bin/python" "$here/check.py" "$told" "$shapes"
        else
            SDK_MODULES=$work/node node "$here/check.mjs" "$told" "$shapes"
        fi
        kill "$server"
        wait "$server" || true
        server=
    done
done
echo "the SDKs work against the emulator, in both shapes"
