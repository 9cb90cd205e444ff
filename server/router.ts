// The joined router: what the pages may ask for.
import { accessRouter } from './routers/access.ts'
import { router } from './trpc.ts'

export const appRouter = router({
  access: accessRouter,
})

export type AppRouter = typeof appRouter
