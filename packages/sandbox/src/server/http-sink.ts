import type { ServerResponse } from "node:http";
import type { WireSink } from "../wire/play-plan.js";

/** Plays plans onto a Node response. */
export function httpSink(response: ServerResponse): WireSink {
  return {
    head(status, headers, contentLength) {
      const length = contentLength === undefined ? {} : { "content-length": String(contentLength) };
      response.writeHead(status, { ...headers, ...length });
      // a stream's headers must not wait for its first token
      if (contentLength === undefined) response.flushHeaders();
    },
    write: (bytes) => response.write(bytes),
    whenWritable: (task) => response.once("drain", task),
    end: () => response.end(),
    reset() {
      const { socket } = response;
      if (socket === null) return;
      if (!response.headersSent) socket.resetAndDestroy();
      // the empty write comes back once all before it has left; a reset throws away what has not
      else socket.write("", () => socket.resetAndDestroy());
    },
  };
}
