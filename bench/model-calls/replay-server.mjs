/**
 * Answers each vendor's requests with bytes that were taken from the sandbox once, so that the server costs little: one
 * socket write for each event, as vendors do. Below `/<wire>-cut`, it drops the connection in the middle. Prints `READY port`.
 */
import { createServer } from "node:http";
import { startSandbox } from "@salesagent/sandbox";
import { pathOf, WIRES } from "./vendors.mjs";

const tokens = Number(process.argv[2] ?? 500);
const words = [
  " the",
  " account",
  " owner",
  " will",
  " follow",
  " up",
  " on",
  " pricing",
  ",",
  " Tuesday",
  ".",
  " €",
  "99",
  " per",
  " seat",
];
const chunks = Array.from({ length: tokens }, (_, index) => words[index % words.length]);

const recorded = new Map();
const sandbox = await startSandbox({
  script: () => ({ chunks, text: chunks.join(""), tokensPerEvent: 1 }),
});
for (const [name, wire] of Object.entries(WIRES)) {
  for (const stream of [true, false]) {
    const response = await fetch(sandbox.url(wire.vendor) + pathOf(wire, stream), {
      method: "POST",
      headers: { "content-type": "application/json", ...wire.headers },
      body: JSON.stringify(wire.body(wire.model, stream)),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${name}: ${response.status} ${text.slice(0, 200)}`);
    const separator = wire.lines ? /(?<=\n)/ : /(?<=\r?\n\r?\n)/;
    recorded.set(`${name}/${stream ? "stream" : "whole"}`, {
      type: response.headers.get("content-type"),
      events: (stream ? text.split(separator) : [text]).map((event) => Buffer.from(event)),
    });
  }
}

await sandbox.close();

const server = createServer((request, response) => {
  const parts = [];
  request.on("data", (part) => parts.push(part));
  request.on("end", () => {
    const [, path = ""] = request.url.split("/");
    const wire = path.replace(/-cut$/, "");
    const body = JSON.parse(Buffer.concat(parts).toString());
    const stream = request.url.includes("alt=sse") || body.stream === true;
    const reply = recorded.get(`${wire}/${stream ? "stream" : "whole"}`);
    response.writeHead(200, { "content-type": reply.type });
    if (wire === path) send(response, reply.events);
    else sendHalf(response, reply.events);
  });
});
server.keepAliveTimeout = 60_000;
server.on("connection", (socket) => socket.setNoDelay(true));
server.listen(0, "127.0.0.1", () => process.stdout.write(`READY ${server.address().port}\n`));

function send(response, events) {
  let next = 0;
  const step = () => {
    if (response.destroyed) return;
    const hasRoom = response.write(events[next++]);
    if (next >= events.length) response.end();
    else if (hasRoom) setImmediate(step);
    else response.once("drain", step);
  };
  step();
}

function sendHalf(response, events) {
  const half = events.slice(0, events.length >> 1);
  const step = () => {
    const event = half.shift();
    if (response.destroyed) return;
    if (event === undefined) response.destroy();
    else response.write(event, () => setImmediate(step));
  };
  step();
}
