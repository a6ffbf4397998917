import { type Clock, SalesAgentError, type Storage, type StreamStore, systemClock } from "@salesagent/ports";

/** What goes wrong in one call: nothing is done, or it is done and its answer is lost. */
export type Fault = "refused" | "lost" | undefined;

/** A storage whose streams fail as they are told to. */
export function faultyStreams(
  storage: Storage,
  fault: (method: keyof StreamStore) => Fault,
  { isLive = () => true }: { readonly isLive?: () => boolean } = {},
): Pick<Storage, "tenant" | "notices"> {
  return {
    tenant(id) {
      const tenant = storage.tenant(id);
      return new Proxy(tenant, {
        get: (target, key) =>
          key === "streams" ? faulty(target.streams, fault) : Reflect.get(target, key, target),
      });
    },
    notices: {
      port: "stream-notices/1",
      watch(on) {
        const watch = storage.notices.watch({ ...on, told: (stream) => void (isLive() && on.told(stream)) });
        return {
          get isLive() {
            return isLive();
          },
          close: () => watch.close(),
        };
      },
    },
  };
}

function faulty(store: StreamStore, fault: (method: keyof StreamStore) => Fault): StreamStore {
  return new Proxy(store, {
    get: (target, key) => {
      const method: unknown = Reflect.get(target, key, target);
      if (typeof method !== "function") return method;
      return async (...args: unknown[]): Promise<unknown> => {
        const now = fault(key as keyof StreamStore);
        if (now === "refused") throw away();
        const answer: unknown = await Reflect.apply(method, target, args);
        if (now === "lost") throw away();
        return answer;
      };
    },
  });
}

const away = (): SalesAgentError<"store.unavailable"> =>
  new SalesAgentError("store.unavailable", {
    message: "The storage is away.",
    facts: { store: "streams" },
    replay: "unsafe",
  });

/** Time that passes fifty times as fast. */
export const hurriedClock: Clock = {
  ...systemClock,
  elapsed: () => systemClock.elapsed() * 50,
  schedule: (delayMs, task) => systemClock.schedule(delayMs / 50, task),
};
