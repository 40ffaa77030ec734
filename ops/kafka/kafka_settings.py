"""The settings of a broker: one that is also a controller, small and quick."""

# A killed broker is known to be gone after the session's time (Kafka's own
# value is 9 s): within the time that a writer waits for its message.
ALL = {
    "process.roles": "broker,controller",
    "broker.heartbeat.interval.ms": 500,
    "broker.session.timeout.ms": 3000,
    # So long does a broker wait for a controller that was paused before it
    # asks the next one for what new producers need (Kafka's own value: 30 s).
    "controller.socket.timeout.ms": 3000,
    # Topics are made by whoever needs them, with settings of their own.
    "auto.create.topics.enable": "false",
    # Leaders move when a test moves them.
    "auto.leader.rebalance.enable": "false",
    "group.initial.rebalance.delay.ms": 0,
    "offsets.topic.num.partitions": 4,
    "transaction.state.log.num.partitions": 4,
    # Little memory and few threads, since several share a small machine.
    "log.cleaner.dedupe.buffer.size": 4 * 1024 * 1024,
    "num.network.threads": 1,
    "num.io.threads": 2,
}


def settings(node, nodes, safety, more):
    """The text of server.properties. `safety`: of the listeners that ask for
    a password or a certificate; None: there are none. `more` overrides what
    stands here."""
    spread = {
        "offsets.topic.replication.factor": len(nodes),
        "transaction.state.log.replication.factor": len(nodes),
        "transaction.state.log.min.isr": min(len(nodes), 2),
        "share.coordinator.state.topic.replication.factor": len(nodes),
    }
    every = ALL | spread | listeners(node, safety) | {
        "node.id": node.number,
        "log.dirs": node.data,
        "controller.quorum.voters": ",".join(
            f"{x.number}@127.0.0.1:{x.controller.number}" for x in nodes),
    } | more
    return "".join(f"{name}={value}\n" for name, value in every.items())


def listeners(node, safety):
    """CLIENT, through which brokers and ops/kafka/broker speak, is always
    there."""
    every = [("CLIENT", node.client, "PLAINTEXT"),
             ("CONTROLLER", node.controller, "PLAINTEXT")]
    if safety:
        every += [("SASL", node.sasl, "SASL_SSL"),
                  ("MUTUAL", node.mutual, "SSL")]
    addresses = [f"{name}://127.0.0.1:{port.number}"
                 for name, port, _ in every]
    return {
        "listeners": ",".join(addresses),
        "advertised.listeners": ",".join(
            x for x in addresses if not x.startswith("CONTROLLER")),
        "listener.security.protocol.map": ",".join(
            f"{name}:{protocol}" for name, _, protocol in every),
        "inter.broker.listener.name": "CLIENT",
        "controller.listener.names": "CONTROLLER",
    } | (safety.settings() if safety else {})
