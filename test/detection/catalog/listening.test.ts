// What waits on a port: known by its executable, by a shared one on its own ports only, and never by a port alone.
import { describe, expect, test } from 'vitest'
import { matchListener, matchSoftware } from '../../../server/detection/catalog/match.ts'
import { cleanDelivery } from '../story.ts'

describe('what waits on a port', () => {
  test.each([
    [{ port: 7070, process: 'anydesk' }, 'anydesk'],
    [{ port: 12345, process: '/usr/bin/rustdesk' }, 'rustdesk'],
    [{ port: 5938, process: 'C:\\Program Files\\TeamViewer\\TeamViewer_Service.exe' }, 'teamviewer'],
    [{ port: 47990, process: 'sunshine' }, 'sunshine'],
    [{ port: 4000, process: 'nxd' }, 'nomachine'],
    [{ port: 5901, process: 'Xvnc' }, 'tigervnc-server'],
  ])('%o is %s', (listener, toolId) => {
    expect(matchListener(listener, null)).toMatchObject({ toolId, by: 'port' })
  })

  test.each([
    { port: 5900 },
    { port: 7070 },
    { port: 5900, process: 'screensharingd' },
    { port: 8080, process: 'sunshine' },
    { port: 7070, process: 'realserver' },
    { port: 3389, process: 'svchost.exe' },
    { port: 4000, process: 'node' },
    { port: 22, process: 'sshd' },
  ])('%o is nothing', (listener) => {
    for (const platform of ['darwin', 'windows', 'linux', null] as const)
      expect(matchListener(listener, platform)).toBeNull()
  })

  test('is a tool of the laptop, from when it waits until it does no more', () => {
    const told = cleanDelivery()
      .checkedIn('2026-03-06', { listeningPorts: [{ port: 21118, process: 'rustdesk' }] })
      .checkedIn('2026-03-08', { listeningPorts: [] })
    const [tool] = told.dossier().tools
    expect(tool).toMatchObject({ toolId: 'rustdesk', drives: true, approved: false, isCommon: false })
    expect(tool?.to).toEqual(new Date('2026-03-08T12:00:00Z'))
  })
})

describe('a name that drifts', () => {
  test.each([
    ['TeamViewer (wersja polska)', 'teamviewer'],
    ['TeamViewer 15 Host (Deutsch)', 'teamviewer'],
    ['AnyDesk (Custom Client)', 'anydesk'],
    ['AnyDeskMSI 9.0', 'anydesk'],
    ['Chrome リモート デスクトップ', 'chrome-remote-desktop'],
    ['rustdesk-1.3.2-x86_64.exe', 'rustdesk'],
  ])('%s is %s', (name, toolId) => {
    expect(matchSoftware({ name, kind: 'program' }, 'windows')?.toolId).toBe(toolId)
  })

  test.each([
    'Parsec Astronomy',
    'Screen',
    'Sunshine',
    'Sunshine (Weather)',
    'Meshroom',
    'Tailscaled Weather',
    'Caffeine Cafe',
    'Level (Spirit level)',
    'Remotely Save',
    'Camo (Hunting)',
    'Loopback Pedal Editor',
    'AnyDeskette',
    'Amphetamine Logic Puzzle',
    'Supremo Pizza',
    'Atera Networks Monitor Theme',
    'NVDA 2026.1',
  ])('%s is somebody else', (name) => {
    for (const kind of ['app', 'program', 'process', 'service', undefined] as const)
      expect(matchSoftware({ name, ...(kind ? { kind } : {}) }, null)).toBeNull()
  })
})
