// osquery as a server sees it: enrols, asks for its configuration, runs what is due, logs, answers, and enrols again when told.
import { gzipSync } from 'node:zlib'
import { askTables, type OsqueryHost, type Row } from './osquery-tables.ts'

export interface OsqueryOptions {
  /** Of the server, without the endpoints' paths; read at each request, so that a story may take it away. */
  url: string
  enrolSecret: string
  hostIdentifier: string
  /** The computer as it is at this moment, by its own clock. */
  host: () => OsqueryHost
  /** `--logger_tls_compress`. */
  compress?: boolean
  /** `--log_numerics_as_numbers`. */
  numerics?: boolean
  /** `--logger_tls_max_lines`. */
  linesMax?: number
  headers?: Record<string, string>
}

interface Query {
  query: string
  interval: number
  snapshot?: boolean
  platform?: string
}

interface Config {
  schedule?: Record<string, Query>
  decorators?: { load?: string[]; always?: string[] }
}

interface OsqueryAnswer {
  status: number
  // biome-ignore lint/suspicious/noExplicitAny: an answer is read as what whoever asked expects of it
  json: any
}

export type OsqueryClient = ReturnType<typeof createOsqueryClient>

/** After a server that did not answer it waits twice as long each time, an hour at most (`logger_tls_backoff_max`). */
const BACKOFF_MS = 3_000
const BACKOFF_MAX_MS = 3_600_000
/** `tls_enroll_max_attempts`. */
const ENROLMENTS_MAX = 12

const platformTypes = { darwin: 21, windows: 2, linux: 9 } as const

/** A client that does nothing by itself: each verb is one thing that osquery does from time to time. */
export function createOsqueryClient(options: OsqueryOptions) {
  const { compress = false, numerics = false, linesMax = 1024, host } = options
  let nodeKey: string | null = null
  let config: Config | null = null
  let buffer: object[] = []
  let failures = 0
  let waitsUntil = 0
  let enrolments = 0
  const ranAt = new Map<string, number>()

  const post = async (path: string, body: unknown, isCompressed = false): Promise<OsqueryAnswer> => {
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    const response = await fetch(`${options.url}/osquery/${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'user-agent': 'osquery/5.19.0',
        ...(isCompressed ? { 'content-encoding': 'gzip' } : {}),
        ...options.headers,
      },
      body: isCompressed ? new Uint8Array(gzipSync(text)) : text,
    })
    const answer = await response.text()
    return { status: response.status, json: tryJson(answer) }
  }

  const enrol = async (): Promise<boolean> => {
    if (++enrolments > ENROLMENTS_MAX) throw new Error('osquery gave up: it is not let in')
    const now = host()
    const [system] = askTables(now, 'select * from system_info')
    const [os] = askTables(now, 'select * from os_version')
    const [info] = askTables(now, 'select * from osquery_info')
    const answer = await post('enroll', {
      enroll_secret: options.enrolSecret,
      host_identifier: options.hostIdentifier,
      platform_type: String(platformTypes[now.computer.platform]),
      host_details: { system_info: texts(system), os_version: texts(os), osquery_info: texts(info), platform_info: {} },
    })
    const isIn = answer.status === 200 && answer.json?.node_invalid === false && Boolean(answer.json.node_key)
    nodeKey = isIn ? answer.json.node_key : null
    if (isIn) enrolments = 0
    return isIn
  }

  /** Speaks under its key, enrols first where it has none, and once more where the key is refused. */
  const speak = async (path: string, body: object, isCompressed = false): Promise<OsqueryAnswer> => {
    if (nodeKey === null && !(await enrol())) return { status: 401, json: { node_invalid: true } }
    const answer = await post(path, { node_key: nodeKey, ...body }, isCompressed)
    if (answer.json?.node_invalid !== true) return answer
    nodeKey = null
    return (await enrol()) ? post(path, { node_key: nodeKey, ...body }, isCompressed) : answer
  }

  const configure = async (): Promise<Config> => {
    const answer = await speak('config', {})
    if (answer.status !== 200) throw new Error(`no configuration: ${answer.status}`)
    config = answer.json as Config
    return config
  }

  const ask = (sql: string): { rows: Row[]; status: number } => {
    try {
      return { rows: askTables(host(), sql), status: 0 }
    } catch {
      return { rows: [], status: 1 }
    }
  }

  const decorations = (): Row =>
    Object.assign(
      {},
      ...[...(config?.decorators?.load ?? []), ...(config?.decorators?.always ?? [])].map((sql) =>
        texts(ask(sql).rows[0]),
      ),
    )

  const lineOf = (name: string, rows: Row[]) => {
    const { now } = host()
    const unixTime = Math.floor(now.getTime() / 1000)
    return {
      snapshot: rows.map((row) => (numerics ? row : texts(row))),
      action: 'snapshot',
      name,
      hostIdentifier: options.hostIdentifier,
      calendarTime: now.toUTCString(),
      unixTime: numerics ? unixTime : String(unixTime),
      epoch: 0,
      counter: 0,
      numerics,
      decorations: decorations(),
    }
  }

  return {
    post,
    enrol,
    configure,
    /** Its key, to be kept, lost or taken for another's. */
    get nodeKey() {
      return nodeKey
    },
    set nodeKey(key: string | null) {
      nodeKey = key
    },
    /** How many lines wait to be sent. */
    get waiting() {
      return buffer.length
    },
    /** Runs the queries of the schedule that are due, or those named; a failed one leaves no line. Returns the names. */
    async run(names?: string[]): Promise<string[]> {
      const { schedule = {} } = config ?? (await configure())
      const { now, computer } = host()
      const due = Object.entries(schedule).filter(
        ([name, { interval, platform }]) =>
          (platform === undefined || platform.split(',').includes(computer.platform)) &&
          (names?.includes(name) ?? now.getTime() - (ranAt.get(name) ?? Number.NEGATIVE_INFINITY) >= interval * 1000),
      )
      for (const [name, { query }] of due) {
        ranAt.set(name, now.getTime())
        const { rows, status } = ask(query)
        if (status === 0) buffer.push(lineOf(name, rows))
      }
      return due.map(([name]) => name)
    },
    /** Takes away what waits. */
    take: (): object[] => buffer.splice(0),
    /** Keeps a line of one's own for the next post. */
    log: (line: object) => void buffer.push(line),
    /** Sends what waits, oldest first, a post of so many lines at a time; what is not taken waits on. Returns whether all went. */
    async flush(): Promise<boolean> {
      if (host().now.getTime() < waitsUntil) return false
      while (buffer.length > 0) {
        const lines = buffer.slice(0, linesMax)
        const answer = await speak('log', { log_type: 'result', data: lines }, compress).catch(() => null)
        if (answer?.status !== 200 || answer.json?.node_invalid !== false) {
          waitsUntil = host().now.getTime() + Math.min(BACKOFF_MS * 2 ** failures++, BACKOFF_MAX_MS)
          return false
        }
        failures = 0
        buffer = buffer.slice(lines.length)
      }
      return true
    },
    /** Asks what it is to answer at once, and answers it. Returns the names of the questions. */
    async answer(): Promise<string[]> {
      const { json } = await speak('distributed/read', {})
      const asked = Object.entries((json?.queries ?? {}) as Record<string, string>)
      if (asked.length === 0) return []
      const answers = asked.map(([id, sql]) => [id, ask(sql)] as const)
      await speak('distributed/write', {
        queries: Object.fromEntries(answers.map(([id, { rows }]) => [id, rows.map(texts)])),
        statuses: Object.fromEntries(answers.map(([id, { status }]) => [id, status])),
        messages: {},
      })
      return asked.map(([id]) => id)
    },
  }
}

/** Values are texts unless osquery is told otherwise. */
const texts = (row: Row | undefined): Record<string, string> =>
  Object.fromEntries(Object.entries(row ?? {}).map(([name, value]) => [name, String(value ?? '')]))

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
