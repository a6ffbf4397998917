/** The process that serves, as the benchmark has it, and requests to it. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { Agent, request } from "node:http";
import { fileURLToPath } from "node:url";

const PROGRAM = fileURLToPath(new URL("./serve.mjs", import.meta.url));

/** @returns {Promise<{ ports: Record<string, number>, key: string, ask: (what: string, given?: object) => Promise<any>, close: () => Promise<void> }>} */
export async function startServing() {
  const child = fork(PROGRAM, { execArgv: ["--expose-gc"] });
  const waiting = new Map();
  child.on("message", ({ id, answer }) => waiting.get(id)?.(answer));
  const failed = once(child, "exit").then(([code]) => {
    throw new Error(`the server ended with ${code}`);
  });
  failed.catch(() => {});
  await Promise.race([new Promise((resolve) => waiting.set(0, resolve)), failed]);
  let asked = 0;
  const ask = (what, given = {}) => {
    const id = ++asked;
    const answer = new Promise((resolve) => waiting.set(id, resolve));
    child.send({ ask: what, id, given });
    return Promise.race([answer, failed]);
  };
  const { ports, key } = await ask("open");
  const close = async () => {
    const gone = once(child, "exit");
    child.disconnect();
    await gone;
  };
  return { ports, key, ask, close };
}

/** Time a piece, and CPU of the process that serves. */
export async function measureServer(served, pieces, work) {
  const cpuBefore = await served.ask("cpu");
  const start = process.hrtime.bigint();
  await work();
  const wallUs = Number(process.hrtime.bigint() - start) / 1000;
  const cpuUs = (await served.ask("cpu")) - cpuBefore;
  return { wallUs: wallUs / pieces, cpuUs: cpuUs / pieces };
}

/** Sends the same request so often, so many at once. */
export async function sendMany({ port, path, method = "GET", headers, body, status = 200 }, count, atOnce) {
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce });
  const send = () =>
    new Promise((resolve, reject) => {
      const sent = request({ agent, port, host: "127.0.0.1", path, method, headers }, (response) => {
        if (response.statusCode !== status) reject(new Error(`${method} ${path}: ${response.statusCode}`));
        response.resume().on("end", resolve).on("error", reject);
      });
      sent.on("error", reject).end(body);
    });
  let left = count;
  const lane = async () => {
    while (left-- > 0) await send();
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  agent.destroy();
}

/** Follows a stream over a connection of its own. `began` resolves with the first event, or bytes; `ended` with the end event. */
export function follow({ port, path, headers, isBegun = () => true }) {
  let begin = () => {};
  const began = new Promise((resolve) => {
    begin = resolve;
  });
  const sent = request({ agent: false, port, host: "127.0.0.1", path, headers });
  const ended = new Promise((resolve, reject) => {
    sent.on("error", reject).on("response", (response) => {
      if (response.statusCode !== 200) reject(new Error(`${path}: ${response.statusCode}`));
      response.setEncoding("latin1");
      if (isBegun("")) begin();
      response.on("data", (text) => {
        if (isBegun(text)) begin();
        if (text.includes("event: end\n")) resolve(undefined);
      });
      response.on("error", () => {});
    });
  });
  ended.catch(() => {});
  sent.end();
  return { began: Promise.race([began, ended]), ended, leave: () => sent.destroy() };
}
