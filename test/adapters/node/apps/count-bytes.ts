/** The size of a body, read block by block. */
export async function countBytes(body: AsyncIterable<unknown> | null | undefined): Promise<number> {
  let count = 0;
  for await (const block of body ?? []) count += (block as Uint8Array).length;
  return count;
}
