export default () => new Response("hello from bare", { headers: { "X-App": "fetch" } });
