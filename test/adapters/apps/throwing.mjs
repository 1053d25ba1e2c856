// What a process does that has begun to work before it fails.
setInterval(() => {}, 60_000);
throw new RangeError("no database");
