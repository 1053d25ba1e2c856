/** Settles in the next turn of the event loop: a block that is there already comes before. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
