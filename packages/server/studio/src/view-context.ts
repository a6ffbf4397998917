import type { SalesClient } from "@salesagent/client";
import type { Place } from "./place.js";
import type { Session } from "./session.js";

/** What a view is given. */
export interface ViewContext {
  readonly client: SalesClient;
  readonly session: Session;
  readonly place: Place;
  /** Aborts when the view is left. */
  readonly signal: AbortSignal;
  can(permission: string): boolean;
  /** Tells something to whoever does not see the page, and shows it for a while. */
  announce(text: string): void;
  /** Goes to another place. */
  go(hash: string): void;
  /** Names what is looked at, once it is known. */
  name(title: string): void;
  /** Asks for an API key. */
  signIn(): void;
}

/** Makes what the main part of the page shows. */
export type View = (context: ViewContext) => Element;
