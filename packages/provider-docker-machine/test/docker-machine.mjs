#!/usr/bin/env node
// A stand-in for rancher-machine: the same commands, exit codes, store and mistakes, as far as a provider meets them.
//   docker-machine.mjs WORLD COMMAND ...
// WORLD is the folder of its cloud: cloud/ID.json are the machines, faults.json what goes wrong.
import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'

const [world, command, ...args] = process.argv.slice(2)
const storage = process.env['MACHINE_STORAGE_PATH']
const machines = join(storage, 'machines')
const fail = (exit, text) => {
  console.error(text)
  process.exit(exit)
}
const faults = () => (existsSync(join(world, 'faults.json')) ? JSON.parse(readFileSync(join(world, 'faults.json'), 'utf8')) : {})
const takeFault = name => {
  const { [name]: value, ...rest } = faults()
  if (value !== undefined) writeFileSync(join(world, 'faults.json'), JSON.stringify(rest))
  return value
}
/** The computer dies: this process, and the shell that would have told how it ended. */
const dieBy = fault => {
  if (!takeFault(fault)) return
  process.kill(process.ppid, 'SIGKILL')
  process.kill(process.pid, 'SIGKILL')
}
const cloudFile = id => join(world, 'cloud', `${id}.json`)
/** At once: somebody may be counting. */
const live = (id, name) => {
  const part = join(world, `${id}.part`)
  writeFileSync(part, JSON.stringify({ id, name, state: 'running' }))
  renameSync(part, cloudFile(id))
}
const configFile = name => join(machines, name, 'config.json')
const pause = ms => new Promise(resolve => setTimeout(resolve, ms))

const common = ['driver', 'd', 'custom-install-script', 'engine-install-url']
const drivers = {
  amazonec2: {
    'amazonec2-access-key': 'AWS_ACCESS_KEY_ID',
    'amazonec2-secret-key': 'AWS_SECRET_ACCESS_KEY',
    'amazonec2-region': 'AWS_DEFAULT_REGION',
    'amazonec2-instance-type': 'AWS_INSTANCE_TYPE',
    'amazonec2-tags': undefined,
    'amazonec2-session-password': undefined,
  },
  generic: {
    'generic-ip-address': 'GENERIC_IP_ADDRESS',
    'generic-ssh-key': 'GENERIC_SSH_KEY',
    'generic-ssh-port': 'GENERIC_SSH_PORT',
    'generic-ssh-user': 'GENERIC_SSH_USER',
  },
  none: { url: undefined },
  // Of a plugin. Nobody but it knows where it writes down what it has made.
  hetzner: { 'hetzner-api-token': 'HETZNER_API_TOKEN', 'hetzner-server-type': 'HETZNER_SERVER_TYPE' },
}

const parse = list => {
  const options = {}
  const rest = []
  for (let i = 0; i < list.length; i++) {
    const [, name, value] = /^--?([^=]+)(?:=([\s\S]*))?$/.exec(list[i]) ?? []
    if (name === undefined) rest.push(list[i])
    else options[name] = value ?? (list[i + 1]?.startsWith('-') ? 'true' : list[++i])
  }
  return { options, name: rest[0] }
}

const help = driver => {
  console.log('Usage: docker-machine create [OPTIONS] [arg...]\n\nCreate a machine\n\nOptions:\n   ')
  console.log('   --driver, -d "virtualbox"\tDriver to create machine with. [$MACHINE_DRIVER]')
  console.log('   --custom-install-script \tScript that is run instead of the installation of docker')
  console.log('   --engine-install-url "https://get.docker.com"\tCustom URL to use for engine installation [$MACHINE_DOCKER_INSTALL_URL]')
  for (const [name, variable] of Object.entries(drivers[driver]))
    console.log(`   --${name} \tOf ${driver}${variable ? ` [$${variable}]` : ''}`)
}

/** Keys are rotated at any time. */
const rightKey = () => faults().rightKey ?? 'the-right-secret-key'
const authFailure = 'AuthFailure: AWS was not able to validate the provided access credentials'

const preCreate = why => `Error with pre-create check: "${why}"`

/** The first time in place, then by another file, removal and renaming, as the program does. */
const save = (name, driver, more) => {
  const scripted = args.some(each => each.startsWith('--custom-install-script'))
  const HostOptions = { CustomInstallScript: scripted ? 'script' : '', AuthOptions: scripted ? null : { StorePath: join(machines, name) } }
  const Driver = { MachineName: name, StorePath: storage, ...more }
  const text = JSON.stringify({ ConfigVersion: 3, Driver, DriverName: driver, HostOptions, Name: name }, undefined, 4)
  const target = existsSync(configFile(name)) ? `${configFile(name)}.tmp${process.pid}` : configFile(name)
  writeFileSync(target, text, { mode: 0o600 })
  if (target === configFile(name)) return
  rmSync(configFile(name))
  renameSync(target, configFile(name))
}

const isInstalled = driver => driver in drivers && !(faults().missing ?? []).includes(driver)
const notFound = driver =>
  `Driver "${driver}" not found. Do you have the plugin binary "docker-machine-driver-${driver}" accessible in your PATH?`

const create = async list => {
  const driver = list[list.findIndex(each => each === '--driver' || each === '-d') + 1]
  if (!isInstalled(driver)) fail(1, notFound(driver))
  if (list.includes('--help')) return help(driver)
  const { options, name } = parse(list)
  for (const option of Object.keys(options)) {
    if (!common.includes(option) && !(option in drivers[driver])) fail(1, `Incorrect Usage.\nflag provided but not defined: -${option}`)
  }
  for (const [option, variable] of Object.entries(drivers[driver])) options[option] ??= process.env[variable]
  if (existsSync(join(machines, name))) fail(1, `Docker machine "${name}" already exists`)
  writeFileSync(join(world, 'command-lines'), `${process.argv.join(' ')}\n`, { flag: 'a' })
  writeFileSync(join(world, 'creates'), `begin ${name}\n`, { flag: 'a' })
  process.once('exit', () => writeFileSync(join(world, 'creates'), `end ${name}\n`, { flag: 'a' }))
  console.log('Running pre-create checks...')
  const down = faults()
  if (driver === 'amazonec2') {
    if (options['amazonec2-secret-key'] !== rightKey()) fail(3, preCreate(authFailure))
    if (!(options['amazonec2-instance-type'] ?? 't3.micro').startsWith('t3.'))
      fail(3, preCreate(`InvalidParameterValue: there is no type ${options['amazonec2-instance-type']}`))
    if (down.outage) fail(3, preCreate('Post https://ec2: dial tcp: connection refused'))
    if (down.throttle) fail(3, preCreate('RequestLimitExceeded: Request limit exceeded'))
  }
  if (driver === 'generic') checkGeneric(options)
  if (driver === 'none') return createNone(name, options)
  // Before its driver makes anything, the program writes down what it is about to make. Again only when the driver has done so.
  mkdirSync(join(machines, name), { recursive: true, mode: 0o700 })
  save(name, driver, { ...keysOf(driver, options), ...(driver in identities && { [identities[driver]]: '' }) })
  console.log('Creating machine...')
  await (driver in identities ? createInstance(name, driver, keysOf(driver, options)) : createGeneric(name, options))
  console.log(`(${name}) Closing plugin on server side`)
  takeFault('chatter')
}

/** Where a driver of a cloud writes down which machine it has made. */
const identities = { amazonec2: 'InstanceId', hetzner: 'ServerID' }

/** Where a driver keeps its secret options: in its configuration, as they are. Of those that stand in files it keeps the paths. */
const secretFields = {
  amazonec2: { AccessKey: 'amazonec2-access-key', SecretKey: 'amazonec2-secret-key', SessionPassword: 'amazonec2-session-password' },
  hetzner: { AccessToken: 'hetzner-api-token' },
}
const keysOf = (driver, options) =>
  Object.fromEntries(Object.entries(secretFields[driver] ?? {}).map(([field, option]) => [field, options[option] ?? '']))

const failCreate = why => fail(1, `error creating machine: ${why}`)
const failDriver = why => failCreate(`error in driver during machine creation: ${why}`)

const createInstance = async (name, driver, keys) => {
  const { stockout, quota, refuseLaunch } = faults()
  const launch = why => failDriver(driver === 'amazonec2' ? `error launching instance: ${why}` : why)
  if (stockout) launch('InsufficientInstanceCapacity: We currently do not have enough\n\tstatus code: 500, request id: 1')
  if (quota)
    launch('VcpuLimitExceeded: You have requested more vCPU capacity than your current vCPU limit\n\tstatus code: 400, request id: 1')
  if (refuseLaunch) launch(refuseLaunch)
  const id = `i-${randomBytes(8).toString('hex')}`
  const ssh = JSON.parse(readFileSync(join(world, 'ssh.json'), 'utf8'))
  const wait = takeFault('waitMs')
  if (wait) await pause(wait)
  dieBy('stopBefore')
  live(id, name)
  dieBy('stopInFlight')
  if (takeFault('loseLaunch')) launch('RequestError: send request failed\ncaused by: read tcp: connection reset by peer')
  // The driver cleans up after itself, and writes nothing down in either case.
  const noCleanup = takeFault('failCleanup')
  if (noCleanup) console.log(`(${name}) Error encountered during instance creation: Maximum number of retries (60) exceeded`)
  if (noCleanup) failDriver(`unable to terminate instance: ${noCleanup}`)
  const address = { IPAddress: ssh.address, PrivateIPAddress: '10.0.0.7', SSHUser: 'root', SSHPort: ssh.port }
  save(name, driver, { ...keys, [identities[driver]]: id, ...address })
  console.log('Waiting for machine to be running, this may take a few minutes...')
  writeFileSync(join(machines, name, 'id_rsa'), ssh.privateKey, { mode: 0o600 })
  const slow = takeFault('slowMs') ?? faults().alwaysMs
  if (slow) await pause(slow)
  dieBy('stopAfter')
  const missing = takeFault('missingAfterwards')
  if (missing) writeFileSync(join(world, 'faults.json'), JSON.stringify({ ...faults(), missing }))
  if (takeFault('failLate')) failCreate('error detecting OS: Too many retries waiting for SSH to be available.')
}

const reachable = (host, port) =>
  new Promise(resolve => {
    const socket = connect({ host, port: Number(port), timeout: 2_000 })
    const end = fine => (socket.destroy(), resolve(fine))
    socket
      .once('data', () => end(true))
      .once('error', () => end(false))
      .once('timeout', () => end(false))
  })

const createNone = (name, { url }) => {
  mkdirSync(join(machines, name), { recursive: true, mode: 0o700 })
  save(name, 'none', { URL: url })
}

const checkGeneric = ({ 'generic-ssh-key': key }) => {
  if (!key || !existsSync(key)) fail(3, preCreate('SSH key does not exist'))
}

const createGeneric = async (name, options) => {
  const {
    'generic-ip-address': address,
    'generic-ssh-port': port = '22',
    'generic-ssh-user': user = 'root',
    'generic-ssh-key': key,
  } = options
  save(name, 'generic', { IPAddress: address, SSHUser: user, SSHPort: Number(port) })
  const copy = join(machines, name, 'id_rsa')
  writeFileSync(copy, readFileSync(key), { mode: 0o600 })
  chmodSync(copy, 0o600)
  if (!(await reachable(address, port)))
    fail(1, 'Error creating machine: Error detecting OS: Too many retries waiting for SSH to be available.')
  const slow = takeFault('slowMs') ?? faults().alwaysMs
  if (slow) await pause(slow)
  if (faults().failGeneric) fail(1, 'Error creating machine: Error running provisioning: ssh command error')
  if (faults().realSsh) {
    const { status, stderr } = spawnSync(
      'ssh',
      [
        '-F',
        '/dev/null',
        '-o',
        'StrictHostKeyChecking=no',
        '-o',
        'UserKnownHostsFile=/dev/null',
        '-o',
        'LogLevel=ERROR',
        '-i',
        copy,
        '-p',
        port,
        `${user}@${address}`,
        `hostname ${name}`,
      ],
      { encoding: 'utf8' },
    )
    if (status !== 0) fail(1, `Error creating machine: Error running provisioning: ssh command error: ${stderr}`)
  }
  live(name, name)
}

/** Undefined only where not even its folder is there: a torn configuration is an error. */
const configOf = name => {
  if (!existsSync(join(machines, name))) return undefined
  try {
    return JSON.parse(readFileSync(configFile(name), 'utf8'))
  } catch (error) {
    return fail(1, `Error loading host "${name}": ${error.message}`)
  }
}

const removeHelp = () => {
  console.log(
    'Usage: docker-machine rm [OPTIONS] [arg...]\n\nRemove a machine\n\nDescription:\n   Argument(s) are one or more machine names.',
  )
  console.log(
    '\nOptions:\n   \n   --force, -f\tRemove local configuration even if machine cannot be removed, also implies an automatic yes (`-y`)',
  )
  // The old docker-machine has none.
  if (!faults().old) console.log('   --update-config\t')
  console.log('   -y\t\tAssumes automatic yes to proceed with remove, without prompting further user confirmation')
}

/**
 * rancher-machine lets its drivers read secret options anew whenever they load a machine: from the environment, and from all arguments,
 * whose values end at their second "=".
 */
const reread = ({ DriverName, Driver }, list) => {
  if (faults().old) return Driver
  const given = Object.fromEntries(
    list.flatMap((each, i) => {
      const [name, value] = each.replace(/^--?/, '').split('=')
      return each.startsWith('-') ? [[name, value ?? (list[i + 1]?.startsWith('-') ? undefined : list[i + 1])]] : []
    }),
  )
  const now = Object.entries(secretFields[DriverName] ?? {}).flatMap(([field, option]) => {
    const value = given[option] ?? process.env[drivers[DriverName][option]]
    return value === undefined ? [] : [[field, value]]
  })
  return { ...Driver, ...Object.fromEntries(now) }
}

/** What the cloud says to its removal; undefined: yes. */
const refusalOf = (config, list) => {
  const { failRemove, outage, sessionPassword } = faults()
  if (failRemove) return failRemove === true ? 'dial tcp: connection refused' : failRemove
  if (config.DriverName !== 'amazonec2') return undefined
  if (outage) return 'dial tcp: connection refused'
  const { SecretKey, SessionPassword } = reread(config, list)
  const password = SessionPassword.startsWith('/') ? readFileSync(SessionPassword, 'utf8') : SessionPassword
  return SecretKey !== rightKey() || (sessionPassword && password !== sessionPassword) ? authFailure : undefined
}

const remove = list => {
  if (list.includes('--help')) return removeHelp()
  const name = list.at(-1)
  const updates = list.includes('--update-config') && !faults().old
  if (updates && !existsSync(join(machines, name))) fail(1, `error loading host ${name}: Docker machine "${name}" does not exist`)
  const config = configOf(name)
  if (updates && !isInstalled(config.DriverName)) fail(1, notFound(config.DriverName))
  const own = ['-y', '-f', ...(updates ? ['--update-config', ...Object.keys(drivers[config.DriverName]).map(option => `--${option}`)] : [])]
  const strange = list.map(each => each.split('=')[0]).find(each => each.startsWith('-') && !own.includes(each))
  if (strange) fail(1, `Incorrect Usage.\nflag provided but not defined: ${strange}`)
  writeFileSync(join(world, 'command-lines'), `${process.argv.join(' ')}\n`, { flag: 'a' })
  console.log(`About to remove ${name}\nWARNING: This action will delete both local reference and remote instance.`)
  if (!config) return console.log(`Machine config for ${name} does not exists, so nothing to do...`)
  const id = config.DriverName === 'generic' ? name : config.Driver[identities[config.DriverName]]
  const refusal = refusalOf(config, list)
  const error = refusal && `Error removing host "${name}": ${refusal}`
  if (error && !list.includes('-f')) fail(1, error)
  // Whose driver is missing, of that the program has "not found" for an answer, and takes it for the cloud's: all is well.
  if (!error && id && isInstalled(config.DriverName) && existsSync(cloudFile(id))) {
    // EC2 shows what was terminated for a while: here it is gone at once.
    rmSync(cloudFile(id))
    if (takeFault('loseDelete')) fail(1, `Error removing host "${name}": read tcp: connection reset by peer`)
  }
  rmSync(join(machines, name), { recursive: true })
  console.log(`Successfully removed ${name}`)
}

if (command === 'create') await create(args)
else if (command === 'rm') remove(args)
else if (command === 'inspect') {
  const config = configOf(args[0])
  if (takeFault('loseCreate')) fail(1, 'read tcp: connection reset by peer')
  const failInspect = takeFault('failInspect')
  if (failInspect) fail(1, failInspect)
  if (!config) fail(1, `Docker machine "${args[0]}" does not exist. Use "docker-machine ls" to list machines.`)
  console.log(`(${args[0]}) Calling .GetConfigRaw\n${JSON.stringify(config, undefined, 4)}\n(${args[0]}) Closing plugin on server side`)
} else if (command === 'ls') {
  const scripted = name => configOf(name)?.HostOptions.CustomInstallScript
  if (args[0] !== '-q' && existsSync(machines) && readdirSync(machines).some(scripted))
    fail(2, 'panic: runtime error: invalid memory address or nil pointer dereference')
  if (existsSync(machines)) for (const name of readdirSync(machines)) console.log(name)
} else fail(1, `docker-machine: '${command}' is not a docker-machine command. See 'docker-machine --help'.`)
