"""Makes many profiles and publishes once to each: URL of the clients' profiles,
token, count. Says now and then how far it is."""

import http.client
import json
import sys
import threading
import time
import urllib.parse

connections = 16


def call(connection, method, path, body):
    connection.request(method, path, json.dumps(body), headers)
    answer = connection.getresponse()
    text = answer.read()
    if answer.status >= 300:
        raise RuntimeError(f"{method} {path}: {answer.status} {text.decode()}")


def fill(first):
    connection = http.client.HTTPConnection(url.netloc)
    for i in range(first, count, connections):
        call(connection, "PUT", f"{url.path}/bench-{i}", {})
        call(
            connection,
            "POST",
            f"{url.path}/bench-{i}/publish",
            {
                "draft_payload": {
                    "mcpServers": {"docs": {"command": "docs", "args": [str(i)]}}
                },
                "changelog": "Fill",
            },
        )
        progress[first] = i
    connection.close()


def run(first):
    try:
        fill(first)
    except Exception as problem:  # told once all have ended
        problems.append(problem)


url = urllib.parse.urlsplit(sys.argv[1])
headers = {
    "Authorization": "Bearer " + sys.argv[2],
    "Content-Type": "application/json",
}
count = int(sys.argv[3])
progress = [0] * connections
problems = []
threads = [threading.Thread(target=run, args=(i,)) for i in range(connections)]
for thread in threads:
    thread.start()
told = time.monotonic()
for thread in threads:
    while thread.is_alive():
        thread.join(1)
        if time.monotonic() > told + 20:
            told = time.monotonic()
            print(f"fill: {min(progress)} of {count}", file=sys.stderr)
if problems:
    sys.exit(f"fill: {problems[0]}")
