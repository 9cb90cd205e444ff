// Mail over SMTP: one plain text to one person at a time.
import { createTransport } from 'nodemailer'
import { z } from 'zod'
import { AppError } from '../../lib/errors.ts'
import type { Mail } from '../../ports.ts'
import { allOrNone } from '../environment.ts'

const sender = /^(?:[^<>\r\n]{0,100}<[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/

/** Settings from the environment: both or neither. */
export const mailEnvironment = allOrNone({
  SMTP_URL: z
    .url({ protocol: /^smtps?$/, error: 'must be a URL like smtps://user:password@mail.example.com:465' })
    .optional(),
  MAIL_FROM: z
    .string()
    .trim()
    .regex(sender, 'must be a mail address, or a name with one: Telltale <telltale@example.com>')
    .optional(),
}).transform(({ SMTP_URL: url, MAIL_FROM: from }) => (url && from ? { url, from } : null))

const timeouts = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 20_000, dnsTimeout: 10_000 }

/** A mailer for one server. What it says of a failure names no recipient, though servers quote them. */
export function createMail({ url, from }: { url: string; from: string }): Mail {
  const transport = createTransport({ url, ...timeouts, disableFileAccess: true, disableUrlAccess: true }, { from })
  return {
    async send({ to, subject, text }) {
      try {
        await transport.sendMail({ to: { name: '', address: to }, subject, text })
      } catch (error) {
        const { code, responseCode } = error as { code?: unknown; responseCode?: unknown }
        const why = [code, responseCode].filter((part) => part !== undefined).join(', ')
        throw new AppError('unavailable', `The mail could not be sent (${why || 'no reason given'}).`)
      }
    },
  }
}
