#!/bin/sh
# Runs the tests of the sample API and fails below 85 % of its lines. Usage: tests/Api.Tests/coverage.sh [CONFIGURATION]
set -eu
folder=$(dirname "$0")
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
dotnet test "$folder" -c "${1:-Debug}" --settings "$folder/coverage.runsettings" --results-directory "$results"
report=$(find "$results" -name '*.cobertura.xml' | head -n 1)
rate=$(sed -n 's/.*<coverage line-rate="\([0-9.]*\)".*/\1/p' "$report" | head -n 1)
echo "lines of src/Api covered: $rate"
awk -v rate="$rate" 'BEGIN { if (rate < 0.85) { print "below the gate of 0.85"; exit 1 } }'
