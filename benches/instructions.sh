#!/usr/bin/env bash
# How many instructions candor takes for small inputs, by callgrind: unlike seconds these do not depend on what else the
# machine does, so that two commits can be compared. Needs valgrind. Prints one line an input: name, instructions.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo build --release --locked --quiet
candor="${CARGO_TARGET_DIR:-target}/release/candor"
folder="$(mktemp -d)"
trap 'rm -r "$folder"' EXIT

count() { # name, arguments of candor
  local name="$1"
  shift
  # Findings are no failure here.
  RAYON_NUM_THREADS=1 valgrind --tool=callgrind --callgrind-out-file=/dev/null "$candor" "$@" \
    > /dev/null 2> "$folder/log" || true
  printf '%-28s %15s\n' "$name" "$(sed -n 's/.*Collected : *//p' "$folder/log")"
}

# 74 series of 500 months, of the shipped dataset's kind, without a random generator of its own.
awk 'BEGIN {
  print "publisher,subject,metric,unit,category,period,value"
  for (s = 0; s < 74; s++) { v = 5000 + 131 * s
    for (m = 0; m < 500; m++) { v = (v * (90 + (m * 7 + s * 13) % 21)) / 100; if (v < 900) v = 5000
      printf "example,service-%d,notices,notice,,%d-%02d,%d\n", s, 1984 + int(m / 12), m % 12 + 1, v } } }' > "$folder/table.csv"
"$candor" convert "$folder/table.csv" --to json > "$folder/report.json"
"$candor" convert "$folder/table.csv" --to yaml > "$folder/report.yaml"

count 'start and end' --version
count 'shipped dataset' check fixtures/datasets/ncmec --format concise
for file in table.csv report.json report.yaml; do
  count "$file, $(($(stat -c %s "$folder/$file") / 1000)) KB" check "$folder/$file" --format concise
done
for format in terminal json html; do
  count "shipped dataset as $format" check fixtures/datasets/ncmec --format "$format"
done
