import type { JobRequest } from "../job-engine.js";
import { compileCron, type NextRun } from "./cron.js";
import { invalidJob } from "./job-errors.js";
import { toPayloadText } from "./payload-text.js";

const QUEUE_NAME = /^[A-Za-z0-9][\w.:/-]{0,99}$/;
const LONGEST_TENANT = 200;
const LONGEST_KEY = 400;
const LONGEST_SCHEDULE_NAME = 200;
const UNPRINTABLE = /\p{Cc}|\p{Surrogate}/u;
/** The range of a four-byte integer, which priorities have in databases. */
const LARGEST_PRIORITY = 2 ** 31 - 1;
/** Ten years. */
const LONGEST_DELAY_MS = 10 * 365 * 86_400_000;

/** A job that keeps the rules, with nothing left out. */
export interface NormalJob {
  readonly queue: string;
  readonly tenant: string;
  /** JSON. */
  readonly payloadText: string;
  readonly priority: number;
  readonly delayMs: number;
  readonly key: string | undefined;
}

/** What `JobEngine.schedule` takes. */
export interface ScheduleRequest {
  readonly name: string;
  readonly cron: string;
  readonly zone?: string | undefined;
  readonly job: JobRequest;
}

/** A schedule that keeps the rules. */
export interface NormalSchedule {
  readonly name: string;
  readonly cron: string;
  readonly zone: string;
  readonly job: NormalJob;
  readonly nextRun: NextRun;
}

/**
 * Checks a job.
 *
 * @param path - What messages put before the names of fields, such as `jobs[3].`.
 * @throws `job.invalid` naming the field.
 */
export function toNormalJob(job: JobRequest, path = ""): NormalJob {
  checkQueue(job.queue, `${path}queue`);
  const { queue, tenant, payload, priority = 0, delayMs = 0, key } = job;
  const check = (holds: boolean, field: string, rule: string) => {
    if (!holds) throw invalidJob(queue, path + field, rule);
  };
  check(isName(tenant, LONGEST_TENANT), "tenant", nameRule("a tenant", LONGEST_TENANT));
  check(key === undefined || isName(key, LONGEST_KEY), "key", nameRule("a key", LONGEST_KEY));
  check(
    Number.isInteger(priority) && Math.abs(priority) <= LARGEST_PRIORITY,
    "priority",
    `a priority is a whole number from -${LARGEST_PRIORITY} to ${LARGEST_PRIORITY}`,
  );
  check(
    delayMs >= 0 && delayMs <= LONGEST_DELAY_MS,
    "delayMs",
    "a delay is from 0 milliseconds to ten years",
  );
  const payloadText = toPayloadText(queue, `${path}payload`, payload);
  return { queue, tenant, payloadText, priority: priority + 0, delayMs, key };
}

/** @throws `job.invalid` when `queue` is not the name of a queue. */
export function checkQueue(queue: string, field = "queue"): void {
  if (typeof queue === "string" && QUEUE_NAME.test(queue)) return;
  const rule =
    "a queue's name is a letter or digit, then letters, digits, and the signs _ . : / -, at most 100 in all";
  throw invalidJob(typeof queue === "string" ? queue.slice(0, 100) : "", field, rule);
}

/** @throws `job.invalid` naming the field; a job's field as `job.queue`. */
export function toNormalSchedule({ name, cron, zone = "UTC", job }: ScheduleRequest): NormalSchedule {
  const normal = toNormalJob(job, "job.");
  if (!isName(name, LONGEST_SCHEDULE_NAME)) {
    throw invalidJob(normal.queue, "name", nameRule("a schedule's name", LONGEST_SCHEDULE_NAME));
  }
  return { name, cron, zone, job: normal, nextRun: compileCron(normal.queue, cron, zone) };
}

function isName(text: unknown, longest: number): boolean {
  return typeof text === "string" && text.length > 0 && text.length <= longest && !UNPRINTABLE.test(text);
}

function nameRule(what: string, longest: number): string {
  return `${what} is a text of 1–${longest} characters without control characters`;
}
