// What the compiler does not see: hooks' rules, and who may import whom (pages > features > charts, ui, api).

import boundaries from "eslint-plugin-boundaries";
import hooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

const layer = (name) => ({ type: name, pattern: `src/${name}` });

export default tseslint.config(
  { ignores: ["dist", "node_modules", "plain", "src/api/schema.d.ts"] },
  ...tseslint.configs.recommended,
  {
    files: ["src/**/*.{ts,tsx}"],
    plugins: { "react-hooks": hooks, boundaries },
    settings: {
      "boundaries/elements": [layer("app"), layer("pages"), { type: "features", pattern: "src/features/*", capture: ["name"] }, layer("charts"), layer("ui"), layer("api"), layer("locales"), layer("test")],
      "import/resolver": { typescript: true },
    },
    rules: {
      "react-hooks/rules-of-hooks": "error",
      "react-hooks/exhaustive-deps": "error",
      "@typescript-eslint/no-explicit-any": "error",
    },
  },
);
