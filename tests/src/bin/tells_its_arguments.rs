//! Says with which arguments it was started, once it is ready. It has a step for root.

#[daemon::main(pidfile, control, user = "nobody", privileged = as_root)]
fn main(ready: daemon::Ready) {
    let arguments: Vec<_> = daemon::args_os().skip(1).collect();
    let stop = daemon::stop();
    ready.notify_with(format_args!("{arguments:?}"));
    stop.wait_drained();
}

fn as_root() -> std::io::Result<()> {
    std::fs::File::open("/proc/self/mem").map(drop)
}
