# shellcheck shell=sh
# Read by bin/defrag-sim: sets $archive to this JVM's archive of the program's classes, if there is one.
#
# Loading classes is most of a short run. An archive has them as the JVM has them in memory (class data
# sharing). It lies where the user's caches lie, and can be deleted at any time: a use that finds none has one
# made in the background. Without one, or with one that fits no more, all works the same, only slower; so
# nothing here fails or is worth a message.

# Where this user's caches lie, on Windows, on macOS, elsewhere; fails if that is nowhere.
caches() {
  case ${XDG_CACHE_HOME:-} in /*) echo "$XDG_CACHE_HOME" && return ;; esac
  if [ -n "${LOCALAPPDATA:-}" ]; then printf '%s\n' "$LOCALAPPDATA" && return; fi
  case ${HOME:-} in /*) ;; *) return 1 ;; esac
  if [ -d "$HOME/Library/Caches" ]; then echo "$HOME/Library/Caches"; else echo "$HOME/.cache"; fi
}

# Sum and size of what is read, to be a part of a file's name.
sum() { cksum | tr ' ' -; }

# Each JVM and each class path has an archive of its own. Its name has the sum of what is in it, too: the JVM
# crashes on one that is damaged. One that is older than a jar was made of another.
find_archive() {
  folder=$(caches)/defrag-sim || return
  case $folder in
    [A-Za-z]:*) ;;
    *:*) return 1 ;; # where the JVM takes a file's name to end
  esac
  [ -d "$folder" ] || mkdir -p -m 700 "$folder" || return
  # shellcheck disable=SC3067 # every shell has it; what others can write to is not to be trusted
  [ -O "$folder" ] || return
  jvm=$(readlink -f "$(command -v "$java")") || jvm=$java
  key=$folder/$({ echo "$jvm" "$home"/lib/*.jar && cat "${jvm%/bin/java}/release"; } | sum)
  for each in "$key".*.jsa; do
    if [ "$each" = "$key.$(sum <"$each").jsa" ] && [ -z "$(find -L "$home/lib" -name '*.jar' -newer "$each")" ]; then
      archive=$each
      return
    fi
  done
  (make_archive &)
}

# One JVM at a time makes it, in a folder beside, which stays if that comes to nothing: after an hour it is
# tried again. Of all archives the eight that were made last are kept.
make_archive() {
  find "$folder" -name '*.new' -prune -mmin +60 -exec rm -rf {} +
  mkdir "$key.new" || return
  new=$key.new/jsa
  # shellcheck disable=SC2086 # flags holds several words on purpose
  if nice "$java" $flags "-XX:ArchiveClassesAtExit=$new" -cp "$program" io.defragsim.command.Rehearsal &&
    rm -f "$key".*.jsa && mv "$new" "$key.$(sum <"$new").jsa"; then
    rmdir "$key.new"
    # shellcheck disable=SC2012 # the names are digits
    cd "$folder" && ls -t ./*.jsa | tail -n +9 | xargs rm -f
  else
    rm -f "$new"
  fi
}

archive=
find_archive </dev/null >/dev/null 2>&1 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&- || :
