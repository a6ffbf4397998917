/** One measured process: `part-client.mjs PART COUNTS`. Prints one line of JSON: CPU ns an operation. */
import { cpuOf } from "../model-calls/measure.mjs";
import { PARTS } from "./parts.mjs";

const [name, json] = process.argv.slice(2);
const { warm, counted } = JSON.parse(json);
const once = await PARTS[name]();
const many = async (times) => {
  for (let i = 0; i < times; i++) {
    const waiting = once();
    if (waiting) await waiting;
    // What opossum settles later must not pile up.
    else if (i % 64 === 0) await null;
  }
};
await many(warm);
process.stdout.write(JSON.stringify({ cpuNs: ((await cpuOf(() => many(counted))) * 1000) / counted }));
process.exit(0);
