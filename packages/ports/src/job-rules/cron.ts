import { invalidJob } from "./job-errors.js";
import { createZone, type Zone } from "./zone.js";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** The longest that a day may be waited for: from one 29 February to the next across a year 2100, with a week to spare. */
const MOST_DAYS = 8 * 366 + 7;

const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const WEEKDAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

/** When a schedule runs next after an instant, both in milliseconds since the epoch. */
export type NextRun = (afterMs: number) => number;

interface Field {
  readonly values: ReadonlySet<number>;
  /** It begins with `*`. */
  readonly open: boolean;
}

interface FieldRule {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  readonly names?: { readonly list: readonly string[]; readonly first: number };
}

const FIELD_RULES: readonly FieldRule[] = [
  { name: "minute", least: 0, most: 59 },
  { name: "hour", least: 0, most: 23 },
  { name: "day of month", least: 1, most: 31 },
  { name: "month", least: 1, most: 12, names: { list: MONTHS, first: 1 } },
  { name: "day of week", least: 0, most: 7, names: { list: WEEKDAYS, first: 0 } },
];

/** The five fields of a cron expression. */
interface Cron {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  /** Every hour, so that clock changes don't count: it runs as time goes by. */
  readonly hourly: boolean;
  readonly fitsDay: (date: Date) => boolean;
}

/**
 * Reads a cron expression of five fields: minute, hour, day of month, month, day of week; with `*`, lists, ranges, steps, and
 * the English names of months and weekdays in three letters. Where both kinds of days are narrowed, either will do.
 *
 * When clocks go forward, a time that doesn't exist is run as much later as clocks moved; when they go back, a time that
 * comes twice is run the first time. What runs every hour runs as time goes by.
 *
 * @param zone - IANA name.
 * @throws `job.invalid` naming `cron` or `zone`.
 * @see https://pubs.opengroup.org/onlinepubs/9799919799/utilities/crontab.html
 */
export function compileCron(queue: string, cron: string, zone: string): NextRun {
  const refuse = (problem: string) => invalidJob(queue, "cron", problem);
  const fields = typeof cron === "string" ? cron.trim().split(/\s+/) : [];
  if (fields.length !== FIELD_RULES.length) {
    throw refuse("a cron expression has five fields: minute, hour, day of month, month, day of week");
  }
  const parsed = toCron(
    FIELD_RULES.map((rule, index) => {
      const field = parseField((fields[index] ?? "").toUpperCase(), rule);
      if (field === undefined) throw refuse(`its field for the ${rule.name} can't be read`);
      return field;
    }),
  );
  const local = createZone(zone);
  if (local === undefined) throw invalidJob(queue, "zone", "it is not the IANA name of a time zone");
  const nextRun = (afterMs: number) => {
    const nextMs = findNext(parsed, local, afterMs);
    if (nextMs === undefined) throw refuse("it names a day that no month has");
    return nextMs;
  };
  nextRun(0);
  return nextRun;
}

function toCron([minute, hour, day, month, weekday]: readonly Field[]): Cron {
  const list = (field: Field | undefined) => [...(field?.values ?? [])].sort((left, right) => left - right);
  const hours = list(hour);
  const fitsDay = (date: Date) => {
    if (month?.values.has(date.getUTCMonth() + 1) !== true) return false;
    const fitsMonthDay = day?.values.has(date.getUTCDate()) === true;
    const fitsWeekday = weekday?.values.has(date.getUTCDay()) === true;
    const either = day?.open === false && weekday?.open === false;
    return either ? fitsMonthDay || fitsWeekday : fitsMonthDay && fitsWeekday;
  };
  return { minutes: list(minute), hours, hourly: hours.length === 24, fitsDay };
}

function parseField(text: string, rule: FieldRule): Field | undefined {
  const values = new Set<number>();
  for (const part of text.split(",")) {
    const range = parseRange(part, rule);
    if (range === undefined) return undefined;
    const { from, to, step } = range;
    for (let value = from; value <= to; value += step) values.add(rule.most === 7 ? value % 7 : value);
  }
  return { values, open: text.startsWith("*") };
}

function parseRange(text: string, rule: FieldRule): { from: number; to: number; step: number } | undefined {
  const [, first = "", last, stepText] = /^(\*|\w+)(?:-(\w+))?(?:\/(\d+))?$/.exec(text) ?? [];
  const step = stepText === undefined ? 1 : Number(stepText);
  const isOpen = first === "*";
  if (step < 1 || (isOpen && last !== undefined)) return undefined;
  const from = isOpen ? rule.least : toNumber(first, rule);
  const lastOf = () => (isOpen || stepText !== undefined ? rule.most : from);
  const to = last === undefined ? lastOf() : toNumber(last, rule);
  if (from === undefined || to === undefined || from > to) return undefined;
  return { from, to, step };
}

function toNumber(text: string, { least, most, names }: FieldRule): number | undefined {
  const named = names?.list.indexOf(text) ?? -1;
  if (names !== undefined && named >= 0) return named + names.first;
  const value = /^\d{1,2}$/.test(text) ? Number(text) : -1;
  return value >= least && value <= most ? value : undefined;
}

function findNext(cron: Cron, zone: Zone, afterMs: number): number | undefined {
  const today = Math.floor((afterMs + zone.offsetMs(afterMs)) / DAY_MS) * DAY_MS;
  for (let day = -1; day <= MOST_DAYS; day++) {
    const dayMs = today + day * DAY_MS;
    if (!cron.fitsDay(new Date(dayMs))) continue;
    const found = findInDay(cron, zone, dayMs, afterMs);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The first run of a local day after an instant. @param dayMs - The day's begin, as if the zone were UTC. */
function findInDay(cron: Cron, zone: Zone, dayMs: number, afterMs: number): number | undefined {
  const instantsOf = zone.readDay(dayMs);
  let first: number | undefined;
  for (const hour of cron.hours) {
    for (const minute of cron.minutes) {
      for (const instant of instantsOf(dayMs + (hour * 60 + minute) * MINUTE_MS, cron.hourly)) {
        if (instant > afterMs && (first === undefined || instant < first)) first = instant;
      }
    }
  }
  return first;
}
