// What carriers say of an address when they are asked, after “The carriers …”.
export const verdictWords: Record<string, string> = {
  deliverable: 'find it',
  undeliverable: 'do not find it',
  'cannot tell': 'cannot tell',
}
