//! An echo server on tokio that ends gracefully: whoever is connected may finish.
//!
//! ```console
//! $ cargo run --example echo_tokio
//! echo_tokio: listening on 127.0.0.1:7778
//! $ nc 127.0.0.1 7778
//! ```
//!
//! Another address can be given: `cargo run --example echo_tokio 127.0.0.1:0`. To stop it:
//! `pkill -F ~/.local/state/echo_tokio.pid -L`, or /run/echo_tokio.pid as root. It then takes no
//! more connections and ends with the last one, after five seconds at the latest: then the log,
//! ~/.local/state/echo_tokio.log, says who was left.

use std::{env, io, time::Duration};

use tokio::net::{TcpListener, TcpStream};
use tokio::{select, time::sleep};

// On top, so that the process is a daemon before tokio starts its threads.
#[daemon::main(pidfile, stderr, stop_timeout = 5)]
#[tokio::main]
async fn main(ready: daemon::Ready) -> io::Result<()> {
    let address = env::args().nth(1).unwrap_or_else(|| "127.0.0.1:7778".to_owned());
    let listener = TcpListener::bind(address).await?;
    let stop = daemon::stop();
    let mut stopped = stop.stopped();
    ready.notify_with(format_args!("listening on {}", listener.local_addr()?));

    loop {
        select! {
            () = &mut stopped => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, client)) => {
                    // Taken here, and not in the task: the program must not end in between.
                    let hold = stop.hold(client);
                    tokio::spawn(async move {
                        let _hold = hold;
                        echo(stream).await
                    });
                }
                // Too many open files: it gets better when somebody hangs up.
                Err(_) => sleep(Duration::from_millis(100)).await,
            },
        }
    }

    drop(listener);
    stop.drained().await;
    Ok(())
}

/// Sends back what comes, until the other side has no more to say.
async fn echo(mut stream: TcpStream) -> io::Result<u64> {
    let (mut reader, mut writer) = stream.split();
    tokio::io::copy(&mut reader, &mut writer).await
}
