import type { Instance } from '@aws-sdk/client-ec2'
import { expect, test } from 'vitest'
import { config } from './config.ts'
import type { Ec2Config } from './config.types.ts'
import { type Networks, driftOf } from './drift.ts'

const parse = (more: object = {}): Ec2Config => {
  const read = config['~standard'].validate({ region: 'eu-west-1', instanceType: 'm7i.large', ami: { id: 'ami-1' }, ...more })
  if (read instanceof Promise || read.issues) throw new Error(JSON.stringify(read))
  return read.value
}
const arn = 'arn:aws:iam::123456789012:instance-profile/path/nodes'
const instance: Instance = {
  InstanceId: 'i-1',
  InstanceType: 'm7i.large',
  ImageId: 'ami-1',
  SubnetId: 'subnet-1',
  SecurityGroups: [{ GroupId: 'sg-b' }, { GroupId: 'sg-a' }],
  IamInstanceProfile: { Arn: arn },
}
const networks: Networks = {
  subnets: [
    { id: 'subnet-1', zone: 'z' },
    { id: 'subnet-2', zone: 'z' },
  ],
  securityGroups: ['sg-a', 'sg-b'],
}
const full = parse({ iamInstanceProfile: 'nodes' })

test.each<[string, Instance, Ec2Config, Networks, string | undefined]>([
  ['nothing', instance, full, networks, undefined],
  ['a profile named by its ARN', instance, parse({ iamInstanceProfile: arn }), networks, undefined],
  ['one of several types', instance, parse({ instanceType: undefined, instanceTypes: ['m6i.large', 'm7i.large'] }), networks, undefined],
  ['what the class leaves open', { ...instance, ImageId: 'ami-0' }, parse({ ami: { ssmParameter: '/ami' } }), {}, undefined],
  ['no profile, of a class that names none', { ...instance, IamInstanceProfile: undefined }, parse(), networks, undefined],
  ['the type', { ...instance, InstanceType: 't3.nano' }, full, networks, 'its type is t3.nano, and the class says m7i.large'],
  ['the image', { ...instance, ImageId: 'ami-2' }, full, networks, 'its image is ami-2, and the class says ami-1'],
  ['the subnet', { ...instance, SubnetId: 'subnet-3' }, full, networks, "its subnet subnet-3 is none of the class's"],
  [
    'a group that is lacking',
    { ...instance, SecurityGroups: [{ GroupId: 'sg-a' }] },
    full,
    networks,
    'its security groups are sg-a, and the class says sg-a, sg-b',
  ],
  [
    'a group too many',
    { ...instance, SecurityGroups: [{ GroupId: 'sg-a' }, { GroupId: 'sg-b' }, { GroupId: 'sg-c' }] },
    full,
    networks,
    'its security groups are sg-a, sg-b, sg-c, and the class says sg-a, sg-b',
  ],
  ['the profile', { ...instance, IamInstanceProfile: undefined }, full, networks, 'its instance profile is none, and the class says nodes'],
  [
    'several things',
    { ...instance, InstanceType: 't3.nano', ImageId: 'ami-2' },
    full,
    networks,
    'its type is t3.nano, and the class says m7i.large; its image is ami-2, and the class says ami-1',
  ],
])('%s', (_, seen, wanted, named, words) => expect(driftOf(seen, wanted, named)).toBe(words))
