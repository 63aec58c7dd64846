#!/usr/bin/env bash
# A Redis of another Debian release, unpacked beside this one and never installed; prints its folder for the PATH.
# Usage: unpack.sh SUITE PACKAGE FOLDER      e.g. unpack.sh trixie valkey-server /tmp/stores
# apt checks signatures and sums; the server runs on its own release's C library.
set -euo pipefail
suite=$1 package=$2 folder=$3/$1-$2
if [ ! -x "$folder/bin/redis-server" ]; then
  mkdir -p "$folder"/{bin,root,state/lists/partial,cache/archives/partial}
  : > "$folder/state/status"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian $suite main" > "$folder/sources.list"
  options=(-qq -o "Dir::State=$folder/state" -o "Dir::State::status=$folder/state/status" -o "Dir::Cache=$folder/cache"
    -o "Dir::Etc::sourcelist=$folder/sources.list" -o Dir::Etc::sourceparts=- -o APT::Install-Recommends=false
    -o APT::Sandbox::User=root -o Debug::NoLocking=1)
  apt-get "${options[@]}" update >&2
  apt-get "${options[@]}" --download-only --yes install "$package" >&2
  for archive in "$folder"/cache/archives/*.deb; do dpkg-deb --extract "$archive" "$folder/root"; done
  program=$folder/root/usr/bin/$package
  loader=$(find "$folder/root" -name 'ld-linux-x86-64.so.2' | head -1)
  libraries="$folder/root/usr/lib/x86_64-linux-gnu:$folder/root/lib/x86_64-linux-gnu"
  printf '#!/bin/sh\nexec "%s" --library-path "%s" "%s" "$@"\n' "$loader" "$libraries" "$program" > "$folder/bin/redis-server"
  chmod +x "$folder/bin/redis-server"
  rm -rf "$folder/cache" "$folder/state"
fi
"$folder/bin/redis-server" --version >&2
echo "$folder/bin"
