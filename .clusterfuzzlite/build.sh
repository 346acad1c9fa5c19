#!/usr/bin/env bash
# Builds the fuzz targets for ClusterFuzzLite and OSS-Fuzz, which set SRC and OUT. Without them, it can be tried with a
# nightly toolchain and cargo-fuzz:
#   mkdir -p /tmp/cfl/src /tmp/cfl/out && ln -sfn "$PWD" /tmp/cfl/src/setpresence
#   SRC=/tmp/cfl/src OUT=/tmp/cfl/out RUSTUP_TOOLCHAIN=nightly .clusterfuzzlite/build.sh
set -euo pipefail
: "${SRC:?the folder with the sources}" "${OUT:?the folder for what is built}"
root=$SRC/setpresence
cd "$root/fuzz"

# The faulty handler is an example that has to crash, and the empty target a measure: neither has anything to find there.
targets=$(cargo fuzz list | grep -vxE 'faulty_handler|empty')
cargo fuzz build --release --debug-assertions

host=$(rustc -vV | sed -n 's/^host: //p')
built=${CARGO_TARGET_DIR:-$root/fuzz/target}/$host/release
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# What a target starts from: inputs by hand, those that were found and kept, and for the loader every case file.
gather() {
    local target=$1 folder=$2 line n=0
    mkdir -p "$folder"
    if [[ -d seeds/$target ]]; then cp seeds/"$target"/* "$folder/"; fi
    if [[ -f corpus.d/$target.txt ]]; then
        while read -r line; do
            n=$((n + 1))
            base64 -d <<<"$line" >"$folder/kept-$n"
        done <"corpus.d/$target.txt"
    fi
    if [[ $target == case_file ]]; then
        for line in "$root"/fixtures/cases/*/*.toml; do
            cp "$line" "$folder/$(basename "$(dirname "$line")")-$(basename "$line")"
        done
    fi
}

for target in $targets; do
    cp "$built/$target" "$OUT/"
    cp setpresence.dict "$OUT/$target.dict"
    gather "$target" "$scratch/$target"
    rm -f "$OUT/${target}_seed_corpus.zip"
    (cd "$scratch/$target" && zip -q "$OUT/${target}_seed_corpus.zip" -- *)
    echo "$target: $(find "$scratch/$target" -type f | wc -l) inputs"
done
