// Holds the import directions of the house: downward only. Read by dependency-cruiser in `npm run check`.
const layer = (name, from, mayNot, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from },
  to: { path: mayNot },
})

const edges =
  '^server/(app|worker|intake|inbox|outbox|sync|router|trpc|house|demo)[.]ts|^server/(http|routers|views|commands|imports)/'
const domains = '^server/(people|addresses|devices|shipping|checkins|access)/'

export default {
  forbidden: [
    {
      name: 'no-circle',
      comment: 'Two modules that need each other are one, or hide a third.',
      severity: 'error',
      from: {},
      // A type alone makes no circle: it is gone when the program runs.
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'not-found',
      comment: 'An import that leads nowhere.',
      severity: 'error',
      from: { pathNot: '^client/' },
      to: { couldNotResolve: true },
    },
    layer(
      'lib-knows-nothing',
      '^server/(lib/|ports[.]ts)',
      '^server/(?!lib/|ports[.]ts)',
      'lib and ports have no domain word in them.',
    ),
    layer(
      'custody-is-the-ground',
      '^server/custody/',
      `${domains}|^server/(cases|detection|integrations|simulator)/|${edges}|^server/(main|cli|config)[.]ts`,
      'Custody rests on lib and ports only.',
    ),
    layer(
      'domains-below-cases',
      domains,
      `^server/(cases|detection|integrations|simulator)/|${edges}|^server/(main|cli|config)[.]ts`,
      'People, addresses, devices, shipping, check-ins and access know nothing of cases and rules.',
    ),
    layer(
      'cases-below-detection',
      '^server/cases/',
      `^server/(detection|integrations|simulator)/|${edges}|^server/(main|cli|config)[.]ts`,
      'Cases are raised by detection; they do not call it.',
    ),
    layer(
      'detection-below-edges',
      '^server/detection/',
      `^server/(integrations|simulator)/|${edges}|^server/(main|cli|config)[.]ts`,
      'Detection knows no edge and no vendor.',
    ),
    layer(
      'rules-see-little',
      '^server/detection/rules/(?!index)',
      '^server/(?!detection/(rule|measure|spans|clocks|boards|hearing|together)[.]ts|lib/geo[.]ts)',
      'A rule is a pure function of a dossier: rule.ts, what measures one (measure, spans, clocks, boards, hearing, together), lib/geo and zod.',
    ),
    layer(
      'integrations-see-ports',
      '^server/integrations/',
      '^server/(?!integrations/|lib/|ports[.]ts)',
      'A vendor is known behind ports.ts only.',
    ),
    layer(
      'simulator-speaks-http',
      '^server/simulator/',
      '^server/(?!simulator/|lib/|ports[.]ts)',
      'The simulator is an outsider: it sees ports and lib, and speaks HTTP.',
    ),
    layer(
      'main-is-the-root',
      '^server/(app|worker|intake|inbox|outbox|router|trpc|house)[.]ts|^server/(http|routers|views|imports)/',
      '^server/(main|cli)[.]ts',
      'Only commands and the demo call what main.ts composes.',
    ),
    layer('client-sees-one-type', '^client/', '^server/(?!router[.]ts)', 'The client sees the type AppRouter.'),
    {
      name: 'client-types-only',
      comment: 'No code of the server in the browser.',
      severity: 'error',
      from: { path: '^client/' },
      to: { path: '^server/', dependencyTypesNot: ['type-only'] },
    },
    layer('server-never-client', '^server/', '^client/', 'The server serves the client as files.'),
  ],
  options: {
    parser: 'swc',
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.json'],
      conditionNames: ['import', 'types', 'node', 'default'],
      exportsFields: ['exports'],
    },
  },
}
