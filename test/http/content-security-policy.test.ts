// What a page may load and run: itself, and the WebAssembly of the barcode reader.
import { expect, it } from 'vitest'
import { startTestService } from '../service.ts'

it('only our own scripts and WebAssembly run, nothing inline, nothing evaluated, nothing from elsewhere', async () => {
  const service = await startTestService()
  try {
    const answer = await service.send('GET', '/sign-in')
    const policy = Object.fromEntries(
      (answer.headers.get('content-security-policy') ?? '').split('; ').map((rule) => {
        const [name = '', ...sources] = rule.trim().split(' ')
        return [name, sources.join(' ')]
      }),
    )
    expect(policy).toEqual({
      'default-src': "'self'",
      'script-src': "'self' 'wasm-unsafe-eval'",
      'style-src': "'self' 'unsafe-inline'",
      'img-src': "'self' data: blob:",
      'object-src': "'none'",
      'base-uri': "'self'",
      'frame-ancestors': "'none'",
      'form-action': "'self'",
    })
  } finally {
    await service.stop()
  }
})
