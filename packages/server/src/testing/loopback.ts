import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";

/** A server of Node on the loopback interface, for as long as a test lasts. */
export interface Loopback extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly http: Server;
}

export async function serve(listener: RequestListener): Promise<Loopback> {
  const http = createServer(listener);
  const sockets = new Set<Socket>();
  http.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  const { port } = http.address() as AddressInfo;
  return {
    ...{ url: `http://127.0.0.1:${port}`, port, http },
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => http.close(resolve));
      // Also those that became WebSockets, which are none of the server's any more.
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** Writes what no client would, and reads what comes until the other side ends it. */
export async function rawRequest(port: number, text: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.write(text);
  return readToEnd(socket);
}

async function readToEnd(socket: Socket): Promise<string> {
  let text = "";
  socket.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  socket.on("error", () => {});
  await once(socket, "close");
  return text;
}
