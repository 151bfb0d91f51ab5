/** Which layer may use which; see the decision records about layers. */
const only = (layer, ...allowed) => ({
  name: `${layer}-uses-only`,
  severity: "error",
  from: { path: `^src/${layer}/`, pathNot: "\\.test\\.ts$" },
  to: { path: "^src/", pathNot: [layer, ...allowed].map((name) => `^src/${name}`) },
});

module.exports = {
  forbidden: [
    only("lib"),
    only("design"),
    only("i18n"),
    only("platform", "lib/"),
    only("matrix", "platform/types\\.ts$", "lib/"),
    only("viewmodels", "matrix/", "i18n/", "lib/", "platform/types\\.ts$"),
    only("ui", "viewmodels/[^/]+\\.types\\.ts$", "design/", "i18n/", "lib/signal\\.ts$"),
    {
      name: "only-matrix-knows-the-sdk",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/matrix/" },
      to: { path: "matrix-js-sdk" },
    },
    {
      name: "no-cycles",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    { name: "nothing-missing", severity: "error", from: {}, to: { couldNotResolve: true, pathNot: "^virtual:" } },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      extensions: [".ts", ".svelte", ".js", ".json"],
      exportsFields: ["exports"],
      conditionNames: ["svelte", "browser", "import", "default", "types"],
    },
  },
};
