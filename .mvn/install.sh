# shellcheck shell=sh
# Installs what was built into a folder of its own, which needs the source tree no more, and takes it away again. Sourced by
# coffer. Everything lies in DIR/lib/coffer; what is elsewhere below DIR are links into it. Nothing is moved or removed
# but an installation, which a marker tells from a source tree or anything else of that name.
#
#   ./coffer install --prefix DIR      then DIR/bin/coffer; again over an older one
#   coffer uninstall --prefix DIR

# The links, and what each leads to.
install_links='bin/coffer ../lib/coffer/coffer
share/bash-completion/completions/coffer ../../../lib/coffer/completion
share/man/man1/coffer.1 ../../../lib/coffer/coffer.1'

install_marker=.coffer-installation

# Refuses what is not ours: refuse STATUS WHAT NEXT
refuse() {
  printf 'coffer: %s\n        %s\n' "$2" "$3" >&2
  exit "$1"
}

# Whether install made that folder. A clone of the sources has all that it has, but for the marker.
is_installation() {
  [ -d "$1" ] && [ ! -L "$1" ] && [ -f "$1/$install_marker" ] && [ ! -e "$1/pom.xml" ] && [ ! -e "$1/.git" ]
}

# Sets $prefix, absolute, from the arguments after the verb.
install_prefix() {
  install_verb=$1
  shift
  case ${1:-} in
    --prefix=?*) prefix=${1#--prefix=} ;;
    --prefix) prefix=${2:-} && shift ;;
    *) prefix= ;;
  esac
  if [ -z "$prefix" ] || [ "$#" -ne 1 ]; then
    refuse 2 "Where is not said." "Run coffer $install_verb --prefix DIR, for example --prefix \"\$HOME/.local\"."
  fi
  case $prefix in
    /*) ;;
    *) prefix=$(pwd -P)/$prefix ;;
  esac
  installed=$prefix/lib/coffer
  if { [ -e "$installed" ] || [ -L "$installed" ]; } && ! is_installation "$installed"; then
    refuse 10 "$installed is there and is no installation of Coffer." "Move it away, or name another folder with --prefix."
  fi
}

# A page for man: what the command says of itself.
install_manual() {
  printf '.TH COFFER 1\n.SH NAME\ncoffer \\- backups that a short recovery code opens\n'
  for install_topic in '--help' 'help exit-codes' 'help configuration'; do
    printf '.SH %s\n.nf\n' "$(printf '%s' "${install_topic#--}" | tr '[:lower:]' '[:upper:]')"
    # shellcheck disable=SC2086 # two words are two arguments
    "$1/coffer" $install_topic | sed 's/\\/\\e/g; s/-/\\-/g; s/^\./\\\&./; s/^'"'"'/\\\&'"'"'/'
    printf '.fi\n'
  done
}

# install_coffer JARS ROOT --prefix DIR
install_coffer() {
  install_jars=$1
  install_from=$2
  shift 2
  install_prefix install "$@"
  printf '%s\n' "$install_links" | while read -r link target; do
    if { [ -e "$prefix/$link" ] || [ -L "$prefix/$link" ]; } && [ "$(readlink "$prefix/$link")" != "$target" ]; then
      refuse 10 "$prefix/$link is there and is not of Coffer." "Move it away, or name another folder with --prefix."
    fi
  done
  mkdir -p "$prefix/lib"
  install_work=$(mktemp -d "$prefix/lib/.coffer.XXXXXX")
  trap 'rm -rf "$install_work"' EXIT
  trap 'exit 130' HUP INT TERM
  new=$install_work/new
  mkdir -p "$new/jars" "$new/.mvn"
  # Without the laboratory: demo, vaults on one machine, torture.
  for jar in "$install_jars"/*.jar; do
    case ${jar##*/} in
      coffer-lab-* | HdrHistogram-*) ;;
      *) cp "$jar" "$new/jars/" ;;
    esac
  done
  cp -R "$install_jars/hsm-image" "$new/jars/hsm-image"
  cp "$install_from/coffer" "$install_from/LICENSE" "$install_from/NOTICE" "$new/"
  cp "$install_from/.mvn/jdk.sh" "$install_from/.mvn/install.sh" "$new/.mvn/"
  "$new/coffer" completion bash >"$new/completion"
  install_manual "$new" >"$new/coffer.1"
  rm -f "$new/jars/coffer.jsa"
  echo "Made by coffer install. To remove it: coffer uninstall --prefix DIR" >"$new/$install_marker"
  chmod -R a+rX "$new"
  # From here on the one before may lie among what is removed at the end: it goes back if the new one cannot take its place.
  trap '' HUP INT TERM
  if [ -d "$installed" ]; then mv "$installed" "$install_work/old"; fi
  if ! mv "$new" "$installed"; then
    if [ -d "$install_work/old" ]; then mv "$install_work/old" "$installed" || trap - EXIT; fi
    refuse 1 "$installed cannot be replaced." "Look at what the line above says, and run it again."
  fi
  # What runs from the one before keeps its open files.
  rm -rf "$install_work"
  trap - EXIT HUP INT TERM
  printf '%s\n' "$install_links" | while read -r link target; do
    mkdir -p "$(dirname "$prefix/$link")"
    ln -sf "$target" "$prefix/$link"
  done
  # The first start makes the archive of classes that later ones are faster with.
  "$prefix/bin/coffer" --version >/dev/null
  echo "Installed: $prefix/bin/coffer. It needs a JDK of version $jdk_least, and no source tree."
}

# Names what coffer schedule wrote that starts the program $1 or $2; with that gone, it fails each time.
install_schedules() {
  for install_unit in "${XDG_CONFIG_HOME:-$HOME/.config}"/systemd/user/coffer-backup-*.service; do
    if grep -qF -e "\"$1\"" -e "\"$2\"" "$install_unit" 2>/dev/null; then
      install_timer=$(basename "$install_unit" .service).timer
      printf 'coffer: A timer still starts it, and no backup is made any more: %s\n        %s\n' "$install_timer" \
        "End it with systemctl --user disable --now $install_timer, and remove it and $install_unit." >&2
    fi
  done
  if crontab -l 2>/dev/null | grep -qF -e "'$1'" -e "'$2'"; then
    printf 'coffer: A line of the crontab still starts it, and no backup is made any more.\n        %s\n' \
      "Remove the line that ends in # coffer-backup-… with crontab -e." >&2
  fi
}

# uninstall_coffer --prefix DIR
uninstall_coffer() {
  install_prefix uninstall "$@"
  if [ ! -d "$installed" ]; then
    refuse 10 "There is no Coffer in $prefix." "Name the folder that it was installed into with --prefix."
  fi
  printf '%s\n' "$install_links" | while read -r link target; do
    if [ "$(readlink "$prefix/$link" 2>/dev/null)" = "$target" ]; then rm "$prefix/$link"; fi
  done
  install_program=$(CDPATH='' cd -- "$installed" && pwd -P)/coffer
  rm -rf "$installed"
  install_schedules "$install_program" "$prefix/bin/coffer"
  echo "Removed Coffer from $prefix. Keys, settings and backups stay where they are."
}
