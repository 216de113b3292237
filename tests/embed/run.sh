#!/bin/sh
# Build main.c as an outsider does, against an installed library, found by pkg-config:
# with the archive, and with the shared library.   run.sh [BUILD_DIR]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
top=$here/../..
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM

"${MAKE:-make}" -s --no-print-directory -C "$top" ${1+B="$1"} install PREFIX="$tmp/usr" DESTDIR=
PKG_CONFIG_PATH=$tmp/usr/lib/pkgconfig
export PKG_CONFIG_PATH
cc=${CC:-cc}
warn='-std=c11 -Wall -Wextra -Wpedantic -Werror'
passed=0 failed=0

# What pkg-config says is quoted for a shell: a folder's name may have spaces.
eval "$cc $warn $(pkg-config --cflags sluice)" '"$here/main.c" -o "$tmp/with-archive"' \
	'"$tmp/usr/lib/libsluice.a"' "$(pkg-config --static --libs sluice | sed 's/-lsluice//')"
eval "$cc $warn $(pkg-config --cflags sluice)" '"$here/main.c" -o "$tmp/with-shared"' \
	"$(pkg-config --libs sluice)" '-Wl,-rpath,"$tmp/usr/lib"'

for program in with-archive with-shared; do
	mkdir "$tmp/$program.d"
	"$tmp/$program" "$tmp/$program.d" >"$tmp/log" || sed "s/^/$program: /" "$tmp/log"
	counts=$(tail -n 1 "$tmp/log")
	passed=$((passed + ${counts%% passed*}))
	counts=${counts#* passed, }
	failed=$((failed + ${counts%% failed*}))
done

# Each is linked as it says.
linked() {
	if command -v ldd >/dev/null 2>&1; then ldd "$1"; else otool -L "$1"; fi
}
if linked "$tmp/with-shared" | grep -q libsluice && ! linked "$tmp/with-archive" | grep -q libsluice; then
	passed=$((passed + 1))
else
	echo "FAILED: linked otherwise than asked for"
	failed=$((failed + 1))
fi
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
