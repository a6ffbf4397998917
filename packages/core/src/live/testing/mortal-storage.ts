import { SalesAgentError, type Storage } from "@salesagent/ports";

/** A storage as one process sees it. Once that is dead, nothing it asks is done any more. */
export interface MortalStorage {
  readonly storage: Storage;
  readonly isDead: boolean;
  die(): void;
}

const dead = () =>
  new SalesAgentError("store.closed", {
    message: "The process is dead.",
    facts: { store: "storage" },
    replay: "unsafe",
  });

/**
 * @param strikes - Asked before and after each call of a store, by its name such as `streams.append`: whether the process dies there.
 */
export function mortalStorage(
  shared: Storage,
  strikes: (at: string, phase: "before" | "after") => boolean = () => false,
): MortalStorage {
  const life = { isDead: false };
  const check = (at: string, phase: "before" | "after") => {
    life.isDead ||= strikes(at, phase);
    if (life.isDead) throw dead();
  };
  const wrap = <T extends object>(target: T, name: string): T =>
    new Proxy(target, {
      get(object, key) {
        const value: unknown = Reflect.get(object, key, object);
        const at = name === "" ? String(key) : `${name}.${String(key)}`;
        if (typeof value === "object" && value !== null) return wrap(value, String(key));
        if (typeof value !== "function") return value;
        if (at === "tenant") return (id: string) => wrap(shared.tenant(id), "");
        if (at === "notices.watch") return mortalWatch(object as Storage["notices"], life);
        if (at === "transaction") return mortalTransaction(object, value, wrap, check);
        return async (...args: unknown[]): Promise<unknown> => {
          check(at, "before");
          const answer: unknown = await Reflect.apply(value, object, args);
          check(at, "after");
          return answer;
        };
      },
    });
  return {
    storage: wrap(shared, ""),
    get isDead() {
      return life.isDead;
    },
    die: () => {
      life.isDead = true;
    },
  };
}

function mortalTransaction(
  object: object,
  transaction: object,
  wrap: <T extends object>(target: T, name: string) => T,
  check: (at: string, phase: "before" | "after") => void,
) {
  return async (work: (stores: object) => Promise<unknown>, ...rest: unknown[]): Promise<unknown> => {
    const within = (stores: object) => work(wrap(stores, ""));
    const answer: unknown = await Reflect.apply(transaction as () => unknown, object, [within, ...rest]);
    check("transaction", "after");
    return answer;
  };
}

function mortalWatch(
  notices: Storage["notices"],
  life: { readonly isDead: boolean },
): Storage["notices"]["watch"] {
  return (on) =>
    notices.watch({
      told: (stream) => {
        if (!life.isDead) on.told(stream);
      },
      missed: () => on.missed(),
    });
}
