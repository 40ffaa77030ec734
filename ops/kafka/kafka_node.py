"""One broker of a cluster: its folder, its ports and its process."""
import ctypes
import os
import pathlib
import signal
import socket
import subprocess

here = pathlib.Path(__file__).resolve().parent
jars = here.parent.parent / ".cache" / "kafka" / "jars"
libc = ctypes.CDLL(None)
PR_SET_PDEATHSIG = 1


class Failure(Exception):
    """What a caller is told: what, where, and what to do."""


def java(heap, options, words):
    """The command that runs a class of Kafka. Compiled once and lightly, it
    starts in half the time; give other options to measure speed."""
    logging = f"-Dlog4j2.configurationFile={here / 'log4j2.properties'}"
    light = ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
    return ["java", f"-Xmx{heap}", *light, logging, *options,
            "-cp", f"{jars}/*", *words]


def java_tool(words):
    """The same for what ends by itself."""
    return java("128m", ["-Dlevel=WARN"], words)


def ends_with_us():
    """What a new process does before its program, so that the kernel kills it
    when this one dies, however that happens."""
    parent = os.getpid()

    def bind():
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)

    return bind


class Port:
    """A free port, chosen by binding it, and kept: whoever asks the kernel
    for any port gets another while this object lives, so that a broker finds
    its own again after a restart. The broker can bind it all the same, since
    both set SO_REUSEADDR and this one never listens."""

    def __init__(self, wanted=0):
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self.socket.bind(("127.0.0.1", wanted))
        except OSError:
            self.socket.bind(("127.0.0.1", 0))
        self.number = self.socket.getsockname()[1]


class Node:
    """The ports are `client`, `controller`, `sasl` and `mutual`, as they were
    or 0; the last two serve only where a cluster is to be safe."""

    def __init__(self, number, folder, ports):
        self.number = number
        self.folder = folder
        folder.mkdir(exist_ok=True)
        self.client, self.controller, self.sasl, self.mutual = (
            Port(x) for x in [*ports, 0, 0][:4])
        self.process = None
        self.paused = False

    @property
    def ports(self):
        return [x.number for x in (self.client, self.controller, self.sasl,
                                   self.mutual)]

    @property
    def address(self):
        return f"127.0.0.1:{self.client.number}"

    @property
    def settings(self):
        return self.folder / "server.properties"

    @property
    def data(self):
        return self.folder / "data"

    @property
    def log(self):
        return self.folder / "log"

    def formatted(self):
        return (self.data / "meta.properties").exists()

    def runs(self):
        return self.process is not None and self.process.poll() is None

    def answers(self):
        return self.runs() and not self.paused

    def launch(self, command):
        """Starts a command whose output goes to the end of the log."""
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True,
                preexec_fn=ends_with_us())
        self.paused = False

    def signal(self, number):
        if not self.runs():
            raise Failure(f"broker {self.number} does not run;"
                          f" its log is {self.log}")
        self.process.send_signal(number)
        self.paused = number == signal.SIGSTOP

    def ask_to_stop(self):
        """A process that was stopped hears of it only when it goes on."""
        if self.runs():
            self.signal(signal.SIGTERM)
            self.signal(signal.SIGCONT)

    def end(self, seconds):
        """Waits for its end, and kills it when these are over."""
        if self.process is None:
            return
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def log_tail(self):
        if not self.log.exists():
            return "(no log)"
        lines = self.log.read_text(errors="replace").splitlines()
        return "\n".join(lines[-30:])
