#!/usr/bin/python3
"""python-daemon, after the example in PEP 3143 and in its documentation."""

import grp
import os
import pwd
import signal
import socketserver
import sys
import threading
import time

import daemon
from daemon.pidfile import TimeoutPIDLockFile


class Client(socketserver.StreamRequestHandler):
    """Answers one client, as server.rs does."""

    def handle(self):
        line = self.rfile.readline().decode().strip()
        if line == "pid":
            self.wfile.write(b"%d\n" % os.getpid())
        elif line == "slow":
            self.wfile.write(b"begun\n")
            time.sleep(0.3)
            self.wfile.write(b"finished\n")
        elif line.startswith("log "):
            print(line[4:], file=sys.stderr, flush=True)
            self.wfile.write(b"written\n")


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True


def start_up():
    """The work of a start, in a thread, then the port."""
    thread = threading.Thread(target=time.sleep, args=(0.05,))
    thread.start()
    thread.join()
    return Server(("127.0.0.1", int(os.environ["SERVER_PORT"])), Client)


def reload_program_config(_number, _frame):
    try:
        with open(os.environ["SERVER_CONFIGURATION"]) as file:
            good = file.read().startswith("good")
    except (KeyError, OSError):
        good = False
    if not good:
        print("the configuration is not good", file=sys.stderr, flush=True)


def main():
    log = open(os.environ["SERVER_LOG"], "a+")
    options = {}
    if os.environ.get("SERVER_USER"):
        options = {
            "uid": pwd.getpwnam(os.environ["SERVER_USER"]).pw_uid,
            "gid": grp.getgrnam("nogroup").gr_gid,
            "initgroups": True,
        }
    context = daemon.DaemonContext(
        umask=0o027,
        pidfile=TimeoutPIDLockFile(os.environ["SERVER_PIDFILE"], acquire_timeout=0),
        stdout=log,
        stderr=log,
        **options,
    )
    context.signal_map[signal.SIGHUP] = reload_program_config
    with context:
        with start_up() as server:
            server.serve_forever()


if __name__ == "__main__":
    main()
