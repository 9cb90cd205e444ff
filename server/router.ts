// The joined router: what the pages may ask for.
import { accessRouter } from './routers/access.ts'
import { addressesRouter } from './routers/addresses.ts'
import { casesRouter } from './routers/cases.ts'
import { connectorsRouter } from './routers/connectors.ts'
import { devicesRouter } from './routers/devices.ts'
import { handoversRouter } from './routers/handovers.ts'
import { importsRouter } from './routers/imports.ts'
import { labelsRouter } from './routers/labels.ts'
import { mismatchesRouter } from './routers/mismatches.ts'
import { peopleRouter } from './routers/people.ts'
import { placesRouter } from './routers/places.ts'
import { policiesRouter } from './routers/policies.ts'
import { returnsRouter } from './routers/returns.ts'
import { scanRouter } from './routers/scan.ts'
import { settingsRouter } from './routers/settings.ts'
import { shipmentsRouter } from './routers/shipments.ts'
import { searchRouter, systemRouter } from './routers/system.ts'
import { wordingsRouter } from './routers/wordings.ts'
import { router } from './trpc.ts'

export const appRouter = router({
  access: accessRouter,
  addresses: addressesRouter,
  cases: casesRouter,
  connectors: connectorsRouter,
  devices: devicesRouter,
  handovers: handoversRouter,
  imports: importsRouter,
  labels: labelsRouter,
  mismatches: mismatchesRouter,
  people: peopleRouter,
  places: placesRouter,
  policies: policiesRouter,
  returns: returnsRouter,
  scan: scanRouter,
  search: searchRouter,
  settings: settingsRouter,
  shipments: shipmentsRouter,
  system: systemRouter,
  wordings: wordingsRouter,
})

export type AppRouter = typeof appRouter
