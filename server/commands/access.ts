// user, token: accounts and machine tokens.
import { type Command, InvalidArgumentError, Option } from 'commander'
import { type Role, roles } from '../access/auth.ts'
import { inviteUser } from '../access/invitations.ts'
import { createToken, distrustToken, listTokens, revokeToken, type Scope, scopes } from '../access/tokens.ts'
import { listUsers, setUserDisabled } from '../access/users.ts'
import { AppError } from '../lib/errors.ts'
import { DAY, HOUR } from '../lib/time.ts'
import { type Vouches, vouchesSchema } from '../ports.ts'
import { print, withHouse } from './opening.ts'

export function accessCommands(program: Command): void {
  const user = program.command('user').description('accounts of people')
  user
    .command('invite')
    .description('print a one-time link by which somebody makes their account')
    .argument('<email>')
    .addOption(new Option('--role <role>', 'what they may do').choices(roles).makeOptionMandatory())
    .option('--json', 'answer in JSON')
    .action(async (email: string, options: { role: Role; json?: boolean }) => {
      const invited = await withHouse((house, act) =>
        house.db.transaction().execute((tx) => inviteUser(tx, act, { email, role: options.role, url: house.url })),
      )
      print(options.json, invited, invited.link)
    })
  user
    .command('list')
    .description('list accounts')
    .option('--json', 'answer in JSON')
    .action(async (options: { json?: boolean }) => {
      const users = await withHouse((house) => listUsers(house.db))
      print(
        options.json,
        users,
        users.map((one) => `${one.email}  ${one.role}${one.disabled ? '  disabled' : ''}`).join('\n') || 'nobody yet',
      )
    })
  user
    .command('disable')
    .description('disable an account and end its sessions')
    .argument('<email>')
    .option('--json', 'answer in JSON')
    .action(async (email: string, options: { json?: boolean }) => {
      await withHouse(async (house, act) => {
        const found = (await listUsers(house.db)).find((one) => one.email === email.toLowerCase())
        if (found === undefined) throw new AppError('not_found', `There is no account with the e-mail ${email}.`)
        await house.db.transaction().execute((tx) => setUserDisabled(tx, act, { userId: found.id, disabled: true }))
      })
      print(options.json, { email, disabled: true }, 'disabled')
    })
  tokenCommands(program)
}

function tokenCommands(program: Command): void {
  const token = program.command('token').description('tokens of machines')
  token
    .command('create')
    .description('print a new token, alone, once')
    .requiredOption('--name <name>', 'what it is for')
    .requiredOption('--source <source>', 'what its check-ins are from')
    .requiredOption('--scope <scopes>', `${scopes.join(', ')}; several with commas between`, readScopes)
    .option('--expires <days>', 'after how long, such as 90d', readDuration)
    .addOption(
      new Option('--vouches <what>', 'how far it answers for what check-ins say of themselves')
        .choices(vouchesSchema.options)
        .default('nothing'),
    )
    .option('--json', 'answer in JSON')
    .action(
      async (options: {
        name: string
        source: string
        scope: Scope[]
        expires?: number
        vouches: Vouches
        json?: boolean
      }) => {
        const made = await withHouse((house, act) =>
          house.db.transaction().execute((tx) =>
            createToken(tx, act, {
              name: options.name,
              source: options.source,
              scopes: options.scope,
              vouches: options.vouches,
              expiresAt: options.expires === undefined ? null : new Date(act.now.getTime() + options.expires),
            }),
          ),
        )
        print(options.json, { id: made.id, token: made.secret }, made.secret)
      },
    )
  token
    .command('list')
    .description('list tokens')
    .option('--json', 'answer in JSON')
    .action(async (options: { json?: boolean }) => {
      const tokens = await withHouse((house) => listTokens(house.db))
      const state = (one: (typeof tokens)[number]) =>
        one.revokedAt ? 'revoked' : one.distrustedSince ? `distrusted since ${one.distrustedSince}` : 'stands'
      print(
        options.json,
        tokens,
        tokens
          .map(
            (one) =>
              `${one.id}  ${one.name}  ${one.source}  ${one.scopes.join(',')}  vouches ${one.vouches}  ${state(one)}`,
          )
          .join('\n') || 'none',
      )
    })
  token
    .command('revoke')
    .description('end a token at once')
    .argument('<id>')
    .option('--json', 'answer in JSON')
    .action(async (id: string, options: { json?: boolean }) => {
      await withHouse((house, act) => house.db.transaction().execute((tx) => revokeToken(tx, act, { id })))
      print(options.json, { id, revoked: true }, 'revoked')
    })
  token
    .command('distrust')
    .description('leave out of every judgement what a token reported from a time on')
    .argument('<id>')
    .requiredOption('--since <time>', 'from when on, ISO 8601', readTime)
    .option('--json', 'answer in JSON')
    .action(async (id: string, options: { since: Date; json?: boolean }) => {
      await withHouse((house, act) =>
        house.db.transaction().execute((tx) => distrustToken(tx, act, { id, since: options.since })),
      )
      print(options.json, { id, distrustedSince: options.since.toISOString() }, 'distrusted')
    })
}

function readScopes(text: string): Scope[] {
  return text.split(',').map((name) => {
    const scope = scopes.find((one) => one === name.trim())
    if (scope === undefined) throw new InvalidArgumentError(`“${name}” is none of ${scopes.join(', ')}.`)
    return scope
  })
}

function readDuration(text: string): number {
  const [, count, unit] = /^(\d{1,5})(d|h)$/.exec(text) ?? []
  if (count === undefined) throw new InvalidArgumentError('Say it like 90d or 12h.')
  return Number(count) * (unit === 'd' ? DAY : HOUR)
}

/** A time as commands take it. */
export function readTime(text: string): Date {
  const at = /^\d{4}-\d{2}-\d{2}/.test(text) ? new Date(text) : new Date(Number.NaN)
  if (Number.isNaN(at.getTime())) throw new InvalidArgumentError('Say it like 2026-11-02T15:04:05Z.')
  return at
}
