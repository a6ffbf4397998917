/** Readers that stop reading, and how long a server keeps them. */
import { once } from "node:events";
import { connect } from "node:net";

/** Names of streams that only the dead read. */
const DEAD = "dead-";
const LOOK_MS = 20;

/** Far more than the buffers of two sockets take. */
const PIECES = 300;
const PIECE = "x".repeat(100_000);

/**
 * A stream that is long enough for a reader who takes nothing to stand in the way.
 *
 * @param {import("@salesagent/core/live").LiveStreams} streams
 * @param {string} tenant
 */
export async function writeLongStream(streams, tenant) {
  const id = `${DEAD}1`;
  await streams.open(tenant, { id, source: "load" });
  const writer = await streams.writer(tenant, id, { fence: 1 });
  for (let piece = 0; piece < PIECES; piece++) await writer.write({ type: "said", data: PIECE });
  await writer.flush();
  await writer.close();
  return id;
}

/**
 * Connects, asks for a stream, and never reads a byte of it.
 *
 * @param {string} url Of a server. @param {string} streamId @param {string} key
 * @returns {Promise<() => void>} Lets go of the socket.
 */
export async function dieReading(url, streamId, key) {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) }).pause();
  socket.on("error", () => {}); // it is cut by the server
  await once(socket, "connect");
  socket.write(
    `GET /streams/${streamId}/events HTTP/1.1\r\nhost: load\r\nauthorization: Bearer ${key}\r\n\r\n`,
  );
  return () => socket.destroy();
}

/**
 * In the server: how long the dead stand in the way before they are freed.
 *
 * @param {import("node:http").Server} http
 */
export function watchDead(http) {
  /** Since when each takes nothing. @type {Map<import("node:http").ServerResponse, number | undefined>} */
  const sinceMs = new Map();
  /** @type {number[]} */
  const freedAfterMs = [];
  http.on("request", ({ url }, response) => {
    if (!url?.includes(`/${DEAD}`)) return;
    sinceMs.set(response, undefined);
    response.once("close", () => {
      const since = sinceMs.get(response);
      sinceMs.delete(response);
      if (since !== undefined) freedAfterMs.push(performance.now() - since);
    });
  });
  setInterval(() => {
    for (const [response, since] of sinceMs) {
      if (response.destroyed) continue; // its close is told in a moment
      if (!response.writableNeedDrain) sinceMs.set(response, undefined);
      else if (since === undefined) sinceMs.set(response, performance.now());
    }
  }, LOOK_MS).unref();
  return { figures: () => ({ deadNow: sinceMs.size, freedAfterMs }) };
}
