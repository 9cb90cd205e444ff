// The mail that carries a link to a hand-over.
import type { Db } from '../lib/database.ts'
import { messageOf } from '../lib/errors.ts'
import type { Mail } from '../ports.ts'
import { firstName, type Purpose } from './links.ts'

/** What a message says; no address, no serial number, no name of a company. */
const messages: Record<Purpose | 'return', { subject: string; asks: string }> = {
  address: {
    subject: 'Where should your work laptop go?',
    asks: 'A work laptop is being prepared for you. Before it is sent, please say whether it goes to the right address:',
  },
  acceptance: {
    subject: 'Have you received your work laptop?',
    asks: 'A work laptop was sent to you. When you have it in front of you, please say what you received:',
  },
  return: {
    subject: 'Have you given your work laptop back?',
    asks: 'A work laptop is coming back from you. When you have given it away, please sign for that here:',
  },
  'read-back': {
    subject: 'A short question about your work laptop',
    asks: 'Please read the end of the serial number from the work laptop you have, and type it in here:',
  },
}

/**
 * Mails a link to the e-mail on file, after the transaction that made it, and keeps how that went with the link.
 * Never throws; what went wrong names no address.
 */
export async function mailLink(
  db: Db,
  mail: Mail,
  now: () => Date,
  input: { linkId: string; link: string; purpose: Purpose; personId: string },
): Promise<{ sent: boolean; error: string | null }> {
  const person = await db
    .selectFrom('people')
    .select(['name', 'email'])
    .where('id', '=', input.personId)
    .executeTakeFirstOrThrow()
  const { kind } = await db
    .selectFrom('handover_links')
    .innerJoin('handovers', 'handovers.id', 'handover_links.handover_id')
    .select('kind')
    .where('handover_links.id', '=', input.linkId)
    .executeTakeFirstOrThrow()
  const { subject, asks } = messages[kind === 'return' ? 'return' : input.purpose]
  const text = [
    `Hello ${firstName(person.name)},`.replace(' ,', ','),
    '',
    asks,
    '',
    input.link,
    '',
    'The link is for you alone and works for three days. Nobody will ask you for it or for a password.',
    'If you do not expect this, leave it and tell your IT department by a number or address you know.',
  ].join('\n')
  const error =
    person.email === null
      ? 'No e-mail is on file.'
      : await mail.send({ to: person.email, subject, text }).then(
          () => null,
          (thrown: unknown) => messageOf(thrown).replaceAll(person.email!, 'the e-mail on file').slice(0, 500),
        )
  await db
    .updateTable('handover_links')
    .set(error === null ? { sent_at: now(), send_error: null } : { send_error: error })
    .where('id', '=', input.linkId)
    .execute()
  return { sent: error === null, error }
}
