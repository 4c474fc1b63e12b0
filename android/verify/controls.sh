#!/usr/bin/env bash
# controls.sh LIBDIR FARLEY   plants each fault of controls/ into a copy of android/ and demands that its tests turn red.
#
# A patch begins with `caught by: TEST[, TEST…] (module NAME)`. Its tests must pass on right sources and run and fail on the
# planted ones: a patch that merely does not compile proves nothing. The copy lies below target/.
set -uo pipefail

[ $# -eq 2 ] || { echo "usage: controls.sh LIBDIR FARLEY" >&2; exit 2; }
lib=$(realpath "$1") farley=$(realpath "$2")
android=$(cd "$(dirname "$0")/.." && pwd)
work=$android/../target/android/controls
mkdir -p "$work"
work=$(cd "$work" && pwd)
copy=$work/android
log=$work/log

fresh() {
  rm -rf "$copy"
  mkdir -p "$copy"
  tar -C "$android" --exclude=target --exclude=target-next -cf - . | tar -C "$copy" -xf -
}

tests() { # MODULE CLASSES
  mvn -B -f "$copy/verify" test -pl "$1" -am -Dtest="$2" -Dsurefire.failIfNoSpecifiedTests=false \
    -Dfarley.lib="$lib" -Dfarley.binary="$farley" >"$log" 2>&1
}

red=0 wrong=()
for patch in "$android"/verify/controls/*.patch; do
  name=$(basename "$patch" .patch)
  head=$(sed -n 's/^caught by: *//p' "$patch" | head -1)
  module=${head##*module }
  module=${module%)*}
  classes=$(grep -oE '[A-Z][A-Za-z]*Test' <<<"$head" | paste -sd,)
  fresh
  if ! tests "$module" "$classes"; then wrong+=("$name: $classes fails without any fault") && continue; fi
  if ! (cd "$copy/.." && patch -p1 --silent --forward <"$patch") >"$log" 2>&1; then
    wrong+=("$name: does not apply any more") && continue
  fi
  if tests "$module" "$classes"; then
    wrong+=("$name: $classes stays green")
  elif ! grep -qE 'Tests run: [0-9]+, Failures: [0-9]+' "$log"; then
    wrong+=("$name: no test ran; see $log")
  else
    red=$((red + 1))
    echo "caught: $name by $classes"
  fi
done
echo "$red faults caught, ${#wrong[@]} not"
[ ${#wrong[@]} -eq 0 ] || { printf '%s\n' "${wrong[@]}" >&2; exit 1; }
