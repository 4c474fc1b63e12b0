#!/usr/bin/env bash
# build-xcframework.sh   builds the Rust core for iPhone, simulator and Mac and packs it as
# ios/FarleyKit/FarleyFFI.xcframework, where Package.swift and Xcode look for it.
#
# Needs a Mac with Xcode 16 or newer and:
#   rustup target add aarch64-apple-ios aarch64-apple-ios-sim aarch64-apple-darwin
# Never run yet: there was no Mac.
set -euo pipefail

repository=$(cd "$(dirname "$0")/../.." && pwd)
package=$repository/ios/FarleyKit
stage=$repository/target/xcframework
targets=(aarch64-apple-ios aarch64-apple-ios-sim aarch64-apple-darwin)

[ "$(uname -s)" = Darwin ] || { echo "build-xcframework.sh: needs a Mac with Xcode" >&2; exit 1; }

# Xcode's own environment would otherwise reach the host's build scripts and break them.
clean() {
  env -i HOME="$HOME" PATH="$HOME/.cargo/bin:/usr/bin:/bin:/usr/sbin:/sbin:/opt/homebrew/bin" \
    DEVELOPER_DIR="$(xcode-select -p)" IPHONEOS_DEPLOYMENT_TARGET=17.0 MACOSX_DEPLOYMENT_TARGET=14.0 "$@"
}

rm -rf "$stage"
mkdir -p "$stage/headers"
cp "$package/Sources/FarleyFFI/FarleyFFI.h" "$stage/headers/"
# No `link` line and no `framework`: Xcode links the static library by itself.
printf 'module FarleyFFI {\n  header "FarleyFFI.h"\n  export *\n}\n' >"$stage/headers/module.modulemap"

slices=()
for target in "${targets[@]}"; do
  clean cargo build --manifest-path "$repository/Cargo.toml" --release -p farley-mobile --features encrypted --target "$target"
  slices+=(-library "$repository/target/$target/release/libfarley_mobile.a" -headers "$stage/headers")
done

rm -rf "$package/FarleyFFI.xcframework"
xcodebuild -create-xcframework "${slices[@]}" -output "$package/FarleyFFI.xcframework"
du -sh "$package/FarleyFFI.xcframework"
