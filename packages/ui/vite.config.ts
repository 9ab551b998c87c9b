import { defineConfig } from "vite";

/** The server's security policy forbids inline scripts, styles and data URLs: everything is a file of its own. */
export default defineConfig({
  base: "/",
  build: { target: "es2022", assetsInlineLimit: 0, modulePreload: { polyfill: false }, chunkSizeWarningLimit: 2000 },
  server: { host: "127.0.0.1", port: 29_410, proxy: { "/api": process.env["OMD_SERVER"] ?? "http://127.0.0.1:8585" } },
});
