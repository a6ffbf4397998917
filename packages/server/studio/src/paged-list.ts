import { ClientError, type Page } from "@salesagent/client";
import { h, put } from "./element.js";
import { errorBox } from "./error-box.js";
import { formatNumberOf } from "./figures.js";
import type { ViewContext } from "./view-context.js";

/** A list that is read page by page. */
export interface PagedList<Item> {
  /** From an earlier page's `next`, or from the first. */
  readonly read: (after: string | undefined) => Promise<Page<Item>>;
  /** Shows all that has been read. */
  readonly show: (items: readonly Item[], hasMore: boolean) => void;
  /** Where the list stands: it is put away while there is nothing to show. */
  readonly list: Element;
  /** What to do where there is nothing. */
  readonly empty: string;
  /** What its items are called: `lead`. */
  readonly one: string;
  readonly many?: string;
}

/** The button for more, what is said of the list, and its state. */
export class PagedView<Item> {
  readonly element: HTMLElement;
  readonly #context: ViewContext;
  readonly #list: PagedList<Item>;
  readonly #foot = h("div", { class: "foot" });
  readonly #stale = h("div", { role: "status" });
  #items: readonly Item[] = [];
  #next: string | undefined;
  #turn = 0;

  constructor(context: ViewContext, list: PagedList<Item>) {
    this.#context = context;
    this.#list = list;
    this.element = h("div", {}, this.#stale, list.list, this.#foot);
  }

  get items(): readonly Item[] {
    return this.#items;
  }

  /** Reads from the first page on, forgetting what was read. */
  async restart(): Promise<void> {
    this.#items = [];
    this.#next = undefined;
    this.#list.list.toggleAttribute("hidden", true);
    put(this.#foot, h("p", { class: "quiet" }, "Loading…"));
    await this.#read(undefined);
  }

  /**
   * Reads the first page again: new items come first, the others stay where they are. What fails is told, and read again the next time.
   *
   * @param keeps - What stays though the list does not have it any more. @defaultValue nothing
   */
  async refresh(keyOf: (item: Item) => string, keeps: (item: Item) => boolean = () => false): Promise<void> {
    const turn = this.#turn;
    const page = await this.#list.read(undefined).catch((error: unknown) => this.#tellStale(error));
    if (!page || turn !== this.#turn || this.#context.signal.aborted) return;
    if (this.#stale.firstChild) put(this.#stale);
    const fresh = new Map(page.items.map((item) => [keyOf(item), item]));
    const isWhole = page.next === undefined;
    const hasOlder = this.#items.some((item) => !fresh.has(keyOf(item)));
    const known = this.#items.flatMap((item) => {
      const now = fresh.get(keyOf(item));
      fresh.delete(keyOf(item));
      if (now !== undefined) return [now];
      return !isWhole || keeps(item) ? [item] : [];
    });
    this.#items = [...fresh.values(), ...known];
    if (isWhole || !hasOlder) this.#next = page.next;
    this.#show();
  }

  /** Once: a status that stays the same is not read out again and again. */
  #tellStale(error: unknown): undefined {
    if (this.#stale.firstChild || this.#context.signal.aborted) return;
    const code = ClientError.is(error) ? error.code : "client.failed";
    const said = ["The list is not up to date; it is read again in a moment. ", h("code", {}, code)];
    put(this.#stale, h("p", { class: "notice" }, said));
  }

  /** Changes items that are shown. */
  change(change: (items: readonly Item[]) => readonly Item[]): void {
    this.#turn += 1; // what is being read is of before
    this.#items = change(this.#items);
    this.#show();
  }

  async #read(after: string | undefined): Promise<void> {
    const turn = ++this.#turn;
    const { signal, signIn, announce } = this.#context;
    const isStale = () => turn !== this.#turn || signal.aborted;
    try {
      const { items, next } = await this.#list.read(after);
      if (isStale()) return;
      this.#items = [...this.#items, ...items];
      this.#next = next;
      this.#show();
      if (after !== undefined) announce(`${this.#count()} shown`);
    } catch (error) {
      if (isStale()) return;
      put(this.#foot, errorBox(error, { retry: () => void this.#read(after), signIn }));
    }
  }

  #show(): void {
    const { show, list, empty } = this.#list;
    const isEmpty = this.#items.length === 0 && this.#next === undefined;
    show(this.#items, this.#next !== undefined);
    list.toggleAttribute("hidden", this.#items.length === 0);
    const focused = this.#foot.contains(document.activeElement);
    const more = h(
      "button",
      { type: "button", on: { click: () => void this.#read(this.#next) } },
      "Show more",
    );
    put(
      this.#foot,
      isEmpty ? h("p", { class: "empty" }, empty) : h("p", { class: "quiet" }, this.#count()),
      this.#next !== undefined && more,
    );
    if (focused && this.#next !== undefined) more.focus();
  }

  #count(): string {
    const { one, many } = this.#list;
    const count = formatNumberOf(this.#items.length, one, many);
    return this.#next === undefined ? count : `${count}, and there are more`;
  }
}
