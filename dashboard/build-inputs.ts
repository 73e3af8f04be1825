/** All that the built dashboard depends on: the lockfile has the versions of what it contains and is built with. */
export const INPUTS = [
  "dashboard/**/*.*",
  "src/contract/*.ts",
  "src/domain/*.ts",
  "tsconfig.json",
  "package-lock.json",
];
