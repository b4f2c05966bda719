#!/usr/bin/env bash
# Applies the mutations of a list one at a time to a copy of the library's files, and says which of them the host tests let live.
#
#   test/mutations/run.sh BUILD [WORD]     BUILD: where to build. WORD: only those with it in their names
#   test/mutations/run.sh --check          only whether the list fits the source
#
# Exit status: 0 none lives; 1 some do; 2 a text to be replaced is not there exactly once in all files together, or nothing is
# to be done.
set -euo pipefail
cd "$(dirname "$0")/../.."
list=test/mutations/mutations.txt
build=$1/mutations
word=${2:-}
cc=${CC_HOST:-cc}
includes=(-Iinclude -Itest '-DDEFRAG_CONFIG="config.h"')
variants=(normal small sliding)
flags_of() {
  case $1 in
    normal) echo "-O1" ;;
    small) echo "-Os -DDEFRAG_SMALL=1" ;;
    sliding) echo "-O1 -DDEFRAG_PASSES=0" ;;
  esac
}

# The mutations: names, texts and what takes their places.
names=() olds=() news=()
while IFS= read -r line || [[ -n $line ]]; do
  case $line in
    '@ '*)
      names+=("${line#@ }") olds+=('') news+=('')
      ;;
    '<' | '< '*)
      line=${line#<}
      olds[-1]+=${line# }$'\n'
      ;;
    '>' | '> '*)
      line=${line#>}
      news[-1]+=${line# }$'\n'
      ;;
  esac
done <$list

# The library's files, and which of them each mutation is in.
files=(src/defrag.c src/defrag/*.h) texts=() places=()
for file in "${files[@]}"; do texts+=("$(<"$file")"); done
bad=0
for i in "${!names[@]}"; do
  olds[i]=${olds[i]%$'\n'}
  news[i]=${news[i]%$'\n'}
  found=0
  for f in "${!files[@]}"; do
    rest=${texts[f]/"${olds[i]}"/}
    [[ $rest != "${texts[f]}" ]] || continue
    found=$((found + 1))
    [[ ${rest/"${olds[i]}"/} == "$rest" ]] || found=2
    places[i]=$f
  done
  if [[ -z ${olds[i]} || $found != 1 || ${olds[i]} == "${news[i]}" ]]; then
    echo "not there exactly once: ${names[i]}" >&2
    bad=2
  fi
done
((bad == 0)) || exit 2
if [[ $1 == --check ]]; then
  echo "${#names[@]} mutations fit"
  exit 0
fi

# The tests are compiled once, and must pass without a mutation.
rm -rf "$build"
mkdir -p "$build"
for variant in "${variants[@]}"; do
  mkdir "$build/$variant"
  read -ra flags <<<"$(flags_of "$variant")"
  for source in test/*.c; do
    "$cc" -std=c11 "${flags[@]}" "${includes[@]}" -c "$source" -o "$build/$variant/$(basename "$source" .c).o"
  done
  "$cc" -std=c11 "${flags[@]}" "${includes[@]}" "$build/$variant"/*.o src/defrag.c -o "$build/$variant/test"
  "$build/$variant/test" 1 4 >/dev/null
done

# Whether the tests of a variant fail on what is in the file.
killed_by() {
  local flags
  read -ra flags <<<"$(flags_of "$2")"
  "$cc" -std=c11 -w "${flags[@]}" "${includes[@]}" "$build/$2"/*.o "$1" -o "$1.test" || return 0
  ! timeout 60 "$1.test" 1 4 >"$1.log" 2>&1
}

one() {
  local i=$1 copy=$build/$1 place=${places[$1]} variant
  mkdir "$copy"
  cp -r src/defrag.c src/defrag "$copy"
  printf '%s\n' "${texts[place]/"${olds[i]}"/"${news[i]}"}" >"$copy/${files[place]#src/}"
  for variant in "${variants[@]}"; do
    if killed_by "$copy/defrag.c" "$variant"; then
      echo "killed: ${names[i]} ($variant: $(sed -n 's/^FAILED: //p' "$copy/defrag.c.log" | head -n 1))" >>"$build/$i.result"
      return
    fi
  done
  echo "LIVES: ${names[i]}" >>"$build/$i.result"
}

count=0
for i in "${!names[@]}"; do
  [[ ${names[i]} == *"$word"* ]] || continue
  count=$((count + 1))
  one "$i" &
  while (($(jobs -rp | wc -l) >= ${JOBS:-2})); do wait -n || true; done
done
wait
((count)) || { echo "no mutation has \"$word\" in its name" >&2; exit 2; }
cat "$build"/*.result
living=$(cat "$build"/*.result | grep -c '^LIVES' || true)
echo "$count mutations, $living live"
((living == 0))
