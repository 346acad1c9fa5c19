#!/usr/bin/env bash
# Builds the fuzz targets for ClusterFuzzLite and OSS-Fuzz, which set SRC and OUT, and flags for all compilers. Without
# them, it can be tried with a nightly toolchain and cargo-fuzz:
#   mkdir -p /tmp/cfl/src /tmp/cfl/out && ln -sfn "$PWD" /tmp/cfl/src/setpresence
#   SRC=/tmp/cfl/src OUT=/tmp/cfl/out SANITIZER=address RUSTUP_TOOLCHAIN=nightly .clusterfuzzlite/build.sh
set -euo pipefail
: "${SRC:?the folder with the sources}" "${OUT:?the folder for what is built}"
root=$SRC/setpresence
cd "$root"

# The faulty handler is an example that has to crash, and the empty target a measure: neither has anything to find there.
targets=$({ cargo fuzz list && cargo fuzz list --fuzz-dir fuzz/suite; } | grep -vxE 'faulty_handler|empty')
options=(--release --debug-assertions)
case ${SANITIZER:-address} in
    address | leak | memory | thread | none) options+=(--sanitizer "${SANITIZER:-address}") ;;
esac
cargo fuzz build "${options[@]}"

# What each target starts from; the program that writes it is built without the sanitizer's flags.
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
env -u RUSTFLAGS -u CFLAGS -u CXXFLAGS \
    cargo run --quiet --manifest-path fuzz/Cargo.toml --package setpresence-fuzz --example inputs -- write "$scratch"

pack() {
    if command -v zip >/dev/null; then zip -q "$@"; else python3 -m zipfile -c "$1" "${@:3}"; fi
}

host=$(rustc -vV | sed -n 's/^host: //p')
built=${CARGO_TARGET_DIR:-$root/fuzz/target}/$host/release
for target in $targets; do
    cp "$built/$target" "$OUT/"
    cp fuzz/setpresence.dict "$OUT/$target.dict"
    rm -f "$OUT/${target}_seed_corpus.zip"
    (cd "$scratch/$target" && pack "$OUT/${target}_seed_corpus.zip" -- *)
    echo "$target: $(find "$scratch/$target" -type f | wc -l) inputs"
done
