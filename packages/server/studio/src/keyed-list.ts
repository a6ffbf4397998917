import { h } from "./element.js";

/** Cards, one for each thing. A card of a thing that is told the same stays, with what somebody typed into it. */
export class KeyedList<Item> {
  readonly element = h("div", { class: "list" });
  readonly #keyOf: (item: Item) => string;
  readonly #make: (item: Item) => HTMLElement;
  readonly #cards = new Map<string, { readonly card: HTMLElement; readonly told: string }>();

  constructor(keyOf: (item: Item) => string, make: (item: Item) => HTMLElement) {
    this.#keyOf = keyOf;
    this.#make = make;
  }

  show(items: readonly Item[]): void {
    const wanted = new Set(items.map(this.#keyOf));
    for (const [key, { card }] of this.#cards) {
      if (wanted.has(key)) continue;
      card.remove();
      this.#cards.delete(key);
    }
    items.forEach((item, index) => {
      const key = this.#keyOf(item);
      const told = JSON.stringify(item);
      const known = this.#cards.get(key);
      const card = known?.told === told ? known.card : this.#make(item);
      if (known && known.card !== card) known.card.replaceWith(card);
      this.#cards.set(key, { card, told });
      const at = this.element.children[index];
      if (at !== card) this.element.insertBefore(card, at ?? null);
    });
  }

  /** Goes on with the first card after this one that can be answered; without one, stays at this one. */
  focusOpen(key: string): void {
    const own = this.#cards.get(key)?.card;
    const cards = [...this.element.children] as HTMLElement[];
    const from = own ? cards.indexOf(own) : -1;
    const others = [...cards.slice(from + 1), ...cards.slice(0, Math.max(0, from))];
    const next = others.find((card) => card.querySelector("form")) ?? own;
    next?.querySelector<HTMLElement>("h2")?.focus();
  }
}
