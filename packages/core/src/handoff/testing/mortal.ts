import type { FlowStorage } from "../../graph/index.js";

/**
 * A process that dies: once its write of a number was made, its answer never comes, and nothing else of it reaches the storage.
 *
 * @param dieAt - Counted from 1 over commits. @defaultValue it lives
 */
export function mortal(inner: FlowStorage, dieAt = Number.POSITIVE_INFINITY) {
  let writes = 0;
  let isDead = false;
  let die = () => {};
  const died = new Promise<void>((resolve) => {
    die = resolve;
  });
  const never = new Promise<never>(() => {});
  const guard = <Store extends object>(store: Store): Store =>
    new Proxy(store, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== "function") return value;
        return async (...given: unknown[]) => {
          if (isDead) return never;
          const isWrite = name === "commit";
          const isLast = isWrite && ++writes === dieAt;
          if (isLast) isDead = true;
          const result: unknown = await value.apply(target, given);
          if (!isLast) return isDead ? never : result;
          die();
          return never;
        };
      },
    });
  const storage: FlowStorage = {
    queue: guard(inner.queue),
    tenant: (id) => ({ flows: guard(inner.tenant(id).flows) }),
  };
  return {
    storage,
    died,
    get writes() {
      return writes;
    },
  };
}
