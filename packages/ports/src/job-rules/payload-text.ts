import type { JsonValue } from "../json.js";
import { DEEPEST_LEVEL, describeKind, isPlainObject, toStep } from "../store-rules/storable.js";
import { invalidJob } from "./job-errors.js";

/** The longest payload as JSON text, in characters. Larger things belong in a store, and their ids in the payload. */
const LONGEST_PAYLOAD = 16_000_000;

/**
 * A payload as JSON text, which every engine keeps as it is: NUL characters, halves of surrogate pairs and the order of keys
 * come back as they were.
 *
 * @param field - What messages call the value, such as `payload`.
 * @throws `job.invalid` naming the path of what isn't JSON.
 */
export function toPayloadText(queue: string, field: string, payload: JsonValue): string {
  const trail: (string | number)[] = [];
  const refuse = (problem: string) => invalidJob(queue, field + trail.map(toStep).join(""), problem);

  const checkAt = (step: string | number, item: unknown): void => {
    trail.push(step);
    check(item);
    trail.pop();
  };

  const check = (item: unknown): void => {
    if (typeof item === "string" || typeof item === "boolean" || item === null) return;
    if (typeof item === "number") {
      if (!Number.isFinite(item)) throw refuse(`${item} is not a finite number`);
      return;
    }
    if (trail.length > DEEPEST_LEVEL) throw refuse(`it is nested deeper than ${DEEPEST_LEVEL} levels`);
    if (Array.isArray(item)) {
      for (let index = 0; index < item.length; index++) checkAt(index, item[index]);
    } else if (isPlainObject(item)) {
      for (const key of Object.keys(item)) if (item[key] !== undefined) checkAt(key, item[key]);
    } else {
      throw refuse(`${describeKind(item)} is not JSON`);
    }
  };

  check(payload);
  const text = JSON.stringify(payload);
  if (text.length > LONGEST_PAYLOAD) {
    throw refuse(`it is ${text.length} characters of JSON, and at most ${LONGEST_PAYLOAD} are taken`);
  }
  return text;
}

/** The payload that a text holds, a new copy each time. */
export function fromPayloadText(text: string): JsonValue {
  return JSON.parse(text) as JsonValue;
}
