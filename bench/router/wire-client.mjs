/** One measured process, over the wire: `wire-client.mjs LAYER KIND ORIGIN TOKENS COUNTS`. Prints one line of JSON. */
import { openai } from "@salesagent/provider-openai";
import { measureClient } from "../model-calls/measure.mjs";
import { LAYERS, request } from "./layers.mjs";

const [name, kind, origin, tokens, json] = process.argv.slice(2);
const profile = { price: { input: 1, output: 1, asOf: "2026-01-01" } };
const stream = await LAYERS[name]((modelId) =>
  openai(modelId, { apiKey: "sk-bench", baseUrl: `${origin}/chat`, profile }),
);
const client = {
  name,
  async stream(onDelta) {
    for await (const event of stream(request, {})) if (event.type === "text-delta") onDelta(event.text);
  },
  call: async () => (await stream(request, { delivery: "whole" }).result()).text,
};
process.stdout.write(JSON.stringify(await measureClient(client, kind, Number(tokens), JSON.parse(json))));
process.exit(0);
