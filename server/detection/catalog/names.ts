// Which names of other lists may stand for one tool: none that is a pattern, and none that anybody's program may have.

/** Words of which many a program's name is made: a name of these alone says nothing. */
const ordinary = new Set(
  `agent app application admin bootstrap broker browser cleanup client config configuration connect connection console
  control controller core crash daemon dashboard desktop engine gateway handler helper host installer instance launcher
  loader local main manager management messenger meeting module monitor monitoring net network notifier player plugin
  printer process proxy rdp receiver remote report reporter runner runtime screen script security sender server service
  session setup shell software ssh starter startup station streamer support svc system task team tool toolbox tools tray
  tunnel ui update updater user utility video view viewer virtual vnc watchdog web win windows wizard worker workspace
  assist access backup cloud data display drive driver easy file files free global group guard help home info live media
  online open pc plus point pro share sharing smart source stream studio sync transfer vision vpn zero`
    .split(/\s+/)
    .filter(Boolean),
)

/** Programs of systems and of many makers that such lists name too. */
const everybodys = new Set(
  `bash chrome cmd cscript csexec curl cygwin explorer firefox httpd httpget installutil iexplore java javaw mmc msedge
  msiexec mstsc netcat ngen nginx node notepad npm nssm openssh openssl paexec perl php plink powershell psexec psexec64
  psexecsvc putty pwsh python python3 pythonw qq reg regsvr32 remcom remcomsvc ruby rundll32 schtasks scp services sftp
  sqlite svchost taskhost termsrv tightvnc vncviewer wget winlogon winpty winpty-agent winpty-agent64 winrs wmic wperl
  wscript xcmd zip 7z 7za unzip rsync sysdiag quickassist`
    .split(/\s+/)
    .filter(Boolean),
)

/** What files are called that nothing runs under that name. */
const other =
  /\.(bashrc|bat|cab|cat|cfg|cmd|conf|dat|db|deb|dll|dmg|evtx|inf|ini|jar|json|key|lnk|log|msi|msp|pem|pkg|plist|ps1|rpm|service|sh|sys|tmp|txt|vbs|xml|zip)$/

/** The executable a path names, without folder and `.exe`, as a trace; or why it is none. */
export function executableOf(path: string): { trace: string } | { why: string } {
  const file = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1).toLowerCase()
  if (other.test(file)) return { why: 'no executable' }
  return plainName(file.replace(/\.(exe|app)$/, ''))
}

/** A name as a trace, or why it is none: a last star is kept after a word of five letters, any other pattern is not. */
export function plainName(text: string): { trace: string } | { why: string } {
  const isStem = text.endsWith('*')
  const name = (isStem ? text.slice(0, -1) : text).trim()
  if (name === '') return { why: 'a folder' }
  if (/[*?[\](){}^$|+\\<>%"]/.test(name)) return { why: 'a pattern, not a name' }
  if (name.length < 4 || name.length > 60) return { why: 'too short or too long to tell it by' }
  if (isStem && !/[\p{L}\p{N}]{5}$/u.test(name)) return { why: 'a star after too short a word' }
  if (/setup|instal|unins|upgrade|redist|\.\d|\d{4}/.test(name.toLowerCase()))
    return { why: 'an installer or a version' }
  if (isOrdinary(name)) return { why: 'a name that other programs have too' }
  return { trace: isStem ? `${name}*` : name }
}

/** Whether a name is made of words that anybody's program may have. */
export function isOrdinary(name: string): boolean {
  const bare = name.toLowerCase().replace(/(32|64|x64|x86)$/, '')
  if (everybodys.has(bare) || everybodys.has(name.toLowerCase())) return true
  const words = bare.split(/[^\p{L}]+/u).filter(Boolean)
  return words.length === 0 || words.every((word) => ordinary.has(word) || isJoined(word))
}

/** Whether a word is two ordinary ones written together: "remoteconsole". */
function isJoined(word: string): boolean {
  for (let at = 2; at <= word.length - 2; at += 1)
    if (ordinary.has(word.slice(0, at)) && ordinary.has(word.slice(at))) return true
  return false
}
