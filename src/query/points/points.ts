/** What points mean: the points files of the archive, and the search over them. */
export { type PointSearch, type PointsPage, searchPoints } from "./point-search.ts";
export { POINTS_KEPT_MAX, POINTS_TRUST_MS, type PointsFile, PointsFiles } from "./points-files.ts";
