#!/bin/sh
# Copy the live generation of an index to web servers, its folder first and CURRENT last (docs/scale.md):
#   deploy/publish.sh /var/lib/qa/index web1:/var/lib/qa/index web2:/var/lib/qa/index
# Each takes it within 2 s and answers from the one before till then. One that cannot be reached is named, and stays behind.
set -eu
index=$1
shift
generation=$(cat "$index/CURRENT")
case $generation in
    g[0-9][0-9][0-9][0-9][0-9][0-9]) ;;
    *) echo "publish: $index/CURRENT names no generation; run: qa verify" >&2 && exit 1 ;;
esac
named=$(mktemp -d)
trap 'rm -r "$named"' EXIT
echo "$generation" >"$named/CURRENT" # as it was when this began: a build may end meanwhile
chmod 644 "$named/CURRENT"
behind=0
for target; do
    if rsync -a "$index/$generation" "$target/" && rsync -a "$named/CURRENT" "$target/CURRENT"; then
        echo "$target: $generation"
    else
        echo "publish: $target was not reached; it answers from the generation it has" >&2
        behind=1
    fi
done
exit $behind
