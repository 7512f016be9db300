// When an error may take a page away: only while there is nothing else to show, and nothing else says it.

import { ApiError } from "@/api/error";

/**
 * For `throwOnError`: a first answer that fails is the page's failure. Later ones leave what is shown (the banner says
 * that the server is away), and so does the end of the session, over which the sign-in opens.
 */
export function nothingShown(error: Error, query: { state: { data: unknown } }): boolean {
  return query.state.data === undefined && !(error instanceof ApiError && error.status === 401);
}
