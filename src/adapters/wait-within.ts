/**
 * Wait for a promise, but not for ever.
 *
 * @returns What it resolved to, in an object; `undefined` when `timeoutMs` are over first.
 */
export async function waitWithin<T>(
  promise: Promise<T>,
  timeoutMs: number,
): Promise<{ readonly value: T } | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), timeoutMs);
  });
  try {
    return await Promise.race([promise.then((value) => ({ value })), late]);
  } finally {
    clearTimeout(timer);
  }
}
