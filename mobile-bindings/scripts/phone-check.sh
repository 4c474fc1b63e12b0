#!/usr/bin/env bash
# phone-check.sh TARGET [cargo arguments…]: `cargo check` for a phone on a machine without NDK or Xcode.
#
#   phone-check.sh aarch64-linux-android -p farley-mobile --features encrypted
#   phone-check.sh aarch64-apple-ios     -p farley-mobile --features encrypted
#
# Crates with C code (SQLCipher, OpenSSL, ring, zstd) want a compiler for the phone. This script is that compiler, too:
# it preprocesses for real, and every object it "compiles" is empty. So Rust's side is proven for the phone (cfg, types,
# dependencies), the C side is not, and nothing is linked. Needs `rustup target add TARGET` and Debian's clang-19, llvm-19.
set -euo pipefail

clang=${PHONE_CHECK_CLANG:-clang-19}

check() {
  local target=$1 work here under
  shift
  under=${target//-/_}
  work=${CARGO_TARGET_DIR:-target}/phone-check
  mkdir -p "$work"
  work=$(cd "$work" && pwd)
  here=$(cd "$(dirname "$0")" && pwd)/$(basename "$0")
  case $target in
    *-linux-android) export PHONE_CHECK_TRIPLE=${target}26 ;;
    aarch64-apple-ios)
      export PHONE_CHECK_TRIPLE=arm64-apple-ios17.0 IPHONEOS_DEPLOYMENT_TARGET=17.0 CROSS_COMPILE=
      # OpenSSL's build cuts this path at /SDKs/; an empty folder of the right shape will do.
      export SDKROOT=$work/iPhoneOS.platform/Developer/SDKs/iPhoneOS.sdk
      mkdir -p "$SDKROOT"
      ;;
    *)
      echo "phone-check.sh: no such phone: $target" >&2
      exit 2
      ;;
  esac
  export PHONE_CHECK_OBJECT=$work/$target.o
  echo | "$clang" --target="$PHONE_CHECK_TRIPLE" -x c -c - -o "$PHONE_CHECK_OBJECT"
  export "CC_$under=$here" "CXX_$under=$here" "AR_$under=llvm-ar-19" "RANLIB_$under=llvm-ranlib-19"
  exec cargo check --target "$target" "$@"
}

compile() {
  local out='' compiles='' source='' previous='' argument
  # Success here would make the cc crate take us for Microsoft's compiler.
  [ "${1:-}" = "-?" ] && exit 1
  for argument in "$@"; do
    [ "$previous" = -o ] && out=$argument
    case $argument in
      -E) exec "$clang" --target="$PHONE_CHECK_TRIPLE" "$@" ;; # compiler family, macros of OpenSSL
      -c) compiles=yes ;;
      -o?*) out=${argument#-o} ;;
      -dumpmachine)
        echo "$PHONE_CHECK_TRIPLE"
        exit
        ;;
      --version | -v) exec "$clang" --target="$PHONE_CHECK_TRIPLE" --version ;;
      *.c | *.S | *.s | *.cc | *.cpp | *.asm) source=$argument ;;
    esac
    previous=$argument
  done
  if [ -n "$compiles" ]; then
    [ -n "$out" ] || out=$(basename "${source%.*}").o
    mkdir -p "$(dirname "$out")"
    cp "$PHONE_CHECK_OBJECT" "$out"
  elif [ -n "$out" ]; then # a link step: an empty program
    : >"$out"
    chmod +x "$out"
  fi
}

if [ -z "${PHONE_CHECK_TRIPLE:-}" ]; then check "$@"; else compile "$@"; fi
