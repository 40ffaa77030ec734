# Reads a JSON array of YAML documents from a file; prints what they hold.
import json, sys, yaml

with open(sys.argv[1], encoding="utf-8") as file:
    documents = json.load(file)
print(json.dumps([yaml.safe_load(x) for x in documents]))
