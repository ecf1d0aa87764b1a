#!/bin/sh
# Restores the newest snapshot of a Coffer backup repository with stock tools and none of Coffer's code:
# a POSIX shell, age, gzip, sha256sum (or shasum), and ordinary head, tail, sort, tr, cut, wc, touch, mktemp.
#
#   usage: restore-with-age.sh REPOSITORY TARGET [SNAPSHOT] < file-with-the-64-digit-key
#
# REPOSITORY is a folder (for a bucket: copy it to a folder first), TARGET a directory that is new or empty, SNAPSHOT a
# name from REPOSITORY/snapshots. docs/restore-with-age.md explains each step. Exit code: 0 everything was restored and
# verified, 3 something is damaged or missing and the rest was restored, 1 nothing could be done.
#
# The key is never an argument of a program: other users of the machine could read it there.
set -eu
umask 077
LC_ALL=C
export LC_ALL
tab=$(printf '\t')

die() {
  printf '%s\n' "$1" >&2
  exit 1
}

[ $# -ge 2 ] || die "usage: $0 REPOSITORY TARGET [SNAPSHOT] < file-with-the-64-digit-key"
repository=$1
target=$2
wanted=${3:-}
for tool in age gzip; do
  command -v "$tool" >/dev/null || die "Install $tool first, then run this again."
done
if command -v sha256sum >/dev/null; then
  sha256() { sha256sum | cut -c1-64; }
else
  sha256() { shasum -a 256 | cut -c1-64; }
fi
[ -d "$repository/snapshots" ] || die "$repository holds no snapshots: name the folder of the repository."
mkdir -p "$target"
[ -z "$(ls -A "$target")" ] || die "$target is not empty: name a new directory."

# ---- The key -------------------------------------------------------------------------------------------------------

# The octets that a string of hexadecimal digits stands for.
octets() {
  o_left=$1
  while [ -n "$o_left" ]; do
    o_rest=${o_left#??}
    printf "\\$(printf '%03o' "0x${o_left%"$o_rest"}")"
    o_left=$o_rest
  done
}

# A number as four octets, the first the most significant.
u32() {
  printf "\\$(printf '%03o' $(($1 >> 24 & 255)))\\$(printf '%03o' $(($1 >> 16 & 255)))"
  printf "\\$(printf '%03o' $(($1 >> 8 & 255)))\\$(printf '%03o' $(($1 & 255)))"
}

# A key of 64 hexadecimal digits (or none), filled up with zeros to 64 octets, each XORed with $2.
key_block() {
  b_left=$1
  b_count=0
  while [ $b_count -lt 64 ]; do
    b_octet=0
    if [ -n "$b_left" ]; then
      b_rest=${b_left#??}
      b_octet=$((0x${b_left%"$b_rest"}))
      b_left=$b_rest
    fi
    printf "\\$(printf '%03o' $((b_octet ^ $2)))"
    b_count=$((b_count + 1))
  done
}

# HMAC-SHA256 (RFC 2104) of standard input under a key in hexadecimal.
hmac() {
  h_inner=$({ key_block "$1" 54; cat; } | sha256)
  { key_block "$1" 92; octets "$h_inner"; } | sha256
}

# HKDF-SHA256 (RFC 5869) of K: no salt, 32 octets, the label with its length in front as info.
derive() {
  { u32 ${#1}; printf '%s' "$1"; printf '\001'; } | hmac "$extracted"
}

# Words in front of a colon are labels, and what coffer key show prints as a check comes last.
k=$(sed 's/^.*://' | tr -d ' \t\r\n-' | tr 'ABCDEF' 'abcdef')
case $k in
  *[!0-9a-f]* | '') die "The key on standard input is not hexadecimal: give a file with the 64 digits." ;;
esac
case ${#k} in
  64) ;;
  80)
    check=${k#"${k%????????????????}"}
    k=${k%????????????????}
    groups=$k
    group=0
    while [ -n "$groups" ]; do
      after=${groups#????????}
      first=$({
        u32 22; printf 'coffer/v1/key-checksum'
        u32 8; u32 0; u32 $group
        u32 4; octets "${groups%"$after"}"
      } | sha256 | cut -c1-2)
      [ "${check%"${check#??}"}" = "$first" ] || die "Group $((group + 1)) of the key does not match its check."
      check=${check#??}
      groups=$after
      group=$((group + 1))
    done
    ;;
  *) die "The key on standard input has ${#k} digits, not 64, and not 80 with its check." ;;
esac
extracted=$(octets "$k" | hmac '')
scalar=$(derive coffer/v1/backup-identity)
name_key=$(derive coffer/v1/backup-name-key)

# Bech32 (BIP 173) of the scalar with the prefix age-secret-key-, in capitals.
bech32_step() {
  top=$((check >> 25))
  check=$(((check & 0x1ffffff) << 5 ^ $1))
  [ $((top & 1)) -eq 0 ] || check=$((check ^ 0x3b6a57b2))
  [ $((top & 2)) -eq 0 ] || check=$((check ^ 0x26508e6d))
  [ $((top & 4)) -eq 0 ] || check=$((check ^ 0x1ea119fa))
  [ $((top & 8)) -eq 0 ] || check=$((check ^ 0x3d4233dd))
  [ $((top & 16)) -eq 0 ] || check=$((check ^ 0x2a1462b3))
}
bech32_digit() {
  alphabet=QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L
  skip=$1
  while [ "$skip" -gt 0 ]; do
    alphabet=${alphabet#?}
    skip=$((skip - 1))
  done
  identity=$identity${alphabet%"${alphabet#?}"}
}
identity=AGE-SECRET-KEY-1
check=1
# The prefix: the upper bits of its characters, a zero, the lower bits.
for value in 3 3 3 1 3 3 3 3 3 3 1 3 3 3 1 0 1 7 5 13 19 5 3 18 5 20 13 11 5 25 13; do
  bech32_step $value
done
left=$scalar
bits=0
held=0
while [ -n "$left" ] || [ $bits -gt 0 ]; do
  if [ $bits -lt 5 ]; then
    if [ -n "$left" ]; then
      rest=${left#??}
      held=$((held << 8 | 0x${left%"$rest"}))
      left=$rest
      bits=$((bits + 8))
    else
      held=$((held << (5 - bits)))
      bits=5
    fi
  fi
  bits=$((bits - 5))
  value=$((held >> bits & 31))
  held=$((held & ((1 << bits) - 1)))
  bech32_step $value
  bech32_digit $value
done
for value in 0 0 0 0 0 0; do
  bech32_step $value
done
check=$((check ^ 1))
for shift in 25 20 15 10 5 0; do
  bech32_digit $((check >> shift & 31))
done

# ---- Objects -------------------------------------------------------------------------------------------------------

work=$(mktemp -d "$target/.restore-XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
status=0
warn() {
  printf '%s\n' "$1" >&2
  status=3
}

# The plaintext of an object, into a file; whether that worked.
open_object() {
  [ -f "$1" ] || return 1
  { printf '%s\n' "$identity" | age -d -i - "$1" | gzip -dc; } >"$2" 2>"$work/errors"
}

# Whether the content of a file belongs under a name: the name is its MAC.
has_name() {
  n_mac=$({
    u32 21; printf 'coffer/v1/backup-name'
    u32 ${#1}; printf '%s' "$1"
    u32 "$(wc -c <"$2" | tr -d ' ')"; cat "$2"
  } | hmac "$name_key")
  [ "$n_mac" = "$3" ]
}

# The object that holds pieces, into $work/object. Kept until another is wanted, since the files of a pack follow each other.
held_object=
fetch() {
  [ "$1" != "$held_object" ] || return 0
  held_object=
  f_start=${1%"${1#??}"}
  open_object "$repository/data/$f_start/$1" "$work/object" || return 1
  held_object=$1
}

# The piece OBJECT OFFSET SIZE, to standard output.
piece() {
  tail -c +$(($2 + 1)) "$work/object" | head -c "$3"
}

# ---- The snapshot --------------------------------------------------------------------------------------------------

found=
for name in ${wanted:-$(ls "$repository/snapshots" | sort -r)}; do
  # The time is in the content too: whoever holds the store may rename an old snapshot to look new.
  if open_object "$repository/snapshots/$name" "$work/snapshot" &&
    has_name snapshot "$work/snapshot" "${name#*-}" &&
    [ "$(head -n 2 "$work/snapshot" | tail -n 1)" = "time ${name%-*}" ]; then
    found=$name
    break
  fi
  warn "snapshot $name is damaged, or written under another key"
done
[ -n "$found" ] || die "No snapshot can be read: check the key."
case $(head -n 1 "$work/snapshot") in
  'coffer-snapshot 1' | 'coffer-snapshot 2') ;;
  *) die "This snapshot has a newer format: use a newer script." ;;
esac

: >"$work/list"
while IFS=$tab read -r kind object offset size rest; do
  [ "$kind" = p ] || continue
  if fetch "$object" && has_name data "$work/object" "${object%-*}"; then
    piece "$object" "$offset" "$size" >>"$work/list"
  else
    warn "part of the file list is damaged: data/$object"
    # Keeps a file whose lines go across the gap from being taken for complete.
    printf 'gap\n' >>"$work/list"
  fi
done <"$work/snapshot"

# ---- The files -----------------------------------------------------------------------------------------------------

# The path that a text of the file list stands for, in $decoded. The x saves newlines at the end.
decode() {
  decoded=$(printf '%bx' "$1")
  decoded=${decoded%x}
}

# Whether a path stays inside; a list under the right MAC holds no other.
inside() {
  case "/$1/" in
    */../* | */./* | *//*) return 1 ;;
  esac
}

# Gives a file the time of the list: whole seconds since 1970, rounded down, a point and what comes on top. Before 1970 that
# is not how a fraction is written for touch: two seconds before and three quarters on top are -1.25. Where touch takes no
# fraction (BusyBox), the seconds have to do; where it takes no seconds (macOS), the file is from today.
stamp() {
  s_seconds=${1%.*}
  s_exact=$1
  case $1 in
    -*.000000000) ;;
    -*)
      # The 1 in front keeps zeros from being read as octal.
      s_rest=$((2000000000 - 1${1#*.}))
      s_whole=$((-s_seconds - 1))
      s_exact=-$s_whole.$(printf '%09d' "$s_rest")
      ;;
  esac
  touch -d "@$s_exact" "$2" 2>/dev/null || touch -d "@$s_seconds" "$2" 2>/dev/null || :
}

# Checks the file whose pieces were put together, and moves it to its place.
finish() {
  [ -n "$file_path" ] || return 0
  f_path=$file_path
  file_path=
  if [ "$broken" = no ] && [ "$(sha256 <"$work/file")" = "$file_hash" ]; then
    decode "$f_path"
    if ! inside "$decoded" || ! mv "$work/file" "$target/$decoded"; then
      warn "cannot write $f_path"
      return 0
    fi
    # Without set-user-id and the like: owners are not restored, for whom those bits speak.
    chmod "0${file_mode#?}" "$target/$decoded"
    stamp "$file_time" "$target/$decoded"
    files=$((files + 1))
  else
    warn "damaged, not restored: $f_path"
  fi
}

files=0
lists=0
file_path=
: >"$work/directories"
: >"$work/links"
: >"$work/names"
while IFS=$tab read -r kind a b c d e path; do
  case $kind in
    # Owners and extended attributes of the entry above.
    a) continue ;;
    p)
      [ -n "$file_path" ] || continue
      if [ "$broken" = no ] && fetch "$a"; then
        piece "$a" "$b" "$c" >>"$work/file"
      else
        broken=yes
      fi
      continue
      ;;
  esac
  finish
  case $kind in
    d)
      decode "$path"
      if [ "$path" = . ] || inside "$decoded"; then
        mkdir -p "$target/$decoded"
        printf '%s\t%s\t%s\n' "$a" "$b" "$path" >>"$work/directories"
      fi
      ;;
    f)
      file_path=$path
      file_mode=$a
      file_time=$b
      file_hash=$d
      broken=no
      : >"$work/file"
      ;;
    l) printf '%s\t%s\n' "$e" "$path" >>"$work/links" ;;
    h) printf '%s\t%s\t%s\n' "$d" "$e" "$path" >>"$work/names" ;;
    n)
      case $e in
        ACCESS_LIST) lists=$((lists + 1)) ;;
        *) printf 'not in the backup, or not as it was: %s (%s)\n' "$path" "$e" >&2 ;;
      esac
      ;;
    gap) broken=yes ;;
    *) warn "a line of the file list is not understood" ;;
  esac
done <"$work/list"
finish
[ $lists = 0 ] || printf 'had an access control list or capabilities, which a backup does not keep: %s entries\n' $lists >&2

# Further names of a file, which must be the file that the list means.
while IFS=$tab read -r hash first path; do
  decode "$first"
  from=$decoded
  decode "$path"
  { inside "$from" && inside "$decoded" && [ -f "$target/$from" ] && [ ! -L "$target/$from" ] &&
    [ "$(sha256 <"$target/$from")" = "$hash" ] && ln -- "$target/$from" "$target/$decoded" &&
    files=$((files + 1)); } || warn "damaged, not restored: $path"
done <"$work/names"

# Links last, so that nothing is ever written through one.
while IFS=$tab read -r link path; do
  decode "$link"
  to=$decoded
  decode "$path"
  { inside "$decoded" && ln -s -- "$to" "$target/$decoded"; } || warn "cannot make the link $path"
done <"$work/links"

# Directories get their modes and times when nothing more happens in them, children first.
sort -r -t "$tab" -k 3 "$work/directories" >"$work/sorted"
exec 3<"$work/sorted"
rm -rf "$work"
work=/dev/null
trap - EXIT
while IFS=$tab read -r mode time path <&3; do
  decode "$path"
  chmod "0${mode#?}" "$target/$decoded"
  stamp "$time" "$target/$decoded"
done

printf 'restored %s files of snapshot %s\n' "$files" "$found"
exit $status
