# shellcheck shell=sh
# Finds a JDK for building and running Coffer. Sourced by mvnw, coffer and .ci/run (POSIX sh; no side effects but
# JAVA_HOME). One place, so that the three never disagree about which Java they mean.
#
#   find_jdk    sets and exports JAVA_HOME to a JDK of at least $jdk_least; prints one sentence and returns 1 otherwise.

jdk_least=25

# Prints the feature number (25) of the JDK in folder $1; nothing if there is no JDK with a compiler in it.
jdk_feature() {
  [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 0
  sed -n 's/^JAVA_VERSION="\([0-9][0-9]*\).*/\1/p' "$1/release"
}

# Is there a JDK of at least $jdk_least in folder $1?
jdk_suits() {
  jdk_found=$(jdk_feature "$1")
  [ -n "$jdk_found" ] && [ "$jdk_found" -ge "$jdk_least" ]
}

# Prints the folders where JDKs usually live, one a line; a name that holds the wanted number comes first.
jdk_folders() {
  if [ -x /usr/libexec/java_home ]; then
    /usr/libexec/java_home -v "$jdk_least+" 2>/dev/null || :
  fi
  for jdk_parent in /usr/lib/jvm /usr/java /opt "${SDKMAN_DIR:-$HOME/.sdkman}/candidates/java" "$HOME/.jdks" \
    "$HOME/Library/Java/JavaVirtualMachines"; do
    for jdk_folder in "$jdk_parent"/*"$jdk_least"* "$jdk_parent"/*; do
      [ ! -d "$jdk_folder/Contents/Home" ] || jdk_folder=$jdk_folder/Contents/Home
      [ ! -d "$jdk_folder" ] || printf '%s\n' "$jdk_folder"
    done
  done
  jdk_java=$(command -v java || :)
  if [ -n "$jdk_java" ] && command -v readlink >/dev/null 2>&1; then
    jdk_java=$(readlink -f "$jdk_java" 2>/dev/null || :)
    [ -z "$jdk_java" ] || dirname "$(dirname "$jdk_java")"
  fi
}

find_jdk() {
  if [ -n "${JAVA_HOME:-}" ] && jdk_suits "$JAVA_HOME"; then
    export JAVA_HOME
    return 0
  fi
  jdk_choice=$(
    jdk_folders | while IFS= read -r jdk_folder; do
      if jdk_suits "$jdk_folder"; then
        printf '%s\n' "$jdk_folder"
        break
      fi
    done || : # under pipefail the folders after the chosen one would count as a failure
  )
  if [ -n "$jdk_choice" ]; then
    JAVA_HOME=$jdk_choice
    export JAVA_HOME
    return 0
  fi
  jdk_seen=
  if [ -n "${JAVA_HOME:-}" ]; then
    jdk_found=$(jdk_feature "$JAVA_HOME")
    jdk_seen=" (JAVA_HOME holds ${jdk_found:-no JDK with a release file})"
  fi
  echo "Coffer needs a JDK of version $jdk_least or newer$jdk_seen: install OpenJDK $jdk_least" \
    "(any vendor's build) or set JAVA_HOME to its folder, then run this command again." >&2
  return 1
}
