/** A row as it stands in the file, before any meaning. */
export type RawRow = RowPlace & (WholeRow | FaultyRow);

export interface RowPlace {
  /** Number of the row in the file as a spreadsheet shows it: the first is 1, blank rows and the header count. */
  readonly row: number;
  /** Where the next row begins, in bytes of the file. */
  readonly endByte: number;
  /** The row was not valid UTF-8 and was read as Windows-1252. */
  readonly fellBack?: true;
}

export interface WholeRow {
  readonly cells: readonly string[];
  readonly fault?: never;
}

/** A row whose cells can't be told apart, or not be held. */
export interface FaultyRow {
  /** Why, in words for the person who has to mend it. */
  readonly fault: string;
  /** As it stands in the file; the first 1,000 characters of an oversized one. */
  readonly text: string;
  readonly cells?: never;
}
