# Boots a machine in namespaces of its own, and removes its cgroup when it is off.
#
#   sh boot.sh CGROUP SANDBOX PROGRAMS SYSTEMD
#
# CGROUP is the directory to make, SANDBOX and PROGRAMS the directories that the machine shares,
# SYSTEMD the program. It runs until stdin ends: that is a pipe, and the kernel closes it for a
# test that is gone. Exit status 77: something is missing here, and stderr says what.

set -eu
cgroup=$1
here=$(dirname "$0")

mkdir "$cgroup" 2>/dev/null || { echo "a cgroup2 hierarchy to write to"; exit 77; } >&2

# It enters the cgroup first, because that becomes the root of its cgroup namespace. And it has
# a parent-death signal: whoever kills this shell, the machine ends too.
(
    echo 0 > "$cgroup/cgroup.procs"
    exec setpriv --pdeathsig KILL \
        unshare --mount --pid --uts --ipc --net --cgroup --fork --kill-child \
        sh "$here/root.sh" "$2" "$3" "$4"
) &
machine=$!

# Under its own number, because the stdin of what runs in the background is /dev/null.
exec 3<&0
(
    read -r _ <&3 || kill -s KILL $machine
) &
plug=$!

# What this shell says about a machine that was killed may find nobody any more.
trap '' PIPE
status=0
wait $machine || status=$?
kill $plug 2>/dev/null || true

# For as long as there are processes, the kernel refuses.
until find "$cgroup" -depth -type d -exec rmdir {} \; 2>/dev/null && [ ! -d "$cgroup" ]; do
    sleep 0.01
done
exit $status
