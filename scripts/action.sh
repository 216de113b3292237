#!/usr/bin/env bash
# The program beside this script, which needs no library of the image: bin/sluice where it was
# put (make action), else one that is built here, where there is a compiler.
#
# A config that comes without a plan is the plan: `release --config '{...}'`.
set -eu

here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
program=$here/bin/sluice
if [ ! -f "$program" ]; then
	echo "sluice: $program is missing: 'make action' puts it there" >&2
	exit 4
fi
# A checkout may have lost the mode, and the image's folder may be read-only.
if [ ! -x "$program" ]; then
	copy=$(mktemp -d)
	trap 'rm -rf "$copy"' EXIT
	cp "$program" "$copy/sluice"
	chmod 755 "$copy/sluice"
	"$copy/sluice" "$@"
	exit
fi
exec "$program" "$@"
