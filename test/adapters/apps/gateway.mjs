export const application = (_environ, startResponse) => {
  startResponse("200 OK", [["X-App", "gateway"]]);
  return [Buffer.from("hello from gateway")];
};

export const admin = (environ, startResponse) => application(environ, startResponse);
