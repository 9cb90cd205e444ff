// Which role may call which procedure, over HTTP as the pages do: the table is the promise.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Role, roles } from '../../server/access/auth.ts'
import { anotherCaller, procedureTypes, signInAs, startTestService, type TestService } from '../service.ts'

const all = roles
const provisioner = ['admin', 'provisioner'] as const
const analyst = ['admin', 'analyst'] as const
const working = ['admin', 'provisioner', 'analyst'] as const
const admin = ['admin'] as const

/** Every procedure there is; 'anybody' needs no account. */
const rights: Record<string, readonly Role[] | 'anybody'> = {
  'access.me': all,
  'access.setSingleKeys': all,
  'access.readInvitation': 'anybody',
  'access.acceptInvitation': 'anybody',
  'access.users': admin,
  'access.colleagues': all,
  'access.invite': admin,
  'access.setRole': admin,
  'access.setDisabled': admin,
  // An analyst may distrust a token, and has to find it first.
  'access.tokens': ['admin', 'analyst', 'auditor'],
  'access.createToken': admin,
  'access.revokeToken': admin,
  'access.distrustToken': analyst,
  'addresses.proposals': all,
  'addresses.ask': working,
  'cases.list': all,
  'cases.get': all,
  'cases.timeline': all,
  'cases.assign': analyst,
  'cases.comment': analyst,
  'cases.setStatus': analyst,
  'cases.close': analyst,
  'cases.reopen': analyst,
  'cases.finishTask': working,
  'cases.count': all,
  'cases.findingNow': all,
  'cases.escalate': analyst,
  'cases.split': analyst,
  'cases.attend': all,
  'cases.claim': analyst,
  'cases.release': analyst,
  'cases.takeNext': analyst,
  'cases.previewBulk': analyst,
  'cases.bulk': analyst,
  'cases.check': working,
  'cases.acknowledge': working,
  'savedViews.list': all,
  'savedViews.save': all,
  'savedViews.mark': all,
  'savedViews.remove': all,
  'catalog.list': all,
  'catalog.entry': all,
  'catalog.approvals': all,
  'catalog.ask': working,
  'catalog.decide': analyst,
  'catalog.end': analyst,
  'catalog.setCommon': admin,
  'connectors.list': all,
  'connectors.runs': all,
  'connectors.unread': all,
  'connectors.test': admin,
  'connectors.sync': admin,
  'connectors.dismiss': admin,
  'devices.list': all,
  'devices.get': all,
  'devices.timeline': all,
  'devices.fivePlaces': all,
  'devices.sources': all,
  'devices.map': all,
  'devices.endpoint': all,
  'devices.software': all,
  'devices.history': all,
  'devices.presence': all,
  'devices.accept': provisioner,
  'devices.receive': provisioner,
  'devices.transfer': provisioner,
  'devices.setStatus': provisioner,
  'devices.identity': all,
  'devices.undoMatch': working,
  'devices.unmerge': working,
  'handovers.show': 'anybody',
  'handovers.confirmAddress': 'anybody',
  'handovers.proposeAddress': 'anybody',
  'handovers.answer': 'anybody',
  'handovers.answerReadBack': 'anybody',
  'handovers.renew': 'anybody',
  'handovers.list': all,
  'handovers.of': all,
  'handovers.get': all,
  'handovers.open': provisioner,
  'handovers.sendLink': working,
  'handovers.withdrawLink': working,
  'handovers.withdraw': working,
  'handovers.dealWith': working,
  'handovers.answerAtCounter': provisioner,
  'handovers.requestReadBack': working,
  'handovers.terms': all,
  'handovers.setTerms': admin,
  'imports.columns': all,
  'imports.detect': provisioner,
  'imports.run': provisioner,
  'imports.list': all,
  'imports.undo': provisioner,
  'knownPlaces.list': all,
  'knownPlaces.get': all,
  'knownPlaces.revealPeople': working,
  'knownPlaces.export': all,
  'knownPlaces.add': analyst,
  'knownPlaces.correct': analyst,
  'knownPlaces.switchOff': analyst,
  'knownPlaces.switchOn': analyst,
  'knownPlaces.confirm': analyst,
  'knownPlaces.refuse': analyst,
  'knownPlaces.import': analyst,
  'labels.get': all,
  'labels.quote': provisioner,
  'labels.buy': provisioner,
  'labels.settle': provisioner,
  'labels.refund': provisioner,
  'mismatches.list': all,
  'mismatches.sources': all,
  'mismatches.owners': all,
  'mismatches.settle': working,
  'mismatches.setOwner': admin,
  'people.list': all,
  'people.get': all,
  'people.timeline': all,
  'people.revealAddress': working,
  'people.approveAddress': working,
  'people.refuseAddress': working,
  'people.declare': working,
  'people.endDeclaration': working,
  'people.erase': admin,
  'places.read': admin,
  'places.credits': all,
  'places.look': admin,
  'places.addFile': admin,
  'places.removeFile': admin,
  'places.switchSet': admin,
  'places.setMonthly': admin,
  'places.refresh': admin,
  'policies.list': all,
  'policies.set': admin,
  'returns.list': all,
  'returns.get': all,
  'returns.ofDevice': all,
  'returns.open': provisioner,
  'returns.openAll': provisioner,
  'returns.setDue': provisioner,
  'returns.prepareParcel': provisioner,
  'returns.askToSign': provisioner,
  'returns.remind': provisioner,
  'returns.receive': provisioner,
  'returns.close': provisioner,
  'scan.pack': provisioner,
  'scan.receive': provisioner,
  'search.find': all,
  'settings.read': admin,
  'settings.setKey': admin,
  'settings.clearKey': admin,
  'settings.testKey': admin,
  'settings.registerWebhook': admin,
  'settings.rotateSecret': admin,
  'settings.removeWebhook': admin,
  'settings.setStockroom': admin,
  'settings.sendTestMail': admin,
  'shipments.list': all,
  'shipments.get': all,
  'shipments.scans': all,
  'shipments.timeline': all,
  'shipments.outlook': provisioner,
  'shipments.prepare': provisioner,
  'shipments.prepareOrder': provisioner,
  'shipments.verifyAddress': provisioner,
  'shipments.revealSuggestion': provisioner,
  'shipments.stop': working,
  'shipments.finishTask': working,
  'shipments.cancel': provisioner,
  'shipments.pack': provisioner,
  'shipments.ship': provisioner,
  'shipments.hold': working,
  'shipments.release': working,
  'system.counts': all,
  'system.live': all,
  'system.ledger': all,
  'system.verify': ['admin', 'auditor', 'analyst'],
  'system.inbox': all,
  'system.inboxBody': analyst,
  'system.retryInbox': working,
  'system.messages': ['admin', 'analyst', 'auditor'],
  'system.resendMessage': analyst,
  'system.sendTest': admin,
  'rules.list': all,
  'rules.get': all,
  'rules.backtest': ['admin', 'analyst', 'auditor'],
  'rules.save': analyst,
  'rules.setAsksAlways': admin,
  'changes.list': all,
  'changes.decide': analyst,
  'declarations.list': all,
  'declarations.keptQuiet': all,
  'declarations.declareForAll': analyst,
  'declarations.extend': working,
  'declarations.silences': all,
  'sites.list': ['admin', 'analyst', 'auditor'],
  'sites.read': ['admin', 'analyst', 'auditor'],
  'suppressions.list': all,
  'suppressions.add': analyst,
  'suppressions.end': analyst,
  'wordings.list': all,
  'wordings.classify': analyst,
}

let edge: TestService
beforeAll(async () => {
  edge = await startTestService()
  for (const role of roles) await edge.signIn(role)
})
afterAll(() => edge?.stop())

it('every procedure stands in this table, and nothing else does', () => {
  expect(Object.keys(rights).sort()).toEqual(Object.keys(procedureTypes()).sort())
})

/** What a procedure answers to somebody with an input that is right for none but those that need none. */
async function codeFor(name: string, cookie: string | null): Promise<string> {
  if (procedureTypes()[name] !== 'subscription') return (await edge.rpc(cookie, name)).error?.code ?? 'OK'
  const ending = new AbortController()
  const headers = { accept: 'text/event-stream', ...(cookie === null ? {} : { cookie }) }
  const response = await fetch(`${edge.base}/trpc/${name}`, { headers, signal: ending.signal })
  const reader = response.body!.getReader()
  let heard = ''
  while (!/UNAUTHORIZED|FORBIDDEN|"at":/.test(heard)) {
    const { done, value } = await reader.read()
    if (done) break
    heard += new TextDecoder().decode(value)
  }
  ending.abort()
  return /UNAUTHORIZED|FORBIDDEN/.exec(heard)?.[0] ?? 'OK'
}

describe.each(Object.entries(rights))('%s', (name, may) => {
  it('is for nobody who has not signed in, unless it says so', async () => {
    const code = await codeFor(name, null)
    if (may === 'anybody') expect(code).not.toMatch(/UNAUTHORIZED|FORBIDDEN|INTERNAL/)
    else expect(code).toBe('UNAUTHORIZED')
  })
  it.each(roles)('answers a user with the role %s as the table says', async (role) => {
    const code = await codeFor(name, await edge.signIn(role))
    if (may === 'anybody' || may.includes(role)) expect(code).not.toMatch(/UNAUTHORIZED|FORBIDDEN|INTERNAL/)
    else expect(code).toBe('FORBIDDEN')
  })
})

// ── The sign-in service's own endpoints ────────────────────────────────────────────────────────────────────

const adminEndpoints = (userId: string): [string, string, object?][] => [
  ['POST', 'set-role', { userId, role: 'admin' }],
  ['POST', 'create-user', { email: 'new@example.com', password: 'correct horse battery', name: 'New', role: 'admin' }],
  ['POST', 'impersonate-user', { userId }],
  ['POST', 'ban-user', { userId }],
  ['POST', 'unban-user', { userId }],
  ['POST', 'remove-user', { userId }],
  ['POST', 'set-user-password', { userId, newPassword: 'another horse battery' }],
  ['POST', 'update-user', { userId, data: { role: 'admin' } }],
  ['POST', 'list-user-sessions', { userId }],
  ['POST', 'revoke-user-sessions', { userId }],
  ['GET', 'list-users'],
  ['GET', `get-user?id=${userId}`],
]

it.each(['admin', 'auditor', 'nobody'] as const)(
  'its admin endpoints refuse %s: accounts change by our procedures only',
  async (who) => {
    const users = async () => (await edge.rpc(await edge.signIn('admin'), 'access.users')).data
    const before = await users()
    const auditor = before.find((user: { role: string }) => user.role === 'auditor')
    const cookie = who === 'nobody' ? '' : await edge.signIn(who)
    for (const [method, name, body] of adminEndpoints(auditor.id)) {
      const headers = { ...anotherCaller(), cookie, origin: edge.base, 'content-type': 'application/json' }
      const answer = await edge.send(method, `/auth/admin/${name}`, body && JSON.stringify(body), headers)
      expect({ name, status: answer.status }).toEqual({ name, status: who === 'nobody' ? 401 : 403 })
    }
    expect(await users()).toEqual(before)
  },
)

it('nobody gives themselves a role, or lifts a ban, through their own account', async () => {
  const cookie = await edge.signIn('auditor')
  for (const over of [{ role: 'admin' }, { banned: false }, { emailVerified: false }, { twoFactorEnabled: true }]) {
    const headers = { ...anotherCaller(), cookie, origin: edge.base, 'content-type': 'application/json' }
    await edge.send('POST', '/auth/update-user', JSON.stringify({ name: 'auditor person', ...over }), headers)
  }
  expect((await edge.rpc(cookie, 'access.me')).data).toMatchObject({ role: 'auditor', twoFactor: false })
})

it('a page of another site can neither call a procedure nor sign somebody in', async () => {
  const foreign = { origin: 'https://elsewhere.example', 'content-type': 'application/json' }
  const body = JSON.stringify({ email: 'admin@example.com', password: 'correct horse battery' })
  expect(
    (await edge.send('POST', '/auth/sign-in/email', body, { ...anotherCaller(), ...foreign, cookie: 'a=b' })).status,
  ).toBe(403)
  const { answer } = await signInAs(edge, 'admin@example.com')
  expect(
    answer.headers.getSetCookie().every((cookie) => /HttpOnly/i.test(cookie) && /SameSite=Lax/i.test(cookie)),
  ).toBe(true)
})
