/**
 * A list that grows at its end and never changes otherwise: whoever holds one does not see what is added later. Adding costs what is
 * added, not what is there: logs that go on from each other share one list, but for one that goes on where another did already.
 */
export class EventLog<Event> {
  static readonly empty: EventLog<never> = new EventLog([], 0);

  private constructor(
    private readonly shared: Event[],
    readonly length: number,
  ) {}

  with<Added extends Event>(events: readonly Added[]): EventLog<Event> {
    if (events.length === 0) return this;
    const goesOn = this.length > 0 && this.shared.length === this.length;
    const list = goesOn ? this.shared : this.shared.slice(0, this.length);
    for (const event of events) list.push(event);
    return new EventLog(list, list.length);
  }

  /** @param from - The place of the first one, from 0. */
  slice(from: number, limit: number): readonly Event[] {
    return this.shared.slice(Math.min(from, this.length), Math.min(from + limit, this.length));
  }

  some(test: (event: Event) => boolean): boolean {
    for (let place = 0; place < this.length; place++) if (test(this.shared[place] as Event)) return true;
    return false;
  }
}
