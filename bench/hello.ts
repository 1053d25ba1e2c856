/** What every subject answers, to the byte. */
export const HELLO = "Hello, World!";

/** What it is asked for: a name that can also be a file. */
export const HELLO_PATH = "/hello.txt";
