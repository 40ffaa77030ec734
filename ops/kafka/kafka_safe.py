"""Listeners that need a password or a certificate: what brokers and clients
are told about them, and the keys of both, made for one cluster alone."""
import json
import os
import secrets
import subprocess

from kafka_node import Failure

FOLDER = "safe"
USERS = ("node", "replica", "consumer")
# The keys are nobody's but the cluster's; its folder may live a while.
DAYS = "30"
# Only the address: whoever asks for localhost is told another name.
NAMES = "subjectAltName=IP:127.0.0.1"


class Safety:
    """The folder `safe` of a cluster: certificates, passwords, and a file of
    librdkafka's settings for each way in."""

    def __init__(self, data):
        self.folder = data / FOLDER
        self.passwords = {}

    def exists(self):
        return (self.folder / "passwords.json").exists()

    def make(self):
        """Keys and passwords of a new cluster; those of an old one stay."""
        if not self.exists():
            self.folder.mkdir(mode=0o700, exist_ok=True)
            self.certify()
            passwords = {x: secrets.token_urlsafe(18) for x in USERS}
            write(self.folder / "passwords.json", json.dumps(passwords))
        self.passwords = json.loads(
            (self.folder / "passwords.json").read_text())

    def certify(self):
        """A root, what it signs for the brokers and for a node, and a root
        that signs nothing here."""
        root = ["-addext", "basicConstraints=critical,CA:TRUE"]
        self.certificate("stranger-ca", "a stranger", root)
        self.certificate("ca", "the tests' root", root)
        signed = ["-CA", str(self.folder / "ca.pem"),
                  "-CAkey", str(self.folder / "ca.key"),
                  "-addext", "basicConstraints=critical,CA:FALSE"]
        self.certificate("broker", "broker", [*signed, "-addext", NAMES])
        self.certificate("node", "node", signed)
        for name in ("ca", "stranger-ca"):
            (self.folder / f"{name}.key").unlink()
        both = [self.folder / f"broker.{x}" for x in ("key", "pem")]
        write(self.folder / "broker-both.pem",
              "".join(x.read_text() for x in both))

    def certificate(self, file, name, more):
        done = subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec",
             "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
             "-days", DAYS, "-subj", f"/CN={name}",
             "-keyout", str(self.folder / f"{file}.key"),
             "-out", str(self.folder / f"{file}.pem"), *more],
            capture_output=True, text=True)
        if done.returncode != 0:
            raise Failure(f"openssl made no certificate: {done.stderr}")

    def formatting(self):
        """What `kafka-storage format` is told: the users, with which a
        cluster begins."""
        return [word for user, password in self.passwords.items()
                for word in ("--add-scram", "SCRAM-SHA-512="
                             f"[name={user},password={password}]")]

    def settings(self):
        """Of a broker, for the listeners SASL and MUTUAL."""
        users = " ".join(f'user_{name}="{password}"'
                         for name, password in self.passwords.items())
        module = "org.apache.kafka.common.security"
        sasl = "listener.name.sasl."
        return {
            "ssl.keystore.type": "PEM",
            "ssl.keystore.location": self.folder / "broker-both.pem",
            "ssl.truststore.type": "PEM",
            "ssl.truststore.location": self.folder / "ca.pem",
            "listener.name.mutual.ssl.client.auth": "required",
            sasl + "sasl.enabled.mechanisms": "SCRAM-SHA-512,PLAIN",
            sasl + "scram-sha-512.sasl.jaas.config":
                f"{module}.scram.ScramLoginModule required;",
            sasl + "plain.sasl.jaas.config":
                f"{module}.plain.PlainLoginModule required {users};",
        }

    def write_clients(self, nodes):
        """Overwrites the files for the addresses that the brokers have."""
        sasl, mutual = (
            ",".join(f"127.0.0.1:{getattr(x, name).number}" for x in nodes)
            for name in ("sasl", "mutual"))
        root = {"ssl.ca.location": self.folder / "ca.pem"}
        self.client("mutual", {
            "bootstrap.servers": mutual, "security.protocol": "SSL", **root,
            "ssl.certificate.location": self.folder / "node.pem",
            "ssl.key.location": self.folder / "node.key"})
        for user, password in self.passwords.items():
            for name, mechanism in (("scram", "SCRAM-SHA-512"),
                                    ("plain", "PLAIN")):
                self.client(f"{name}-{user}", {
                    "bootstrap.servers": sasl,
                    "security.protocol": "SASL_SSL", **root,
                    "sasl.mechanisms": mechanism,
                    "sasl.username": user, "sasl.password": password})

    def client(self, name, settings):
        write(self.folder / f"{name}.properties", "".join(
            f"{name} = {value}\n" for name, value in settings.items()))


def write(place, text):
    """A file that nobody else may read."""
    with open(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600),
              "w") as file:
        file.write(text)
