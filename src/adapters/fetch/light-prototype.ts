/** A class whose objects stand for objects of a native class, and make them when they have to. */
export interface LightClass<Light extends object> {
  readonly prototype: Light;
}

/**
 * Complete the prototype of a light class: what `native` has and the class does not define itself is passed on to the
 * real object, and a light one is `instanceof` the native class.
 *
 * @param toNative - The real object behind a light one.
 */
export function standFor<Light extends object>(
  light: LightClass<Light>,
  native: { readonly prototype: object },
  toNative: (light: Light) => object,
): void {
  for (const key of Reflect.ownKeys(native.prototype)) {
    const descriptor = Object.getOwnPropertyDescriptor(native.prototype, key);
    if (Object.hasOwn(light.prototype, key) || !descriptor) continue;
    const passedOn = passOn(descriptor, toNative);
    if (passedOn) Object.defineProperty(light.prototype, key, passedOn);
  }
  // Constants, such as the name that Object.prototype.toString shows, are inherited.
  Object.setPrototypeOf(light.prototype, native.prototype);
}

/** Let `instanceof` on a global that took the place of a native class find the objects of both; its subclasses find their own. */
export function claimInstances(replacement: object, native: typeof Request | typeof Response): void {
  const hasInstance = function (this: unknown, value: unknown): boolean {
    if (this === replacement) return value instanceof native;
    return Reflect.apply(Function.prototype[Symbol.hasInstance], this, [value]);
  };
  Object.defineProperty(replacement, Symbol.hasInstance, { value: hasInstance });
}

/** Make the header fields of a real object those of its light one, which the application may have changed since. */
export function syncHeaders(target: Headers, source: Headers | undefined): void {
  if (source === undefined || source === target) return;
  for (const name of [...target.keys()]) target.delete(name);
  for (const [name, value] of source) target.append(name, value);
}

function passOn<Light extends object>(
  { value, get, enumerable = false }: PropertyDescriptor,
  toNative: (light: Light) => object,
): PropertyDescriptor | undefined {
  if (get) {
    const getThrough = function (this: Light): unknown {
      return Reflect.apply(get, toNative(this), []);
    };
    return { get: getThrough, enumerable, configurable: true };
  }
  if (typeof value !== "function") return undefined;
  const callThrough = function (this: Light, ...args: unknown[]): unknown {
    return Reflect.apply(value, toNative(this), args);
  };
  return { value: callThrough, enumerable, writable: true, configurable: true };
}
