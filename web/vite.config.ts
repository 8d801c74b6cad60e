import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

const require = createRequire(import.meta.url);
const pdfjs = path.dirname(require.resolve("pdfjs-dist/package.json"));
const dist = path.resolve(import.meta.dirname, "dist");

// The PDF reader fetches character maps, substitute fonts and decoders when a
// file needs them. They are served by us like everything else: an office may
// have no way out to the Internet.
function pdfAssets(): Plugin {
  const folders = ["cmaps", "standard_fonts", "wasm", "iccs"];
  return {
    name: "pdf-assets",
    configureServer(server) {
      server.middlewares.use("/pdfjs/", (req, res, next) => {
        const name = decodeURIComponent((req.url ?? "").split("?")[0] ?? "");
        const file = path.join(pdfjs, path.normalize(name));
        if (!folders.some((f) => file.startsWith(path.join(pdfjs, f)))) return next();
        readFile(file).then((bytes) => res.end(bytes), next);
      });
    },
    async closeBundle() {
      await Promise.all(
        folders.map((f) => cp(path.join(pdfjs, f), path.join(dist, "pdfjs", f), { recursive: true })),
      );
      // The Go embedding needs the folder to exist before the first build.
      await mkdir(dist, { recursive: true });
      await writeFile(path.join(dist, ".keep"), "");
    },
  };
}

const server = process.env.CONGVAN_ADDR ?? "localhost:8080";

export default defineConfig({
  plugins: [react(), pdfAssets()],
  resolve: { alias: { "@": path.resolve(import.meta.dirname, "src") } },
  css: { modules: { localsConvention: "camelCaseOnly" } },
  build: {
    outDir: dist,
    // The lowest browser supported: the last one of Windows 7 and 8.1 desks.
    target: "chrome109",
    cssTarget: "chrome109",
    assetsInlineLimit: 0, // data: addresses would need a wider content policy
    chunkSizeWarningLimit: 800,
  },
  server: { proxy: { "/api": `http://${server}` } },
});
