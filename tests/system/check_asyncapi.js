// node check_asyncapi.js PACKAGES DOCUMENT: what is wrong with the document by
// the schema that AsyncAPI publishes for its version 3.0.0, one line each.
const {readFileSync} = require('node:fs');

const [packages, document] = process.argv.slice(2);
const {default: Ajv} = require(`${packages}/ajv`);
const read = name => JSON.parse(readFileSync(name));

const rules = `${packages}/@asyncapi/specs/schemas/3.0.0-without-$id.json`;
const check = new Ajv({strict: false, allErrors: true, validateFormats: false})
  .compile(read(rules));
if (!check(read(document))) {
  for (const x of check.errors) console.log(`${x.instancePath}: ${x.message}`);
  process.exitCode = 1;
}
