// `POST /checkins`: what says the same as last time takes the short cut, the rest is read, recorded and judged.
import type { IncomingMessage } from 'node:http'
import pLimit from 'p-limit'
import type { Token } from '../access/tokens.ts'
import { type CheckInItem, type CheckInResult, recordCheckIns } from '../checkins/record-checkins.ts'
import { createShortCut, moveRepeats, type Repeat } from '../checkins/short-cut.ts'
import type { House } from '../house.ts'
import { retrying } from '../imports/import.ts'
import { readCheckIn } from '../integrations/mdm/generic.ts'
import type { Tx } from '../lib/database.ts'
import { AppError } from '../lib/errors.ts'
import { gather } from '../lib/gather.ts'
import { apart, openBody, type Posted, postedItems, type Received, readPosted, receiveBody, roomOf } from './body.ts'
import { peerOf } from './peer.ts'
import { problemResponse } from './problem.ts'
import { answerOf, keepingUnreadable, keepRejects, type Rejected, unreadable } from './rejected.ts'
import type { DirectAnswer } from './serve.ts'

/**
 * Answers `POST /checkins` straight from Node's request: at thousands a second the frame around a request costs more
 * than all that is done for it. Null for any other request.
 */
export function checkInEndpoint(house: House): (request: IncomingMessage) => Promise<DirectAnswer> | null {
  const receive = checkInReceiver(house)
  const answer = async (request: IncomingMessage): Promise<DirectAnswer> => {
    try {
      const { authorization, 'content-type': contentType } = request.headers
      const token = await house.tokens.require(authorization ?? null, 'checkins:write', peerOf(request))
      const came = await receive(token, await receiveBody(request), contentType ?? null)
      return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(came) }
    } catch (error) {
      const problem = problemResponse(error, house.log)
      return { status: problem.status, headers: Object.fromEntries(problem.headers), body: await problem.text() }
    }
  }
  return (request) =>
    request.method === 'POST' && /^\/checkins(?:$|\?)/.test(request.url ?? '') ? answer(request) : null
}

/** So many check-ins of one body are read and recorded together: each is some sixty kilobytes once it is read. */
const READ_AT_ONCE = 100

/** So many large bodies are open at once: the others wait as they came, compressed. */
const OPEN_AT_ONCE = 8
/** Bytes from which on a body is large. */
const LARGE = 128 * 1024

/** What changed comes one by one, and a transaction costs more than what is in it: under load some are taken together. */
const REST_MS = 15

/** What has to be read of a body. */
interface Sifted {
  items: Posted[]
  /** What they lie in. */
  bytes: Buffer
  fingerprints: Map<number, number | undefined>
  /** How many are repeats, and done with. */
  unchanged: number
  single: boolean
}

interface CheckInAnswer {
  accepted: number
  unchanged: number
  changed: number
  rejected: { index: number; problem: string }[]
}

/** Takes bodies of check-ins and answers once they are committed. Throws AppError for what cannot be read or is wrong. */
function checkInReceiver(
  house: House,
): (token: Token, received: Received, contentType: string | null) => Promise<CheckInAnswer> {
  const shortCut = createShortCut()
  const repeat = gather((repeats: Repeat[]) => retrying(() => moveRepeats(house.db, repeats)), { lanes: 2 })
  const write = (items: CheckInItem[]) => recordAll(house, items, shortCut.remember)
  const record = gather(write, { restMs: REST_MS })
  const open = pLimit(OPEN_AT_ONCE)

  const sift = async (token: Token, received: Received, contentType: string | null): Promise<Sifted> => {
    const body = await openBody(received)
    const { items, single } = await keepingUnreadable(house, { source: 'checkins', token, body }, () =>
      postedItems(body.bytes, contentType),
    )
    const guesses = items.map((item) =>
      item.range === null ? null : shortCut.guess(body.bytes, item.range, token, house.clock()),
    )
    const repeats = guesses.flatMap((guess) => guess?.repeat ?? [])
    const moved = repeats.length === 0 ? [] : await repeat(repeats)
    const isRepeat = new Set(repeats.filter((_, index) => moved[index]))
    const rest = items.filter((_, index) => !isRepeat.has(guesses[index]?.repeat as Repeat))
    const fingerprints = new Map(rest.map(({ index }) => [index, guesses[index]?.glance.fingerprint]))
    // Of a body that mostly repeats, the little that is news is all that waits to be recorded.
    const news = rest.length > items.length / 2 ? { items: rest, bytes: body.bytes } : apart(rest)
    return { ...news, fingerprints, unchanged: isRepeat.size, single }
  }

  return async (token, received, contentType) => {
    const sifting = () => sift(token, received, contentType)
    const sifted = await (roomOf(received) > LARGE ? open(sifting) : sifting())
    const { items: rest, bytes, fingerprints, unchanged, single } = sifted
    if (rest.length === 0) return { accepted: unchanged, unchanged, changed: 0, rejected: [] }
    const counts = { changed: 0, unchanged }
    const rejected: Rejected[] = []
    for (let at = 0; at < rest.length; at += READ_AT_ONCE) {
      const some = rest.slice(at, at + READ_AT_ONCE)
      const body = { bytes, problem: null }
      const { good, rejected: wrong } = await keepingUnreadable(house, { source: 'checkins', token, body }, () =>
        readAll(token, some, fingerprints),
      )
      rejected.push(...wrong)
      const results = good.length === 0 ? [] : await record(good.map((one) => one.item))
      for (const [index, result] of results.entries()) {
        const one = good[index]!.posted
        if (typeof result === 'string') counts[result]++
        else rejected.push({ index: one.index, body: bodyOf(one), faults: result.faults })
      }
    }
    if (counts.changed > 0) house.worker.wake('detect')
    await keepRejects(house, 'checkins', token, rejected)
    const [only] = rejected
    if (single && only)
      throw new AppError('invalid', 'The check-in is readable but wrong; it is kept in the inbox.', only.faults)
    return { accepted: counts.changed + counts.unchanged, ...counts, rejected: answerOf(rejected) }
  }
}

interface Good {
  posted: Posted
  item: CheckInItem
}

/** Reads them one by one: of each only the check-in stays, since what waits to be recorded outlives what is young. */
function readAll(
  token: Token,
  posted: Posted[],
  fingerprints: Map<number, number | undefined>,
): { good: Good[]; rejected: Rejected[] } {
  const good: Good[] = []
  const rejected: Rejected[] = []
  for (const one of posted) {
    const read = readPosted(one)
    if ('problem' in read) {
      rejected.push(...unreadable([read]))
      continue
    }
    const came = readCheckIn(read.value)
    if (!came.ok) {
      rejected.push({ index: one.index, body: read.value, faults: came.faults })
      continue
    }
    const { source, vouches, id: tokenId } = token
    const fingerprint = fingerprints.get(one.index) ?? null
    good.push({ posted: one, item: { checkIn: came.checkIn, source, vouches, tokenId, fingerprint } })
  }
  return { good, rejected }
}

/** What was read before, once more. */
function bodyOf(posted: Posted): unknown {
  const read = readPosted(posted)
  return 'problem' in read ? read.text : read.value
}

/** Records a batch, a transaction for each token: a second one's rows would be locked after the ledger was. */
async function recordAll(
  house: House,
  items: CheckInItem[],
  remember: (fingerprint: number, deviceId: string) => void,
): Promise<CheckInResult[]> {
  const now = house.clock()
  const results = new Array<CheckInResult>(items.length)
  for (const group of Map.groupBy(items.entries(), ([, item]) => item.tokenId).values()) {
    const tokenId = group[0]![1].tokenId
    const actor =
      tokenId === null ? ({ type: 'system', part: 'checkins' } as const) : ({ type: 'token', id: tokenId } as const)
    const recognised = new Map<number, string>()
    const record = (tx: Tx) =>
      recordCheckIns(
        tx,
        { now, actor, world: house.world },
        group.map(([, item]) => item),
        ({ fingerprint }, deviceId) => {
          if (fingerprint != null) recognised.set(fingerprint, deviceId)
        },
      )
    const came = await retrying(() => house.db.transaction().execute(record))
    group.forEach(([index], at) => {
      results[index] = came[at]!
    })
    for (const [fingerprint, deviceId] of recognised) remember(fingerprint, deviceId)
  }
  return results
}
