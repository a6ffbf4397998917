/**
 * One measured process: `client.mjs <contender> <url> <steps> <runs> [folder of the peer]`; prints microseconds a step, and how many
 * transactions a step wrote, as JSON.
 */
import pg from "pg";
import { openPeer } from "../../scripts/workspace/peers.mjs";
import { measure } from "../_interleaved.mjs";
import { contenders } from "./contenders.mjs";

const [name = "", url = "", steps = "", runs = "", folder] = process.argv.slice(2);
const load = folder ? openPeer(folder).load : () => Promise.reject(new Error(`${name} is no peer`));
const opened = await contenders[name]?.(url, load);
if (!opened) throw new Error(`There is no contender ${name}`);

/** @param {number} count */
async function runAll(count) {
  for (let run = 0; run < count; run++) {
    const took = await opened?.run(Number(steps));
    if (took !== Number(steps)) throw new Error(`${name} took ${took} steps of ${steps}`);
  }
}

/** Transactions that wrote are numbered; asking takes a number, too. @returns {Promise<number>} */
async function transactions() {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query("select pg_current_xact_id()::text as id");
  await client.end();
  return Number(rows[0].id);
}

await runAll(2);
const before = await transactions();
const sample = await measure(Number(steps) * Number(runs), () => runAll(Number(runs)));
const writes = ((await transactions()) - before - 1) / (Number(steps) * Number(runs));
process.stdout.write(`${JSON.stringify({ ...sample, writes })}\n`);
await opened.close();
process.exit(0);
