"""What a cluster's folder tells: whose it is, and its plan."""
import base64
import fcntl
import json
import uuid

from kafka_node import Failure, Node


def take(folder):
    """The folder's lock, held while the object lives: two clusters on one
    folder would end each other."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = open(folder / "lock", "w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise Failure(f"a cluster runs in '{folder}' already; stop it, or"
                      " choose another folder") from None
    return lock


def read_plan(folder, brokers):
    """The cluster's id and its nodes by their number. A folder keeps both,
    and each node its ports if nobody took them meanwhile. `brokers`: None for
    as many as there are."""
    place = folder / "cluster.json"
    plan = {"id": new_id(), "ports": [[0, 0]] * (brokers or 1)}
    if place.exists():
        plan = json.loads(place.read_text())
    count = len(plan["ports"])
    if brokers not in (None, count):
        raise Failure(f"the cluster in '{folder}' has {count} brokers, not"
                      f" {brokers}; choose another folder")
    nodes = {}
    for number, ports in enumerate(plan["ports"], 1):
        nodes[number] = Node(number, folder / f"node-{number}", ports)
    plan["ports"] = [x.ports for x in nodes.values()]
    place.write_text(json.dumps(plan))
    return plan["id"], nodes


def new_id():
    """As Kafka makes them; none looks like an option."""
    while True:
        text = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode()[:22]
        if not text.startswith("-"):
            return text
