import { AutoRouter } from "itty-router";

const router = AutoRouter();
router.get("/hello", () => new Response("hello from itty", { headers: { "X-App": "itty" } }));

export default router;
