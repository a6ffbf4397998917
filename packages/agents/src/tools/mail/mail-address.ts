/** The plain address of `Ada Byron <ada@example.com>` or `ada@example.com`; nothing when there is none. */
export function plainAddress(text: string): string | undefined {
  const address = /^[^<>\r\n]*<([^<>\s]+)>$/.exec(text)?.[1] ?? text;
  return /^[^\s@<>",;]+@[^\s@<>",;]+$/.test(address) ? address : undefined;
}
