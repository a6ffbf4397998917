/** Capital letters, from the first to the last, how far apart they are, and how far behind each its small one is. */
const RANGES: readonly (readonly [first: number, last: number, apart: number, behind: number])[] = [
  [0xc0, 0xd6, 1, 32],
  [0xd8, 0xde, 1, 32],
  [0x100, 0x12e, 2, 1],
  [0x132, 0x136, 2, 1],
  [0x139, 0x147, 2, 1],
  [0x14a, 0x176, 2, 1],
  [0x179, 0x17d, 2, 1],
  [0x1a0, 0x1a4, 2, 1],
  [0x1cb, 0x1db, 2, 1],
  [0x1de, 0x1ee, 2, 1],
  [0x1f8, 0x21e, 2, 1],
  [0x222, 0x232, 2, 1],
  [0x391, 0x3a1, 1, 32],
  [0x3a3, 0x3ab, 1, 32],
  [0x400, 0x40f, 1, 80],
  [0x410, 0x42f, 1, 32],
  [0x460, 0x480, 2, 1],
  [0x48a, 0x4be, 2, 1],
  [0x4c1, 0x4cd, 2, 1],
  [0x4d0, 0x52e, 2, 1],
  [0x531, 0x556, 1, 48],
  [0x1e00, 0x1e94, 2, 1],
  [0x1ea0, 0x1efe, 2, 1],
];

/** Letters that are in no range, and what each is folded to: a Turkish İ and a final sigma lose what is theirs alone. */
const OTHERS = ["ŸƏƯẞΆΈΉΊΌΎΏӀİς", "ÿəưßάέήίόύώӏiσ"] as const;

const capitals = RANGES.flatMap(([first, last, apart, behind]) =>
  Array.from({ length: (last - first) / apart + 1 }, (_, index) => ({ code: first + index * apart, behind })),
);

/** Capital letters of Latin, Greek, Cyrillic and Armenian. */
export const CAPITAL = capitals.map(({ code }) => String.fromCodePoint(code)).join("") + OTHERS[0];

/** In the same places, what each of {@link CAPITAL} is folded to. */
export const SMALL =
  capitals.map(({ code, behind }) => String.fromCodePoint(code + behind)).join("") + OTHERS[1];
