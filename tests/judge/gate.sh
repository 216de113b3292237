#!/bin/sh
# Ask the real gate before level 4 (PyPI: opensafely) about every edge construction, and
# compare.   tests/judge/gate.sh PATH/TO/sluice
#
# The package is installed into a venv beside the program; none of it is in this project.
set -u
here=$(cd "$(dirname "$0")" && pwd)
sluice=$1
venv=$(cd "$(dirname "$sluice")" && pwd)/venv-gate
version=2.1.5

python=python3
[ -x /usr/bin/python3 ] && python=/usr/bin/python3
if ! [ -x "$venv/bin/python3" ]; then
	$python -m venv "$venv" || { echo "no venv can be made: install python3-venv"; exit 1; }
fi
if ! "$venv/bin/python3" -m pip show -q opensafely >/dev/null 2>&1; then
	"$venv/bin/python3" -m pip install -q --disable-pip-version-check "opensafely==$version" ||
		{ echo "opensafely can't be installed from PyPI"; exit 1; }
fi
exec "$venv/bin/python3" "$here/gate.py" "$sluice"
