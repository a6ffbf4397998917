/** One measured process: `client.mjs CONTENDER CASE ORIGIN TOKENS COUNTS`. Prints one line of JSON. */
import { CONTENDERS } from "./contenders.mjs";

const [name, kind, origin, tokens, json] = process.argv.slice(2);
const counts = JSON.parse(json);
const contender = CONTENDERS[name];
const { stream, call } = await contender.open(`${origin}/${contender.wire}`);

const readStream = async () => {
  let chars = 0;
  let firstMs;
  const startedMs = performance.now();
  await stream((delta) => {
    firstMs ??= performance.now() - startedMs;
    chars += delta.length;
  });
  if (chars < Number(tokens) * 2) throw new Error(`${name}: a short stream of ${chars} characters`);
  return firstMs;
};

async function measure(work) {
  const cpu = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(cpu);
  return user + system;
}

async function many(times, work) {
  for (let i = 0; i < times; i++) await work();
}

let metrics;
if (kind === "stream") {
  await many(counts.warmStreams, readStream);
  const first = [];
  const cpuUs = await measure(() => many(counts.streams, async () => first.push(await readStream())));
  first.sort((a, b) => a - b);
  metrics = { cpuUs: cpuUs / counts.streams / Number(tokens), firstMs: first[first.length >> 1] };
} else if (kind === "together") {
  await many(counts.warmStreams, readStream);
  globalThis.gc?.();
  const before = process.memoryUsage.rss();
  let most = before;
  const watch = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 5);
  const cpuUs = await measure(() => Promise.all(Array.from({ length: counts.together }, readStream)));
  clearInterval(watch);
  metrics = { cpuUs: cpuUs / counts.together / Number(tokens), addedMb: (most - before) / 1048576 };
} else {
  const once = async () => {
    if ((await call()).length < Number(tokens)) throw new Error(`${name}: a short answer`);
  };
  await many(counts.warmCalls, once);
  metrics = { cpuUs: (await measure(() => many(counts.calls, once))) / counts.calls };
}
process.stdout.write(JSON.stringify(metrics));
process.exit(0);
