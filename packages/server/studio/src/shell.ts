import { ClientError, type SalesClient } from "@salesagent/client";
import { h, link, put } from "./element.js";
import { errorBox } from "./error-box.js";
import { type Place, toPlace } from "./place.js";
import { type ApiKey, readSession, type Session } from "./session.js";
import { signInForm } from "./sign-in.js";
import type { ViewContext } from "./view-context.js";
import { AREAS, viewOf } from "./views/index.js";

export interface ShellParts {
  readonly root: HTMLElement;
  /** Where the server's routes are. */
  readonly url: string;
  readonly client: SalesClient;
  readonly key: ApiKey;
}

const SAID_MS = 6_000;

/** What stands around all views: who one is, where one is, what just happened. */
export class Shell {
  readonly #parts: ShellParts;
  readonly #main = h("main", { id: "main", tabindex: "-1" });
  readonly #nav = h("nav", { "aria-label": "Studio" });
  readonly #who = h("div", { class: "who" });
  readonly #said = h("div", { class: "said", role: "status", "aria-live": "polite" });
  #session: Session | undefined;
  #leave = new AbortController();
  #saidTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(parts: ShellParts) {
    this.#parts = parts;
    const skip = h(
      "button",
      { type: "button", class: "skip", on: { click: () => this.#main.focus() } },
      "Skip to content",
    );
    const header = h("header", {}, h("strong", { class: "brand" }, "Studio"), this.#nav, this.#who);
    put(parts.root, skip, header, this.#main, this.#said);
    addEventListener("hashchange", () => this.#show(true));
  }

  async begin(): Promise<void> {
    const { url, key } = this.#parts;
    put(this.#main, h("p", { class: "quiet" }, "Loading…"));
    try {
      this.#session = await readSession(url, key.headers);
      this.#showWho();
      this.#show(false);
    } catch (error) {
      if (ClientError.is(error, "access.unauthenticated")) this.#signIn(key.isGiven ? error : undefined);
      else put(this.#main, errorBox(error, { retry: () => void this.begin() }));
    }
  }

  #signIn(error?: unknown): void {
    const { key } = this.#parts;
    this.#leave.abort();
    this.#session = undefined;
    put(this.#nav);
    put(this.#who);
    document.title = "Sign in – Studio";
    const form = signInForm({
      give: (text, keep) => {
        key.give(text, keep);
        void this.begin();
      },
      error,
    });
    key.forget();
    put(this.#main, form);
    this.#main.querySelector("input")?.focus();
  }

  #showWho(): void {
    const { key } = this.#parts;
    const { name, id, role } = this.#session ?? { id: "", role: "" };
    const forget = h(
      "button",
      { type: "button", class: "small", on: { click: () => this.#signIn() } },
      "Forget the key",
    );
    put(this.#who, h("span", {}, name ?? id), h("span", { class: "badge" }, role), key.isGiven && forget);
  }

  #show(isMove: boolean): void {
    const session = this.#session;
    if (!session) return;
    this.#leave.abort();
    this.#leave = new AbortController();
    const place = toPlace(location.hash);
    const can = (permission: string) => session.permissions.includes(permission);
    this.#showNav(place, can);
    const { title, permission, view } = viewOf(place);
    const heading = h("h1", { tabindex: "-1" }, title);
    const name = (text: string) => {
      document.title = `${text} – Studio`;
      put(heading, text);
    };
    name(title);
    const context = this.#context(session, place, name);
    const content = can(permission) ? view(context) : lacks(permission);
    put(this.#main, heading, content);
    scrollTo(0, 0);
    if (isMove) heading.focus();
  }

  #context(session: Session, place: Place, name: (title: string) => void): ViewContext {
    return {
      ...{ client: this.#parts.client, session, place, name, signal: this.#leave.signal },
      can: (permission) => session.permissions.includes(permission),
      announce: (text) => this.#announce(text),
      go: (hash) => {
        location.hash = hash;
      },
      signIn: () => this.#signIn(),
    };
  }

  #showNav(place: Place, can: (permission: string) => boolean): void {
    const links = AREAS.filter(({ permission }) => can(permission)).map(({ view, title }) => {
      const anchor = link([view], title);
      if (view === place.view) anchor.setAttribute("aria-current", "page");
      return h("li", {}, anchor);
    });
    put(this.#nav, h("ul", {}, links));
  }

  #announce(text: string): void {
    clearTimeout(this.#saidTimer);
    put(this.#said, text);
    this.#saidTimer = setTimeout(() => put(this.#said), SAID_MS);
  }
}

function lacks(permission: string): HTMLElement {
  const detail = `This needs the permission ${permission}.`;
  return errorBox(new ClientError({ code: "access.denied", status: 403, detail }));
}
