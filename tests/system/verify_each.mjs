// Runs verify.mjs on the evidence in each directory; a line for each. The
// query makes it load anew every time.
import { readFileSync } from 'node:fs';

const root = process.cwd();
const log = console.log;
for (const d of process.argv.slice(2)) {
  process.chdir(`${root}/${d}`);
  process.argv = ['node', 'verify.mjs', readFileSync('fingerprint', 'utf8'),
    'artifact.json', 'keyset.json', readFileSync('seen', 'utf8')];
  let said = 'nothing';
  console.log = (x) => { said = x; };
  try {
    await import(`${root}/verify.mjs?${d}`);
    log(said.startsWith('verified ') ? 'yes' : `no ${said}`);
  } catch (e) {
    log(`no ${String(e).split('\n')[0]}`);
  }
}
