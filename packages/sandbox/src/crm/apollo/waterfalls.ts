import type { Clock } from "@salesagent/ports";
import { jsonAnswer, type SeededIds } from "../shared/index.js";
import type { ApolloPeople, KnownPerson } from "./apollo-people.js";

const KEPT_MS = 30 * 86_400_000;
const MOBILE_CREDITS = 8;

/** Data that Apollo looks for after it has answered, and holds until it is asked for. */
export class Waterfalls {
  readonly #database: ApolloPeople;
  readonly #clock: Clock;
  readonly #ids: SeededIds;
  readonly #takesMs: number;
  readonly #requests = new Map<string, { readonly people: readonly KnownPerson[]; readonly atMs: number }>();

  constructor(options: {
    readonly database: ApolloPeople;
    readonly clock: Clock;
    readonly ids: SeededIds;
    /** Until a result is there, in milliseconds. */
    readonly takesMs: number;
  }) {
    this.#database = options.database;
    this.#clock = options.clock;
    this.#ids = options.ids;
    this.#takesMs = options.takesMs;
  }

  /** Answers at once, with an id that JSON's numbers can't hold: a negative one of 64 bits, as a bare number. */
  accept(
    people: readonly KnownPerson[],
    shown: Readonly<Record<string, unknown>>,
    kind: "waterfall" | "phone",
  ): Response {
    const id = `-9${this.#ids.text(18, "012")}`;
    this.#requests.set(id, { people, atMs: this.#clock.now() });
    const waterfall =
      kind === "waterfall" ? { waterfall: { status: "accepted", message: "Results come by webhook." } } : {};
    const rest = JSON.stringify({ ...shown, ...waterfall });
    return new Response(`{"request_id":${id},${rest.slice(1)}`, {
      headers: { "content-type": "application/json" },
    });
  }

  /** What polling brings. */
  answer(id: string): Response {
    if (!/^-?\d{1,19}$/.test(id)) return this.#no(400, "invalid_request_id");
    const request = this.#requests.get(id);
    if (request === undefined) return this.#no(404, "request_id_unknown");
    const ageMs = this.#clock.now() - request.atMs;
    if (ageMs > KEPT_MS) return this.#no(410, "request_id_expired");
    if (ageMs < this.#takesMs) {
      const seconds = Math.ceil((this.#takesMs - ageMs) / 1000);
      return this.#no(404, "result_pending", { retry_after_seconds: seconds });
    }
    return jsonAnswer({
      request_id: id,
      webhook_status: "success",
      request_type: "people_enrichment",
      webhook_result: { status: "success", people: request.people.map((person) => this.#resultOf(person)) },
    });
  }

  #resultOf({ wire, mobile }: KnownPerson) {
    if (mobile !== undefined) this.#database.charge(`${wire.id}/mobile`, MOBILE_CREDITS);
    const numbers =
      mobile === undefined
        ? []
        : [{ raw_number: mobile, sanitized_number: mobile, type_cd: "mobile", status_cd: "valid_number" }];
    return {
      id: wire.id,
      status: "success",
      emails: typeof wire["email"] === "string" ? [{ email: wire["email"], status: "verified" }] : [],
      phone_numbers: numbers,
    };
  }

  #no(status: number, code: string, more: Readonly<Record<string, unknown>> = {}): Response {
    return jsonAnswer({ error: code, error_code: code, ...more }, status);
  }
}
