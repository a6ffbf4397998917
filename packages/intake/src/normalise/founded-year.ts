const EARLIEST = 1600;

/**
 * The year in which a company began: `2015`, `2015.0`, `2015-03-01`, `03/2015`, `Mar 1, 2015`.
 *
 * @param thisYear - A year later than the next one is no founding year.
 * @returns A year from 1600 to `thisYear` + 1, or undefined when unreadable.
 */
export function normaliseFoundedYear(text: string, thisYear: number): number | undefined {
  const years = text.replace(/^(\d{4})\.0+$/, "$1").match(/(?<!\d)\d{4}(?!\d)/g);
  if (years?.length !== 1 || /^[\d.,]{6,}$/.test(text.trim()) === true) {
    return dottedDate(text, thisYear);
  }
  return checked(Number(years[0]), thisYear);
}

/** `01.03.2015` consists of digits and stops alone, as a plain number might. */
function dottedDate(text: string, thisYear: number): number | undefined {
  const date = /^\d{1,2}\.\d{1,2}\.(\d{4})$/.exec(text.trim()) ?? /^\d{1,2}\.(\d{4})$/.exec(text.trim());
  return date?.[1] === undefined ? undefined : checked(Number(date[1]), thisYear);
}

function checked(year: number, thisYear: number): number | undefined {
  return year >= EARLIEST && year <= thisYear + 1 ? year : undefined;
}
