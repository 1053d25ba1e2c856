export function startup(state) {
  state.greeting = "hello from fetch";
}

export default {
  fetch: (_request, { environ }) =>
    new Response(environ["uwsgi_bridge.state"].greeting, { headers: { "X-App": "fetch" } }),
};
