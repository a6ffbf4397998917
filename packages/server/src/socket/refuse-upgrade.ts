import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { type Reply, toResponse } from "../reply.js";

/** Answers a request for a WebSocket that is not let in, and ends the connection. */
export async function refuseUpgrade(socket: Duplex, reply: Reply): Promise<void> {
  const response = toResponse(reply);
  const body = await response.text();
  const head = [
    `HTTP/1.1 ${response.status} ${STATUS_CODES[response.status] ?? ""}`,
    ...[...response.headers].map(([name, value]) => `${name}: ${value}`),
    ...["connection: close", `content-length: ${Buffer.byteLength(body)}`],
  ];
  socket.once("finish", () => socket.destroy());
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
}
