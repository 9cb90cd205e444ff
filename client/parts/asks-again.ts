// For requests that may have done something although they failed: what is shown is asked for again.
import { queryClient, quietly } from '../api.ts'

/** Options of a mutation that shows its own errors, and whose failure may have left a trace. */
export const asksAgain = {
  ...quietly,
  onError: () => void queryClient.invalidateQueries(),
}
