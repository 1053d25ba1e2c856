import { fstat, read } from "node:fs";
import type { DescriptorReader } from "../gateway/file-wrapper.ts";

/** Reads the descriptors of applications, each block into a buffer of its own: the one before may still wait in the socket. */
export const descriptorReader: DescriptorReader = {
  isFile: (fd) =>
    new Promise((resolve, reject) => {
      fstat(fd, (error, stats) => (error ? reject(error) : resolve(stats.isFile())));
    }),
  read: (fd, size, position) =>
    new Promise((resolve, reject) => {
      const block = Buffer.allocUnsafe(size);
      read(fd, block, 0, size, position, (error, bytes) =>
        error ? reject(error) : resolve(block.subarray(0, bytes)),
      );
    }),
};
