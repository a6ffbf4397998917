const EARLIEST = 1600;

/**
 * The year in which a company began: `2015`, `2015.0`, `2015-03-01`, `03/2015`, `Mar 1, 2015`.
 *
 * @param thisYear - A year later than the next one is no founding year.
 * @returns A year from 1600 to `thisYear` + 1, or undefined when unreadable.
 */
export function normaliseFoundedYear(text: string, thisYear: number): number | undefined {
  const bare = text.trim().replace(/^(\d{4})\.0+$/, "$1");
  const years = bare.match(/(?<!\d)\d{4}(?!\d)/g);
  const isNumber = /^[\d.,]{5,}$/.test(bare);
  if (years?.length !== 1 || isNumber) return yearOfDottedDate(bare, thisYear);
  return checked(Number(years[0]), thisYear);
}

/** `01.03.2015` consists of digits and stops alone, as a plain number might. */
function yearOfDottedDate(text: string, thisYear: number): number | undefined {
  const date = /^\d{1,2}\.\d{1,2}\.(\d{4})$/.exec(text) ?? /^\d{1,2}\.(\d{4})$/.exec(text);
  return date?.[1] === undefined ? undefined : checked(Number(date[1]), thisYear);
}

function checked(year: number, thisYear: number): number | undefined {
  return year >= EARLIEST && year <= thisYear + 1 ? year : undefined;
}
