import type { BrowserDesk } from "./browser-routes.js";
import type { LinkedinWorld } from "./linkedin-world.js";

type Listener = (event: { readonly data?: unknown }) => void;

/** The part of a `WebSocket` that a client of a browser uses. */
export interface BrowserSocket {
  addEventListener(type: "open" | "message" | "close" | "error", listener: Listener): void;
  send(text: string): void;
  close(): void;
}

interface Command {
  readonly id: number;
  readonly method: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly sessionId?: string;
}

/** A browser in memory behind a session's `connectUrl`: it speaks as much of the DevTools protocol as reading pages takes. */
export function openBrowserSocket(world: LinkedinWorld, desk: BrowserDesk, url: string): BrowserSocket {
  const listeners = new Map<string, Listener[]>();
  const tell = (type: string, event: { readonly data?: unknown } = {}) => {
    queueMicrotask(() => {
      for (const listener of listeners.get(type) ?? []) listener(event);
    });
  };
  const say = (message: unknown) => tell("message", { data: JSON.stringify(message) });
  const session = desk.sessions.get(url.split("/").at(-1) ?? "");
  let open = { url: "about:blank", status: 200, html: "<html></html>" };
  tell(session?.status === "RUNNING" ? "open" : "error");
  return {
    addEventListener: (type, listener) =>
      void listeners.set(type, [...(listeners.get(type) ?? []), listener]),
    close: () => tell("close"),
    send(text) {
      const { id, method, params = {}, sessionId }: Command = JSON.parse(text);
      const scope = sessionId === undefined ? {} : { sessionId };
      const answer = (result: unknown) => say({ id, result, ...scope });
      const event = (name: string, about: unknown) => say({ method: name, params: about, ...scope });
      switch (method) {
        case "Target.createTarget":
          return answer({ targetId: "target-1" });
        case "Target.attachToTarget":
          return answer({ sessionId: "session-1" });
        case "Page.navigate": {
          open = world.open(String(params["url"]));
          answer({ frameId: "frame-1", loaderId: "loader-1" });
          const response = { status: open.status, url: open.url };
          event("Network.responseReceived", { loaderId: "loader-1", type: "Document", response });
          return event("Page.loadEventFired", { timestamp: 1 });
        }
        case "Runtime.evaluate": {
          const wantsUrl = String(params["expression"]).includes("location");
          return answer({ result: { type: "string", value: wantsUrl ? open.url : open.html } });
        }
        default:
          return answer({});
      }
    },
  };
}
