// The demo: the service in a folder of its own, with the simulator's company playing through the public endpoints.
export async function runDemo(_input: { seed: number; fast: boolean; untilAsked(): Promise<void> }): Promise<void> {
  throw new Error('to come')
}
