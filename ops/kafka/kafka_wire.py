"""As much of Kafka's protocol as it takes to ask a broker what it knows.

One request, Metadata in version 4, which librdkafka from 2.0 on sends too.
"""
import socket
import struct

METADATA, VERSION = 3, 4


class Partition:
    def __init__(self, leader, replicas, in_sync):
        self.leader = leader
        self.replicas = replicas
        self.in_sync = in_sync


class Metadata:
    """What one broker knows: the numbers of the brokers that serve, and the
    partitions, by their number, of each topic that was asked for."""

    def __init__(self, answer):
        answer.number("i")  # throttle time
        self.brokers = {one_broker(answer) for _ in answer.times()}
        answer.text()  # the cluster's id
        answer.number("i")  # the controller
        self.topics = dict(one_topic(answer) for _ in answer.times())


def ask_metadata(port, topics=(), patience=2.0):
    """Raises OSError if the broker on this port does not answer in time, and
    so if it takes no requests yet."""
    names = b"".join(packed_text(name) for name in topics)
    body = struct.pack(">i", len(topics)) + names + b"\0"
    head = struct.pack(">hhi", METADATA, VERSION, 1) + packed_text("ops")
    with socket.create_connection(("127.0.0.1", port), patience) as peer:
        peer.sendall(struct.pack(">i", len(head + body)) + head + body)
        (size,) = struct.unpack(">i", read(peer, 4))
        return Metadata(Answer(read(peer, size)[4:]))


class Answer:
    """The bytes of an answer, taken from the front."""

    def __init__(self, data):
        self.data = data
        self.place = 0

    def number(self, code):
        (value,) = struct.unpack_from(">" + code, self.data, self.place)
        self.place += struct.calcsize(">" + code)
        return value

    def text(self):
        size = max(self.number("h"), 0)
        self.place += size
        return self.data[self.place - size : self.place].decode()

    def times(self):
        return range(self.number("i"))

    def numbers(self):
        return [self.number("i") for _ in self.times()]


def one_broker(answer):
    number = answer.number("i")
    answer.text()  # host
    answer.number("i")  # port
    answer.text()  # rack
    return number


def one_topic(answer):
    answer.number("h")  # an unknown topic has no partitions
    name = answer.text()
    answer.number("b")  # internal
    return name, dict(one_partition(answer) for _ in answer.times())


def one_partition(answer):
    answer.number("h")  # without a leader it is -1
    index, leader = answer.number("i"), answer.number("i")
    return index, Partition(leader, answer.numbers(), answer.numbers())


def packed_text(text):
    return struct.pack(">h", len(text.encode())) + text.encode()


def read(peer, size):
    data = b""
    while len(data) < size:
        more = peer.recv(size - len(data))
        if not more:
            raise ConnectionError("the broker hung up")
        data += more
    return data
