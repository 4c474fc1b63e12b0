#!/usr/bin/env bash
# run.sh LIBDIR   everything that proves ios/ on Linux; LIBDIR holds libfarley_mobile.so and farley, inside the repository.
#
# One line a step with counts and seconds; a failed step prints what it said and ends the run.
#   --only STEP   one of: test, lint, project
set -euo pipefail

repository=$(git -C "$(dirname "$0")" rev-parse --show-toplevel)
ios=$repository/ios
log=$repository/target/ios/run.log
only=all
library=""
while [ $# -gt 0 ]; do
  case $1 in
    --only) only=${2:?names a step} && shift 2 ;;
    *) library=$1 && shift ;;
  esac
done
[ -n "$library" ] || { echo "run.sh: name the folder with libfarley_mobile.so and farley" >&2; exit 1; }
library=$(cd "$library" && pwd)
for file in libfarley_mobile.so farley; do
  [ -e "$library/$file" ] || { echo "run.sh: $library/$file is missing; cargo build -p farley-mobile -p farley-cli" >&2; exit 1; }
done
mkdir -p "$(dirname "$log")"

wanted() { [ "$only" = all ] || [ "$only" = "$1" ]; }

# step NAME COMMAND…: runs it; $log has what it said.
step() {
  local name=$1 began=$SECONDS
  shift
  if ! "$@" >"$log" 2>&1; then
    # The telling lines first; the whole is in the log.
    grep -E 'error:|✘|warning:' "$log" | head -40 >&2 || tail -40 "$log" >&2
    echo "$name: failed after $((SECONDS - began)) s; see $log" >&2
    exit 1
  fi
  seconds=$((SECONDS - began))
}

swift() { (cd "$ios/FarleyKit" && FARLEY_LIB_DIR=$library timeout 900 ../scripts/swift.sh "$@"); }

tests() {
  swift swift test --disable-xctest || return 1
  # A warning in our own code is a fault; the generated file is not ours.
  if grep -E '/(FarleyKit|FarleyUI|Tests|App|Verify)/[^:]*:[0-9]+:[0-9]+: warning:' "$log" | grep -v FarleyBindings; then return 1; fi
}

lint() {
  swift swift format lint --strict --recursive --configuration ../.swift-format \
    Package.swift Sources/FarleyKit Sources/FarleyUI Tests Verify/Company Verify/Visit ../App
}

if wanted test; then
  step "swift test" tests
  passed=$(grep -oE 'Test run with [0-9]+ tests? passed' "$log" | grep -oE '[0-9]+' || echo 0)
  # Whether tests ran is checked: none is no success.
  [ "$passed" -gt 0 ] || { echo "swift test: no test ran; see $log" >&2; exit 1; }
  echo "swift test: $passed passed, $seconds s"
fi
if wanted lint; then
  step "format lint" lint
  echo "format lint: $(find "$ios/FarleyKit/Sources/FarleyKit" "$ios/FarleyKit/Sources/FarleyUI" "$ios/FarleyKit/Tests" "$ios/App" -name '*.swift' | wc -l) files, $seconds s"
fi
if wanted project && ! python3 -c 'import ensurepip, venv' 2>/dev/null; then
  echo "skipped: project (Python 3 with venv is missing; apt-get install python3-venv)"
elif wanted project; then
  step "project" python3 "$ios/scripts/check_project.py" --venv "$repository/target/ios/venv"
  echo "project: $(tail -1 "$log"), $seconds s"
fi
