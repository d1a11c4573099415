// go-daemon (a re-exec of the program with an environment variable), after its example
// "gd-signal-handling". `-s stop` signals the daemon.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"log"
	"net"
	"os"
	"os/user"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/sevlyar/go-daemon"
)

var signal = flag.String("s", "", "send a signal to the daemon: stop, reload")

// Answers one client, as server.rs does.
func answer(client net.Conn) {
	defer client.Close()
	line, _ := bufio.NewReader(client).ReadString('\n')
	line = strings.TrimSpace(line)
	switch {
	case line == "pid":
		fmt.Fprintf(client, "%d\n", os.Getpid())
	case line == "slow":
		fmt.Fprintf(client, "begun\n")
		time.Sleep(300 * time.Millisecond)
		fmt.Fprintf(client, "finished\n")
	case strings.HasPrefix(line, "log "):
		fmt.Fprintf(os.Stderr, "%s\n", line[4:])
		fmt.Fprintf(client, "written\n")
	}
}

// The work of a start, then the port.
func startUp() (net.Listener, error) {
	time.Sleep(50 * time.Millisecond)
	return net.Listen("tcp", "127.0.0.1:"+os.Getenv("SERVER_PORT"))
}

func serve(listener net.Listener) {
	for {
		client, err := listener.Accept()
		if err != nil {
			return
		}
		go answer(client)
	}
}

func reload(os.Signal) error {
	text, err := os.ReadFile(os.Getenv("SERVER_CONFIGURATION"))
	if err != nil || !strings.HasPrefix(string(text), "good") {
		log.Print("the configuration is not good")
	}
	return nil
}

func stop(os.Signal) error {
	return daemon.ErrStop
}

func credential(name string) *syscall.Credential {
	who, err := user.Lookup(name)
	if err != nil {
		log.Fatal(err)
	}
	uid, _ := strconv.Atoi(who.Uid)
	gid, _ := strconv.Atoi(who.Gid)
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
}

func main() {
	flag.Parse()
	log.SetFlags(0) // no date, so that the page does not change with each run
	daemon.AddCommand(daemon.StringFlag(signal, "stop"), syscall.SIGTERM, stop)
	daemon.AddCommand(daemon.StringFlag(signal, "reload"), syscall.SIGHUP, reload)

	context := &daemon.Context{
		PidFileName: os.Getenv("SERVER_PIDFILE"),
		PidFilePerm: 0644,
		LogFileName: os.Getenv("SERVER_LOG"),
		LogFilePerm: 0640,
		WorkDir:     "/",
		Umask:       027,
	}
	if name := os.Getenv("SERVER_USER"); name != "" {
		context.Credential = credential(name)
	}

	if len(daemon.ActiveFlags()) > 0 {
		process, err := context.Search()
		if err != nil {
			log.Fatalf("Unable send signal to the daemon: %s", err)
		}
		if err := daemon.SendCommands(process); err != nil {
			log.Fatal(err)
		}
		return
	}

	child, err := context.Reborn()
	if err != nil {
		log.Fatalln(err)
	}
	if child != nil {
		return
	}
	defer context.Release()

	listener, err := startUp()
	if err != nil {
		log.Print(err)
		return
	}
	go serve(listener)
	if err := daemon.ServeSignals(); err != nil {
		log.Printf("Error: %s", err)
	}
}
