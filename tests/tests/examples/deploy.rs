//! One program, unchanged, does under each supervisor what the file in `examples/deploy` is for,
//! installed by the line of its README.

use std::{
    collections::BTreeSet,
    fs,
    io::{self, Read, Write},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use daemon_tests::{
    Finished, Ids, NOBODY, Process, Running, Sandbox, Signal, Systemd, fixture, require_program,
};
use yaml_rust2::{Yaml, YamlLoader};

daemon_tests::tests![
    each_file_has_its_line,
    systemd_has_nothing_to_say_about_the_units,
    systemd_runs_it,
    systemd_starts_it_for_its_first_client,
    systemd_starts_it_again_when_it_is_stuck,
    systemd_has_it_in_the_background,
    systemd_reloads_it,
    logrotate_installs_its_file,
    supervisord_runs_it,
    runit_runs_it,
    s6_runs_it,
    a_container_runs_it,
    podman_builds_the_image_and_runs_it,
    kubernetes_runs_it,
];

const FILES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/deploy");

const PROGRAM: &str = "/usr/local/bin/socket_activated";

/// Where it listens unless it is told otherwise.
const ADDRESS: &str = "127.0.0.1:8081";

/// Where it reads its greeting.
const GREETING: &str = "/etc/socket_activated.greeting";

/// A file, and what the table of the README has about it.
struct Row {
    file: String,
    install: String,
    stop: String,
}

fn rows() -> Vec<Row> {
    let readme = fs::read_to_string(Path::new(FILES).join("README.md")).expect("the README");
    let rows = readme.lines().filter(|line| line.starts_with("| ["));
    rows.map(|row| match row.split(" | ").collect::<Vec<_>>()[..] {
        [file, _, install, stop] => Row {
            file: between(file, "](", ")").to_owned(),
            install: between(install, "`", "`").to_owned(),
            stop: between(stop, "`", "`").to_owned(),
        },
        ref cells => panic!("four cells, not {cells:?}"),
    })
    .collect()
}

#[track_caller]
fn row(file: &str) -> Row {
    rows().into_iter().find(|row| row.file == file).expect("a row of this file")
}

#[track_caller]
fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    let (_, rest) = text.split_once(start).unwrap_or_else(|| panic!("no {start} in {text:?}"));
    let (found, _) = rest.split_once(end).unwrap_or_else(|| panic!("no {end} in {rest:?}"));
    found
}

/// A machine on which the program is installed, and nothing that supervises it yet.
struct Machine<'a> {
    sandbox: &'a Sandbox,
    systemd: Systemd<'a>,
}

impl<'a> Machine<'a> {
    #[track_caller]
    fn new(sandbox: &'a Sandbox) -> Self {
        let machine = Self { sandbox, systemd: Systemd::boot(sandbox) };
        sandbox.start("cp").args(["-r", FILES, "deploy"]).run().expect_code(0);
        machine.shell(&format!("install {} {PROGRAM}", fixture!("socket_activated")));
        machine
    }

    /// Runs a line of the README, as root.
    #[track_caller]
    fn shell(&self, line: &str) -> Finished {
        let directory = self.sandbox.join("deploy");
        let line = format!("cd {} && {line}", directory.display());
        self.systemd.start("bash").args(["-c", &line]).run().expect_code(0)
    }

    /// What is answered to one request, from the first line to the end.
    #[track_caller]
    fn answer(&self, address: &str, path: &str) -> String {
        self.try_answer(address, path).expect("an answer")
    }

    fn try_answer(&self, address: &str, path: &str) -> io::Result<String> {
        let mut connection = self.systemd.connect(address)?;
        write!(connection, "GET {path} HTTP/1.1\r\nHost: {address}\r\n\r\n")?;
        let mut answer = String::new();
        connection.read_to_string(&mut answer)?;
        Ok(answer)
    }

    /// It answers now, and it is this process.
    #[track_caller]
    fn assert_serves(&self, process: &Process) {
        self.assert_greets(process, "hello");
    }

    /// The same, and it greets like that.
    #[track_caller]
    fn assert_greets(&self, process: &Process, greeting: &str) {
        let answer = self.answer(ADDRESS, "/");
        let page = format!("\r\n\r\n{greeting} from process {}\n", process.number_inside());
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.ends_with(&page), "{answer}");
    }

    #[track_caller]
    fn wait_until_it_answers(&self) {
        self.sandbox.wait_until("it answers", || self.try_answer(ADDRESS, "/healthz").is_ok());
    }

    /// Switches it off. Nothing may be left.
    #[track_caller]
    fn off(self) {
        drop(self.systemd);
        self.sandbox.assert_nothing_left();
    }
}

fn each_file_has_its_line() {
    let mut listed: Vec<_> = rows().into_iter().map(|row| row.file).collect();
    assert_eq!(listed.len(), 9);
    // Of a service directory there is one row.
    for name in ["runit", "s6"] {
        let directory = listed.iter_mut().find(|file| file.starts_with(name)).expect("a row");
        assert!(directory.ends_with("/run"), "{directory} shows the script");
    }
    listed.extend(["README.md", "s6/socket_activated/notification-fd"].map(str::to_owned));
    let listed: BTreeSet<_> = listed.iter().map(PathBuf::from).collect();
    assert_eq!(files_below(Path::new(FILES)), listed);
}

fn files_below(directory: &Path) -> BTreeSet<PathBuf> {
    let mut files = BTreeSet::new();
    let mut directories = vec![directory.to_owned()];
    while let Some(next) = directories.pop() {
        for entry in fs::read_dir(next).expect("a directory") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                directories.push(path);
            } else {
                files.insert(path.strip_prefix(directory).expect("below it").to_owned());
            }
        }
    }
    files
}

// systemd

const SERVICE: &str = "socket_activated.service";
const SOCKET: &str = "socket_activated.socket";
const FORKING: &str = "socket_activated-forking.service";

fn systemd_has_nothing_to_say_about_the_units() {
    let sandbox = Sandbox::new();
    let machine = Machine::new(&sandbox);
    for unit in [SERVICE, SOCKET, FORKING] {
        machine.shell(&row(&format!("systemd/{unit}")).install);
        let file = format!("/etc/systemd/system/{unit}");
        let verified = machine.shell(&format!("systemd-analyze verify {file}"));
        assert_eq!((&*verified.stdout, &*verified.stderr), ("", ""), "{unit}");
        if unit != SOCKET {
            // Of 100. What is left is the network.
            machine.shell(&format!("systemd-analyze security --offline=yes --threshold=12 {file}"));
        }
        machine.shell(&row(&format!("systemd/{unit}")).stop);
    }
    machine.off();
}

/// The one process of a unit that is active and ready, and confined.
#[track_caller]
fn active(machine: &Machine<'_>, unit: &str) -> Process {
    let systemd = &machine.systemd;
    let kind = if unit == FORKING { "forking" } else { "notify" };
    assert_eq!(systemd.show(unit, "Type"), kind);
    assert_eq!(systemd.show(unit, "ActiveState"), "active", "{}", systemd.report(unit));
    let process = systemd.only_process_of(unit);
    assert_ne!(process.users().real, 0);
    let capabilities = process.capabilities();
    assert_eq!((capabilities.permitted, capabilities.bounding), (0, 0));
    assert!(process.no_new_privs());
    process
}

/// What systemctl(1) shows as the status of the unit, when it has arrived.
#[track_caller]
fn wait_for_status(machine: &Machine<'_>, unit: &str, status: &str) {
    machine.systemd.wait_until_shows(unit, "StatusText", status);
}

/// By the README's line, upon which it ends gracefully.
#[track_caller]
fn stop(machine: &Machine<'_>, unit: &str, process: &Process) {
    machine.shell(&row(&format!("systemd/{unit}")).stop);
    assert!(!process.is_alive());
    let service = unit.replace(".socket", ".service");
    for (property, value) in
        [("ActiveState", "inactive"), ("Result", "success"), ("NRestarts", "0")]
    {
        let shown = machine.systemd.show(&service, property);
        assert_eq!(shown, value, "{property}\n{}", machine.systemd.report(&service));
    }
    assert!(machine.systemd.processes_of(&service).is_empty());
    assert!(machine.systemd.connect(ADDRESS).is_err());
}

fn systemd_runs_it() {
    let sandbox = Sandbox::new();
    let machine = Machine::new(&sandbox);
    machine.shell(&row("systemd/socket_activated.service").install);
    let process = active(&machine, SERVICE);
    let why = "foreground: NOTIFY_SOCKET is set: a supervisor waits to be told of readiness";
    wait_for_status(&machine, SERVICE, &format!("http://{ADDRESS} ({why})"));
    machine.assert_serves(&process);
    machine.assert_serves(&process);
    wait_for_status(&machine, SERVICE, "2 clients served");
    stop(&machine, SERVICE, &process);
    machine.off();
}

fn systemd_starts_it_for_its_first_client() {
    let sandbox = Sandbox::new();
    let machine = Machine::new(&sandbox);
    machine.shell(&row("systemd/socket_activated.socket").install);
    assert_eq!(machine.systemd.show(SERVICE, "ActiveState"), "inactive");
    machine.answer(ADDRESS, "/healthz");
    let process = active(&machine, SERVICE);
    machine.assert_serves(&process);
    wait_for_status(&machine, SERVICE, "2 clients served");

    machine.systemd.systemctl(["stop", SERVICE]).expect_code(0);
    assert!(!process.is_alive());
    machine.answer(ADDRESS, "/healthz");
    let next = active(&machine, SERVICE);
    assert_ne!(next.pid(), process.pid());
    stop(&machine, SOCKET, &next);
    machine.off();
}

fn systemd_starts_it_again_when_it_is_stuck() {
    let sandbox = Sandbox::new();
    let machine = Machine::new(&sandbox);
    for unit in [SERVICE, FORKING] {
        // As it stands, but for the time that the test takes.
        let directory = machine.systemd.path(format!("/etc/systemd/system/{unit}.d"));
        fs::create_dir(&directory).expect("a directory");
        let shorter = "[Service]\nWatchdogSec=1\nRestartSec=0\n";
        fs::write(directory.join("shorter.conf"), shorter).expect("a file");
        machine.shell(&row(&format!("systemd/{unit}")).install);
        let process = active(&machine, unit);
        let mut signs = BTreeSet::new();
        sandbox.wait_until("it has lived for twice as long as the watchdog waits", || {
            signs.insert(machine.systemd.show(unit, "WatchdogTimestampMonotonic"));
            signs.len() > 4
        });
        assert!(process.is_alive() && machine.systemd.show(unit, "NRestarts") == "0");

        process.signal(Signal::SIGSTOP);
        machine.systemd.wait_until_shows(unit, "NRestarts", "1");
        process.wait_for_death();
        machine.systemd.wait_until_shows(unit, "ActiveState", "active");
        let next = active(&machine, unit);
        machine.assert_serves(&next);
        machine.systemd.systemctl(["stop", unit]).expect_code(0);
    }
    machine.off();
}

fn systemd_has_it_in_the_background() {
    let sandbox = Sandbox::new();
    let machine = Machine::new(&sandbox);
    machine.shell(&row("systemd/socket_activated-forking.service").install);
    let process = active(&machine, FORKING);
    let pidfile = machine.systemd.path("/run/socket_activated/socket_activated.pid");
    let pid = fs::read_to_string(&pidfile).expect("a pidfile");
    assert_eq!(pid.trim_end(), process.number_inside());
    assert!(!process.is_session_leader());
    let said =
        format!("http://{ADDRESS} (background: systemd started it, for a unit with PIDFile=)");
    sandbox.wait_until("the journal has it", || machine.systemd.journal(FORKING).contains(&said));
    machine.assert_serves(&process);
    wait_for_status(&machine, FORKING, "1 clients served");
    stop(&machine, FORKING, &process);
    assert!(!pidfile.exists());
    machine.off();
}

fn systemd_reloads_it() {
    let sandbox = Sandbox::new();
    let machine = Machine::new(&sandbox);
    for unit in [SERVICE, FORKING] {
        machine.shell(&row(&format!("systemd/{unit}")).install);
        let process = active(&machine, unit);
        machine.shell(&format!("echo 'good day' >{GREETING} && systemctl reload {unit}"));
        wait_for_status(&machine, unit, "the greeting is \"good day\"");
        machine.assert_greets(&process, "good day");

        // It stays as it is.
        machine.shell(&format!(">{GREETING} && systemctl reload {unit}"));
        wait_for_status(&machine, unit, &format!("reload refused: {GREETING} is empty"));
        machine.assert_greets(&process, "good day");
        assert_eq!(machine.systemd.show(unit, "ActiveState"), "active");
        machine.shell(&format!("rm {GREETING}"));
        stop(&machine, unit, &process);
    }
    machine.off();
}

// The others

fn logrotate_installs_its_file() {
    require_program("logrotate", "logrotate");
    let sandbox = Sandbox::new();
    let machine = Machine::new(&sandbox);
    let Row { install, stop, .. } = row("logrotate/logging");
    machine.shell(&install);
    let finished = machine.shell("logrotate --debug /etc/logrotate.conf");
    assert!(finished.stderr.contains("/var/log/logging.log"), "{finished:?}");
    assert!(!finished.stderr.contains("error"), "{finished:?}");
    machine.shell(&stop);
    machine.off();
}

/// The kernel keeps 15 bytes of a name.
fn is_the_program(process: &Process) -> bool {
    process.comm() == "socket_activate"
}

/// The one process of the program, which this supervisor has started: as nobody.
#[track_caller]
fn supervised(machine: &Machine<'_>, supervisor: &str) -> Process {
    let mut processes = machine.sandbox.processes();
    processes.retain(is_the_program);
    let [process] = <[Process; 1]>::try_from(processes).expect("one process");
    let parent = Process::find(process.ppid()).expect("a parent");
    assert_eq!(parent.comm(), supervisor);
    assert_eq!((process.users(), process.groups()), (Ids::all(NOBODY), Ids::all(NOBODY)));
    machine.assert_serves(&process);
    process
}

/// The supervisor has been told to end, and does so.
#[track_caller]
fn end(machine: Machine<'_>, mut supervisor: Running<'_>) {
    supervisor.wait();
    drop(supervisor);
    machine.off();
}

fn supervisord_runs_it() {
    require_program("supervisord", "supervisor");
    let sandbox = Sandbox::new();
    let machine = Machine::new(&sandbox);
    machine.shell("rm -f /etc/supervisor/conf.d/*");
    let configuration = "/etc/supervisor/supervisord.conf";
    let start = machine.systemd.start("supervisord").args(["-n", "-c", configuration]);
    let mut supervisord = start.spawn();
    supervisord.wait_for_text("supervisord started");

    let Row { install, stop, .. } = row("supervisord/socket_activated.conf");
    machine.shell(&install);
    supervisord.wait_for_text("success: socket_activated entered RUNNING state");
    let process = supervised(&machine, "supervisord");
    machine.shell(&stop);
    assert!(!process.is_alive());
    let log = supervisord.stdout();
    assert_eq!(log.matches("spawned: 'socket_activated'").count(), 1, "{log}");
    assert!(log.contains("stopped: socket_activated (exit status 0)"), "{log}");
    let said = machine.shell("cat /var/log/supervisor/socket_activated-stderr*").stdout;
    let why = "foreground: its parent is supervisord";
    assert_eq!(said, format!("socket_activated: http://{ADDRESS} ({why})\n"));
    machine.shell("supervisorctl shutdown");
    end(machine, supervisord);
}

fn runit_runs_it() {
    require_program("runsvdir", "runit");
    let sandbox = Sandbox::new();
    let machine = Machine::new(&sandbox);
    machine.shell("mkdir -p /etc/service && rm -rf /etc/service/*");
    let mut runsvdir = machine.systemd.start("runsvdir").arg("/etc/service").spawn();

    let Row { install, stop, .. } = row("runit/socket_activated/run");
    machine.shell(&install);
    machine.wait_until_it_answers();
    let process = supervised(&machine, "runsv");
    assert!(runsvdir.stdout().contains("(foreground: its parent is runsv)"), "{runsvdir:?}");
    machine.shell(&stop);
    assert!(!process.is_alive());
    let status = machine.shell("sv status socket_activated").stdout;
    assert!(status.starts_with("down: "), "{status}");
    machine.shell("sv exit socket_activated");
    let runs = |process: &Process| process.is_called("runsvdir");
    let process = sandbox.processes().into_iter().find(runs).expect("runsvdir");
    process.signal(Signal::SIGHUP);
    end(machine, runsvdir);
}

fn s6_runs_it() {
    require_program("s6-svscan", "s6");
    let sandbox = Sandbox::new();
    let machine = Machine::new(&sandbox);
    machine.shell("mkdir /run/service");
    let mut svscan = machine.systemd.start("s6-svscan").arg("/run/service").spawn();
    sandbox.wait_until("s6-svscan runs", || {
        machine.systemd.path("/run/service/.s6-svscan/control").exists()
    });

    let Row { install, stop, .. } = row("s6/socket_activated/run");
    machine.shell(&install);
    sandbox.wait_until("s6-supervise runs", || {
        machine.systemd.path("/run/service/socket_activated/event").exists()
    });
    machine.shell("s6-svwait -U -t 15000 /run/service/socket_activated");
    let process = supervised(&machine, "s6-supervise");
    assert!(svscan.stdout().contains("(foreground: its parent is s6-supervise)"), "{svscan:?}");
    let status = machine.shell("s6-svstat /run/service/socket_activated").stdout;
    assert!(status.starts_with("up ") && status.contains(" ready "), "{status}");
    machine.shell(&stop);
    assert!(!process.is_alive());
    let status = machine.shell("s6-svstat /run/service/socket_activated").stdout;
    assert!(status.starts_with("down (exitcode 0) "), "{status}");
    machine.shell("s6-svscanctl -t /run/service");
    end(machine, svscan);
}

// Containers

/// An engine stops a container by a signal, and kills it when it has waited for this long:
/// docker-stop(1).
const PATIENCE_OF_DOCKER: Duration = Duration::from_secs(10);

/// What the Containerfile says about the container, as an engine reads it.
struct Image {
    /// With numbers, since there is nobody's name in the image.
    user: (u32, u32),
    stop_signal: Signal,
    /// Programs and arguments, not lines for a shell.
    entry_point: Vec<String>,
    command: Vec<String>,
}

impl Image {
    fn read() -> Self {
        let path = Path::new(FILES).join("container/Containerfile");
        let text = fs::read_to_string(path).expect("the Containerfile");
        let say = |word: &str| {
            let mut lines =
                text.lines().filter_map(|line| line.strip_prefix(word)?.strip_prefix(' '));
            let line = lines.next().unwrap_or_else(|| panic!("no {word}"));
            assert_eq!(lines.next(), None, "{word} is said once");
            line
        };
        assert_eq!(say("FROM"), "scratch");
        let (_, target) = say("COPY").split_once(' ').expect("a source and a target");
        assert_eq!(target, PROGRAM);
        let number = |text: &str| text.parse().expect("a number");
        let (user, group) = say("USER").split_once(':').expect("a user and a group");
        Self {
            user: (number(user), number(group)),
            stop_signal: say("STOPSIGNAL").parse().expect("a signal"),
            entry_point: strings(&yaml(say("ENTRYPOINT"))),
            command: strings(&yaml(say("CMD"))),
        }
    }
}

/// JSON, of which the lists in a Containerfile are, is YAML.
fn yaml(text: &str) -> Yaml {
    YamlLoader::load_from_str(text).expect("YAML").remove(0)
}

#[track_caller]
fn strings(list: &Yaml) -> Vec<String> {
    let list = list.as_vec().expect("a list");
    list.iter().map(|word| word.as_str().expect("a string").to_owned()).collect()
}

/// A root directory with nothing in it but the program, what it is linked to, and a mount point.
#[track_caller]
fn root_directory(machine: &Machine<'_>) -> PathBuf {
    let root = machine.sandbox.directory("root", 0o755);
    machine.sandbox.directory("root/proc", 0o755);
    let line = format!(
        "ldd {PROGRAM} | grep -o '/[^ ]*' | xargs -I{{}} install -D {{}} {root}{{}} &&
         install -D {PROGRAM} {root}{PROGRAM}",
        root = root.display(),
    );
    machine.shell(&line);
    root
}

/// As an engine starts a container: process 1, in a root directory of its own that it cannot
/// write to, with this user and without capabilities.
#[track_caller]
fn run_container<'a>(machine: &Machine<'a>, user: (u32, u32), words: &[String]) -> Running<'a> {
    let root = root_directory(machine);
    let root = root.display();
    let (user, group) = user;
    // The options of unshare(1) take effect in this order too.
    let line = format!(
        "mount --bind -o ro {root} {root} && exec setpriv --no-new-privs --clear-groups \
         unshare --pid --ipc --uts --fork --kill-child --mount --root={root} --mount-proc \
         --setgid={group} --setuid={user} \"$@\""
    );
    let shell = ["unshare", "--mount", "bash", "-c", &line, "bash"];
    let start = machine.systemd.start("env").args(["-i", "HOME=/"]);
    let mark = format!("DAEMON_TESTS_ID={}", machine.sandbox.path().display());
    start.arg(mark).arg("PATH=/usr/sbin:/usr/bin:/sbin:/bin").args(shell).args(words).spawn()
}

/// The program as process 1 of that container, once it answers.
#[track_caller]
fn process_1(machine: &Machine<'_>, user: (u32, u32), container: &mut Running<'_>) -> Process {
    container.wait_for_text("(foreground: it is process 1, the init of a container)");
    let mut processes = machine.sandbox.processes();
    processes.retain(is_the_program);
    let [process] = <[Process; 1]>::try_from(processes).expect("one process");
    assert_eq!(process.number_inside(), "1");
    assert_eq!((process.users(), process.groups()), (Ids::all(user.0), Ids::all(user.1)));
    assert_eq!(process.capabilities().permitted, 0);
    process
}

/// It ends by itself with status 0, well before this time is over and it would be killed.
#[track_caller]
fn ends_in_time(mut container: Running<'_>, told: Instant, limit: Duration) {
    let finished = container.wait().expect_code(0);
    assert!(told.elapsed() < limit / 2, "{finished:?}");
}

fn a_container_runs_it() {
    let sandbox = Sandbox::new();
    let machine = Machine::new(&sandbox);
    let image = Image::read();
    let words = [image.entry_point, image.command].concat();
    let mut container = run_container(&machine, image.user, &words);
    let process = process_1(&machine, image.user, &mut container);
    machine.assert_serves(&process);

    // Who is connected is answered still.
    let mut connection = machine.systemd.connect(ADDRESS).expect("a connection");
    machine.assert_serves(&process);
    let told = Instant::now();
    process.signal(image.stop_signal);
    sandbox
        .wait_until("it takes no more connections", || machine.systemd.connect(ADDRESS).is_err());
    write!(connection, "GET / HTTP/1.1\r\n\r\n").expect("a request");
    let mut answer = String::new();
    connection.read_to_string(&mut answer).expect("an answer");
    assert!(answer.ends_with("\nhello from process 1\n"), "{answer}");
    ends_in_time(container, told, PATIENCE_OF_DOCKER);
    machine.off();
}

/// By the lines of the README. What the program is linked to is not in the image: it is mounted.
fn podman_builds_the_image_and_runs_it() {
    let sandbox = Sandbox::new();
    let Row { install, stop, .. } = row("container/Containerfile");
    let built = "target/x86_64-unknown-linux-musl/release/examples/socket_activated";
    let script = format!(
        "ip link set lo up
         sed -i '/^.containers.$/a volumes = [\"/lib:/lib:ro\", \"/lib64:/lib64:ro\"]' $CONTAINERS_CONF
         install -Ds {program} source/{built} && mkdir -p source/examples &&
         cp -r {FILES} source/examples/ && cd source/examples/deploy || exit
         {install}
         until curl -sf http://{ADDRESS}/healthz >&2; do
             podman inspect --format '{{{{.State.Status}}}}' socket_activated | grep -q exited &&
                 podman logs socket_activated && exit 1
         done
         curl -s http://{ADDRESS} && {stop} && podman logs socket_activated &&
         podman inspect --format '{{{{.State.ExitCode}}}} {{{{.Config.User}}}}' socket_activated",
        program = fixture!("socket_activated")
    );
    let finished = sandbox.podman(&script).run().expect_code(0);
    let said = "hello from process 1\n";
    assert!(finished.stdout.contains(said), "{finished:?}");
    let said = "(foreground: it is process 1, the init of a container)";
    assert!(finished.stderr.contains(said), "{finished:?}");
    assert!(finished.stdout.ends_with("\n0 65532:65532\n"), "{finished:?}");
    sandbox.assert_nothing_left();
}

fn kubernetes_runs_it() {
    let sandbox = Sandbox::new();
    let machine = Machine::new(&sandbox);
    let text = fs::read_to_string(Path::new(FILES).join("kubernetes/deployment.yaml"));
    let documents = YamlLoader::load_from_str(&text.expect("a manifest")).expect("YAML");
    let [deployment, service] = &documents[..] else { panic!("a deployment and a service") };
    let pod = &deployment["spec"]["template"];
    let spec = &pod["spec"];
    let [container] = &spec["containers"].as_vec().expect("containers")[..] else {
        panic!("one container")
    };
    // Its own user and its own words are in the place of the image's CMD, not of its ENTRYPOINT.
    assert!(container["command"].is_badvalue());
    let words = [Image::read().entry_point, strings(&container["args"])].concat();
    let security = &spec["securityContext"];
    let id = |name: &str| u32::try_from(security[name].as_i64().expect("a number")).expect("an id");
    let user = (id("runAsUser"), id("runAsGroup"));
    let grace = spec["terminationGracePeriodSeconds"].as_i64().expect("a number of seconds");

    let mut running = run_container(&machine, user, &words);
    let process = process_1(&machine, user, &mut running);
    for probe in ["readinessProbe", "livenessProbe"] {
        let request = &container[probe]["httpGet"];
        let address = format!("127.0.0.1:{}", port(container, &request["port"]));
        let answer = machine.answer(&address, request["path"].as_str().expect("a path"));
        assert!(answer.starts_with("HTTP/1.1 200 "), "{probe} at {address}: {answer}");
    }
    let ports = service["spec"]["ports"].as_vec().expect("ports");
    let address = format!("127.0.0.1:{}", port(container, &ports[0]["targetPort"]));
    machine.answer(&address, "/");
    let labels = &pod["metadata"]["labels"];
    assert_eq!(&deployment["spec"]["selector"]["matchLabels"], labels);
    assert_eq!(&service["spec"]["selector"], labels);

    let grace = Duration::from_secs(grace.try_into().expect("seconds"));
    let told = Instant::now();
    process.signal(Image::read().stop_signal);
    ends_in_time(running, told, grace);
    machine.off();
}

/// A port of the container, which has it by number or by name.
#[track_caller]
fn port(container: &Yaml, wanted: &Yaml) -> i64 {
    let ports = container["ports"].as_vec().expect("ports");
    let found = ports.iter().find(|port| [&port["name"], &port["containerPort"]].contains(&wanted));
    found.expect("a port of the container")["containerPort"].as_i64().expect("a number")
}
