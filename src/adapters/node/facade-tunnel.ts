import type { UpgradedStream } from "../../gateway/types.ts";
import type { FacadeSocket } from "./facade-socket.ts";

/** Join a stand-in, on which an application speaks another protocol, with the connection that was taken over for it. */
export async function joinTunnel(
  facade: FacadeSocket,
  connection: UpgradedStream,
  written: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<void> {
  connection.on("data", (bytes: Buffer) => {
    if (facade.push(bytes)) return;
    connection.pause();
    facade.onceRead(() => connection.resume());
  });
  connection.on("end", () => facade.push(null));
  connection.on("close", () => facade.destroy());
  connection.on("error", () => facade.destroy());
  facade.on("close", () => connection.destroy());
  for await (const block of written) {
    if (connection.write(block) || connection.destroyed) continue;
    await new Promise<void>((resolve) => {
      connection.once("drain", resolve).once("close", resolve);
    });
  }
  connection.end();
}
