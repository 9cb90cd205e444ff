// What Fleet calls platforms, told as we do.
import type { CheckIn } from '../../ports.ts'

const platforms: Record<string, CheckIn['platform'] | null> = {
  darwin: 'darwin',
  windows: 'windows',
  chrome: 'chromeos',
  ios: null,
  ipados: null,
  android: null,
}

/** Of Linux, osquery names the distribution. Source: fleetdm/fleet, server/fleet/hosts.go, `HostLinuxOSs`. */
const distributions =
  /^(linux|ubuntu|debian|rhel|centos|sles|kali|gentoo|amzn|pop|arch|linuxmint|void|nixos|endeavouros|manjaro|opensuse|tuxedo|neon|archarm|flatcar|coreos|fedora|rocky|almalinux|zorin)/

/** Null for phones and tablets; undefined where nothing or nothing known is said. */
export function computerPlatform(platform: string | undefined): CheckIn['platform'] | null {
  const name = platform?.toLowerCase() ?? ''
  if (Object.hasOwn(platforms, name)) return platforms[name]
  return distributions.test(name) ? 'linux' : undefined
}
