import { parquetMetadata } from "hyparquet";
import { expect, test } from "vitest";
import { encodeFooter } from "./file/file.ts";

/** `VersionParser.FORMAT` and `SemanticVersion.FORMAT` of parquet-java, which match the whole text. */
const CREATED_BY = /^(.*?)\s+version\s*(?:([^(]*?)\s*(?:\(\s*build\s*([^)]*?)\s*\))?)?$/;
const SEMANTIC_VERSION = /^(\d+)\.(\d+)\.(\d+)([^-+]*)?(?:-([^+]*))?(?:\+(.*))?$/;

test("created_by has an application, a semantic version and a build, as parquet-java parses them", () => {
  const { created_by } = parquetMetadata(encodeFooter([], { site: "a", dayStartMs: 0 }).slice().buffer);
  const [, application, version, build] = CREATED_BY.exec(created_by ?? "") ?? [];
  expect({ application, version, build }).toEqual({
    application: "building-vitals-backfill",
    version: "1.2.0",
    build: "1",
  });
  const [, major, minor, patch, ...more] = SEMANTIC_VERSION.exec(version ?? "") ?? [];
  expect({ major, minor, patch, more: more.join("") }).toEqual({
    major: "1",
    minor: "2",
    patch: "0",
    more: "",
  });
});
