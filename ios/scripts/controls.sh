#!/usr/bin/env bash
# controls.sh LIBDIR [NUMBER…]   plants each fault of ios/controls into a copy of ios/ and demands that its check turns red.
#
# A patch begins with three lines: what is wrong, the check that must fail, and what that check must say (a pattern), so
# that a patch which merely does not compile proves nothing. The copy lies below target/: the working copy is not touched.
# Checks: build (the compiler with the SwiftUI declarations), test NAME (one Swift test), project (check_project.py).
set -uo pipefail

repository=$(git -C "$(dirname "$0")" rev-parse --show-toplevel)
library=${1:?names the folder with libfarley_mobile.so and farley}
library=$(cd "$library" && pwd)
shift
work=$repository/target/ios/controls
tree=$work/tree
log=$work/log

mkdir -p "$tree"
rm -rf "$tree/ios.build"
# What was built for the last run is kept: the next one only compiles what a patch changes.
[ -d "$tree/ios/FarleyKit/.build" ] && mv "$tree/ios/FarleyKit/.build" "$tree/ios.build"
rm -rf "$tree/ios"
tar -C "$repository" --exclude=.build -cf - ios | tar -C "$tree" -xf -
[ -d "$tree/ios.build" ] && mv "$tree/ios.build" "$tree/ios/FarleyKit/.build"

swift() { (cd "$tree/ios/FarleyKit" && FARLEY_LIB_DIR=$library timeout 600 "$repository/ios/scripts/swift.sh" "$@"); }

run() {
  case $1 in
    build) swift swift build --target FarleyUI ;;
    project) python3 "$tree/ios/scripts/check_project.py" --venv "$repository/target/ios/venv" ;;
    "test "*) swift swift test --disable-xctest --filter "${1#test }" ;;
    *) echo "unknown check $1" && return 0 ;;
  esac
}

line() { sed -n "s/^$2: *//p" "$1" | head -1; }

chosen() {
  [ $# -eq 1 ] && return 0
  local number=${1%%-*} wanted
  for wanted in "${@:2}"; do [ "$((10#$number))" = "$wanted" ] && return 0; done
  return 1
}

# On right sources every check is green; else red proves nothing.
for check in build project; do
  run "$check" >"$log" 2>&1 || { tail -20 "$log" >&2; echo "controls: $check fails without any fault" >&2; exit 1; }
done

red=0 wrong=()
for patch in "$repository"/ios/controls/*.patch; do
  name=$(basename "$patch" .patch)
  chosen "$name" "$@" || continue
  check=$(line "$patch" Check) says=$(line "$patch" Says)
  if ! (cd "$tree" && patch -p1 --silent --forward <"$patch") >"$log" 2>&1; then
    wrong+=("$name: does not apply any more") && continue
  fi
  began=$SECONDS
  if run "$check" >"$log" 2>&1; then
    wrong+=("$name: $check stays green")
  elif ! grep -qE "$says" "$log"; then
    wrong+=("$name: $check fails, but does not say /$says/") && cp "$log" "$work/$name.log"
  else
    red=$((red + 1)) && echo "$name: red ($check, $((SECONDS - began)) s)"
  fi
  (cd "$tree" && patch -p1 --silent --reverse <"$patch") || exit 1
done

for fault in "${wrong[@]:-}"; do [ -n "$fault" ] && echo "$fault" >&2; done
echo "controls: $red faults found, ${#wrong[@]} not"
[ ${#wrong[@]} -eq 0 ] && [ "$red" -gt 0 ]
