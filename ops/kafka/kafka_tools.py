"""What is done to a running cluster with Kafka's own tools."""
import contextlib
import json
import subprocess

from kafka_node import Failure, ends_with_us, java_tool
from kafka_wire import ask_metadata

# How long a topic may be unknown to the brokers after it was made, in
# seconds.
SPREADING = 3


def tool(cluster, name, *arguments):
    """Runs the tool, a class of Kafka, against the brokers that answer; its
    output."""
    cluster.wait("silent brokers to be taken for gone",
                 lambda: not silent_but_known(cluster))
    peers = ",".join(x.address for x in answering(cluster))
    words = [name, "--bootstrap-server", peers, *arguments]
    try:
        done = subprocess.run(java_tool(words), stdin=subprocess.DEVNULL,
                              capture_output=True, text=True,
                              timeout=cluster.patience,
                              preexec_fn=ends_with_us())
    except subprocess.TimeoutExpired:
        raise Failure(f"{name} took longer than {cluster.patience}"
                      " s") from None
    if done.returncode != 0:
        raise Failure(f"{name} failed: {done.stdout}{done.stderr}".strip())
    return done.stdout


def silent_but_known(cluster):
    """Those brokers that do not answer, and that another still names: a tool
    would ask them and wait."""
    known = {x for node in answering(cluster)
             for x in ask_metadata(node.client.number).brokers}
    return known - {node.number for node in answering(cluster)}


def lead(cluster, topic, partition, number):
    """Moves a partition's leader to one of its replicas: puts it first among
    them, and elects the first."""
    before = one_partition(cluster, topic, partition).replicas
    if number not in before:
        raise Failure(f"broker {number} is no replica of {topic} {partition},"
                      f" but {before} are")
    if before[0] != number:
        put_first(cluster, topic, partition, number, before)
    if one_partition(cluster, topic, partition).leader != number:
        tool(cluster, "org.apache.kafka.tools.LeaderElectionCommand",
             "--election-type", "preferred", "--topic", topic,
             "--partition", str(partition))
    await_everywhere(cluster, topic, f"broker {number} to lead", lambda x:
                     x[partition].leader == number)


def put_first(cluster, topic, partition, number, before):
    gone = set(before) - {x.number for x in answering(cluster)}
    if gone:
        raise Failure(f"Kafka moves no leader of {topic} {partition} while the"
                      f" replicas {sorted(gone)} do not answer; restart or"
                      " resume them")
    after = [number] + [x for x in before if x != number]
    plan = cluster.data / "reassignment.json"
    plan.write_text(json.dumps({"version": 1, "partitions": [{
        "topic": topic, "partition": partition, "replicas": after}]}))
    tool(cluster,
         "org.apache.kafka.tools.reassign.ReassignPartitionsCommand",
         "--reassignment-json-file", str(plan), "--execute")
    cluster.wait(f"the replicas of {topic} {partition} to be {after}",
                 lambda: one_partition(cluster, topic, partition).replicas
                 == after)


def await_in_sync(cluster, topic):
    await_everywhere(cluster, topic, "all replicas to be in sync", lambda x:
                     all(in_sync(partition) for partition in x.values()))


def in_sync(partition):
    return sorted(partition.replicas) == sorted(partition.in_sync)


def await_everywhere(cluster, topic, what, holds):
    """Until every broker that answers knows the topic and sees its partitions
    so: they hear of a change one after the other."""
    def all_see_it():
        views = [ask_metadata(node.client.number, [topic]).topics[topic]
                 for node in answering(cluster)]
        return all(view and holds(view) for view in views)

    cluster.wait(f"{what}, {topic}", all_see_it)


def one_partition(cluster, topic, partition):
    known = partitions(cluster, topic)
    if partition not in known:
        raise Failure(f"{topic} has no partition {partition}, but"
                      f" {sorted(known)}")
    return known[partition]


def partitions(cluster, topic):
    """By their number, as a broker that answers knows them."""
    found = {}

    def look():
        for node in answering(cluster):
            with contextlib.suppress(OSError):
                known = ask_metadata(node.client.number, [topic])
                found.update(known.topics[topic])
                if found:
                    return True
        return False

    cluster.wait(f"the topic {topic} to be there", look, seconds=SPREADING)
    return found


def answering(cluster):
    out = [x for x in cluster.nodes.values() if x.answers()]
    if not out:
        raise Failure("no broker runs")
    return out
