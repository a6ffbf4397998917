/** A map of limited size: the key that was read or written longest ago makes room for a new one. */
export class RecentMap<Value> extends Map<string, Value> {
  /**
   * Walks the keys from the oldest on, for as long as the map lives: whatever it has passed was removed, or moved to the
   * end. A new walk for each key would step over all that was removed.
   */
  readonly #oldest = this.keys();

  constructor(private readonly maxSize: number) {
    super();
  }

  override get(key: string): Value | undefined {
    const value = super.get(key);
    // a map lists its keys in the order of their setting
    if (value !== undefined && super.delete(key)) super.set(key, value);
    return value;
  }

  override set(key: string, value: Value): this {
    super.delete(key);
    super.set(key, value);
    while (this.size > this.maxSize) {
      const { value: oldest } = this.#oldest.next();
      if (oldest !== undefined) super.delete(oldest);
    }
    return this;
  }
}
