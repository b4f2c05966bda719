# shellcheck shell=sh
# Read by both launchers: mends what Java and the shell need of their surroundings.

# A standard stream that is closed would be the next file that is opened, and be written over. In its place
# stands one that can be read and is empty: to write to it fails, which the program reports.
if ! (: 3<&0) 2>/dev/null; then exec 0</dev/null; fi
if ! (: 3>&1) 2>/dev/null; then exec 1</dev/null; fi
if ! (: 3>&2); then exec 2</dev/null; fi

# Java writes the names of files in the charset of the locale. That is ASCII in the locale C, which is in
# force where none is set or where the one that is set is not installed: then nothing starts in a folder
# called Jürgen. (On macOS it is UTF-8 whatever the locale.)
charset_of() { LC_ALL=${1:-${LC_ALL:-}} locale charmap 2>/dev/null || echo unknown; }
case $(charset_of '') in
  ANSI_X3.4-1968 | US-ASCII | ASCII | 646)
    for name in C.UTF-8 C.utf8 en_US.UTF-8 "$(locale -a 2>/dev/null | grep -i '\.utf-*8$' | head -n 1)"; do
      if [ -n "$name" ] && [ "$(charset_of "$name")" = UTF-8 ]; then
        LC_ALL=$name
        export LC_ALL
        break
      fi
    done
    ;;
  unknown) # there is no program to ask: musl, which has this one
    case ${LC_ALL:-${LC_CTYPE:-${LANG:-}}} in
      *[Uu][Tt][Ff]*8) ;;
      *)
        LC_ALL=C.UTF-8
        export LC_ALL
        ;;
    esac
    ;;
esac
