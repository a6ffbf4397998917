import { invalidValue } from "./store-errors.js";

/** Deeper values are refused: they refer to themselves, or no database would read them back. */
export const DEEPEST_LEVEL = 200;

/** The first test is cheap, and right mostly. */
const MAY_BE_UNSTORABLE = /[\0\ud800-\udfff]/;
const HALF_SURROGATE = /\p{Surrogate}/u;

/** Why a text can't be stored as it is, or undefined. Postgres holds neither of these two in its text and JSON types. */
function problemOfText(text: string): string | undefined {
  if (!MAY_BE_UNSTORABLE.test(text)) return undefined;
  if (text.includes("\0")) return "its text holds a NUL character (U+0000); remove it";
  if (HALF_SURROGATE.test(text))
    return "its text holds half of a surrogate pair; cut text between code points";
  return undefined;
}

/**
 * Copies of objects that can never change, by the object: thousands of records of one import share their provenance, and
 * need not each hold a copy of it.
 */
const settledCopies = new WeakMap<object, object>();

/** Frozen, and so is all that it holds, without accessors: what it says now it says for ever. */
function isSettled(source: Readonly<Record<string, unknown>>): boolean {
  if (!Object.isFrozen(source)) return false;
  return Object.values(Object.getOwnPropertyDescriptors(source)).every(
    ({ get, value }) =>
      get === undefined && (typeof value !== "object" || value === null || settledCopies.has(value)),
  );
}

/**
 * A deep frozen copy of a JSON value, properties that are `undefined` left out, so that what is stored can't be changed
 * from outside and comes back the same from every storage.
 *
 * @param field - What messages call the value, such as `drafts[3]`.
 * @throws `store.invalid` naming the path of what JSON or a database can't hold: NUL and half surrogates in text or keys,
 * numbers that aren't finite, anything that isn't JSON.
 */
export function toStorable<T>(store: string, field: string, value: T): T {
  if (typeof value === "string" && problemOfText(value) === undefined) return value;
  return new Copying(store, field).copy(value) as T;
}

/**
 * As {@link toStorable}, for what becomes JSON text before its owner can change it: JSON is given back as it is, not copied, and its
 * texts are not looked at. Whether one of them can't be stored, the JSON text tells: {@link mayBeUnstorable}.
 */
export function toWritable<T>(store: string, field: string, value: T): T {
  return isJson(value, 0) ? value : toStorable(store, field, value);
}

/** Whether JSON text may hold what a database can't: it is escaped there, as some of what can be stored is. */
export function mayBeUnstorable(json: string): boolean {
  return json.includes("\\u");
}

function isJson(value: unknown, level: number): boolean {
  if (typeof value === "string" || typeof value === "boolean" || value === null) return true;
  if (typeof value === "number") return Number.isFinite(value);
  if (level > DEEPEST_LEVEL) return false;
  if (Array.isArray(value)) return value.every((item) => isJson(item, level + 1));
  if (!isPlainObject(value)) return false;
  for (const key of Object.keys(value)) {
    if (value[key] !== undefined && !isJson(value[key], level + 1)) return false;
  }
  return true;
}

/** One call of {@link toStorable}. */
class Copying {
  /** Where it is, below the field. */
  readonly #trail: (string | number)[] = [];

  constructor(
    private readonly store: string,
    private readonly field: string,
  ) {}

  copy(item: unknown): unknown {
    if (typeof item === "string") return this.#checkText(item);
    if (typeof item === "boolean" || item === null) return item;
    if (typeof item === "number") {
      if (!Number.isFinite(item)) throw this.#refuse(`${item} is not a finite number`);
      return item + 0; // turns -0 into 0, as JSON does
    }
    if (this.#trail.length > DEEPEST_LEVEL) {
      throw this.#refuse(`it is nested deeper than ${DEEPEST_LEVEL} levels`);
    }
    if (Array.isArray(item)) return this.#copyList(item);
    if (isPlainObject(item)) return this.#copyObject(item);
    throw this.#refuse(`${describeKind(item)} is not JSON`);
  }

  #copyList(list: readonly unknown[]): readonly unknown[] {
    const copies: unknown[] = [...list]; // of the very length: a list that grows keeps room to spare for ever
    for (let index = 0; index < list.length; index++) {
      this.#trail.push(index);
      copies[index] = this.copy(list[index]);
      this.#trail.pop();
    }
    return Object.freeze(copies);
  }

  #copyObject(source: Readonly<Record<string, unknown>>): object {
    const settled = settledCopies.get(source);
    if (settled) return settled;
    const target: Record<string, unknown> = {};
    for (const key of Object.keys(source)) {
      const item = source[key];
      if (item === undefined) continue;
      this.#trail.push(key);
      this.#checkText(key);
      const copied = this.copy(item);
      // plain assignment to this key would set the prototype instead
      if (key === "__proto__") Object.defineProperty(target, key, { value: copied, enumerable: true });
      else target[key] = copied;
      this.#trail.pop();
    }
    Object.freeze(target);
    if (isSettled(source)) settledCopies.set(source, target);
    return target;
  }

  #checkText(text: string): string {
    const problem = problemOfText(text);
    if (problem !== undefined) throw this.#refuse(problem);
    return text;
  }

  #refuse(problem: string): Error {
    return invalidValue(this.store, this.field + this.#trail.map(toStep).join(""), problem);
  }
}

export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // an object of another realm (a vm context, a test runner) has that realm's Object.prototype
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null;
}

export function describeKind(value: unknown): string {
  return typeof value === "object" && value !== null
    ? (value.constructor?.name ?? "an object")
    : typeof value;
}

/** One step of a path as code would write it; a key that holds what can't be stored is shown escaped. */
export function toStep(step: string | number): string {
  if (typeof step === "number") return `[${step}]`;
  return /^[A-Za-z_$][\w$]*$/.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`;
}
