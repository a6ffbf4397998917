import type { Listen, Listening, ListeningLine, OpenLine } from "./listening.js";

type On = Parameters<Listen>[1];

/** A line, and who listens on it. */
interface Shared {
  readonly line: Promise<ListeningLine>;
  readonly listeners: Map<string, On>;
}

/**
 * Listens on many channels over one connection, which is there for as long as somebody listens. Each channel is for one listener at
 * a time.
 */
export function shareListening(open: OpenLine): Listen {
  let current: Shared | undefined;

  const end = (shared: Shared) => {
    if (current === shared) current = undefined;
    shared.line.then(
      (line) => line.close(),
      () => {}, // it never was
    );
  };
  const lose = (shared: Shared) => {
    const listeners = [...shared.listeners.values()];
    shared.listeners.clear();
    end(shared);
    for (const on of listeners) on.lost();
  };
  const join = (): Shared => {
    const listeners: Shared["listeners"] = new Map();
    const line = open({
      told: (channel, payload) => listeners.get(channel)?.told(payload),
      lost: () => lose(shared),
    });
    const shared: Shared = { line, listeners };
    return shared;
  };

  return async (channel, on): Promise<Listening> => {
    const shared = current ?? join();
    current = shared;
    shared.listeners.set(channel, on);
    const leave = () => {
      if (shared.listeners.get(channel) !== on) return false;
      shared.listeners.delete(channel);
      if (shared.listeners.size === 0) end(shared);
      return true;
    };
    try {
      const line = await shared.line;
      await line.listen(channel);
      return {
        close() {
          if (leave() && shared.listeners.size > 0) line.unlisten(channel);
        },
      };
    } catch (error) {
      leave();
      throw error;
    }
  };
}
