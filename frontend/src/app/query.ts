// One cache of answers. A reader that is signed out is asked to sign in, and comes back to the same page.

import { QueryCache, QueryClient } from "@tanstack/react-query";

import { ApiError, Offline } from "@/api/error";

import { connection } from "./connection";

export const signedOut = new EventTarget();

function noticed(error: Error): void {
  if (error instanceof Offline) connection.lost();
  if (error instanceof ApiError && error.status === 401) signedOut.dispatchEvent(new Event("signed-out"));
}

export const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError: noticed }),
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      retry: (failures, error) => failures < 3 && (error instanceof Offline || (error instanceof ApiError && error.status >= 500)),
    },
    mutations: { onError: noticed },
  },
});
