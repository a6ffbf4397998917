import type { Page } from "@salesagent/ports";
import { UsageError } from "../command/usage-error.js";
import { theOne } from "./the-one.js";

/** Where one of several is looked for. */
export interface ReviewShelf<Item> {
  /** What one of them is called. */
  readonly name: string;
  /** The command that lists them. */
  readonly lister: string;
  readonly get: (id: string) => Promise<Item | undefined>;
  readonly listOpen: (limit: number) => Promise<Page<Item>>;
}

/** One by its id, or by the beginning or the end of one that is open. @throws UsageError when there is none. */
export async function theOpenOne<Item extends { readonly id: string }>(
  operands: readonly string[],
  { name, lister, get, listOpen }: ReviewShelf<Item>,
): Promise<Item> {
  const id = theOne(operands, name, lister);
  const found = await get(id);
  if (found) return found;
  const { items } = await listOpen(1_000);
  const near = items.filter((one) => id.length >= 4 && (one.id.startsWith(id) || one.id.endsWith(id)));
  const [only, ...others] = near;
  if (only && others.length === 0) return only;
  throw new UsageError(
    only
      ? `Several ${name}s fit "${id}": give more of its id.`
      : `There is no ${name} ${id} of this tenant. \`${lister}\` shows those that are open.`,
  );
}
