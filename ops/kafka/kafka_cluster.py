"""A Kafka cluster on this machine, for tests and for trying things out.

    with Cluster(brokers=3) as cluster:
        ...use cluster.bootstrap...
        cluster.kill(2)

Its brokers end with the thread that started them, however that ends.
"""
import contextlib
import pathlib
import shutil
import signal
import tempfile
import time

import kafka_folder
import kafka_tools
from kafka_node import Failure, jars, java, java_tool
from kafka_safe import Safety
from kafka_settings import settings
from kafka_wire import ask_metadata

# How long a broker that is asked to stop may take, in seconds.
GRACE = 10
# How often a condition is looked at again, in seconds.
PAUSE = 0.05


class Cluster:
    """`brokers`: one or more; None: as many as `data` has, else one.
    `data`: the folder, kept; None: a temporary one, removed at the end.
    `more`: settings of each broker beside kafka_settings.
    `heap`, `java_options`: each broker's. `patience`: seconds for any wait.
    `grace`: seconds that all have to stop at the end; 0: they are killed.
    `interrupt`: called while waiting; ends the wait by raising.
    `safe`: with listeners for passwords and certificates besides; a folder
    stays as it was made.
    What cannot be done raises Failure."""

    def __init__(self, brokers=None, data=None, more=None, heap="256m",
                 java_options=(), patience=50, grace=GRACE,
                 interrupt=lambda: None, safe=False):
        self.temporary = data is None
        self.data = pathlib.Path(data or tempfile.mkdtemp(prefix="kafka-"))
        self.brokers = brokers
        self.more = more or {}
        self.heap = heap
        self.java_options = list(java_options)
        self.patience = patience
        self.grace = grace
        self.interrupt = interrupt
        self.safe = safe
        self.safety = None
        self.nodes = {}

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_):
        self.close()

    @property
    def bootstrap(self):
        return ",".join(node.address for node in self.nodes.values())

    def start(self):
        """Returns once every broker answers and knows of all others."""
        if not jars.is_dir() or shutil.which("java") is None:
            raise Failure("there is no Kafka here; run ops/install, then"
                          " ops/kafka/install")
        self.data = self.data.absolute()
        self.lock = kafka_folder.take(self.data)
        self.id, self.nodes = kafka_folder.read_plan(self.data, self.brokers)
        self.make_safe()
        self.format()
        for node in self.nodes.values():
            self.launch(node)
        self.await_answers(list(self.nodes))

    def make_safe(self):
        safety = Safety(self.data)
        if not self.safe and not safety.exists():
            return
        if not safety.exists() and any(
                x.formatted() for x in self.nodes.values()):
            raise Failure(f"the cluster in '{self.data}' was made without"
                          " users; choose another folder")
        safety.make()
        safety.write_clients(self.nodes.values())
        self.safety = safety

    def kill(self, number):
        """As kill -9 does; returns when it is gone."""
        node = self.node(number)
        node.signal(signal.SIGKILL)
        node.end(self.patience)

    def stop(self, number):
        node = self.node(number)
        node.ask_to_stop()
        node.end(GRACE)

    def pause(self, number):
        self.node(number).signal(signal.SIGSTOP)

    def resume(self, number):
        self.node(number).signal(signal.SIGCONT)

    def restart(self, number):
        """Starts it, after stopping it if it runs, on its ports and data.
        Returns once it answers."""
        self.stop(number)
        self.launch(self.node(number))
        self.await_answers([number])

    def lead(self, topic, partition, number):
        """Makes the broker the partition's leader; returns once it is."""
        self.node(number)
        kafka_tools.lead(self, topic, partition, number)

    def await_in_sync(self, topic):
        """Returns once every replica of the topic is in sync."""
        kafka_tools.await_in_sync(self, topic)

    def tool(self, name, *arguments):
        """Runs a tool of Kafka's, named by its class; its output."""
        return kafka_tools.tool(self, name, *arguments)

    def close(self):
        """Stops all brokers, kills those that do not heed it, and removes a
        temporary folder."""
        deadline = time.monotonic() + self.grace
        for node in self.nodes.values() if self.grace else ():
            node.ask_to_stop()
        for node in self.nodes.values():
            node.end(max(0, deadline - time.monotonic()))
        if self.temporary:
            shutil.rmtree(self.data, ignore_errors=True)

    def format(self):
        """Gives each new broker its folder, all at once as that takes a
        while."""
        nodes = self.nodes.values()
        for node in nodes:
            node.settings.write_text(settings(
                node, nodes, self.safety, self.more))
        fresh = [node for node in nodes if not node.formatted()]
        for node in fresh:
            node.launch(java_tool([
                "kafka.tools.StorageTool", "format",
                "-t", self.id, "-c", str(node.settings),
                *(self.safety.formatting() if self.safety else [])]))
        for node in fresh:
            self.wait("formatting", lambda: not node.runs(), node)
            if node.process.returncode != 0:
                raise Failure(f"formatting failed:\n{node.log_tail()}")

    def launch(self, node):
        node.launch(java(self.heap, self.java_options,
                         ["kafka.Kafka", str(node.settings)]))

    def await_answers(self, numbers):
        """Until each of these brokers knows that all of them serve."""
        for number in numbers:
            node = self.nodes[number]
            self.wait("an answer", lambda: self.serves(node, numbers), node)

    def serves(self, node, numbers):
        if not node.runs():
            raise Failure(f"broker {node.number} ended with"
                          f" {node.process.returncode}:\n{node.log_tail()}")
        return ask_metadata(node.client.number).brokers >= set(numbers)

    def wait(self, what, holds, node=None, seconds=None):
        """Until `holds()`; not answering is no answer yet. When the time is
        over, Failure shows the end of the node's log."""
        seconds = seconds or self.patience
        deadline = time.monotonic() + seconds
        while True:
            self.interrupt()
            with contextlib.suppress(OSError):
                if holds():
                    return
            if time.monotonic() > deadline:
                log = f"; its log:\n{node.log_tail()}" if node else ""
                raise Failure(f"waited {seconds} s for {what}{log}")
            time.sleep(PAUSE)

    def node(self, number):
        if number not in self.nodes:
            raise Failure(f"there is no broker {number}, but"
                          f" 1 to {len(self.nodes)}")
        return self.nodes[number]
