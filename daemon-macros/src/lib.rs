//! The attribute `#[daemon::main]`. Use it through the package `daemon-main`.

mod closure;
#[cfg(test)]
mod documented;
mod expand;
mod given;
mod habits;
mod item;
mod list;
mod literal;
mod messages;
mod options;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod rules;
mod suggest;
mod tokens;

use proc_macro::TokenStream;

/// Turns an ordinary `fn main` into a well-behaved Unix daemon.
///
/// Everything that must happen before threads exist happens before the first line of the body and
/// before any async runtime: fork, `setsid`, the second fork, the pidfile, standard input, output
/// and error. The command that started the daemon returns when it is ready, with exit status 0,
/// or says why it failed.
///
/// ```no_run
/// use std::{io, net::TcpListener};
///
/// #[daemon::main(pidfile = "/run/echod.pid", umask = 0o027)]
/// fn main(ready: daemon::Ready) -> io::Result<()> {
///     let listener = TcpListener::bind("127.0.0.1:7777")?;
///     ready.notify_with(format_args!("listening on {}", listener.local_addr()?));
///     for mut stream in listener.incoming().flatten() {
///         io::copy(&mut stream.try_clone()?, &mut stream)?;
///     }
///     Ok(())
/// }
/// ```
///
/// # Readiness
///
/// The signature is the whole configuration of readiness:
///
/// - `fn main()`: the command returns as soon as the daemon is set up, just before the body runs.
///   Whoever started it does not see a failure in the body.
/// - `fn main(ready: daemon::Ready)`: the command waits until the body calls
///   [`ready.notify()`](struct.Ready.html#method.notify). A failure before that reaches the
///   terminal and the exit status.
///
/// The return type is any that `main` can have.
///
/// # Runtimes
///
/// Put the attribute above the runtime's, so that the launch is over before the runtime's threads
/// exist. It knows nothing of any runtime: it works with tokio, actix, rocket, smol, async-std, and
/// with other attributes such as `#[tracing::instrument]`. Most runtimes forbid `main` to have
/// parameters; it may have them all the same, because the runtime does not see them. Nor does
/// `#[instrument]`, so that it has no `ready` to skip.
///
/// ```no_run
/// #[daemon::main(pidfile)]
/// #[tokio::main]
/// async fn main(ready: daemon::Ready) -> std::io::Result<()> {
///     let listener = tokio::net::TcpListener::bind("127.0.0.1:8080").await?;
///     ready.notify();
///     loop {
///         let (mut stream, _) = listener.accept().await?;
///         tokio::spawn(async move {
///             let (mut reader, mut writer) = stream.split();
///             tokio::io::copy(&mut reader, &mut writer).await
///         });
///     }
/// }
/// ```
///
/// # Options
///
/// All are optional. [`Config`](struct.Config.html) has a setter of the same name for each, except
/// `configure`, `privileged` and `crate`; that of `limits` is `limit`, for one at a time.
///
/// | option | value | when absent |
/// | --- | --- | --- |
/// | `name = "echod"` | the name in messages and in the usual places: a file name | the binary's name, else the crate's; never `argv[0]` |
/// | `pidfile = "/run/echod.pid"` | an absolute path: one instance at a time holds it | no pidfile |
/// | `pidfile` | the [usual place](enum.Pidfile.html#variant.Usual) | |
/// | `umask = 0o027` | the file mode creation mask, `0..=0o777`, written in octal, or `inherit` | `0o027` |
/// | `chdir = "/var/lib/echod"` | the working directory, an absolute path, or `inherit` | `/` in the background, unchanged in the foreground |
/// | `chroot = "/srv/jail"` | the root directory, an absolute path; `chdir` is inside it | unchanged |
/// | `user = "www-data"` | the [user to become](struct.Config.html#method.user), a name or a number; the groups that the user is in come with it | unchanged |
/// | `group = "adm"` | the group to have instead of the user's own, a name or a number | the user's |
/// | `stdout = "/var/log/echod.log"`, `stderr = …` | the absolute path of a file, at whose end the output goes; or `null`, `inherit`, or `journal` for the journal of systemd | `null` in the background, `inherit` in the foreground |
/// | `stdout`, `stderr` | a log in the [usual place](enum.Output.html#variant.Usual) | |
/// | `mode = auto` | `auto`, `background`, `foreground`, `off` for an ordinary program, or a [`daemon::Mode`](enum.Mode.html) | `auto` |
/// | `start_timeout = 60` | how many seconds the command waits for readiness, or `never` to wait for ever | 60 |
/// | `stop_timeout = 30` | how many seconds a [stop](fn.stop.html) may take before the program is ended, with exit status 75, or `never` | `never` |
/// | `stop_delay = 5` | for how many seconds the program still accepts work after the request to stop; `$DAEMON_STOP_DELAY` overrides it | 0 |
/// | `notification_fd = 3` | the descriptor at which a supervisor of the s6 family waits for readiness: 3 or above | `$NOTIFICATION_FD`, else none |
/// | `limits(nofile = 65536, core = 0)` | [resource limits](enum.Resource.html), named as in setrlimit(2): a number, a pair `(soft, hard)`, or `unlimited` | unchanged |
/// | `no_new_privs` | neither the daemon nor the programs that it executes can gain privileges any more | they can |
/// | `capabilities(net_bind_service)` | the [capabilities](enum.Capability.html) that stay when root becomes `user`, named as in capabilities(7) | none stay |
/// | `control` | the [verbs](enum.Verb.html) `start`, `stop`, `status` and so on as first argument; `control = "daemon"`: behind that word | none |
/// | `configure = args` | a function that runs before any fork, see below | none |
/// | `privileged = open_ports` | a function that runs in the daemon before privileges go, see below | none |
/// | `crate = my_crate::daemon` | the path of this library, if it is renamed or re-exported | `::daemon` |
///
/// A value is any constant expression of the right type, and is checked at compile time. The type is
/// `&str`, except `u32` for `umask`, `&str` or `u32` for `user` and `group`, `u64` for
/// `start_timeout`, `stop_timeout`, `stop_delay` and in `limits`, `i32` for `notification_fd`, and `daemon::Mode` for `mode`. Where
/// the setter takes a type of its own, such as [`daemon::Output`](enum.Output.html), a constant of
/// that type is a value too:
///
/// ```no_run
/// const RUN: &str = "/run/echod";
/// const GROUP_READS: u32 = 0o027;
/// const FILES: u64 = 65536;
///
/// #[daemon::main(
///     pidfile = concat!("/run/", env!("CARGO_PKG_NAME"), ".pid"),
///     chdir = RUN,
///     umask = GROUP_READS & !0o020,
///     stderr,
///     start_timeout = never,
///     limits(nofile = (1024, FILES), stack = unlimited)
/// )]
/// fn main() {}
/// ```
///
/// ```compile_fail
/// #[daemon::main(umask = 22)] // error: `22` is decimal; write `0o022`
/// fn main() {}
/// ```
///
/// # Least privilege
///
/// A daemon that root starts should become another user, with no more of root's power than it needs:
///
/// ```no_run
/// #[daemon::main(
///     pidfile,
///     user = "www-data",
///     capabilities(net_bind_service),
///     no_new_privs,
///     limits(nofile = (1024, 65536), core = 0, memlock = unlimited)
/// )]
/// fn main() {}
/// ```
///
/// One number is both the soft and the hard limit. `capabilities` needs `user`, or a `configure` that
/// sets it.
///
/// # The pipeline: `configure`, `privileged`, `main`
///
/// `configure` is a `fn(&mut daemon::Config)` that runs first, in the process that was started,
/// with its terminal, arguments and working directory. It may change every option. A function that
/// takes nothing will do, such as the `parse` of a `clap::Parser`, and so will a closure, whose setters
/// may be a chain: `configure = |config| config.umask(0o077)`. `privileged`
/// runs in the daemon before privileges go. It takes the value of `configure`, or nothing if that is
/// `()`.
///
/// Both may return a value, or a `Result` with an error that can be displayed. Each step's value is
/// the next step's argument, and the last step's is `main`'s last parameter: so the command line is
/// parsed once, and `privileged` knows the port. `()` is not passed on; any other value must be
/// taken.
///
/// ```no_run
/// use std::{env, io, net::TcpListener, num::ParseIntError};
///
/// struct Args {
///     port: u16,
/// }
///
/// #[daemon::main(pidfile, configure = args, privileged = open)]
/// fn main(ready: daemon::Ready, (args, listener): (Args, TcpListener)) -> io::Result<()> {
///     ready.notify_with(format_args!("listening on port {}", args.port));
///     for stream in listener.incoming() {
///         drop(stream?);
///     }
///     Ok(())
/// }
///
/// fn args(config: &mut daemon::Config) -> Result<Args, ParseIntError> {
///     let port = env::args().nth(1).map_or(Ok(7777), |port| port.parse())?;
///     if env::args().any(|arg| arg == "--foreground") {
///         config.mode(daemon::Mode::Foreground);
///     }
///     Ok(Args { port })
/// }
///
/// fn open(args: Args) -> io::Result<(Args, TcpListener)> {
///     let listener = TcpListener::bind(("127.0.0.1", args.port))?;
///     Ok((args, listener))
/// }
/// ```
///
/// An error of `configure` ends the start with exit status 78, one of `privileged` with 71. It is
/// shown after the program's name, with `{:#}`, so that an `anyhow::Error` tells its causes.
///
/// # What it expands to
///
/// An outer `fn main` with the documentation, the lint levels and the return type, which launches.
/// Inside it is your own function, still called `main`, with every other attribute, `async` and the
/// body as you wrote it, but without parameters: its first statements bind them to their values.
///
/// The expansion contains no `unsafe` and no `#[allow]`, and no lint objects to it, of rustc or of
/// clippy, whichever are denied.
#[proc_macro_attribute]
pub fn main(options: TokenStream, item: TokenStream) -> TokenStream {
    expansion(options.into(), item.into()).into()
}

/// The same with the types of proc-macro2, which the tests have too.
fn expansion(
    options: proc_macro2::TokenStream,
    item: proc_macro2::TokenStream,
) -> proc_macro2::TokenStream {
    let mut mistakes = messages::Mistakes::default();
    let options = given::parse(options, &mut mistakes);
    match item::parse(item, &mut mistakes) {
        Ok(main) => expand::main(&options, &main, &mistakes),
        Err(item) => expand::unusable(item, &mistakes),
    }
}
