/**
 * Hands out the items of a list in turn, starting one further each time.
 *
 * @returns All items, the one whose turn it is first: the others are there to be tried when it fails.
 */
export class RoundRobin<T> {
  readonly #items: readonly T[];
  #next = 0;

  constructor(items: readonly T[]) {
    this.#items = items;
  }

  turn(): readonly T[] {
    const first = this.#next;
    this.#next = (first + 1) % this.#items.length;
    return first === 0 ? this.#items : [...this.#items.slice(first), ...this.#items.slice(0, first)];
  }
}
