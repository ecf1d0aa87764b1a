#!/bin/sh
# Builds the image of the HSM program again, from its source, and prints what HSMs that run it measure.
#
#   sh rebuild.sh SOURCE COMMIT DIR [MANIFEST]
#
# SOURCE is a clone, or an address that git knows; COMMIT is in provenance.json; DIR is made. MANIFEST is image.manifest of a
# package: the files that are not the same are shown, and it ends with 1 if there is one. Take this script from a release or read
# it. It needs git, a JDK 25 (JAVA_HOME), find, sort, sha256sum, diff; the build needs a Maven repository.
set -eu
if [ $# -lt 3 ]; then
  sed -n 's/^#   //p' "$0" >&2
  exit 2
fi
umask 022
# A path that is not absolute is meant from here.
case ${4:-/} in /*) manifest=${4:-} ;; *) manifest=$PWD/$4 ;; esac
git clone -q --no-checkout "$1" "$3"
git -C "$3" checkout -q --detach "$2"
cd "$3"
./mvnw -q -B -pl hsm-image -am package -DskipTests </dev/null >&2
cd hsm-image/target/hsm-image
find . -type f | sed 's|^\./||' | LC_ALL=C sort | while read -r file; do
  if [ -x "$file" ]; then may=x; else may=-; fi
  printf '%s %s %s\n' "$(sha256sum <"$file" | cut -c 1-64)" "$may" "$file"
done >../image.manifest
printf 'measurement %s\n' "$(sha256sum <../image.manifest | cut -c 1-64)"
[ -z "$manifest" ] || diff "$manifest" ../image.manifest
