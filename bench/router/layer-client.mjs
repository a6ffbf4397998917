/**
 * One measured process, without a wire: `layer-client.mjs LAYER KIND COUNTS`. Prints one line of JSON: CPU µs a call, or a
 * token.
 */
import { cpuOf } from "../model-calls/measure.mjs";
import { LAYERS, request } from "./layers.mjs";
import { plainModel, TOKENS } from "./plain-model.mjs";

const [name, kind, json] = process.argv.slice(2);
const { warm, counted } = JSON.parse(json);
const stream = await LAYERS[name](plainModel);

async function readStream() {
  let tokens = 0;
  for await (const event of stream(request, {})) if (event.type === "text-delta") tokens += 1;
  if (tokens !== TOKENS) throw new Error(`${name}: ${tokens} tokens came`);
}

async function readWhole() {
  const { text } = await stream(request, { delivery: "whole" }).result();
  if (text !== " word") throw new Error(`${name}: "${text}" came`);
}

const once = kind === "stream" ? readStream : readWhole;
const many = async (times) => {
  for (let i = 0; i < times; i++) await once();
};
await many(warm);
const units = counted * (kind === "stream" ? TOKENS : 1);
process.stdout.write(JSON.stringify({ cpuUs: (await cpuOf(() => many(counted))) / units }));
process.exit(0);
