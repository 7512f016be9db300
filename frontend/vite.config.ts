import react from "@vitejs/plugin-react";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

// `npm run dev` serves the page with hot reloading and sends the rest to a platform that runs beside it.
const PLATFORM = process.env.PAVI_SERVER ?? "http://127.0.0.1:8300";

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  base: "/static/app/",
  build: {
    outDir: "dist/app",
    emptyOutDir: true,
    target: "es2022",
    cssTarget: ["chrome123", "firefox120", "safari17.5"], // these know light-dark(): older rewriting loses the colours
    reportCompressedSize: true,
  },
  server: { proxy: { "/api": PLATFORM, "/ws": { target: PLATFORM, ws: true }, "/static/vendor": PLATFORM } },
  test: { environment: "jsdom", include: ["src/**/*.test.{ts,tsx}"], setupFiles: ["src/test/setup.ts"] },
});
