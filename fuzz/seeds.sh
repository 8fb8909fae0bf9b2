#!/usr/bin/env bash
# Fills fuzz/corpus/ with seeds: the project's own fixtures, and real published files where CANDOR_CORPUS names some. Small
# ones only: a fuzzer learns more from many short inputs.
set -euo pipefail
cd "$(dirname "$0")"
seed() { # target, name pattern, folders
  local target="$1" pattern="$2"
  shift 2
  mkdir -p "corpus/$target"
  find "$@" -type f -name "$pattern" -size -24k | sort | while read -r file; do
    cp "$file" "corpus/$target/$(sha256sum "$file" | cut -c 1-20)"
  done
}
published=(${CANDOR_CORPUS:+"$CANDOR_CORPUS"})
seed document_yaml '*.yaml' ../fixtures ../examples
seed document_json '*.json' ../fixtures ../examples "${published[@]}"
seed table '*.csv' ../fixtures ../examples "${published[@]}"
seed workbook '*.xlsx' ../fixtures "${published[@]}"
seed configuration 'candor.toml' ../fixtures ../examples
seed baseline 'candor-baseline.json' ../fixtures ../examples
seed profile '*.toml' ../profiles
mkdir -p corpus/claims corpus/notation
sed -n "s/^ *expression: //p" ../fixtures/datasets/ncmec/claims.yaml | sort -u | while read -r line; do
  printf '%s' "$line" > "corpus/claims/$(printf '%s' "$line" | sha256sum | cut -c 1-20)"
done
for word in 2024 2024-H1 2024-Q3 2024-02 2021-07-26/2021-08-25 36210368 0.5 -12 1e3; do
  printf '%s' "$word" > "corpus/notation/$(printf '%s' "$word" | sha256sum | cut -c 1-20)"
done
