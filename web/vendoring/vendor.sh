#!/bin/bash
# Renews web/static/vendor/ and tests/vendor/ from package-lock.json; for maintainers, needs Node.js 20 with npm.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
static=$here/../static/vendor
tests=$here/../../tests/vendor
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cp "$here"/package.json "$here"/package-lock.json "$here"/manifest.mjs "$work"
cd "$work"
npm ci --silent --no-audit --no-fund --ignore-scripts

version() { node -p "require('./node_modules/$1/package.json').version"; }
place() { # place FOLDER PACKAGE: an empty folder for this version, with the package's licence
    local folder=$1-$(version "$2")
    rm -rf "${1:?}"-*
    mkdir -p "$folder"
    cp "node_modules/$2/LICENSE" "$folder/LICENSE"
    echo "$folder"
}

mkdir -p "$static" "$tests"
cp node_modules/htmx.org/dist/htmx.min.js "$(place "$static/htmx" htmx.org)"

lucide=$(place "$static/lucide" lucide-static)
while read -r icon; do cp "node_modules/lucide-static/icons/$icon.svg" "$lucide"; done <"$here/icons.txt"

axe=$(place "$tests/axe-core" axe-core)
cp node_modules/axe-core/LICENSE-3RD-PARTY.txt node_modules/axe-core/axe.min.js "$axe"

node manifest.mjs "$static" "$tests"
