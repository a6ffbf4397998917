import { h, link, put } from "./element.js";
import { inTurns } from "./in-turns.js";
import { leadName } from "./lead-words.js";
import type { ViewContext } from "./view-context.js";

const turns = inTurns(4);
const names = new Map<string, string>();

/** A link to a lead by its name; by its id until that is known, or where it may not be. */
export function leadLink(context: Pick<ViewContext, "client" | "can" | "signal">, id: string): HTMLElement {
  const { client, can, signal } = context;
  if (!can("leads:read")) return h("span", {}, id);
  const anchor = link(["leads", id], names.get(id) ?? id);
  if (!names.has(id)) {
    void turns(async () => {
      if (signal.aborted) return;
      const name = names.get(id) ?? leadName(await client.leads.get(id, { signal }));
      names.set(id, name);
      put(anchor, name);
    }).catch(() => {}); // the id stays
  }
  return anchor;
}
