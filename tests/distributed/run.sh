#!/bin/sh
# sluice on Spark and on Slurm: real ones, started and stopped here.
#
#   tests/distributed/run.sh [--spark] PATH/TO/sluice [spark.py's flags]
#   tests/distributed/run.sh --install      only what has to be there
#
# --spark leaves Slurm and the store out.
# Java and Slurm come from the system's packages, PySpark and a store that speaks S3 (moto) from PyPI
# into build/spark, Hadoop's client for it from Maven Central into build/ivy.  What can't be
# installed is skipped by name.
set -eu
cd "$(dirname "$0")/../.."

venv=build/spark
root() {
	if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}
debian() { # what it is, packages...
	what=$1
	shift
	command -v apt-get >/dev/null 2>&1 || { echo "skip: no $what, and no apt-get"; return 1; }
	echo "installing $*"
	{ root apt-get update -q && root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y \
		--no-install-recommends -o DPkg::Lock::Timeout=120 "$@"; } >/dev/null 2>&1 </dev/null ||
		{ echo "skip: $what cannot be installed"; return 1; }
}

java_17() {
	java -version 2>&1 | grep -qE 'version "(1[7-9]|2[0-9])'
}

spark() {
	java_17 || debian 'Java 17' openjdk-17-jre-headless || return 1
	[ -x $venv/bin/pip ] || python3 -m venv $venv 2>/dev/null ||
		{ debian 'python3-venv' python3-venv && python3 -m venv $venv; } || return 1
	$venv/bin/python -c 'import pyspark' 2>/dev/null || {
		echo 'installing pyspark'
		$venv/bin/pip install -q --disable-pip-version-check 'pyspark>=3.5,<3.6' ||
			{ echo 'skip: pyspark cannot be installed'; return 1; }
	}
}

store() {
	$venv/bin/python -c 'import boto3, moto' 2>/dev/null || {
		echo 'installing moto'
		$venv/bin/pip install -q --disable-pip-version-check 'moto[server,s3]>=5,<6' ||
			{ echo 'skip: moto cannot be installed'; return 1; }
	}
}

slurm() {
	if command -v slurmctld && command -v slurmd && command -v munged && command -v sbatch; then
		return 0
	fi >/dev/null
	debian Slurm slurm-wlm munge
}

with_spark=1 with_slurm=1 with_store=1
spark || with_spark=
if [ "${1-}" = --spark ]; then
	with_slurm='' with_store=''
	shift
else
	slurm || with_slurm=
	[ "$with_spark" ] && store || with_store=
fi
[ "${1-}" != --install ] || exit 0

sluice=$1
shift
status=0 suites=0 log=$(mktemp)
trap 'rm -f "$log"' EXIT
suite() { # command...
	suites=$((suites + 1))
	"$@" | tee -a "$log"
}
[ ! "$with_spark" ] || suite $venv/bin/python tests/distributed/spark.py "$sluice" "$@"
[ ! "$with_store" ] || suite $venv/bin/python tests/distributed/s3.py "$sluice" build/ivy
[ ! "$with_slurm" ] || suite tests/distributed/slurm.sh "$sluice"
# One that breaks off says no numbers.
awk -v suites=$suites '/^[0-9]+ passed, [0-9]+ failed$/ { p += $1; f += $3; n++ }
	END { print p + 0 " passed, " f + 0 " failed"; exit f > 0 || n < suites || !n }' "$log" || status=1
exit $status
