export async function startup(state) {
  state.greeting = "hello from startup";
  state.requests = 0;
}

export function shutdown(state) {
  console.log(`shutdown after ${state.requests} requests`);
}

export const application = (environ, startResponse) => {
  const state = environ["uwsgi_bridge.state"];
  state.requests += 1;
  startResponse("200 OK", [["X-App", "gateway"]]);
  return [Buffer.from(state.greeting)];
};
