import type { WalkPlace } from "./back-walk.js";
import { numberOf, objectOf, textOf } from "./wire.js";

/** Where a walk goes on, as text for whoever keeps it. */
export interface WalkCursor {
  /** For changes: up to when all is known. */
  readonly after?: string;
  /** For walks that page back by the last change. */
  readonly place?: WalkPlace;
  /** For walks in no order: the next page. */
  readonly page?: number;
}

export function writeCursor(cursor: WalkCursor): string {
  return JSON.stringify(cursor);
}

/** @throws TypeError for a text that is no cursor of this adapter. */
export function readCursor(text: string): WalkCursor {
  const value = objectOf(parsed(text));
  const [after, page] = [textOf(value["after"]), numberOf(value["page"])];
  const { page: at, top, down, total: all } = objectOf(value["place"]);
  const [atPage, total] = [numberOf(at), numberOf(all)];
  const isPlace = isPage(atPage) && typeof top === "string" && typeof down === "string";
  if (after === undefined && !isPage(page) && !isPlace) {
    throw new TypeError("apollo: this cursor is none of Apollo's; begin without one");
  }
  return {
    ...(after === undefined ? {} : { after }),
    ...(isPlace ? { place: { page: atPage, top, down, ...(total === undefined ? {} : { total }) } } : {}),
    ...(isPage(page) ? { page } : {}),
  };
}

const isPage = (value: number | undefined): value is number =>
  value !== undefined && Number.isInteger(value) && value >= 1;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
