import { defineConfig } from "vite";

export default defineConfig({
  // The path under which the Backfill Worker serves it.
  base: "/dashboard/",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: "../workers/assets/dashboard",
    emptyOutDir: true,
    target: "es2022",
    // The polyfill would be a script for browsers that the target leaves out.
    modulePreload: { polyfill: false },
  },
  // `npm run dashboard:dev` beside `npm start`.
  server: { proxy: { "/backfill": "http://127.0.0.1:8787" } },
});
