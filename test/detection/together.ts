// Laptops behind one router: the verbs of the stories about sites.
import type { Story } from './story.ts'

export const router = 'aa:00:00:00:00:01'
export const cafe = 'aa:00:00:00:00:02'
export const home = 'aa:00:00:00:00:03'
export const ip = '203.0.113.7'

/** This laptop, behind a router. */
export const isBehind = (told: Story, at: string, gateway = router, publicIp = ip): Story =>
  told.checkedIn(at, { from: 'Boston', network: 'home', publicIp, gateway, bssid: gateway })

/** Somebody else's laptop behind the same router; they live at a door of their own where it says no other. */
export const joins = (told: Story, person: string, at: string, door = `adr_${person}`, building = door): Story =>
  told
    .livesAt('2026-01-05', person, door, { building })
    .shares(at, person, 'gateway', router)
    .shares(at, person, 'access point', router)
    .shares(at, person, 'network', ip)

/** Two weeks after the deliveries. */
export const later = { now: '2026-03-20' }
