# Process 1 of a machine: makes it a root of its own, in which nothing of the host is written,
# and becomes systemd.
#
#   sh root.sh SANDBOX PROGRAMS SYSTEMD

set -eu
sandbox=$1 programs=$2 systemd=$3
units=$(dirname "$systemd")/system

missing() {
    echo "$1" >&2
    exit 77
}

# The host's files below, what the machine writes above, in memory.
memory=$sandbox/machine
mount -t tmpfs -o mode=755 tmpfs "$memory" || missing "the right to mount"
mkdir "$memory/upper" "$memory/work" "$memory/root" "$memory/units" "$memory/none"
root=$memory/root
mount -t overlay -o "lowerdir=/,upperdir=$memory/upper,workdir=$memory/work" overlay "$root" ||
    missing "overlay file systems"

# Not through the overlay: what is a mount of its own is not in it, and what changes below it
# need not show.
share() {
    mkdir -p "$root$1"
    mount --bind "$1" "$root$1"
}
share "$programs"
mount -o remount,bind,ro "$root$programs"
share "$sandbox"

# systemd raises limits in /proc/sys, of the whole host, unless it is read-only.
mount -t proc proc "$root/proc"
mount --bind "$root/proc/sys" "$root/proc/sys"
mount -o remount,bind,ro "$root/proc/sys"
mount -t sysfs -o ro,nosuid,nodev,noexec sysfs "$root/sys"
mount -t cgroup2 -o nosuid,nodev,noexec cgroup2 "$root/sys/fs/cgroup"
mount -t tmpfs -o mode=755,nosuid,nodev tmpfs "$root/run"
mount -t tmpfs -o mode=755,nosuid tmpfs "$root/dev"
for device in null zero full random urandom tty; do
    : > "$root/dev/$device"
    mount --bind "/dev/$device" "$root/dev/$device"
done
mkdir "$root/dev/pts" "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts "$root/dev/pts"
mount -t tmpfs -o mode=1777,nosuid,nodev tmpfs "$root/dev/shm"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
for number in 0:stdin 1:stdout 2:stderr; do
    ln -s "/proc/self/fd/${number%:*}" "$root/dev/${number#*:}"
done

# Of the host's units only these few, and no generators: a quick boot, the same everywhere.
for unit in basic.target sysinit.target shutdown.target local-fs.target sockets.target \
    timers.target paths.target slices.target multi-user.target network.target \
    network-online.target systemd-journald.service systemd-journald.socket \
    systemd-journald-dev-log.socket; do
    cp "$units/$unit" "$memory/units/"
done
mount --bind "$memory/units" "$root$units"
for generators in "${units}-generators" "${units}-environment-generators"; do
    [ ! -d "$root$generators" ] || mount --bind "$memory/none" "$root$generators"
done
rm -rf "$root/etc/systemd"
mkdir -p "$root/etc/systemd/system"
cat > "$root/etc/systemd/system/default.target" <<END
[Unit]
Requires=basic.target systemd-journald.service systemd-journald-dev-log.socket
After=basic.target systemd-journald.service
AllowIsolate=yes
END
printf '[Journal]\nStorage=volatile\nRateLimitBurst=0\n' > "$root/etc/systemd/journald.conf"
tr -d - < /proc/sys/kernel/random/uuid > "$root/etc/machine-id"
: > "$root/etc/fstab"

cd "$root"
mkdir .old
pivot_root . .old
umount -l .old
rmdir .old
# It says so on the socket when it has booted. The mark is for those who look from outside; a
# unit's processes do not inherit it, systemd gives them an environment of their own.
exec setpriv --bounding-set=-sys_boot,-sys_module,-sys_rawio,-sys_time \
    env -i container=daemon-tests PATH="$PATH" NOTIFY_SOCKET="$sandbox/notify" \
    DAEMON_TESTS_ID="$DAEMON_TESTS_ID" \
    "$systemd" --system --show-status=no --log-target=journal --log-level=notice
