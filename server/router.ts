// The joined router: what the pages may ask for.
import { accessRouter } from './routers/access.ts'
import { addressesRouter } from './routers/addresses.ts'
import { casesRouter } from './routers/cases.ts'
import { catalogRouter } from './routers/catalog.ts'
import { connectorsRouter } from './routers/connectors.ts'
import { declarationsRouter, suppressionsRouter } from './routers/declarations.ts'
import { devicesRouter } from './routers/devices.ts'
import { handoversRouter } from './routers/handovers.ts'
import { importsRouter } from './routers/imports.ts'
import { knownPlacesRouter } from './routers/known-places.ts'
import { labelsRouter } from './routers/labels.ts'
import { mismatchesRouter } from './routers/mismatches.ts'
import { peopleRouter } from './routers/people.ts'
import { placesRouter } from './routers/places.ts'
import { policiesRouter } from './routers/policies.ts'
import { returnsRouter } from './routers/returns.ts'
import { changesRouter, rulesRouter } from './routers/rules.ts'
import { savedViewsRouter } from './routers/saved-views.ts'
import { scanRouter } from './routers/scan.ts'
import { settingsRouter } from './routers/settings.ts'
import { shipmentsRouter } from './routers/shipments.ts'
import { sitesRouter } from './routers/sites.ts'
import { searchRouter, systemRouter } from './routers/system.ts'
import { wordingsRouter } from './routers/wordings.ts'
import { router } from './trpc.ts'

export const appRouter = router({
  access: accessRouter,
  addresses: addressesRouter,
  cases: casesRouter,
  catalog: catalogRouter,
  changes: changesRouter,
  connectors: connectorsRouter,
  declarations: declarationsRouter,
  devices: devicesRouter,
  handovers: handoversRouter,
  imports: importsRouter,
  knownPlaces: knownPlacesRouter,
  labels: labelsRouter,
  mismatches: mismatchesRouter,
  people: peopleRouter,
  places: placesRouter,
  policies: policiesRouter,
  returns: returnsRouter,
  rules: rulesRouter,
  savedViews: savedViewsRouter,
  scan: scanRouter,
  search: searchRouter,
  settings: settingsRouter,
  shipments: shipmentsRouter,
  sites: sitesRouter,
  suppressions: suppressionsRouter,
  system: systemRouter,
  wordings: wordingsRouter,
})

export type AppRouter = typeof appRouter
