// Prints the RFC 8785 form of each JSON line on standard input. ECMAScript
// defines that form, so this is the definition next to our own code: sort()
// compares UTF-16 code units, JSON.stringify writes strings and numbers.
import { readFileSync, writeSync } from "node:fs";

function canonical(x) {
  if (Array.isArray(x)) return "[" + x.map(canonical).join(",") + "]";
  if (x === null || typeof x !== "object") return JSON.stringify(x);
  const member = (key) => JSON.stringify(key) + ":" + canonical(x[key]);
  return "{" + Object.keys(x).sort().map(member).join(",") + "}";
}

const lines = readFileSync(0, "utf8").split("\n").slice(0, -1);
const out = lines.map((line) => canonical(JSON.parse(line)) + "\n").join("");
for (let rest = Buffer.from(out); rest.length > 0; )
  rest = rest.subarray(writeSync(1, rest));
