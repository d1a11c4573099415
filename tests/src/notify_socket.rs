//! A supervisor's socket, at which a program says that it is ready; see sd_notify(3).

use std::{
    ffi::OsString,
    io::IoSliceMut,
    os::{
        fd::AsRawFd,
        linux::net::SocketAddrExt,
        unix::net::{SocketAddr, UnixDatagram},
    },
    time::Duration,
};

use nix::{
    cmsg_space,
    errno::Errno,
    sys::{
        socket::{
            ControlMessageOwned, MsgFlags, UnixCredentials, recvmsg, setsockopt,
            sockopt::{PassCred, ReceiveTimestampns},
        },
        time::TimeSpec,
    },
};

use crate::{Sandbox, deadline};

/// A supervisor's socket, in the place of systemd's.
#[derive(Debug)]
pub struct NotifySocket {
    socket: UnixDatagram,
    address: OsString,
    deadline: Duration,
}

/// What a program said, and which process it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Lines of the form `NAME=value`.
    pub text: String,
    /// As the kernel knows it.
    pub sender: i32,
}

impl NotifySocket {
    /// One with a place in the sandbox.
    #[track_caller]
    pub fn bind(sandbox: &Sandbox) -> Self {
        let path = sandbox.join("notify");
        let address = SocketAddr::from_pathname(&path).expect("an address");
        let socket = Self::at(sandbox, &address, path.into());
        // Any user may speak, as at systemd's.
        sandbox.mode("notify", 0o777);
        socket
    }

    /// One without a place in the file system.
    #[track_caller]
    pub fn bind_abstract(sandbox: &Sandbox) -> Self {
        let name = sandbox.path().to_str().expect("a plain name").replace('/', "-");
        let address = SocketAddr::from_abstract_name(&name).expect("an address");
        Self::at(sandbox, &address, format!("@{name}").into())
    }

    #[track_caller]
    fn at(sandbox: &Sandbox, address: &SocketAddr, name: OsString) -> Self {
        let socket = UnixDatagram::bind_addr(address).expect("a socket");
        setsockopt(&socket, PassCred, &true).expect("SO_PASSCRED");
        setsockopt(&socket, ReceiveTimestampns, &true).expect("SO_TIMESTAMPNS");
        Self { socket, address: name, deadline: sandbox.deadline() }
    }

    /// What is to stand in `NOTIFY_SOCKET`.
    pub fn address(&self) -> OsString {
        self.address.clone()
    }

    /// Sends to it, which has a place in the sandbox, until there is no room left: whoever wants to
    /// say something then has to wait until something is received.
    #[track_caller]
    pub fn fill(&self) {
        loop {
            // The buffer of one sender may be full before the socket is.
            let sender = UnixDatagram::unbound().expect("a socket");
            sender.set_nonblocking(true).expect("O_NONBLOCK");
            sender.connect(&self.address).expect("the supervisor");
            if sender.send(b"FULL=1").is_err() {
                return;
            }
            while sender.send(b"FULL=1").is_ok() {}
        }
    }

    /// The next message.
    #[track_caller]
    pub fn receive(&self) -> Message {
        self.receive_with_time().0
    }

    /// The next message, and when it was sent, since 1970: however late it is received.
    #[track_caller]
    pub fn receive_with_time(&self) -> (Message, Duration) {
        match deadline::poll(self.deadline, || self.look()) {
            Some(received) => received,
            None => panic!("waited {:?} for a message", self.deadline),
        }
    }

    /// The next message, if there is one already.
    #[track_caller]
    pub fn receive_now(&self) -> Option<Message> {
        self.look().map(|(message, _)| message)
    }

    /// Nobody has said until now that the daemon is ready. Receives everything.
    #[track_caller]
    pub fn assert_not_ready(&self) {
        while let Some(message) = self.receive_now() {
            assert!(!message.text.contains("READY=1"), "{message:?}");
        }
    }

    #[track_caller]
    fn look(&self) -> Option<(Message, Duration)> {
        let mut buffer = [0; 8192];
        let mut slices = [IoSliceMut::new(&mut buffer)];
        let mut control = cmsg_space!(UnixCredentials, TimeSpec);
        let (fd, flags) = (self.socket.as_raw_fd(), MsgFlags::MSG_DONTWAIT);
        let received = match recvmsg::<()>(fd, &mut slices, Some(&mut control), flags) {
            Err(Errno::EAGAIN) => return None,
            received => received.expect("a message"),
        };
        let (mut sender, mut time) = (None, None);
        for with_it in received.cmsgs().expect("what came with it") {
            match with_it {
                ControlMessageOwned::ScmCredentials(it) => sender = Some(it.pid()),
                ControlMessageOwned::ScmTimestampns(it) => time = Some(it.into()),
                _ => {}
            }
        }
        let length = received.bytes;
        let text = String::from_utf8(buffer[..length].to_vec()).expect("UTF-8");
        Some((Message { text, sender: sender.expect("credentials") }, time.expect("a time")))
    }
}
