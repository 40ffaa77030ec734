"""Publishes at a steady pace over one connection to profiles bench-0 and so on
in turn: URL of the clients' profiles, token, profiles, publishes a second,
seconds, a word that no earlier run had. Prints how many it published."""

import http.client
import json
import sys
import time
import urllib.parse

url = urllib.parse.urlsplit(sys.argv[1])
token, word = sys.argv[2], sys.argv[6]
profiles, pace, seconds = int(sys.argv[3]), float(sys.argv[4]), float(sys.argv[5])

connection = http.client.HTTPConnection(url.netloc)
headers = {"Authorization": "Bearer " + token, "Content-Type": "application/json"}
begin = time.monotonic()
count = int(pace * seconds)
for i in range(count):
    time.sleep(max(0.0, begin + i / pace - time.monotonic()))
    server = {"command": "docs", "args": [f"{word}-{i}", "plain words " * 100]}
    draft = {"mcpServers": {"docs": server}}
    body = json.dumps({"draft_payload": draft, "changelog": "Measure"})
    path = f"{url.path}/bench-{i % profiles}/publish"
    connection.request("POST", path, body, headers)
    answer = connection.getresponse()
    text = answer.read()
    if answer.status != 201:
        sys.exit(f"{path}: {answer.status} {text.decode()}")
late = time.monotonic() - begin - seconds
if late > 0.5 * seconds:
    sys.exit(f"{count} publishes came {late:.1f} s late")
print(count)
