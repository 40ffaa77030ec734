"""How one process tells the one that holds a cluster what to do with it: a
socket in the cluster's folder, over which goes a line of JSON each way."""
import contextlib
import json
import os
import socket

from kafka_node import Failure

NAME = "control"


def listen(folder):
    server = socket.socket(socket.AF_UNIX)
    (folder / NAME).unlink(missing_ok=True)
    with short_path(folder) as path:
        server.bind(path)
    server.listen()
    return server


def serve_one(server, do):
    """Takes one request and answers it with what `do(request)` returns, or
    with its failure. A caller that is gone gets no answer."""
    peer, _ = server.accept()
    with peer, contextlib.suppress(OSError, ValueError):
        peer.settimeout(5)
        request = json.loads(peer.makefile().readline())
        try:
            answer = {"result": do(request)}
        except Failure as failure:
            answer = {"failure": str(failure)}
        peer.sendall(json.dumps(answer).encode() + b"\n")


def ask(folder, request):
    """The answer to one request, however long that takes."""
    peer = socket.socket(socket.AF_UNIX)
    try:
        with short_path(folder) as path:
            peer.connect(path)
    except OSError:
        raise Failure(f"no cluster runs in '{folder}'; start one there with"
                      f" ops/kafka/broker start --data") from None
    with peer:
        peer.sendall(json.dumps(request).encode() + b"\n")
        line = peer.makefile().readline()
    if not line:
        raise Failure("the cluster was stopped meanwhile")
    answer = json.loads(line)
    if "failure" in answer:
        raise Failure(answer["failure"])
    return answer["result"]


@contextlib.contextmanager
def short_path(folder):
    """A socket's path may have 107 bytes, which a folder can be longer than;
    the path through an open folder is always short."""
    place = os.open(folder, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{place}/{NAME}"
    finally:
        os.close(place)
