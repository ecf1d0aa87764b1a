/** The operator's page, beside the users' and without a line of their client: `dist/operations`. */
export default {
  base: "./",
  build: {
    target: "es2022",
    outDir: "../dist/operations",
    emptyOutDir: true,
    modulePreload: false as const,
    assetsInlineLimit: 0,
  },
};
