/** One measured process: `client.mjs CONTENDER CASE ORIGIN TOKENS COUNTS`. Prints one line of JSON. */
import { CONTENDERS } from "./contenders.mjs";
import { measureClient } from "./measure.mjs";

const [name, kind, origin, tokens, json] = process.argv.slice(2);
const contender = CONTENDERS[name];
const client = await contender.open(`${origin}/${contender.wire}`);
const metrics = await measureClient({ name, ...client }, kind, Number(tokens), JSON.parse(json));
process.stdout.write(JSON.stringify(metrics));
process.exit(0);
