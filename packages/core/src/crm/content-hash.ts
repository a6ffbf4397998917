import type { CrmRecord, JsonValue } from "@salesagent/ports";
import { comparable, type FieldValue } from "./same-value.js";

const MOST_SORTED_HERE = 40;

/**
 * A number of 64 bits over texts and values, for telling what changed: not for secrets. Two lanes of 32 bits, each a
 * multiplicative hash over UTF-16 code units, end in the mixing steps of MurmurHash3 (`fmix32`).
 *
 * @see Knuth, The Art of Computer Programming, volume 3, §6.4 (multiplicative hashing).
 * @see https://github.com/aappleby/smhasher/blob/master/src/MurmurHash3.cpp (`fmix32`, public domain)
 */
export class Hash64 {
  #one = 0x9e3779b9 | 0;
  #two = 0x85ebca6b | 0;
  /** Characters that went in so far: about the size of what was hashed. */
  length = 0;

  text(text: string): this {
    let [one, two] = [this.#one, this.#two];
    for (let index = 0; index < text.length; index++) {
      const unit = text.charCodeAt(index);
      one = Math.imul(one ^ unit, 0x9e3779b1);
      two = Math.imul(two ^ unit, 0x5f356495);
      // Without it, the low bits would never hear of the high ones.
      one ^= one >>> 15;
      two ^= two >>> 13;
    }
    this.length += text.length;
    // Its length ends a text, so that two texts never read like one.
    this.#one = Math.imul(one ^ (text.length | 0x10000), 0x9e3779b1);
    this.#two = Math.imul(two ^ (text.length | 0x20000), 0x5f356495);
    return this;
  }

  /** Values that say the same go in as the same. */
  value(value: FieldValue): this {
    return this.comparable(comparable(value));
  }

  /** As {@link Hash64.value}, of one that is in the form in which it is compared. */
  comparable(value: FieldValue): this {
    return typeof value === "string" ? this.text(value) : this.#json(value ?? null);
  }

  /** @returns 16 hexadecimal digits. */
  digest(): string {
    const one = mix(this.#one ^ Math.imul(this.#two, 0xc2b2ae35));
    const two = mix(this.#two ^ Math.imul(one, 0x27d4eb2f));
    return hexOf(one) + hexOf(two);
  }

  #json(value: JsonValue): this {
    if (typeof value === "string") return this.text("s").text(value);
    if (Array.isArray(value)) {
      this.text("[");
      for (const item of value as readonly JsonValue[]) this.#json(item);
      return this.text("]");
    }
    if (typeof value !== "object" || value === null) return this.text(`=${value}`);
    this.text("{");
    const object = value as Readonly<Record<string, JsonValue>>;
    for (const key of Object.keys(object).sort()) this.text(key).#json(object[key] ?? null);
    return this.text("}");
  }
}

/** What a record of a CRM says, in short: stamps, and how a value is spaced, say nothing. */
export function contentHash(record: CrmRecord): { readonly hash: string; readonly chars: number } {
  const hash = new Hash64();
  addValues(hash, record.fields as Readonly<Record<string, JsonValue>>);
  addValues(hash.text("custom"), record.custom);
  addValues(hash.text("links"), record.links as Readonly<Record<string, JsonValue>>);
  return { hash: hash.digest(), chars: hash.length };
}

/** A short, stable name of some texts. */
export function hashOf(...parts: readonly FieldValue[]): string {
  const hash = new Hash64();
  for (const part of parts) hash.value(part);
  return hash.digest();
}

function addValues(hash: Hash64, values: Readonly<Record<string, JsonValue>>): void {
  for (const key of sortedKeys(values)) {
    const value = comparable(values[key]);
    if (value !== undefined) hash.text(key).comparable(value);
  }
}

/** By UTF-16 code units. Of few keys, and mostly in order, `sort` would cost more than all the rest. */
function sortedKeys(values: object): readonly string[] {
  const keys = Object.keys(values);
  if (keys.length > MOST_SORTED_HERE) return keys.sort();
  for (let end = 1; end < keys.length; end++) {
    const key = keys[end] ?? "";
    let at = end;
    for (; at > 0 && (keys[at - 1] ?? "") > key; at--) keys[at] = keys[at - 1] ?? "";
    keys[at] = key;
  }
  return keys;
}

/** `fmix32` of MurmurHash3. */
function mix(bits: number): number {
  let mixed = bits;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

const hexOf = (bits: number): string => bits.toString(16).padStart(8, "0");
