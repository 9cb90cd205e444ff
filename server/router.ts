// The joined router: what the pages may ask for.
import { accessRouter } from './routers/access.ts'
import { casesRouter } from './routers/cases.ts'
import { devicesRouter } from './routers/devices.ts'
import { importsRouter } from './routers/imports.ts'
import { peopleRouter } from './routers/people.ts'
import { shipmentsRouter } from './routers/shipments.ts'
import { searchRouter, systemRouter } from './routers/system.ts'
import { router } from './trpc.ts'

export const appRouter = router({
  access: accessRouter,
  cases: casesRouter,
  devices: devicesRouter,
  imports: importsRouter,
  people: peopleRouter,
  search: searchRouter,
  shipments: shipmentsRouter,
  system: systemRouter,
})

export type AppRouter = typeof appRouter
