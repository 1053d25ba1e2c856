export const greeting: string = "hello through a path";
