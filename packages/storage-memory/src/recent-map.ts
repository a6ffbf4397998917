/** A map of limited size: the key that was read or written longest ago makes room for a new one. */
export class RecentMap<Value> extends Map<string, Value> {
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
    for (const oldest of this.keys()) {
      if (this.size <= this.maxSize) break;
      super.delete(oldest);
    }
    return this;
  }
}
