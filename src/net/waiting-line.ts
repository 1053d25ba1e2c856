/** Empty places that are not worth clearing away. */
const MIN_PLACES = 64;

/**
 * Those who wait, in the order they came. Anybody may leave. An array with empty places, because the discarded tables of a `Set` keep what they held
 * alive.
 */
export class WaitingLine<T extends object> {
  #places: (T | undefined)[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Whose turn is next. */
  get first(): T | undefined {
    return this.#places.find((place) => place !== undefined);
  }

  push(item: T): void {
    this.#places.push(item);
    this.#size += 1;
  }

  /** Back to the front: it was its turn already. */
  unshift(item: T): void {
    this.#places.unshift(item);
    this.#size += 1;
  }

  shift(): T | undefined {
    if (this.#size === 0) return undefined;
    let item = this.#places.shift();
    while (item === undefined) item = this.#places.shift();
    this.#size -= 1;
    return item;
  }

  remove(item: T): void {
    const place = this.#places.indexOf(item);
    if (place === -1) return;
    this.#places[place] = undefined;
    this.#size -= 1;
    if (this.#places.length > 2 * this.#size + MIN_PLACES) this.#places = this.#places.filter(Boolean);
  }
}
