#!/usr/bin/env bash
# swift.sh COMMAND…   runs COMMAND (swift test, swift format …) with Swift 6 in the current folder, on Linux, without root.
#
# A Swift 6 on PATH is used as it is. Otherwise Debian 13's swiftlang is unpacked below target/swift-linux (527 MB to
# download, 2.5 GB kept) and runs in a namespace of its own. Nothing is installed.
#
#   FARLEY_LIB_DIR=dir        where libfarley_mobile.so lies; inside the repository, the only folder that is mounted
#   FARLEY_SWIFT_NETWORK=1    keep the network, for tests against a relay on loopback
#   FARLEY_SWIFT_ROOT=dir     where to unpack, for a cache
#   FARLEY_SWIFT_RUNNER=name  bwrap, unshare or proot instead of the first that may run here
#   FARLEY_DEBIAN_MIRROR=url  where to fetch from; else what the host's apt uses for Debian
set -euo pipefail

repository=$(git rev-parse --show-toplevel)
root=${FARLEY_SWIFT_ROOT:-$repository/target/swift-linux}
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
packages=(swiftlang libc6-dev libstdc++-14-dev bash coreutils grep sed findutils bubblewrap proot)

fail() {
  echo "swift.sh: $1" >&2
  exit 1
}

has_swift_6() {
  [ -z "${FARLEY_SWIFT_ROOT:-}${FARLEY_SWIFT_RUNNER:-}" ] && swift --version 2>/dev/null | grep -q 'Swift version [6-9]'
}

# What the host's apt knows as Debian's main archive.
mirror() {
  apt-get indextargets --format '$(ORIGIN) $(COMPONENT) $(CODENAME) $(REPO_URI)' |
    awk '$1 == "Debian" && $2 == "main" && $3 !~ /-/ { print $4; exit }'
}

# apt in a folder of its own: the host's sources, caches, hooks and package state are neither read nor written.
apt_settings() {
  local apt=$1 source=$2
  mkdir -p "$apt"/{lists/partial,archives/partial,etc/preferences.d,none}
  : >"$apt/status"
  echo "deb [signed-by=$keyring arch=amd64] $source trixie main" >"$apt/etc/sources.list"
  cat >"$apt/apt.conf" <<END
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear DPkg::Post-Invoke;
Dir::State "$apt"; Dir::State::status "$apt/status"; Dir::Cache "$apt"; Dir::Log "$apt";
Dir::Etc "$apt/etc"; Dir::Etc::sourcelist "$apt/etc/sources.list";
Dir::Etc::sourceparts "$apt/none"; Dir::Etc::parts "$apt/none";
APT::Architecture "amd64"; APT::Architectures { "amd64"; };
APT::Install-Recommends "false"; APT::Sandbox::User "$(id -un)";
Acquire::Languages "none"; Acquire::Retries "3"; Debug::NoLocking "1"; pkgCacheGen::ForceEssential "none";
END
}

unpack() {
  local apt=$root.apt new=$root.new source deb tool
  for tool in apt-get dpkg-deb; do
    command -v "$tool" >/dev/null || fail "$tool is missing; put a Swift 6 on PATH instead"
  done
  [ -r "$keyring" ] || fail "the package debian-archive-keyring is missing; its keys check what is fetched"
  source=${FARLEY_DEBIAN_MIRROR:-$(mirror)}
  [ -n "$source" ] || fail "apt knows no Debian archive; name one with FARLEY_DEBIAN_MIRROR"
  rm -rf "$root" "$new" "$apt"
  mkdir -p "$new"/{dev,proc,tmp,run,etc}
  apt_settings "$apt" "$source"
  echo "swift.sh: fetching Swift 6 for the first time (527 MB) …" >&2
  APT_CONFIG=$apt/apt.conf apt-get update -qq
  APT_CONFIG=$apt/apt.conf apt-get install -y -qq --download-only "${packages[@]}" >/dev/null
  for deb in "$apt"/archives/*.deb; do
    dpkg-deb --fsys-tarfile "$deb" | tar -xf - -C "$new" --no-same-owner \
      --exclude='./dev/*' --exclude='./usr/share/doc' --exclude='./usr/share/man' --exclude='./usr/share/locale'
  done
  printf 'root:x:0:0::/tmp:/bin/sh\nuser:x:%s:%s::/tmp:/bin/sh\n' "$(id -u)" "$(id -g)" >"$new/etc/passwd"
  rm -rf "$apt"
  mv "$new" "$root" # last: a half unpacked tree never counts
}

# Programs of the unpacked tree need its own loader: the host's C library is older.
of_tree() {
  "$root/lib64/ld-linux-x86-64.so.2" --library-path "$root/usr/lib/x86_64-linux-gnu" "$@"
}

in_bwrap() {
  of_tree "$root/usr/bin/bwrap" --ro-bind "$root" / --dev /dev --proc /proc --tmpfs /tmp --tmpfs /run \
    --bind "$repository" "$repository" --chdir "$PWD" \
    --unshare-all ${FARLEY_SWIFT_NETWORK:+--share-net} --die-with-parent "${clean[@]}" "$@"
}

in_unshare() {
  unshare --user --map-root-user --mount --pid --fork --kill-child bash -ec '
    root=$1 repository=$2 here=$3
    shift 3
    mount --rbind /dev "$root/dev"
    mount -t proc proc "$root/proc"
    mount -t tmpfs tmp "$root/tmp"
    mkdir -p "$root$repository"
    mount --rbind "$repository" "$root$repository"
    exec chroot "$root" /bin/bash -c '\''cd "$0" && exec "$@"'\'' "$here" "$@"
  ' _ "$root" "$repository" "$PWD" "${clean[@]}" "$@"
}

in_proot() {
  of_tree "$root/usr/bin/proot" -r "$root" -b /dev -b /proc -b /tmp -b "$repository" -w "$PWD" "${clean[@]}" "$@"
}

[ $# -gt 0 ] || fail "names no command; for example: swift.sh swift test"
if has_swift_6; then exec "$@"; fi
[ "$(uname -sm)" = "Linux x86_64" ] || fail "needs Linux on x86-64, or a Swift 6 on PATH"
case ${FARLEY_LIB_DIR:-$repository} in
  "$repository" | "$repository"/*) ;;
  *) fail "FARLEY_LIB_DIR must lie inside $repository; nothing else is mounted" ;;
esac

mkdir -p "$(dirname "$root")"
(
  flock 9
  [ -d "$root" ] || unpack
) 9>"$root.lock"
[ -d "$root$repository" ] || mkdir -p "$root$repository" # where the working copy is mounted
clean=(/usr/bin/env -i HOME=/tmp LANG=C.UTF-8 "PATH=/usr/libexec/swift/bin:/usr/bin:/bin"
  ${FARLEY_LIB_DIR:+FARLEY_LIB_DIR="$FARLEY_LIB_DIR"})

for runner in ${FARLEY_SWIFT_RUNNER:-bwrap unshare proot}; do
  if "in_$runner" true 2>/dev/null; then
    "in_$runner" "$@"
    exit
  fi
done
fail "neither bwrap nor unshare nor proot may run here"
