//! podman(1), on a machine that is made for it: whatever cgroups the host has, and as nobody's but
//! the test's.

use crate::{Sandbox, Start, is_root, require_program, skip};

/// Within namespaces of its own, so that nothing is left; its function `podman` has the options
/// that this needs.
const MACHINE: &str = r#"
umount -R /sys/fs/cgroup 2>/dev/null
mount -t cgroup2 none /sys/fs/cgroup || exit 77
mount -t tmpfs none /run
here=$PWD
cat >containers.conf <<'END'
[containers]
cgroups = "disabled"
netns = "host"
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
[engine]
cgroup_manager = "cgroupfs"
events_logger = "none"
runtime = "crun"
END
export CONTAINERS_CONF=$here/containers.conf
podman() {
    local command=$1
    shift
    if [ "$command" = run ]; then
        set -- --log-driver k8s-file --network host --cgroups=disabled --env DAEMON_TESTS_ID "$@"
    fi
    command podman --root "$here/storage" --runroot "$here/state" --storage-driver vfs "$command" "$@"
}
"#;

impl Sandbox {
    /// Runs a script of bash on such a machine, where `podman` works. Skips the test where it
    /// cannot.
    #[track_caller]
    pub fn podman(&self, script: &str) -> Start<'_> {
        require_program("podman", "podman");
        require_program("crun", "crun");
        if !is_root() {
            skip!("needs root: runs podman in namespaces");
        }
        let machine = format!("{MACHINE}{script}");
        self.start("bash").args(["-c", &machine]).as_process_1().under(["unshare", "--net"])
    }
}
