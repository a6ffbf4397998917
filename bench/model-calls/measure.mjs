/**
 * Measures a client of a model server in this process: CPU for each token of a stream, of 200 streams at once, or for each
 * whole call.
 *
 * @param {{ name: string, stream: (onDelta: (text: string) => void) => Promise<void>, call: () => Promise<string> }} client
 * @param {"stream" | "together" | "call"} kind
 */
export async function measureClient({ name, stream, call }, kind, tokens, counts) {
  const readStream = async () => {
    let chars = 0;
    let firstMs;
    const startedMs = performance.now();
    await stream((delta) => {
      firstMs ??= performance.now() - startedMs;
      chars += delta.length;
    });
    if (chars < tokens * 2) throw new Error(`${name}: a short stream of ${chars} characters`);
    return firstMs;
  };
  const once = async () => {
    if ((await call()).length < tokens) throw new Error(`${name}: a short answer`);
  };
  if (kind === "stream") {
    await many(counts.warmStreams, readStream);
    const first = [];
    const cpuUs = await cpuOf(() => many(counts.streams, async () => first.push(await readStream())));
    first.sort((a, b) => a - b);
    return { cpuUs: cpuUs / counts.streams / tokens, firstMs: first[first.length >> 1] };
  }
  if (kind === "together") {
    await many(counts.warmStreams, readStream);
    return measureTogether(readStream, tokens, counts.together);
  }
  await many(counts.warmCalls, once);
  return { cpuUs: (await cpuOf(() => many(counts.calls, once))) / counts.calls };
}

async function measureTogether(readStream, tokens, count) {
  globalThis.gc?.();
  const before = process.memoryUsage.rss();
  let most = before;
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss());
  }, 5);
  const cpuUs = await cpuOf(() => Promise.all(Array.from({ length: count }, readStream)));
  clearInterval(watch);
  return { cpuUs: cpuUs / count / tokens, addedMb: (most - before) / 1048576 };
}

/** CPU of this process while it works, in µs. */
async function cpuOf(work) {
  const cpu = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(cpu);
  return user + system;
}

async function many(times, work) {
  for (let i = 0; i < times; i++) await work();
}
