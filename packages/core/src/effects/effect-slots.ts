/** A place among the calls of one tool on one target, held until it is sure that nothing happened. */
export interface EffectSlot {
  /** The step that names the effect. */
  readonly step: string;
  /** Gives the place back: nothing happened, and the next call like this one is another try at the same effect. */
  release(): void;
}

/** A call's turn to take its place. */
export interface SlotTurn {
  /** Waits for the calls that entered before. */
  take(effect: string, target: string): Promise<EffectSlot>;
  /** Lets those behind go on; after `take` it does nothing. */
  leave(): void;
}

/**
 * Numbers the calls of one run by tool and target: the first mail to Ada, the second. That, and not where the model got to it or
 * how it put it, is what a run that is begun again has in common with the first time. Calls take their places in the order in
 * which they entered, however long each takes to be read.
 */
export class EffectSlots {
  readonly #scope: string;
  readonly #taken = new Map<string, Set<number>>();
  #last: Promise<void> = Promise.resolve();

  /** @param scope - The step that all of them are a part of. */
  constructor(scope: string) {
    this.#scope = scope;
  }

  enter(): SlotTurn {
    const before = this.#last;
    let leave = () => {};
    this.#last = new Promise<void>((resolve) => {
      leave = resolve;
    });
    return {
      take: async (effect, target) => {
        await before;
        leave();
        return this.#take(effect, target);
      },
      leave: () => void before.then(leave),
    };
  }

  /** Which places are taken, by tool and target. */
  taken(): Readonly<Record<string, readonly number[]>> {
    return Object.fromEntries([...this.#taken].map(([name, numbers]) => [name, [...numbers]]));
  }

  /** Takes the places that an earlier life of the run had taken. */
  restore(taken: Readonly<Record<string, readonly number[]>>): void {
    for (const [name, numbers] of Object.entries(taken)) this.#taken.set(name, new Set(numbers));
  }

  #take(effect: string, target: string): EffectSlot {
    const name = JSON.stringify([effect, target]);
    const taken = this.#taken.get(name) ?? new Set<number>();
    this.#taken.set(name, taken);
    let number = 1;
    while (taken.has(number)) number++;
    taken.add(number);
    const step = this.#scope === "" ? `#${number}` : `${this.#scope}#${number}`;
    return { step, release: () => void taken.delete(number) };
  }
}
