// Mail over SMTP, to a server that speaks just enough of it.
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { createMail } from '../../server/integrations/sinks/mail.ts'

let server: Server | null = null
afterEach(() => server?.close())

/** Takes every mail, or refuses every recipient with a sentence that names them. */
async function startSmtp({ isRefusing = false } = {}) {
  const mails: string[] = []
  const talk = (socket: Socket) => {
    let inData = false
    let mail = ''
    socket.write('220 look-alike\r\n')
    let rest = ''
    socket
      .on('error', () => {})
      .on('data', (chunk) => {
        rest += chunk.toString()
        const lines = rest.split('\r\n')
        rest = lines.pop() ?? ''
        for (const line of lines) {
          if (inData) {
            if (line === '.') {
              mails.push(mail)
              inData = false
              socket.write('250 taken\r\n')
            } else mail += `${line}\n`
          } else if (line.startsWith('DATA')) {
            inData = true
            mail = ''
            socket.write('354 go on\r\n')
          } else if (line.startsWith('RCPT') && isRefusing) socket.write(`550 ${line.slice(8)} is nobody here\r\n`)
          else if (line.startsWith('QUIT')) socket.end('221 bye\r\n')
          else socket.write('250 fine\r\n')
        }
      })
  }
  server = createServer(talk)
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve))
  return { url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`, mails }
}

const message = { to: 'fern@example.com', subject: 'Your laptop is on its way', text: 'Hello Fern,\nit left today.\n' }

test('a mail goes to one person, from the sender that is set', async () => {
  const { url, mails } = await startSmtp()
  await createMail({ url, from: 'Telltale <telltale@example.com>' }).send(message)
  expect(mails).toHaveLength(1)
  expect(mails[0]).toMatch(/^From: Telltale <telltale@example\.com>$/m)
  expect(mails[0]).toMatch(/^To: fern@example\.com$/m)
  expect(mails[0]).toMatch(/^Subject: Your laptop is on its way$/m)
  expect(mails[0]).toContain('Hello Fern,')
})

test('a refusal is said without the recipient, though the server quotes them', async () => {
  const { url } = await startSmtp({ isRefusing: true })
  const sent = createMail({ url, from: 'telltale@example.com' }).send(message)
  await expect(sent).rejects.toMatchObject({
    problem: 'unavailable',
    message: 'The mail could not be sent (EENVELOPE, 550).',
  })
})

test('a server that is not there is said to be so', async () => {
  const { url } = await startSmtp()
  await new Promise((resolve) => server!.close(resolve))
  await expect(createMail({ url, from: 'telltale@example.com' }).send(message)).rejects.toMatchObject({
    problem: 'unavailable',
    message: 'The mail could not be sent (ESOCKET).',
  })
})

test('an address with a line break in it reaches nobody else', async () => {
  const { url, mails } = await startSmtp()
  await createMail({ url, from: 'telltale@example.com' })
    .send({ ...message, to: 'fern@example.com\r\nBcc: other@example.com' })
    .catch(() => {})
  expect(mails.join('')).not.toMatch(/^Bcc:/m)
})
