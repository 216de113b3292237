#!/bin/sh
# What `make install` puts where, what it exports, and that `make uninstall` takes all of it
# away again.   run.sh [BUILD_DIR]
set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM
passed=0 failed=0

check() { # what, command...
	what=$1
	shift
	if "$@" >"$tmp/log" 2>&1; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: $what"
		sed 's/^/    /' "$tmp/log"
	fi
}

build_make() {
	"${MAKE:-make}" -s --no-print-directory -C "$top" ${build:+B="$build"} "$@"
}
build=${1-}

list() {
	(cd "$tmp/stage" && find . ! -type d | sort | sed 's/\.so\.0$/.ABI/; s/\.0\.dylib$/.ABI/; s/\.so$/.SHARED/; s/\.dylib$/.SHARED/')
}

public_only() { # names on stdin
	! grep -v '^_\{0,1\}sluice_'
}

defined() { # nm's flags and a file
	nm "$@" | awk 'NF == 3 { print $3 }'
}

build_make install DESTDIR="$tmp/stage" PREFIX=/usr
usr=$tmp/stage/usr
cat >"$tmp/wanted" <<-END
	./usr/bin/sluice
	./usr/include/sluice.h
	./usr/lib/libsluice.ABI
	./usr/lib/libsluice.SHARED
	./usr/lib/libsluice.a
	./usr/lib/pkgconfig/sluice.pc
	./usr/share/bash-completion/completions/sluice
	./usr/share/fish/vendor_completions.d/sluice.fish
	./usr/share/man/man1/sluice.1
	./usr/share/zsh/site-functions/_sluice
END
list | LC_ALL=C sort >"$tmp/found"
check 'the files that are installed' diff "$tmp/wanted" "$tmp/found"
check 'the program runs' "$usr/bin/sluice" version
check 'the man page has its commands' grep -q 'sluice run' "$usr/share/man/man1/sluice.1"
check 'the completion is bash' bash -n "$usr/share/bash-completion/completions/sluice"
check 'no folder of the build in pkg-config' sh -c "! grep -q '$tmp' '$usr/lib/pkgconfig/sluice.pc'"
if [ -f "$usr/lib/libsluice.so" ]; then
	defined -D --defined-only "$usr/lib/libsluice.so" >"$tmp/names"
	check 'the shared library exports only sluice_' public_only <"$tmp/names"
	defined -g --defined-only "$usr/lib/libsluice.a" >"$tmp/names"
	check 'the archive exports only sluice_' public_only <"$tmp/names"
	check 'and it exports something' grep -q '^sluice_run$' "$tmp/names"
fi
build_make uninstall DESTDIR="$tmp/stage" PREFIX=/usr
check 'nothing is left after uninstall' test -z "$(list)"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
