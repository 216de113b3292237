#!/bin/sh
# scripts/slurm on a real Slurm of one node, started and stopped here: the same bytes as one sluice
# over the whole, also when a task of the array is killed.   slurm.sh PATH/TO/sluice
set -eu
cd "$(dirname "$0")/../.."
sluice=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
if [ "$(id -u)" != 0 ]; then
	echo "skip: Slurm's daemons need root"
	echo "0 passed, 0 failed"
	exit
fi
PATH=$PATH:/usr/sbin
folder=$(mktemp -d /tmp/sluice-slurm-test-XXXXXX)
started=''
stop() {
	for pid in $started; do
		kill "$pid" 2>/dev/null || true
	done
	wait
	rm -rf "$folder"
}
trap stop EXIT
trap 'exit 1' HUP INT TERM

free_port() {
	python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

begin_slurm() {
	mkdir -m 700 "$folder/munge" "$folder/state" "$folder/spool"
	head -c 1024 /dev/urandom >"$folder/munge/key"
	chmod 400 "$folder/munge/key"
	munged --force --foreground --key-file="$folder/munge/key" --socket="$folder/munge/socket" \
		--pid-file="$folder/munge/pid" --log-file="$folder/munge/log" \
		--seed-file="$folder/munge/seed" >/dev/null 2>&1 &
	started="$started $!"
	cat >"$folder/slurm.conf" <<-END
		ClusterName=sluice
		SlurmctldHost=$(hostname -s)(127.0.0.1)
		SlurmUser=root
		SlurmctldPort=$(free_port)
		SlurmdPort=$(free_port)
		AuthType=auth/munge
		AuthInfo=socket=$folder/munge/socket
		CredType=cred/munge
		ProctrackType=proctrack/linuxproc
		TaskPlugin=task/none
		SelectType=select/cons_tres
		SelectTypeParameters=CR_Core
		ReturnToService=2
		MpiDefault=none
		StateSaveLocation=$folder/state
		SlurmdSpoolDir=$folder/spool
		SlurmctldPidFile=$folder/slurmctld.pid
		SlurmdPidFile=$folder/slurmd.pid
		SlurmctldLogFile=$folder/slurmctld.log
		SlurmdLogFile=$folder/slurmd.log
		RequeueExit=
		NodeName=$(hostname -s) NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
		PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
	END
	sed -i '/^RequeueExit=$/d' "$folder/slurm.conf"
	export SLURM_CONF="$folder/slurm.conf"
	slurmctld -D -f "$SLURM_CONF" >/dev/null 2>&1 &
	started="$! $started"
	slurmd -D -f "$SLURM_CONF" >/dev/null 2>&1 &
	started="$! $started"
	for _ in $(seq 120); do
		if sinfo -h -o %T 2>/dev/null | grep -q idle; then return 0; fi
		sleep 0.5
	done
	tail -n 5 "$folder"/slurm*.log
	return 1
}

passed=0 failed=0
check() { # what, command...
	what=$1
	shift
	if "$@"; then
		passed=$((passed + 1))
		echo "  ok      $what"
	else
		failed=$((failed + 1))
		echo "  FAILED  $what"
		cat ./*.log 2>/dev/null | tail -n 5
	fi
}

nothing_left() {
	[ ! "$(find . -name '.sluice-*')" ] && [ ! "$(find . -name '*.log')" ]
}

joined() { # folder of parts, what they must be
	{
		head -n 1 "$1/part-00000.csv"
		tail -q -n +2 "$1"/part-*.csv
	} | cmp - "$2"
}

# kill -9 of a sluice that a task runs, once, when one is seen.
kill_one() {
	for _ in $(seq 600); do
		for pid in $(pgrep -x sluice); do
			if [ "$(readlink "/proc/$pid/cwd")" = "$folder/data" ] ||
				readlink "/proc/$pid/exe" | grep -q "^$folder/data/.sluice-slurm-"; then
				kill -9 "$pid" && echo "$pid" >"$folder/killed"
				return
			fi
		done
		sleep 0.02
	done
}

grouped_killed() {
	"$run" -s "$sluice" -p grouped.yaml -o killed.csv -w large/*.csv 2>"$folder/said" &
	job=$!
	kill_one
	wait $job || return 1
	[ -s "$folder/killed" ] || { echo "nobody was killed"; return 1; }
	grep -q "JOB REQUEUE" killed.csv.log || { echo "nothing was put back"; return 1; }
	cmp killed.csv large-one.csv
}

# Spaces, dashes, letters; a part that is a header only.
odd_names() {
	mkdir 'odd names'
	i=0
	for name in '-o.csv' 'a b.csv' 'part [1].csv' 'été 表.csv'; do
		ln "parts/part-000$i.csv" "odd names/$name"
		i=$((i + 1))
	done
	head -n 1 parts/part-0000.csv >'odd names/b-none.csv'
	ln grouped.yaml "odd names/-g.yaml"
	{
		head -n 1 parts/part-0000.csv
		tail -q -n +2 parts/part-000[0-3].csv
	} >named.csv
	"$sluice" run -q -p grouped.yaml named.csv -o named-one.csv
	(cd 'odd names' && "$run" -s "$sluice" -p -g.yaml -o '../out put.csv' -w -- *.csv) 2>/dev/null ||
		return 1
	rm "odd names/-g.yaml"
	cmp 'out put.csv' named-one.csv
}

refused() {
	cp -r parts bad
	printf 'x,"y"z\n' >>bad/part-0002.csv
	if "$run" -s "$sluice" -p rowwise.yaml -o bad.csv -w bad/*.csv 2>/dev/null; then return 1; fi
	grep -q 'part-0002.csv:' bad.csv.log && [ ! -e bad.csv ] && rm bad.csv.log && nothing_left
}

if ! begin_slurm; then
	echo "  FAILED  Slurm does not start"
	echo "0 passed, 1 failed"
	exit 1
fi
run=$PWD/scripts/slurm/sluice_slurm
mkdir "$folder/data"
python3 - "$PWD/tests/distributed" "$folder/data" <<'E2'
import os, sys
sys.path.insert(0, sys.argv[1])
import tables
os.chdir(sys.argv[2])
tables.make_parts("parts", 12, 1000)
tables.make_parts("large", 3, 400000)
for folder in "parts", "large":
	tables.concatenate(folder, folder + ".csv")
for name in "grouped", "rowwise":
	open(name + ".yaml", "w").write(getattr(tables, name.upper()))
E2
cd "$folder/data"
"$sluice" run -q -p grouped.yaml parts.csv -o grouped.csv
"$sluice" run -q -p rowwise.yaml parts.csv -o rowwise.csv
"$sluice" run -q -p grouped.yaml large.csv -o large-one.csv

check 'grouped, as one run' "$run" -s "$sluice" -p grouped.yaml -o g.csv -w parts/*.csv
check '  the same bytes' cmp g.csv grouped.csv
check 'row by row, as one run' "$run" -s "$sluice" -p rowwise.yaml -o r -n 3 -w parts/*.csv
check '  the same bytes' joined r rowwise.csv
check '  nothing is left behind' nothing_left
check 'a task is killed: the same bytes' grouped_killed
rm -f killed.csv.log # which tells of it
check '  nothing is left behind' nothing_left
check 'odd names and a part without rows: the same bytes' odd_names
check 'a bad part is told, and nothing comes out' refused
echo "$passed passed, $failed failed"
[ $failed = 0 ]
