#!/bin/bash
# Renews web/static/vendor/ and tests/vendor/ from package-lock.json; for maintainers, needs Node.js 20 with npm.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
static=$here/../static/vendor
tests=$here/../../tests/vendor
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cp "$here"/package.json "$here"/package-lock.json "$here"/charts-entry.js "$here"/manifest.mjs "$work"
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
cp node_modules/htmx-ext-sse/dist/sse.min.js "$(place "$static/htmx-ext-sse" htmx-ext-sse)"

echarts=$(place "$static/echarts" echarts)
cp node_modules/echarts/NOTICE "$echarts/NOTICE"
cp node_modules/echarts/licenses/LICENSE-d3 "$echarts/LICENSE-d3"
cp node_modules/zrender/LICENSE "$echarts/LICENSE-zrender"
cp node_modules/tslib/LICENSE.txt "$echarts/LICENSE-tslib"
node_modules/.bin/esbuild charts-entry.js --bundle --minify --format=iife --global-name=echarts \
    --target=chrome86,safari14 --legal-comments=none --log-level=warning --outfile="$echarts/echarts.min.js"

lucide=$(place "$static/lucide" lucide-static)
while read -r icon; do cp "node_modules/lucide-static/icons/$icon.svg" "$lucide"; done <"$here/icons.txt"

axe=$(place "$tests/axe-core" axe-core)
cp node_modules/axe-core/LICENSE-3RD-PARTY.txt node_modules/axe-core/axe.min.js "$axe"

node manifest.mjs "$static" "$tests"
