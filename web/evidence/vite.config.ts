/** One classic script, which also a page that was opened from a file loads. */
export default {
  build: {
    target: "es2022",
    lib: { entry: "src/main.ts", formats: ["iife" as const], name: "cofferCheck", fileName: () => "check.js" },
    license: { fileName: "check-licenses.md" },
  },
  test: { include: ["test/**/*.test.ts"], testTimeout: 120_000, pool: "threads" as const },
};
