#!/bin/sh
# Checks a package of evidence with tools that are not Coffer's: sh, sed, awk, sort, cmp, od, base64, sha256sum, openssl, ssh-keygen.
#
#     sh check-with-stock-tools.sh [DIR [KEY.pem [FLEET]]]
#
# DIR is the package (default: where this script lies). KEY.pem is the public key that is to have signed it, FLEET the fleet
# that a client uses, 64 hexadecimal digits: both from elsewhere. Take this script from elsewhere, too: whoever could change
# the package could change it. One line a claim, as coffer audit fleet; ends with 0 only if none failed.
set -uf
LC_ALL=C
export LC_ALL
dir=${1:-$(dirname "$0")}
key=${2:-}
expected=${3:-}
[ -n "$key" ] && key=$(cd "$(dirname "$key")" && pwd)/$(basename "$key")
cd "$dir" || exit 2
for tool in sed awk sort cmp od base64 sha256sum openssl ssh-keygen; do
  command -v "$tool" >/dev/null || { echo "There is no $tool here: install it." >&2; exit 2; }
done
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
: >"$work/said"
failed=0

# Nothing that a terminal acts on: what is said comes from files that somebody else wrote.
say() {
  printf '%s  %s  %s\n' "$1" "$2" "$3" | tr -cd '\n -~'
  echo "$2" >>"$work/said"
  [ "$1" = FAIL ] && failed=1
  return 0
}
holds() { if [ "$1" -eq 0 ]; then say PASS "$2" "$3"; else say FAIL "$2" "$3"; fi; }
no() { say SKIP "$1" "$2"; }
hash() { sha256sum "$1" 2>/dev/null | cut -d ' ' -f 1; }
# A text or number of the manifest.
told() { sed -n 's/^.*"'"$1"'":"\{0,1\}\([^",}]*\)"\{0,1\}[,}].*$/\1/p' manifest.json; }
# A line of the plan.
planned() { sed -n "s/^$1 //p" ceremony/plan.txt; }
# A line of a message.
line() { sed -n "s/^$2 //p" "ceremony/$1"; }
true_or_false() { sed 's/^yes$/true/; s/^no$/false/'; }
# One member of a tuple that is hashed or signed: its length in four octets, and it.
octet() { printf %b "\\0$(printf %03o "$1")"; }
field() {
  size=$(wc -c <"$1")
  octet $((size >> 24)); octet $((size >> 16 & 255)); octet $((size >> 8 & 255)); octet $((size & 255))
  cat "$1"
}
text() { printf %s "$1" >"$work/text"; field "$work/text"; }
unhex() {
  printf %b "$(echo "$1" | awk -v h=0123456789abcdef '{ for (i = 1; i < length($0); i += 2)
    printf "\\0%03o", 16 * (index(h, substr($0, i, 1)) - 1) + index(h, substr($0, i + 1, 1)) - 1 }')"
}
public_key() { # of 32 octets, as openssl wants it
  octet 48; octet 42; octet 48; octet 5; octet 6; octet 3; octet 43; octet 101; octet 112; octet 3; octet 33; octet 0
  cat "$1"
}

# An Entity Attestation Token, as an HSM of this fleet has to write it: COSE_Sign1 over claims in CBOR, in hexadecimal.
hex() { od -An -v -tx1 "$1" | tr -d ' \n'; }
hex_text() { printf %s "$1" >"$work/text"; hex "$work/text"; }
cbor() { # head of an item: its type, its size
  if [ "$2" -lt 24 ]; then printf '%02x' $(($1 + $2)); elif [ "$2" -lt 256 ]; then printf '%02x%02x' $(($1 + 24)) "$2"
  else printf '%02x%04x' $(($1 + 25)) "$2"; fi
}
inside="CKA_LOCAL=1 CKA_SENSITIVE=1 CKA_ALWAYS_SENSITIVE=1 CKA_EXTRACTABLE=0 CKA_NEVER_EXTRACTABLE=1"
leaves=""
disks=""
token() { # site, nonce
  key=$(head -c 32 "$work/identity-$1" >"$work/raw"; hex "$work/raw")
  session=$(head -c 64 "$work/identity-$1" | tail -c 32 >"$work/raw"; hex "$work/raw")
  model=$(line "site-$1.identity" model)
  size=${#model}
  if [ "$size" -gt 32 ]; then size=32; model=$(printf %s "$model" | sha256sum | cut -d ' ' -f 1); else model=$(hex_text "$model"); fi
  said=$(line "site-$1.identity" promises)
  claims="ab08a101a301012006215820${key}0a5840${2}190103$(cbor 64 "$size")${model}1901070119010971$(hex_text urn:coffer:eat:v1)"
  claims="${claims}1901118182182a5820$(told measurement)6368736d0$1"
  claims="${claims}65$(hex_text fleet)5820${fleet}68$(hex_text promises)$(cbor 96 ${#said})$(hex_text "$said")"
  claims="${claims}6a$(hex_text sessionKey)5820${session}"
  # What its port read of the key is its own word: one text, between its name and the signature.
  [ "$(wc -c <"attestation-$1.eat" 2>/dev/null)" -gt 66 ] 2>/dev/null || return 1
  attributes=$(hex "attestation-$1.eat")
  attributes=${attributes##*6d6b657941747472696275746573}
  attributes=$(printf %s "$attributes" | head -c $((${#attributes} - 132)))
  case $attributes in 78*) read=$(echo "$attributes" | cut -c5-) ;; *) read=$(echo "$attributes" | cut -c3-) ;; esac
  [ "$(cbor 96 $((${#read} / 2)))$read" = "$attributes" ] || return 1
  claims="${claims}6d6b657941747472696275746573$attributes"
  case $said in
    "keys disk "*) ;;
    *" voucher device") [ "$read" = "$(hex_text "fixedTPM=1 fixedParent=1 userWithAuth=0")" ] || leaves="$leaves $1" ;;
    *) [ "$read" = "$(hex_text "$inside")" ] || leaves="$leaves $1" ;;
  esac
  case $said in "keys disk "*) disks="$disks $1" ;; esac
  payload="$(cbor 64 $((${#claims} / 2)))$claims"
  unhex "846a$(hex_text Signature1)43a1012740$payload" >"$work/signed"
  tail -c 64 "attestation-$1.eat" >"$work/sig" 2>/dev/null || return 1
  unhex "d28443a10127a0${payload}5840$(hex "$work/sig")" | cmp -s - "attestation-$1.eat" || return 1
  unhex "$key" >"$work/raw"
  public_key "$work/raw" >"$work/key.der"
  openssl pkeyutl -verify -pubin -keyform DER -inkey "$work/key.der" -rawin -in "$work/signed" -sigfile "$work/sig" >/dev/null 2>&1
}

# --- the package
tr '{' '\n' <manifest.json 2>/dev/null |
  sed -n 's/^"name":"\(\(ceremony\/\)\{0,1\}[A-Za-z0-9][A-Za-z0-9._-]*\)","digest":$/\1/p' >"$work/names"
tr '{' '\n' <manifest.json 2>/dev/null | sed -n 's/^"sha256":"\([0-9a-f]\{64\}\)"}}.*$/\1/p' >"$work/hashes"
paste -d ' ' "$work/hashes" "$work/names" | sed 's/ /  /' >"$work/sums"
count=$(wc -l <"$work/names" | tr -d ' ')
grep -q '^{"_type":"https://in-toto.io/Statement/v1","subject":\[.*"predicateType":"urn:coffer:evidence:v1"' manifest.json 2>/dev/null &&
  [ "$count" -gt 0 ] && [ "$count" -eq "$(wc -l <"$work/hashes")" ]
holds $? manifest-form "an in-toto statement over $count files; that it has its one form needs Coffer"

sed -n 's/^.*"payload":"\([A-Za-z0-9+\/=]*\)","payloadType":"application\/vnd.in-toto+json".*$/\1/p' manifest.sigstore.json |
  base64 -d >"$work/payload" 2>/dev/null
sed -n 's/^.*"signatures":\[{"sig":"\([A-Za-z0-9+\/=]*\)"}\]}}$/\1/p' manifest.sigstore.json | base64 -d >"$work/sig" 2>/dev/null
{ printf 'DSSEv1 28 application/vnd.in-toto+json %s ' "$(wc -c <"$work/payload" | tr -d ' ')"; cat "$work/payload"; } >"$work/pae"
cmp -s "$work/payload" manifest.json &&
  openssl pkeyutl -verify -pubin -inkey evidence.pub -rawin -in "$work/pae" -sigfile "$work/sig" >/dev/null 2>&1
holds $? manifest-signature "openssl: the envelope's signature by evidence.pub; its payload is manifest.json"
if [ -n "$key" ]; then
  cmp -s "$key" evidence.pub
  holds $? manifest-signer "evidence.pub and the key that was given"
else
  no manifest-signer "no key was given to expect: anybody can sign a package"
fi
[ "$count" -gt 0 ] && sha256sum -c --status "$work/sums" 2>/dev/null
holds $? manifest-files "sha256sum of $count files"
{ cat "$work/names"; echo manifest.json; echo manifest.sigstore.json; } | sort >"$work/allowed"
find . ! -type d | sed 's|^\./||' | sort >"$work/there"
# A page or a script among them would run where somebody publishes the package.
known='manifest\.(sigstore\.)?json|evidence\.pub|claims\.json|script\.txt|check-with-stock-tools\.sh|rebuild\.sh'
known="$known|attestation\.(checkpoint|randomness|revoked\.pem)|attestation-[1-7]\.(eat|chain\.pem)"
known="$known|image\.(manifest|release)|sbom\.cdx\.json|provenance\.json|ceremony/(plan\.txt|fleet\.bin|transcript\.txt"
known="$known|site-[1-7]\.(transcript|identity|commitments|reveals|statement|seen)|site-1\.certificates"
known="$known|announcement\.(policy|tlog-proof)|signature-[a-z0-9][a-z0-9-]{0,31}\.sig)"
grep -vxE "$known" "$work/there" >"$work/unknown"
[ -z "$(comm -13 "$work/allowed" "$work/there")" ] && [ -z "$(find . -type l)" ] && [ ! -s "$work/unknown" ]
holds $? manifest-complete "$(wc -l <"$work/there" | tr -d ' ') files: named, or the manifest's own, and none that no package has"
no stock-script "it is this script: compare it with the one of a release"

# --- the ceremony
plan=$(hash ceremony/plan.txt)
n=$(planned hsms)
case $n in 3 | 5 | 7) ;; *) say FAIL ceremony-plan "it says of no number of HSMs"; exit 1 ;; esac
sites=$(seq 1 "$n")
no ceremony-plan "its rules need Coffer; its SHA-256 is $plan"
no ceremony-script "only Coffer writes it again"
bad=""
check_message() { # kind, site
  file=ceremony/site-$2.$1
  [ "$(sed -n 1,3p "$file" 2>/dev/null)" = "coffer/ceremony-message/v1 $1
plan $plan
site $2" ] || bad="$bad site-$2.$1"
}
kinds="identity commitments reveals statement"
check_message certificates 1
for i in $sites; do for kind in $kinds; do check_message "$kind" "$i"; done; done
[ -z "$bad" ]
holds $? ceremony-messages "first lines of all messages: kind, plan, site$bad; the others need Coffer"

chain() { # site
  file=ceremony/site-$1.transcript
  [ "$(sed -n 1,3p "$file" 2>/dev/null)" = "coffer/ceremony-transcript/v1
plan $plan
site $1" ] || return 1
  lines=$(wc -l <"$file")
  at=4
  while [ "$at" -le "$lines" ]; do
    before=$(head -n $((at - 1)) "$file" | sha256sum | cut -d ' ' -f 1)
    case $(sed -n "${at}p" "$file") in "$((at - 3)) "*" after $before") ;; *) return 1 ;; esac
    at=$((at + 1))
  done
  for kind in $kinds $([ "$1" = 1 ] && echo certificates); do
    named=$(sed -n "s/^[0-9]* [^ ]* $kind \(.*\) after [0-9a-f]*$/\1/p" "$file")
    [ "$named" = "sha256:$(hash "ceremony/site-$1.$kind")" ] || return 1
  done
}
bad=""
for i in $sites; do chain "$i" || bad="$bad $i"; done
[ -z "$bad" ]
holds $? ceremony-transcripts "sha256sum of all before each line, and of the message that it names${bad:+: not at site$bad}"
no ceremony-identities "what is in them needs Coffer"
no ceremony-attestations "how an attestation is laid out needs Coffer"

# Sixteen words of five letters: 16 bits each, consonants and vowels in turn.
words() {
  echo "$1" | awk -v h=0123456789abcdef -v C=bdfghjklmnprstvz -v V=aiou '{
    for (at = 1; at <= length($0); at += 4) {
      b = 0
      for (i = 0; i < 4; i++) b = 16 * b + index(h, substr($0, at + i, 1)) - 1
      printf "%s%s%s%s%s%s", (at > 1 ? " " : ""), substr(C, int(b / 4096) + 1, 1), substr(V, int(b / 1024) % 4 + 1, 1),
        substr(C, int(b / 64) % 16 + 1, 1), substr(V, int(b / 16) % 4 + 1, 1), substr(C, b % 16 + 1, 1)
    }
  }'
}
{ echo coffer/ceremony-roll/v1; for i in $sites; do hash "ceremony/site-$i.identity"; done; } >"$work/roll"
words=$(words "$(hash "$work/roll")")
bad=""
for i in $sites; do grep -q "^[0-9]* [^ ]* confirmed $words after [0-9a-f]*\$" "ceremony/site-$i.transcript" || bad="$bad $i"; done
[ -z "$bad" ]
holds $? ceremony-words "the words of the identities' hashes${bad:+: not said at site$bad}"

# fleet.bin ends with the identities, and its hash is the fleet's name.
: >"$work/identities"
for i in $sites; do line "site-$i.identity" identity | base64 -d >"$work/identity-$i"; cat "$work/identity-$i" >>"$work/identities"; done
{ text coffer/v1/fleet-id; field ceremony/fleet.bin; } >"$work/fleet-id"
fleet=$(hash "$work/fleet-id")
tail -c "$(wc -c <"$work/identities" | tr -d ' ')" ceremony/fleet.bin 2>/dev/null | cmp -s - "$work/identities"
holds $? ceremony-fleet "the identities at the end of fleet.bin; its settings need Coffer"

unhex "$fleet" >"$work/fleet"
{
  text coffer/v1/founding-transcript
  field "$work/fleet"
  for i in $sites; do line "site-$i.commitments" commitments | base64 -d >"$work/commitments"; field "$work/commitments"; done
} >"$work/founding"
founding=$(hash "$work/founding")
unhex "$founding" >"$work/founding-hash"
bad=""
for i in $sites; do
  head -c 32 "$work/identity-$i" >"$work/raw"
  public_key "$work/raw" >"$work/key.der"
  { octet 0; octet 0; octet 0; octet 0; octet 0; octet 0; octet 0; octet "$i"; } >"$work/index"
  { text coffer/v1/founding-transcript-signature; field "$work/fleet"; field "$work/index"; field "$work/founding-hash"; } >"$work/signed"
  line "site-$i.statement" signature | base64 -d >"$work/statement" 2>/dev/null
  [ "$(line "site-$i.statement" founding)" = "$founding" ] &&
    openssl pkeyutl -verify -pubin -keyform DER -inkey "$work/key.der" -rawin -in "$work/signed" -sigfile "$work/statement" \
      >/dev/null 2>&1 || bad="$bad $i"
done
[ -z "$bad" ]
holds $? ceremony-founding "openssl: each HSM's signature over the hash of all commitments${bad:+: not by HSM$bad}"

{
  printf 'coffer/ceremony-record/v1\nceremony %s\nplan %s\nfleet %s\n' "$(planned ceremony)" "$plan" "$fleet"
  for i in $sites; do
    printf '\nsite %s %s sha256:%s\n' "$i" "$(planned "site $i" | cut -d ' ' -f 1)" "$(hash "ceremony/site-$i.transcript")"
    sed 1,3d "ceremony/site-$i.transcript"
  done
} >"$work/record"
cmp -s "$work/record" ceremony/transcript.txt
holds $? ceremony-record "transcript.txt and the sites' transcripts, put together again"

# A status is its index, the nonce, values, no certificate (one octet), a signature.
unhex "$(hash ceremony/transcript.txt)" >"$work/nonce"
bad=""
for i in $sites; do
  head -c 32 "$work/identity-$i" >"$work/raw"
  public_key "$work/raw" >"$work/key.der"
  { octet 0; octet 0; octet 0; octet 0; octet 0; octet 0; octet 0; octet "$i"; } >"$work/index"
  sed -n 's/^status //p' "ceremony/site-$i.seen" 2>/dev/null | base64 -d >"$work/status" 2>/dev/null
  rest=$(($(wc -c <"$work/status") - 98))
  [ "$rest" -gt 32 ] || rest=32
  tail -c +34 "$work/status" | head -c "$rest" >"$work/values"
  tail -c 64 "$work/status" >"$work/statement"
  { text coffer/v1/status; field "$work/index"; field "$work/nonce"; field "$work/values"; field /dev/null; } >"$work/signed"
  head -c 32 "$work/values" | cmp -s - "$work/fleet" && [ "$(tail -c +33 "$work/values" | tr -d '\000' | wc -c)" -eq 0 ] &&
    openssl pkeyutl -verify -pubin -keyform DER -inkey "$work/key.der" -rawin -in "$work/signed" -sigfile "$work/statement" \
      >/dev/null 2>&1 || bad="$bad $i"
done
[ -z "$bad" ]
holds $? ceremony-seen "openssl: each HSM's signature over the SHA-256 of transcript.txt${bad:+: not by HSM$bad}"

good=0
bad=""
sed -n 's/^participant \([a-z0-9-]*\) \(.*\)$/\1 namespaces="coffer-ceremony" \2/p' ceremony/plan.txt >"$work/signers"
for name in $(cut -d ' ' -f 1 "$work/signers"); do
  if [ -e "ceremony/signature-$name.sig" ]; then
    if ssh-keygen -Y verify -f "$work/signers" -I "$name" -n coffer-ceremony -s "ceremony/signature-$name.sig" \
      <ceremony/transcript.txt >/dev/null 2>&1; then good=$((good + 1)); else bad="$bad $name"; fi
  fi
done
people=$(wc -l <"$work/signers" | tr -d ' ')
needed=$(planned signatures-needed)
[ -z "$bad" ] && [ "$people" -eq "$(cut -d ' ' -f 3- "$work/signers" | sort -u | wc -l)" ] && [ "$people" -ge "$n" ] &&
  [ "$needed" -gt "$((people / 2))" ] 2>/dev/null && [ "$good" -ge "$needed" ]
holds $? ceremony-signatures "ssh-keygen: $good good${bad:+, wrong:$bad}; $needed of $people people with different keys are needed"

for i in $sites; do
  sed -n "s/^[0-9]* \([^ ]*\) exception \(.*\) after [0-9a-f]*$/site $i ($(planned "site $i" | cut -d ' ' -f 1)), \1: \2/p" \
    "ceremony/site-$i.transcript"
done | sed 's/[\\"]/\\&/g; s/.*/"&"/' | paste -s -d , - >"$work/exceptions"
grep -qF "\"exceptions\":[$(cat "$work/exceptions")]}}" manifest.json
holds $? exceptions-told "exceptions of the transcripts and of the manifest"

# --- the fleet, and what was promised of it
[ "$(told fleet)" = "$fleet" ] && [ "$(told ceremony)" = "$(planned ceremony)" ]
holds $? fleet-named "the manifest says $(told fleet), fleet.bin is $fleet"
if [ -n "$expected" ]; then
  [ "$expected" = "$fleet" ]
  holds $? fleet-expected "here $fleet, expected $expected"
else
  no fleet-expected "no fleet was given to expect: this is $fleet"
fi
same() { # names of the manifest and of the plan
  while [ $# -gt 1 ]; do
    [ "$(told "$1")" = "$(planned "$2" | true_or_false)" ] || return 1
    shift 2
  done
}
same hsms hsms threshold threshold captureQuorum capture-quorum partitions partitions
holds $? promised-quorum "the plan and the manifest"
[ "$(planned guess-limit)" -le "$(told guessLimit)" ] 2>/dev/null
holds $? promised-limit "promised: at most $(told guessLimit); planned: at most $(planned guess-limit)"
same replaceByLogin replace-by-login deleteByLogin delete-by-login
holds $? promised-logins "the plan and the manifest"
bad=""
for i in $sites; do [ "$(line "site-$i.identity" measurement)" = "$(told measurement)" ] || bad="$bad $i"; done
[ -z "$bad" ]
holds $? promised-program "measurement of each HSM, promised $(told measurement)${bad:+: not of HSM$bad}"
for i in $sites; do
  line "site-$i.identity" promises | {
    read -r _ keys _ memory _ voucher
    printf '{"site":"%s","model":"%s","keys":"%s","memory":"%s","voucher":"%s"}\n' "$(planned "site $i" | cut -d ' ' -f 1)" \
      "$(line "site-$i.identity" model)" "$keys" "$memory" "$voucher"
  }
done | paste -s -d , - >"$work/members"
grep -qF "\"members\":[$(cat "$work/members")]" manifest.json
holds $? promised-hsms "site, model and promises of each HSM"
simulated=false
for i in $sites; do case $(line "site-$i.identity" model) in *SIMULATED*) simulated=true ;; esac; done
[ "$(told simulated)" = "$simulated" ]
holds $? simulated-told "the manifest says $(told simulated), the models say $simulated"
if [ -f image.manifest ]; then
  [ "$(hash image.manifest)" = "$(told measurement)" ]
  holds $? image-listed "SHA-256 of image.manifest and the program that is promised"
else
  no image-listed "there is no image.manifest in the package"
fi
no image-sbom "any reader of CycloneDX shows what is in it; that it is all of image.manifest needs Coffer"
no image-provenance "its subject is to be $(told measurement); building that commit shows whether it is true"
no program-rebuilt "sh rebuild.sh SOURCE COMMIT DIR image.manifest builds that commit and compares"
no attestation-quote "take it out of an attestation by hand, and tpm2_checkquote reads it"
bad=""
if [ -f attestation.randomness ]; then
  randomness=$(sed -n 1p attestation.randomness)
  { if [ -f attestation.checkpoint ]; then hash attestation.checkpoint; else printf '' | sha256sum | cut -d ' ' -f 1; fi; } >"$work/asked"
  for i in $sites; do token "$i" "$(cat "$work/asked")$randomness" || bad="$bad $i"; done
  [ -z "$bad" ]
  holds $? attestation-eat "openssl: each HSM's signature over claims with that nonce, fleet, program, no debugger${bad:+: not of HSM$bad}"
  if [ -z "$leaves" ] && [ -n "$disks" ]; then no attestation-keys "the key lies on a disk, of HSM$disks"
  else [ -z "$leaves$bad" ]; holds $? attestation-keys "what each port read of the key that seals its own${leaves:+: it can leave HSM$leaves}"; fi
  no attestation-fresh "open attestation.checkpoint with a verifier of signed notes: its cosignatures say when"
else
  no attestation-eat "HSMs were not asked when the package was made"
  no attestation-keys "HSMs were not asked when the package was made"
  no attestation-fresh "there is no checkpoint in the package"
fi
# A device's key on P-256, as a TPM writes it into what an HSM attests: two numbers, without zeros in front.
number() { value=$(echo "$1" | sed 's/^\(00\)*//'); printf '%04x%s' $((${#value} / 2)) "$value"; }
quoted() { # certificate
  openssl x509 -in "$1" -noout -pubkey 2>/dev/null | openssl pkey -pubin -outform DER 2>/dev/null | tail -c 64 >"$work/raw"
  point=$(hex "$work/raw")
  number "$(echo "$point" | cut -c1-64)"; number "$(echo "$point" | cut -c65-128)"
}
bad=""
open=""
loose=""
chains=0
for i in $sites; do
  chain=attestation-$i.chain.pem
  [ -f "$chain" ] || continue
  chains=$((chains + 1))
  device=$(quoted "$chain")
  of=""
  for j in $sites; do case $(hex "$work/identity-$j") in *"$device"*) of=$j ;; esac; done
  if [ -z "$of" ]; then loose="$loose $i"; elif [ "$of" != "$i" ]; then bad="$bad $i"; fi
  sed -n 'H; /^-----BEGIN/h; ${ x; p; }' "$chain" >"$work/root.pem"
  if [ -f attestation.revoked.pem ]; then lists="-crl_check_all -CRLfile attestation.revoked.pem"; else lists=""; fi
  # shellcheck disable=SC2086
  if said=$(openssl verify -ignore_critical $lists -CAfile "$work/root.pem" -untrusted "$chain" "$chain" 2>&1); then
    [ -n "$lists" ] || open="$open $i"
  else
    case $said in *"unable to get certificate CRL"* | *"CRL has expired"*) open="$open $i" ;; *) bad="$bad $i" ;; esac
  fi
done
if [ "$chains" = 0 ]; then no attestation-chain "there is no certificate of a device in the package"
elif [ -z "$bad" ] && [ -n "$loose" ]; then no attestation-chain "the key in the certificate quoted for no HSM: nothing ties it to HSM$loose"
elif [ -z "$bad" ] && [ -n "$open" ]; then no attestation-chain "no list that counts now says whether one is revoked, of HSM$open"
else [ -z "$bad" ]; holds $? attestation-chain "openssl verify of $chains chains, of keys that quoted, with the lists of revoked ones${bad:+: not of HSM$bad}"; fi
no attestation-vendor "no certificate of a vendor is in a package yet"
no possession "an HSM's answer is signed over our own encoding (PROTOCOL.md, section 12.6)"
no bundle-holds "open fleet.note with a verifier of signed notes, fleet.tlog-proof with one of log proofs"
no bundle-lists "compare its lines with fleet.bin"
no bundle-evidence "the line of fleet $fleet is to end with sha256:$(hash manifest.json)"

echo claims-listed >>"$work/said"
tr '{' '\n' <claims.json 2>/dev/null | sed -n 's/^"claim":"\([a-z-]*\)".*$/\1/p' | sort >"$work/listed"
sort -u "$work/said" | cmp -s - "$work/listed"
holds $? claims-listed "the claims of claims.json and those above"
exit "$failed"
