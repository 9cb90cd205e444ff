// Plays the world through the public endpoints: signs its people in, moves the clock, and lets things happen in their order.
import { DAY, HOUR, plus } from '../lib/time.ts'
import { BACKGROUND_NEWCOMERS, planBackground } from './background.ts'
import { createDesk, type Desk } from './desk.ts'
import { eventBody, signatureHeaders, trackedOf } from './easypost.ts'
import type { EasyPostLookAlike } from './easypost-server.ts'
import { openCompany, planDay, planWeek } from './everyday.ts'
import { createHttp, type Http, type Procedures, procedures, Refused, signIn } from './http.ts'
import type { Activity, FleetServer } from './mdm/fleet-server.ts'
import type { Colleague, Deed, Moment } from './moments.ts'
import { planStories, STORIES_DAYS, STORIES_FROM_DAY, STORY_NEWCOMERS } from './stories.ts'
import { createVisitor, type Visitor } from './visitor.ts'
import { createWorld } from './world.ts'

export interface SimulationOptions {
  /** Where it listens. */
  url: string
  /** Its public URL, which the pages come from. */
  origin: string
  /** The one-time link of the first start. */
  adminLink: string
  seed: number
  /** A Monday, 00:00 UTC: the first morning. */
  startsAt: Date
  /** A smaller company, for tests; two hundred people without. */
  size?: Size
  easypostSecret: string
  /** Knows every parcel's tracker before anything is told of it, so that what is read back agrees. */
  easypost?: Pick<EasyPostLookAlike, 'adopt'>
  jamf: { user: string; password: string }
  /** The second MDM, which the service asks, and the secret at the end of its webhook's URL. */
  fleet: { server: FleetServer; webhookSecret: string }
  /** Moves the clock of the service. */
  setClock(at: Date): void
  /** Lets the service finish what it has, and run what the passing of time brings. */
  settle(at: Date): Promise<void>
  /** Hears each line of the stories, and what was refused. */
  say(line: string): void
}

export interface Simulation {
  storiesFrom: Date
  storiesUntil: Date
  /** Has everything happen up to a time, in steps of at most so many hours. */
  play(until: Date, options: { stepHours: number; isEnding?: () => boolean }): Promise<void>
}

export interface Account {
  name: string
  email: string
  password: string
  role: 'admin' | 'provisioner' | 'analyst' | 'auditor'
}

/** For the demo only: its people are invented, and its database refuses to be anything else. */
const password = 'look around here'

export const accounts: Record<Colleague, Account> = {
  admin: { name: 'Robin Achter', email: 'robin@example.com', password, role: 'admin' },
  provisioner: { name: 'Noor Lindqvist', email: 'noor@example.com', password, role: 'provisioner' },
  'second provisioner': { name: 'Piet Ferro', email: 'piet@example.com', password, role: 'provisioner' },
  analyst: { name: 'Imke Vogel', email: 'imke@example.com', password, role: 'analyst' },
  auditor: { name: 'Wren Halloran', email: 'wren@example.com', password, role: 'auditor' },
}

export interface Size {
  /** There on the first day. */
  staffed: number
  /** There when the stories begin. */
  people: number
}

const wholeCompany: Size = { staffed: 150, people: 200 }

/** Makes the accounts and tokens, and plans the world. Nothing has happened yet but for these. */
export async function createSimulation(options: SimulationOptions): Promise<Simulation> {
  const { startsAt, seed, size = wholeCompany } = options
  const http = createHttp(options)
  const admin = await makeAccounts(http, options.adminLink)
  const senders = await makeSenders(http, admin, options)
  const desks = deskOf(http, admin)
  const visitor = createVisitor(procedures(http, null))
  const { world, take, newParcels } = createWorld(seed, startsAt, size.staffed)
  openCompany(world)
  planBackground(world)
  planStories(world)
  let now = startsAt
  let plannedUntil = startsAt
  const planUntil = (until: Date) => {
    for (; plannedUntil < until; plannedUntil = plus(plannedUntil, DAY)) {
      const days = Math.round((plannedUntil.getTime() - startsAt.getTime()) / DAY)
      // A week ahead, so that who comes in it is known and has a laptop bought before.
      const next = days / 7 + 1
      if (days % 7 === 0) planWeek(world, next, newcomersIn(next, size))
      planDay(world, plannedUntil)
    }
  }
  return {
    storiesFrom: plus(startsAt, STORIES_FROM_DAY * DAY),
    storiesUntil: plus(startsAt, (STORIES_FROM_DAY + STORIES_DAYS) * DAY),
    async play(until, { stepHours, isEnding = () => false }) {
      while (now < until && !isEnding()) {
        const end = new Date(Math.min(plus(now, stepHours * HOUR).getTime(), until.getTime()))
        planUntil(end)
        for (const parcel of newParcels()) options.easypost?.adopt(trackedOf(parcel, parcel.scans.length))
        await happen(take(end), { options, senders, desks, visitor })
        options.setClock(end)
        await options.settle(end)
        now = end
      }
    },
  }
}

/** So many in the weeks before the stories that everybody is there when they begin; none after. Weeks count from 1. */
function newcomersIn(week: number, { people, staffed }: Size): number {
  const all = people - staffed - BACKGROUND_NEWCOMERS - STORY_NEWCOMERS
  const weeks = STORIES_FROM_DAY / 7 - 1
  return week > weeks ? 0 : Math.floor((week * all) / weeks) - Math.floor(((week - 1) * all) / weeks)
}

// ── Accounts and tokens ────────────────────────────────────────────────────────────────────────────────────

const secretOf = (link: string) => link.split('/').at(-1) ?? ''

async function makeAccounts(http: Http, adminLink: string): Promise<Procedures> {
  const anybody = procedures(http, null)
  const accept = (link: string, { name, email, password }: Account) =>
    anybody.tell('access.acceptInvitation', { secret: secretOf(link), name, email, password })
  await accept(adminLink, accounts.admin)
  const admin = procedures(http, await signIn(http, accounts.admin))
  for (const account of Object.values(accounts)) {
    if (account === accounts.admin) continue
    const { link } = await admin.tell<{ link: string }>('access.invite', { email: account.email, role: account.role })
    await accept(link, account)
  }
  return admin
}

/** Everybody who acts signs in when they first have something to do. */
function deskOf(http: Http, admin: Procedures): (who: Colleague) => Promise<Desk> {
  const desks = new Map<Colleague, Promise<Desk>>()
  const open = async (who: Colleague) => {
    const mine = who === 'admin' ? admin : procedures(http, await signIn(http, accounts[who]))
    const { userId } = await mine.ask<{ userId: string }>('access.me')
    return createDesk(mine, userId)
  }
  return (who) => {
    const desk = desks.get(who) ?? open(who)
    desks.set(who, desk)
    return desk
  }
}

interface Senders {
  directory(path: string, rows: object[]): Promise<void>
  tracker(body: string): Promise<void>
  jamf(body: string): Promise<void>
  activity(activity: Activity): Promise<void>
  checkIns(checkIns: object[]): Promise<void>
}

async function makeSenders(http: Http, admin: Procedures, options: SimulationOptions): Promise<Senders> {
  const token = async (input: { name: string; source: string; scopes: string[]; vouches: string }) => {
    const { secret } = await admin.tell<{ secret: string }>('access.createToken', {
      ...input,
      expiresInDays: 3650,
      networks: [],
      ratePerMinute: null,
    })
    return { authorization: `Bearer ${secret}` }
  }
  const directory = await token({
    name: 'HR and ordering',
    source: 'hr',
    scopes: ['directory:write', 'shipments:write'],
    vouches: 'nothing',
  })
  const agent = await token({ name: 'Fleet agent', source: 'agent', scopes: ['checkins:write'], vouches: 'enrolment' })
  const basic = {
    authorization: `Basic ${Buffer.from(`${options.jamf.user}:${options.jamf.password}`).toString('base64')}`,
  }
  return {
    async directory(path, rows) {
      const { rejected } = (await http.post(path, JSON.stringify(rows), directory)) as {
        rejected: { problem: string }[]
      }
      if (rejected.length > 0) throw new Error(`${path} rejected ${rejected.length}: ${rejected[0]?.problem}`)
    },
    tracker: async (body) =>
      void (await http.post('/webhooks/easypost', body, signatureHeaders(options.easypostSecret, body))),
    jamf: async (body) => void (await http.post('/webhooks/jamf', body, basic)),
    async activity(activity) {
      const { server, webhookSecret } = options.fleet
      const status = await server.tell(`${options.url}/webhooks/fleet/${webhookSecret}`, activity)
      if (status !== 200) throw new Error(`An activity was answered with ${status}.`)
    },
    async checkIns(checkIns) {
      for (let at = 0; at < checkIns.length; at += 500) {
        const lines = checkIns.slice(at, at + 500).map((one) => JSON.stringify(one))
        const { rejected } = (await http.post('/checkins', `${lines.join('\n')}\n`, {
          ...agent,
          'content-type': 'application/x-ndjson',
        })) as { rejected: { problem: string }[] }
        if (rejected.length > 0) throw new Error(`/checkins rejected ${rejected.length}: ${rejected[0]?.problem}`)
      }
    },
  }
}

// ── What happens ──────────────────────────────────────────────────────────────────────

interface Playing {
  options: SimulationOptions
  senders: Senders
  desks: (who: Colleague) => Promise<Desk>
  visitor: Visitor
}

async function happen(moments: Moment[], playing: Playing): Promise<void> {
  // The agent hands on what laptops told it in batches.
  const checkIns: object[] = []
  for (const { at, deed } of moments) {
    playing.options.setClock(at)
    if (deed.is === 'check-in') checkIns.push(deed.checkIn)
    else await doOne(deed, playing)
  }
  if (checkIns.length > 0) await playing.senders.checkIns(checkIns)
}

async function doOne(deed: Exclude<Deed, { is: 'check-in' }>, playing: Playing): Promise<void> {
  const { options, senders, desks, visitor } = playing
  switch (deed.is) {
    case 'rows':
      return senders.directory(`/${deed.to}`, deed.rows)
    case 'tracker':
      return senders.tracker(eventBody(deed.parcel, deed.count))
    case 'jamf':
      return senders.jamf(deed.body)
    case 'host':
      return options.fleet.server.hear(deed.computer)
    case 'activity':
      return senders.activity(deed.activity)
    case 'token':
      return options.fleet.server.takeToken(deed.isTaken)
    case 'visit':
      return deed.visit(visitor)
    case 'told':
      return options.say(deed.line)
    case 'work':
      try {
        return await deed.work(await desks(deed.by))
      } catch (error) {
        // Whoever watches may have been quicker, or have decided otherwise.
        if (!(error instanceof Refused) || error.status >= 500) throw error
        return options.say(`${accounts[deed.by].name} was refused: ${error.message}`)
      }
    default:
      return deed satisfies never
  }
}
