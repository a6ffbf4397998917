/** `1 record is held`, `2 records are held`: one of them, or several. */
export const howMany = (count: number, one: string, several: string): string =>
  `${count} ${count === 1 ? one : several}`;
