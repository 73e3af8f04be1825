/** Requests to the API as an object sends them: pages of a window and lists of points, with permits, limits and retries. */
export { ApiClient, BYTES_A_BODY_BYTE, type StatedPause } from "./api-client.ts";
export { type FailedRequest, haltReason, isUnreachable, naming } from "./failed-request.ts";
export type {
  FetchContext,
  RequestObserver,
  RequestPolicy,
  RetriedRequest,
} from "./fetch-context.ts";
export {
  type PointList,
  PointNames,
  pointListBytes,
  pointsTable,
  storePoints,
} from "./point-names.ts";
export { type ReadPoints, readPoints, type UsePage } from "./read-points.ts";
export { appendPage, boundaryBytes, boundaryRows, type PageHalt, WindowReader } from "./window-reader.ts";
