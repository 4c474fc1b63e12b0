#!/usr/bin/env bash
# run.sh LIBDIR FARLEY: everything that can be proven of the Android app without Google's repository. One line a step.
# LIBDIR holds libfarley_mobile.so, FARLEY is the program `farley`. Needs JDK 17, Maven, and for the pictures
# libgl1 libx11-6 libfontconfig1 fonts-dejavu-core. Logs and pictures: target/android of the repository.
set -uo pipefail
[ $# -eq 2 ] || { echo "usage: run.sh LIBDIR FARLEY" >&2; exit 2; }
lib=$(realpath "$1"); farley=$(realpath "$2")
here=$(cd "$(dirname "$0")" && pwd)
out=$here/../../target/android
mkdir -p "$out"
out=$(cd "$out" && pwd)
failed=0

step() { # NAME LOG COMMAND…
  local name=$1 log=$out/$2 began=$SECONDS; shift 2
  if "$@" >"$log" 2>&1; then echo "passed: $name ($(counts "$log")$((SECONDS - began)) s)"; else
    echo "failed: $name ($((SECONDS - began)) s), see $log"; grep -E "ERROR|FAIL|\.kts?:[0-9]+" "$log" | head -20; failed=1
  fi
}
counts() { # tests of a reactor's log; the sums of its modules only
  awk '/Tests run:.*Skipped: [0-9]+$/ {gsub(",", ""); run += $(NF-6); skipped += $NF} /^screenshots: / {shots = $2}
       END {if (run) printf "%d tests, %d skipped, ", run, skipped; if (shots) printf "%d pictures, ", shots}' "$1"
}
tool() { # GROUP:ARTIFACT:VERSION PATH: a jar with everything in it, fetched once
  [ -f "$HOME/.m2/repository/$2" ] || mvn -B -q dependency:get -Dtransitive=false -Dartifact="$1:jar:all" >&2
  echo "$HOME/.m2/repository/$2"
}
reactor() {
  mvn -B -f "$here" clean test -Dfarley.lib="$lib" -Dfarley.binary="$farley" || return 1
  [ "$(grep -c . <(find "$here"/*/target/surefire-reports -name '*.txt'))" -gt 0 ]
}
next() { mvn -B -f "$here" -P next -pl bindings,model,ui test-compile -Dfarley.lib="$lib" -Dfarley.binary="$farley"; }
sources() { (cd "$here/.." && find . -name '*.kt' -not -path './core/src/main/*' -not -name 'Words*.kt' -not -path '*/target*'); }
ktlint() {
  local jar; jar=$(tool com.pinterest.ktlint:ktlint-cli:1.8.0 com/pinterest/ktlint/ktlint-cli/1.8.0/ktlint-cli-1.8.0-all.jar) || return 1
  (cd "$here/.." && { sources; find . -name '*.gradle.kts'; } | xargs java -jar "$jar" --relative)
}
detekt() {
  local jar; jar=$(tool io.gitlab.arturbosch.detekt:detekt-cli:1.23.8 io/gitlab/arturbosch/detekt/detekt-cli/1.23.8/detekt-cli-1.23.8-all.jar) || return 1
  (cd "$here/.." && java -jar "$jar" --config detekt.yml --build-upon-default-config --input "$(sources | paste -sd,)")
}

missing=$(for package in libgl1 libx11-6 libfontconfig1 fonts-dejavu-core; do dpkg -s "$package" >/dev/null 2>&1 || echo -n " $package"; done)
if [ -n "$missing" ]; then echo "failed: compose (missing:$missing; apt-get install$missing)"; exit 1; fi
step "reactor: bindings, models, screens, shell" reactor.log reactor
step "profile next: the same screens against the current Compose" next.log next
step "ktlint, also the parser of the Gradle files" ktlint.log ktlint
step "detekt" detekt.log detekt
echo "skipped: gradle (no Android SDK; android/README.md)"
echo "skipped: r8 (no Android SDK; android/README.md)"
echo "skipped: cargo-ndk (no NDK; android/README.md)"
echo "skipped: device (android/README.md)"
exit $failed
