// Names of members as words.

/** `gatewayMac` as `gateway mac`. */
export const spaced = (name: string) => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
