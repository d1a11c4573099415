//! A machine is one that runs systemd, apart from the host.

use std::{ffi::OsStr, fs, path::Path};

use daemon_tests::{Sandbox, Systemd};

use crate::expected_panic::panic_of;

daemon_tests::tests![
    a_machine_runs_systemd,
    a_machine_is_apart,
    a_machine_that_is_off_leaves_nothing,
];

fn a_machine_runs_systemd() {
    let sandbox = Sandbox::new();
    let machine = Systemd::boot(&sandbox);
    machine.unit(
        "sleeps.service",
        "[Service]\nType=exec\nEnvironment=COLOUR=red\nExecStart=/bin/sleep 1000\n",
    );
    machine.unit("fails.service", "[Service]\nExecStart=/bin/sh -c 'echo oh dear >&2; exit 3'\n");
    assert_eq!(machine.show("sleeps.service", "ActiveState"), "inactive");
    machine.systemctl(["start", "sleeps", "fails"]).expect_code(0);

    let process = machine.only_process_of("sleeps.service");
    assert_eq!(process.comm(), "sleep");
    assert_eq!(process.environment()[OsStr::new("COLOUR")], "red");
    machine.systemctl(["stop", "sleeps"]).expect_code(0);
    assert!(!process.is_alive());
    assert!(machine.processes_of("sleeps.service").is_empty());

    machine.wait_until_shows("fails.service", "Result", "exit-code");
    assert_eq!(machine.show("fails.service", "ExecMainStatus"), "3");
    machine.systemctl(["start", "nobody-knows-it"]).expect_code(5);
    sandbox.wait_until("the journal has it", || {
        machine.journal("fails.service").contains("oh dear\n")
    });
    let message = panic_of(|| drop(machine.only_process_of("fails.service")));
    assert!(message.contains("not []") && message.contains("oh dear"), "{message}");
}

fn a_machine_is_apart() {
    let sandbox = Sandbox::new();
    let machine = Systemd::boot(&sandbox);
    let hosts = Path::new("/var").join(sandbox.path().file_name().expect("a name"));
    let write = |path: &Path| {
        let line = format!("echo written > {}", path.display());
        machine.start("/bin/sh").arg("-c").arg(line).run().status.success()
    };
    assert!(write(&hosts) && machine.path(&hosts).exists() && !hosts.exists());
    assert!(write(&sandbox.join("shared")));
    assert_eq!(sandbox.read("shared"), "written\n");
    assert!(!write(Path::new("/proc/sys/kernel/hostname")));
    let interfaces = machine.start("ls").arg("/sys/class/net").run();
    assert_eq!(interfaces.stdout, "lo\n");
    assert_eq!(machine.start("cat").arg("/proc/1/comm").run().stdout, "systemd\n");
}

fn a_machine_that_is_off_leaves_nothing() {
    let sandbox = Sandbox::new();
    let machine = Systemd::boot(&sandbox);
    machine.unit("sleeps.service", "[Service]\nExecStart=/bin/sleep 1000\n");
    machine.systemctl(["start", "sleeps"]).expect_code(0);
    let process = machine.only_process_of("sleeps.service");
    let cgroup = fs::read_to_string(format!("/proc/{}/cgroup", process.pid())).expect("/proc");
    let name = sandbox.path().file_name().expect("a name").to_str().expect("a plain name");
    assert!(cgroup.contains(&format!("/{name}/system.slice/sleeps.service\n")), "{cgroup}");
    drop(machine);
    assert!(!process.is_alive());
    sandbox.assert_nothing_left();
    let find = sandbox.start("find").args(["/sys/fs/cgroup", "-maxdepth", "2", "-name", name]);
    assert_eq!(find.run().stdout, "");
}
