import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import type { SalesServer } from "../create-server.js";
import { handleUnknown } from "../handle-request.js";
import { notePeerAddress } from "../peer-address.js";
import { type AdmittedSocket, admitSocket } from "./admit-socket.js";
import { refuseUpgrade } from "./refuse-upgrade.js";
import { SocketSession } from "./socket-session.js";

/** How readers by WebSocket are served. */
export interface SocketOptions {
  /** Of a frame that a reader sends. @defaultValue 65_536 */
  readonly frameBytes?: number | undefined;
  /** How much of what a reader has not taken is held, besides one event. @defaultValue 1_000_000 */
  readonly bufferedBytes?: number | undefined;
}

/** WebSockets of a server. Disposing ends them, and lets no more in. */
export interface AttachedSockets extends Disposable {
  /** How many are open, and how much they have not taken. */
  counts(): { readonly open: number; readonly waitingBytes: number };
}

/**
 * Tells streams by WebSocket, at `{prefix}/streams/{id}/socket`. Upgrades of other paths are left to the host's own listeners.
 *
 * @param http - The server of Node that the routes are served by.
 */
export function attachSockets(
  http: Pick<Server, "on" | "off" | "listenerCount">,
  server: SalesServer,
  { frameBytes = 65_536, bufferedBytes = 1_000_000 }: SocketOptions = {},
): AttachedSockets {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: frameBytes, perMessageDeflate: false });
  const sessions = new Set<SocketSession>();
  const begin = (admitted: AdmittedSocket, socket: WebSocket) => {
    const onOver = () => void sessions.delete(session);
    const session = new SocketSession(server.scope, admitted, socket, { bufferedBytes, onOver });
    sessions.add(session);
    void session.run();
  };
  const onUpgrade = (incoming: IncomingMessage, socket: Duplex, head: Buffer) => {
    const streamId = streamIdOf(server.scope.prefix, incoming.url ?? "");
    if (streamId === undefined && http.listenerCount("upgrade") > 1) return;
    void upgrade({ server, sockets, incoming, socket, head }, streamId, begin);
  };
  http.on("upgrade", onUpgrade);
  return {
    counts() {
      const waitingBytes = [...sessions].reduce((sum, session) => sum + session.waitingBytes, 0);
      return { open: sessions.size, waitingBytes };
    },
    [Symbol.dispose]() {
      http.off("upgrade", onUpgrade);
      for (const session of sessions) session.close();
    },
  };
}

interface Upgrade {
  readonly server: SalesServer;
  readonly sockets: WebSocketServer;
  readonly incoming: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
}

async function upgrade(
  { server, sockets, incoming, socket, head }: Upgrade,
  streamId: string | undefined,
  begin: (admitted: AdmittedSocket, socket: WebSocket) => void,
): Promise<void> {
  // Whoever leaves meanwhile is no failure of ours.
  const onError = () => socket.destroy();
  socket.on("error", onError);
  if (streamId === undefined) {
    return refuseUpgrade(socket, handleUnknown(server.scope, unknownRequest(incoming), []));
  }
  const admitted = await admitSocket(server.scope, incoming, streamId);
  if ("refusal" in admitted) return refuseUpgrade(socket, admitted.refusal);
  let isBegun = false;
  // Before the handshake is done, `ws` ends what it refuses by itself.
  socket.once("close", () => isBegun || admitted.release());
  if (socket.destroyed) return admitted.release();
  socket.off("error", onError);
  sockets.handleUpgrade(incoming, socket, head, (accepted) => {
    isBegun = true;
    begin(admitted, accepted);
  });
}

/** A request that is refused whatever it asks for: its headers tell whose it is. */
function unknownRequest({ headers, socket }: IncomingMessage): Request {
  const told = Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]);
  return notePeerAddress(new Request("http://localhost/", { headers: told }), socket.remoteAddress);
}

/** The stream that a path names; nothing for another path, or one that can't be read. */
function streamIdOf(prefix: string, target: string): string | undefined {
  const [path = ""] = target.split("?");
  if (!path.startsWith(`${prefix}/streams/`)) return undefined;
  const name = /^([^/]+)\/socket\/?$/.exec(path.slice(`${prefix}/streams/`.length))?.[1];
  try {
    return name === undefined ? undefined : decodeURIComponent(name);
  } catch {
    return undefined;
  }
}
