/** `1 byte`, `2 bytes`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

/** `0.8 ms`. */
export function formatMs(milliseconds: number): string {
  return `${milliseconds.toFixed(1)} ms`;
}
