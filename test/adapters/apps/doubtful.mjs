export const application = (_environ, startResponse) => {
  // No Content-Type: allowed, and seldom meant.
  startResponse("200 OK", []);
  return [Buffer.from("doubtful")];
};
